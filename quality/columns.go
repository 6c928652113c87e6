package quality

import (
	"fmt"
	"slices"
)

// Comparison is how two fields of a row compare.
type Comparison string

// The comparisons.
const (
	Equal        Comparison = "="
	NotEqual     Comparison = "<>"
	Less         Comparison = "<"
	LessEqual    Comparison = "<="
	Greater      Comparison = ">"
	GreaterEqual Comparison = ">="
)

// Nulls says what a test of several fields does about NULL.
type Nulls string

// The policies.
const (
	EitherNull Nulls = ""      // a row is not judged when any of its fields is NULL
	BothNull   Nulls = "both"  // a row is not judged when all of its fields are NULL; NULL differs from every value, and does not compare
	NeverNull  Nulls = "never" // every row is judged; two NULLs are equal, NULL differs from every value, and does not compare
)

// Compare: two fields of a row compare as said, such as an end that is not before its beginning.
type Compare struct {
	A     string     // left field
	Is    Comparison // how they compare
	B     string     // right field
	Nulls Nulls      // what NULL means
}

// Kind returns "compare".
func (Compare) Kind() Kind { return "compare" }

// Columns returns both fields.
func (t Compare) Columns() []string { return []string{t.A, t.B} }

// Dimension returns Consistency.
func (Compare) Dimension() Dimension { return Consistency }

// Judge judges rows as Nulls says.
func (t Compare) Judge(row Row) Truth {
	a, b := row.Value(t.A), row.Value(t.B)
	if a == nil || b == nil {
		return t.Nulls.judge(t.Is, a == nil, b == nil)
	}
	order, ok := compare(a, b)
	return truth(ok && t.Is.holds(order))
}

// judge judges a pair of which at least one is NULL.
func (n Nulls) judge(is Comparison, a, b bool) Truth {
	if n == EitherNull || n == BothNull && a && b {
		return Unknown
	}
	switch is {
	case Equal, LessEqual, GreaterEqual:
		return truth(a && b)
	case NotEqual:
		return truth(a != b)
	}
	return Bad
}

func (c Comparison) holds(order int) bool {
	switch c {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

func (t Compare) problems() []string {
	found := many(t.Columns(), 2)
	if !slices.Contains([]Comparison{Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual}, t.Is) {
		found = append(found, fmt.Sprintf("unknown comparison %q", t.Is))
	}
	return append(found, t.Nulls.problems()...)
}

func (n Nulls) problems() []string {
	if n != EitherNull && n != BothNull && n != NeverNull {
		return []string{fmt.Sprintf("unknown policy for NULL: %q", n)}
	}
	return nil
}

// AllDifferent: no two of the fields of a row have the same value.
type AllDifferent struct {
	Fields []string // at least two, of one type
	Nulls  Nulls    // what NULL means
}

// Kind returns "all_different".
func (AllDifferent) Kind() Kind { return "all_different" }

// Columns returns the fields.
func (t AllDifferent) Columns() []string { return t.Fields }

// Dimension returns Consistency.
func (AllDifferent) Dimension() Dimension { return Consistency }

// Judge judges rows as Nulls says.
func (t AllDifferent) Judge(row Row) Truth {
	nulls := 0
	for _, f := range t.Fields {
		if row.Value(f) == nil {
			nulls++
		}
	}
	if nulls > 0 && t.Nulls == EitherNull || nulls == len(t.Fields) && t.Nulls == BothNull {
		return Unknown
	}
	for i, f := range t.Fields {
		for _, other := range t.Fields[:i] {
			if !differ(row.Value(f), row.Value(other)) {
				return Bad
			}
		}
	}
	return Good
}

// differ says whether two values are known to be different, as NotEqual does with NeverNull.
func differ(a, b any) bool {
	if a == nil || b == nil {
		return a != b
	}
	order, ok := compare(a, b)
	return ok && order != 0
}

func (t AllDifferent) problems() []string { return append(many(t.Fields, 2), t.Nulls.problems()...) }

// InTuples: the fields of a row, taken together, are one of a set of tuples.
type InTuples struct {
	Fields []string // at least two
	Tuples [][]any  // each as long as Fields; an element nil means NULL
	Nulls  Nulls    // what NULL means
}

// Kind returns "in_tuples".
func (InTuples) Kind() Kind { return "in_tuples" }

// Columns returns the fields.
func (t InTuples) Columns() []string { return t.Fields }

// Dimension returns Consistency.
func (InTuples) Dimension() Dimension { return Consistency }

// Judge judges rows as Nulls says.
func (t InTuples) Judge(row Row) Truth { return t.prepare().Judge(row) }

func (t InTuples) prepare() RowTest {
	tuples := newSet(len(t.Tuples))
	for _, tuple := range t.Tuples {
		tuples.add(tuple...)
	}
	return tupleMember{InTuples: t, tuples: tuples}
}

// tupleMember is an InTuples whose set is looked up.
type tupleMember struct {
	InTuples
	tuples set
}

// Judge judges rows as Nulls says.
func (m tupleMember) Judge(row Row) Truth {
	var room [256]byte
	b, ok := room[:0], true
	nulls := 0
	for _, f := range m.Fields {
		value := row.Value(f)
		if value == nil {
			nulls++
		}
		var readable bool
		b, readable = appendValue(b, value)
		ok = ok && readable
	}
	if nulls > 0 && m.Nulls == EitherNull || nulls == len(m.Fields) && m.Nulls == BothNull {
		return Unknown
	}
	_, found := m.tuples.members[string(b)]
	return truth(ok && found)
}

func (t InTuples) problems() []string {
	found := append(many(t.Fields, 2), t.Nulls.problems()...)
	for i, tuple := range t.Tuples {
		if len(tuple) != len(t.Fields) {
			found = append(found, fmt.Sprintf("tuple %d has %d elements: expected %d", i+1, len(tuple), len(t.Fields)))
		}
		for _, v := range tuple {
			if v != nil {
				found = append(found, setProblems([]any{v})...)
			}
		}
	}
	return found
}

// Total: the sum of the fields of a row is within bounds, exactly. A row in which one is NULL is not judged.
type Total struct {
	Fields []string // of numbers
	Min    any      // number; nil: no lower bound
	Max    any      // number; nil: no upper bound
}

// Kind returns "total".
func (Total) Kind() Kind { return "total" }

// Columns returns the fields.
func (t Total) Columns() []string { return t.Fields }

// Dimension returns Consistency.
func (Total) Dimension() Dimension { return Consistency }

// Judge judges rows in which no field is NULL.
func (t Total) Judge(row Row) Truth {
	var sum numeric
	finite := true
	for _, f := range t.Fields {
		value := row.Value(f)
		if value == nil {
			return Unknown
		}
		n, ok := numberOf(value)
		if finite = finite && ok && n.finite(); finite {
			sum = sum.plus(n)
		}
	}
	return truth(finite && sum.between(t.Min, t.Max))
}

func (t Total) problems() []string {
	found := append(many(t.Fields, 2), boundProblems(t.Min, t.Max)...)
	for _, b := range []any{t.Min, t.Max} {
		if _, ok := float(b); b != nil && !ok {
			found = append(found, fmt.Sprintf("a bound of type %T: expected a number", b))
		}
	}
	return found
}
