package quality

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// Length: the number of characters (Unicode code points) of a text is within bounds. NULL is not judged.
type Length struct {
	Field string // of text
	Min   int    // characters; 0: no lower bound
	Max   int    // characters; 0: no upper bound
}

// Kind returns "length".
func (Length) Kind() Kind { return "length" }

// Columns returns the field.
func (t Length) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (Length) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t Length) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	text, ok := value.(string)
	n := utf8.RuneCountInString(text)
	return truth(ok && n >= t.Min && (t.Max == 0 || n <= t.Max))
}

func (t Length) problems() []string {
	found := one(t.Field)
	if t.Min < 0 || t.Max < 0 || t.Max != 0 && t.Max < t.Min {
		found = append(found, fmt.Sprintf("lengths from %d to %d: expected 0 <= Min <= Max", t.Min, t.Max))
	}
	return found
}

// Match: the text matches a regular expression somewhere; anchor it with ^ and $ for the whole. The pattern is in the syntax of Go's
// package regexp (RE2: linear time on every input), and means the same wherever it is evaluated. NULL is not judged.
type Match struct {
	Field   string // of text
	Pattern string // in the syntax of package regexp/syntax, Perl flavour
}

// Kind returns "match".
func (Match) Kind() Kind { return "match" }

// Columns returns the field.
func (t Match) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (Match) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL. It compiles the pattern anew: see [Assess], which does so once.
func (t Match) Judge(row Row) Truth { return t.prepare().Judge(row) }

func (t Match) problems() []string {
	found := one(t.Field)
	if _, err := regexp.Compile(t.Pattern); err != nil {
		found = append(found, fmt.Sprintf("pattern: %v", err))
	}
	return found
}

// prepare compiles the pattern.
func (t Match) prepare() RowTest {
	compiled, err := regexp.Compile(t.Pattern)
	if err != nil { // Suite.Validate refuses such a pattern
		return matched{Test: t, field: t.Field, match: func(string) bool { return false }}
	}
	return matched{Test: t, field: t.Field, match: compiled.MatchString}
}

// matched is a compiled test of a text.
type matched struct {
	Test
	field string
	match func(string) bool
}

func (m matched) Judge(row Row) Truth {
	value := row.Value(m.field)
	if value == nil {
		return Unknown
	}
	text, ok := value.(string)
	return truth(ok && m.match(text))
}

// prepared returns a test that judges as t does, faster, after some work that is done once. A host's type that embeds one of these tests
// and judges by itself is none of them, and stays as it is.
func prepared(t RowTest) RowTest {
	switch t := t.(type) {
	case In:
		return t.prepare()
	case InTuples:
		return t.prepare()
	case Match:
		return t.prepare()
	case Like:
		return t.prepare()
	case Not:
		return t.prepare()
	case All:
		return t.prepare()
	case Any:
		return t.prepare()
	}
	return t
}
