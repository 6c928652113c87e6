package neodump

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// longestLine is how much of a line is looked at, in bytes.
const longestLine = 4 << 10

// notes takes what the tool prints, and keeps of it what cannot be personal.
type notes struct {
	lines            int
	first            string // line; for the version, which is no data
	cause            error
	errors, warnings string // numbers, as a check prints them

	line []byte
}

// Write implements io.Writer.
func (n *notes) Write(text []byte) (int, error) {
	for rest := text; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		n.line = append(n.line, line[:min(len(line), longestLine-len(n.line))]...)
		if rest = after; ended {
			n.take(strings.TrimSpace(string(n.line)))
			n.line = n.line[:0]
		}
	}
	return len(text), nil
}

// take looks at a line.
func (n *notes) take(line string) {
	if n.lines++; n.lines == 1 {
		n.first = line
	}
	if n.cause == nil {
		n.cause = causeOf(line)
	}
	if number, found := strings.CutPrefix(line, "Number of errors: "); found && digits(number) {
		n.errors = number
	}
	if number, found := strings.CutPrefix(line, "Number of warnings: "); found && digits(number) {
		n.warnings = number
	}
}

// detail is what can be told of all the lines.
func (n *notes) detail() string {
	if n.errors != "" || n.warnings != "" {
		return fmt.Sprintf("%s errors and %s warnings", orNone(n.errors), orNone(n.warnings))
	}
	return fmt.Sprintf("%d lines of output", n.lines)
}

func orNone(number string) string {
	if number == "" {
		return "no"
	}
	return number
}

func digits(text string) bool {
	return text != "" && len(text) < 20 && strings.Trim(text, "0123456789") == ""
}

// causeOf recognises the messages of Neo4j 5.
func causeOf(line string) error {
	for _, known := range []struct {
		text  string
		cause error
	}{
		{"is in use. ", ErrRunning}, // "The database is in use. Stop database", "as the database 'neo4j' is in use. Please stop"
		{"Database does not exist", ErrNoDatabase},
		{"Could not find a valid database", ErrNoDatabase},
		{"Active logical log detected", ErrUnclean},
		{"Inconsistencies found", ErrInconsistent},
		{"Database already exists", backup.ErrNotEmpty},
		{"Not a valid Neo4j archive", backup.ErrCorrupt},
		{"Truncated source", backup.ErrCorrupt},
		{"No space left on device", backup.ErrFull},
	} {
		if strings.Contains(line, known.text) {
			return known.cause
		}
	}
	return nil
}
