package neoquality

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/internal/cypher"
)

// element is what a suite assesses: the nodes of a label, or the relationships of a type; without a name, all of them.
type element struct {
	name         string
	relationship bool
}

// parseElement reads the dataset of a suite: "Teacher", "[:TEACHES]", "()" or "[]".
func parseElement(dataset string) (element, error) {
	e := element{name: dataset}
	inner, bracketed := strings.CutPrefix(dataset, "[")
	switch {
	case dataset == "()":
		return element{}, nil
	case dataset == "[]":
		return element{relationship: true}, nil
	case bracketed && strings.HasPrefix(inner, ":") && strings.HasSuffix(inner, "]"):
		e = element{name: inner[1 : len(inner)-1], relationship: true}
	case bracketed:
		e.name = "" // a type that is mistyped, rather than a label that begins so
	}
	if err := nameFault(e.name); err != nil {
		return element{}, fmt.Errorf(`dataset %q: no label or type: expected a label such as "Teacher", a type such as "[:TEACHES]", "()" or "[]"`, dataset)
	}
	return e, nil
}

// nameFault says why Neo4j cannot have a name, or nothing.
func nameFault(name string) error {
	if name == "" || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return errors.New("found a name that is empty, not UTF-8 or has a NUL character")
	}
	return nil
}

// pattern binds the element to n, and the ends of a relationship to a and b.
func (e element) pattern() string {
	if e.relationship {
		return "(a)-[n" + label(e.name) + "]->(b)"
	}
	return "(n" + label(e.name) + ")"
}

// schema is the element in a statement that makes a constraint or an index.
func (e element) schema() string {
	if e.relationship {
		return "()-[n" + label(e.name) + "]-()"
	}
	return "(n" + label(e.name) + ")"
}

// counted is the pattern whose count Neo4j keeps, so that counting reads nothing.
func (e element) counted() string {
	if e.relationship {
		return "()-[n" + label(e.name) + "]->()"
	}
	return e.pattern()
}

// plural is the word for records of the element.
func (e element) plural() string {
	if e.relationship {
		return "relationships"
	}
	return "nodes"
}

func (e element) remove() string {
	if e.relationship {
		return "DELETE n"
	}
	return "DETACH DELETE n"
}

// label is the part of a pattern that names a label or a type; nothing for any.
func label(name string) string {
	if name == "" {
		return ""
	}
	return ":" + cypher.Quote(name)
}

func property(name string) string { return "n." + cypher.Quote(name) }
