package pgquality

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// compiler says tests of rows as boolean expressions of SQL: true for a good row, false for a bad one, NULL for one that is not judged.
type compiler struct {
	table *table
	args  *arguments
	now   time.Time // of the snapshot, for bounds that are relative to it

	// plain expressions are what a human would write in a CHECK constraint: what the server's planner can match against one. Otherwise
	// cheaper guards come first.
	plain bool
	// spelling chooses among plain spellings of the same test: length and char_length are two functions, and among whole numbers at
	// least 1 is above 0, which the planner does not know.
	spelling spelling
	// derive, if not nil, has an expression computed once per row, and returns its name.
	derive func(sql string) string
	// whole, if not nil, has an expression computed once per row for what is derived from it, and returns its name.
	whole func(sql string) string
}

// spelling is a choice among plain spellings.
type spelling int

// spellings is how many there are.
const spellings = 4

// character says char_length instead of length.
func (s spelling) character() bool { return s&1 == 1 }

// shifted says bounds of whole numbers by their neighbours.
func (s spelling) shifted() bool { return s&2 == 2 }

// good returns the expression of a test.
func (c *compiler) good(t quality.RowTest) (string, error) {
	switch t := t.(type) {
	case quality.NotNull:
		return c.onField(t.Field, func(col column) (string, error) { return col.present(), nil })
	case quality.IsNull:
		return c.onField(t.Field, func(col column) (string, error) { return col.absent(), nil })
	case quality.NotEmpty:
		return c.onText(t.Field, c.notEmpty)
	case quality.Length:
		return c.onText(t.Field, func(text string) (string, error) { return c.length(text, t) })
	case quality.Match:
		return c.onText(t.Field, func(text string) (string, error) { return c.match(text, t.Pattern) })
	case quality.Like:
		return c.onText(t.Field, func(text string) (string, error) {
			return fmt.Sprintf(`%s COLLATE "C" LIKE %s`, text, c.args.add(t.Pattern, "text")), nil
		})
	case quality.Range:
		return c.onField(t.Field, func(col column) (string, error) { return c.between(col, t) })
	case quality.In:
		return c.onField(t.Field, func(col column) (string, error) { return c.in(col, t.Values) })
	case quality.Compare:
		return c.compare(t)
	case quality.AllDifferent:
		return c.allDifferent(t)
	case quality.InTuples:
		return c.inTuples(t)
	case quality.Total:
		return c.total(t)
	case quality.Digest:
		return c.digest(t)
	case quality.VectorDimensions, quality.VectorNonZero, quality.VectorNorm, quality.VectorFinite:
		return c.vector(t)
	case quality.Not:
		good, err := c.good(t.Test)
		return "NOT (" + good + ")", err
	case quality.All:
		return c.combine(t.Tests, " AND ")
	case quality.Any:
		return c.combine(t.Tests, " OR ")
	}
	return "", errTransfer
}

// errTransfer says that a test is judged in Go, on values that are read from the table.
var errTransfer = errors.New("pgquality: the test is judged outside of the database")

func (c *compiler) combine(tests []quality.RowTest, operator string) (string, error) {
	parts := make([]string, len(tests))
	for i, t := range tests {
		good, err := c.good(t)
		if err != nil {
			return "", err
		}
		parts[i] = "(" + good + ")"
	}
	return strings.Join(parts, operator), nil
}

func (c *compiler) onField(name string, say func(column) (string, error)) (string, error) {
	col, err := c.table.column(name)
	if err != nil {
		return "", err
	}
	return say(col)
}

func (c *compiler) onText(name string, say func(text string) (string, error)) (string, error) {
	return c.onField(name, func(col column) (string, error) {
		text, err := col.text()
		if err != nil {
			return "", err
		}
		return say(text)
	})
}

// notBlank matches a character that is not white space: the characters with the property White_Space of Unicode, which are those of
// Go's unicode.IsSpace.
const notBlank = `***:[^\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]`

