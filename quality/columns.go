package quality

import (
	"fmt"
	"math/big"
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
			if a, b := row.Value(f), row.Value(other); a == nil && b == nil || a != nil && b != nil && equal(a, b) {
				return Bad
			}
		}
	}
	return Good
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
func (t InTuples) Judge(row Row) Truth {
	values := make([]any, len(t.Fields))
	nulls := 0
	for i, f := range t.Fields {
		if values[i] = row.Value(f); values[i] == nil {
			nulls++
		}
	}
	if nulls > 0 && t.Nulls == EitherNull || nulls == len(t.Fields) && t.Nulls == BothNull {
		return Unknown
	}
	return truth(slices.ContainsFunc(t.Tuples, func(tuple []any) bool {
		return slices.EqualFunc(values, tuple, func(a, b any) bool {
			return a == nil && b == nil || a != nil && b != nil && equal(a, b)
		})
	}))
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
	sum, ok := new(big.Rat), true
	for _, f := range t.Fields {
		value := row.Value(f)
		if value == nil {
			return Unknown
		}
		r, finite := rational(value)
		if !finite {
			ok = false
			continue
		}
		sum.Add(sum, r)
	}
	return truth(ok && within(sum, t.Min, t.Max, false, false))
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
