package neopolicy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/internal/cypher"
)

// Quote returns a name of a label, type, property or variable as Cypher takes it: in backticks, whatever it is made of.
// Cypher 5 reads \uXXXX as the character that it stands for before it looks for the end of a name, so that not only backticks
// are escaped but backslashes too.
//
// Errors: one for a name that is empty, not UTF-8 or has a NUL character.
func Quote(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("neopolicy: empty name")
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return "", fmt.Errorf("neopolicy: name %q is not a text that Neo4j takes", name)
	}
	return quoted(name), nil
}

// quoted is Quote for a name that has been checked.
func quoted(name string) string { return cypher.Quote(name) }