// notEmpty looks at the first character before it searches: ascii() returns its code point.
func (c *compiler) notEmpty(text string) (string, error) {
	search := fmt.Sprintf(`%s ~ %s`, text, c.args.add(notBlank, "text"))
	if c.plain {
		return search, nil
	}
	return fmt.Sprintf(`CASE WHEN ascii(%[1]s) BETWEEN 33 AND 132 OR ascii(%[1]s) > 12288 THEN true ELSE %[2]s END`, text, search), nil
}

// length counts characters only where the number of bytes leaves it open, since a character of UTF-8 has one to four; and then LIKE stops
// at the first character too many.
func (c *compiler) length(text string, t quality.Length) (string, error) {
	var parts []string
	if t.Min > 0 {
		parts = append(parts, c.atLeast(text, t.Min))
	}
	if t.Max > 0 {
		parts = append(parts, c.atMost(text, t.Max))
	}
	if len(parts) == 0 {
		return anything(text), nil
	}
	return strings.Join(parts, " AND "), nil
}

// longPattern is the number of characters from which counting costs less than a pattern.
const longPattern = 10_000

// atLeast says that a text has so many characters.
func (c *compiler) atLeast(text string, n int) string {
	operator, bound := c.least(n, false)
	function := pick(c.spelling.character(), "char_length", "length")
	switch {
	case c.plain:
		return fmt.Sprintf("%s(%s) %s %s", function, text, operator, c.args.add(bound, "int8"))
	case n == 1:
		return fmt.Sprintf("octet_length(%s) >= 1", text)
	case n > longPattern:
		return fmt.Sprintf("(octet_length(%s) >= %s OR length(%s) >= %s)", text, c.args.add(4*n, "int8"), text, c.args.add(n, "int8"))
	}
	return fmt.Sprintf(`(octet_length(%s) >= %s OR %s COLLATE "C" LIKE %s)`, text, c.args.add(4*n, "int8"), text,
		c.args.add(strings.Repeat("_", n)+"%", "text"))
}

// atMost says that a text has at most so many characters.
func (c *compiler) atMost(text string, n int) string {
	operator, bound := c.most(n, false)
	function := pick(c.spelling.character(), "char_length", "length")
	switch {
	case c.plain:
		return fmt.Sprintf("%s(%s) %s %s", function, text, operator, c.args.add(bound, "int8"))
	case n > longPattern:
		return fmt.Sprintf("(octet_length(%s) <= %s OR length(%s) <= %s)", text, c.args.add(n, "int8"), text, c.args.add(n, "int8"))
	}
	return fmt.Sprintf(`(octet_length(%s) <= %s OR %s COLLATE "C" NOT LIKE %s)`, text, c.args.add(n, "int8"), text,
		c.args.add(strings.Repeat("_", n+1)+"%", "text"))
}

// least returns how a lower bound among whole numbers is said, and the number.
func (c *compiler) least(bound int, open bool) (string, int) {
	switch {
	case !c.spelling.shifted() || bound == math.MaxInt || bound == math.MinInt:
		return pick(open, ">", ">="), bound
	case open:
		return ">=", bound + 1
	}
	return ">", bound - 1
}

// most returns how an upper bound among whole numbers is said, and the number.
func (c *compiler) most(bound int, open bool) (string, int) {
	switch {
	case !c.spelling.shifted() || bound == math.MaxInt || bound == math.MinInt:
		return pick(open, "<", "<="), bound
	case open:
		return "<=", bound - 1
	}
	return "<", bound + 1
}

// anything returns an expression that is true for every value but NULL, which it does not judge.
func anything(expression string) string {
	return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN true END", expression)
}

func (c *compiler) match(text, goPattern string) (string, error) {
	p, err := translate(goPattern)
	if err != nil {
		return "", err
	}
	if c.plain || !p.single {
		return fmt.Sprintf(`%s ~ %s`, text, c.args.add(p.are, "text")), nil
	}
	bytes := fmt.Sprintf("octet_length(%s) %s %s", text, pick(p.most == p.least, "=", ">="), c.args.add(p.least, "int8"))
	if p.most > p.least {
		bytes += fmt.Sprintf(" AND octet_length(%s) <= %s", text, c.args.add(p.most, "int8"))
	}
	return fmt.Sprintf(`%s AND %s !~ %s`, bytes, text, c.args.add(p.outside, "text")), nil
}

// between compares with bounds.
func (c *compiler) between(col column, t quality.Range) (string, error) {
	t = c.respell(col, t)
	low, err := c.bound(col, t.Min)
	if err != nil {
		return "", err
	}
	high, err := c.bound(col, t.Max)
	if err != nil {
		return "", err
	}
	name := ordering(col)
	var parts []string
	if low != "" {
		parts = append(parts, name+pick(t.OpenMin, " > ", " >= ")+low)
	}
	if high != "" {
		parts = append(parts, name+pick(t.OpenMax, " < ", " <= ")+high)
	}
	if high == "" && (col.class() == double || col.class() == exact) { // NaN sorts above every number
		parts = append(parts, name+" <> 'NaN'")
	}
	if len(parts) == 0 {
		return anything(col.name()), nil
	}
	return strings.Join(parts, " AND "), nil
}

// respell says bounds of a column of whole numbers by their neighbours, when the spelling wants it.
func (c *compiler) respell(col column, t quality.Range) quality.Range {
	if !c.spelling.shifted() || col.class() != whole {
		return t
	}
	if n, ok := t.Min.(int); ok {
		operator, bound := c.least(n, t.OpenMin)
		t.Min, t.OpenMin = bound, operator == ">"
	}
	if n, ok := t.Max.(int); ok {
		operator, bound := c.most(n, t.OpenMax)
		t.Max, t.OpenMax = bound, operator == "<"
	}
	return t
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// ordering returns a column in the form that its bounds have: texts by the order of their bytes.
func ordering(col column) string {
	switch col.class() {
	case text:
		return col.plainText() + ` COLLATE "C"`
	case other, document:
		return col.name() + `::text COLLATE "C"`
	}
	return col.name()
}

// bound returns a value in the type of a column, or nothing for nil.
func (c *compiler) bound(col column, value any) (string, error) {
	if now, ok := value.(quality.Now); ok {
		value = c.now.Add(time.Duration(now))
	}
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		if cl := col.class(); cl != text && cl != other && cl != document {
			return "", col.expected("text")
		}
		return c.args.add(v, "text"), nil
	case time.Time:
		switch col.class() {
		case moment:
			return c.args.add(v, "timestamptz"), nil
		case wall:
			return c.args.add(v.UTC(), "timestamp"), nil
		}
		return "", col.expected("a time")
	case bool:
		if col.class() != boolean {
			return "", col.expected("a boolean")
		}
		return c.args.add(v, "bool"), nil
	}
	if !col.numeric() {
		return "", col.expected("numbers")
	}
	return c.number(col, value)
}

// number returns a number in the type of a numeric column where it fits, and as numeric otherwise.
func (c *compiler) number(col column, value any) (string, error) {
	switch v := value.(type) {
	case float32:
		value = float64(v)
	case *big.Rat:
		return c.args.add(v.FloatString(30), "numeric"), nil
	}
	f, isFloat := value.(float64)
	switch {
	case isFloat && (math.IsInf(f, 0) || col.class() == double):
		return c.args.add(f, "float8"), nil
	case isFloat && f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return c.args.add(int64(f), "int8"), nil
	case isFloat:
		return c.args.number(f, "numeric"), nil
	case col.class() == exact:
		return c.args.number(value, "numeric"), nil
	}
	return c.args.number(value, "int8"), nil
}
