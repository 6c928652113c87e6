package quality

import (
	"fmt"
	"slices"
	"time"
)

// Range: the value is within bounds, which belong to it unless they are open. Numbers compare as numbers, times as times, texts by the
// order of their bytes. NaN is never within. NULL is not judged.
type Range struct {
	Field   string // of numbers, times or text
	Min     any    // number, time.Time, text or Now; nil: no lower bound
	Max     any    // number, time.Time, text or Now; nil: no upper bound
	OpenMin bool   // the value must be above Min
	OpenMax bool   // the value must be below Max
}

// Now is a bound relative to the time of the assessment: Now(0) is that moment, Now(-24*time.Hour) a day before.
type Now time.Duration

// Kind returns "range".
func (Range) Kind() Kind { return "range" }

// Columns returns the field.
func (t Range) Columns() []string { return []string{t.Field} }

// Dimension returns Accuracy.
func (Range) Dimension() Dimension { return Accuracy }

// Judge judges rows whose field is not NULL.
func (t Range) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	return truth(within(value, t.Min, t.Max, t.OpenMin, t.OpenMax, row.Now))
}

func (t Range) problems() []string {
	return append(one(t.Field), boundProblems(t.Min, t.Max)...)
}

// boundProblems returns what is wrong with a pair of bounds.
func boundProblems(low, high any) []string {
	_, movesLow := low.(Now)
	_, movesHigh := high.(Now)
	low, high = absolute(low, time.Time{}), absolute(high, time.Time{})
	for _, b := range []any{low, high} {
		if b != nil && !ordered(b) {
			return []string{fmt.Sprintf("a bound of type %T: expected a number that is not NaN, a time, a text or Now", b)}
		}
	}
	if low == nil || high == nil {
		return nil
	}
	order, ok := compare(low, high)
	switch {
	case !ok:
		return []string{fmt.Sprintf("bounds of types %T and %T do not compare", low, high)}
	case order > 0 && movesLow == movesHigh: // of a fixed bound and a moving one, time decides
		return []string{"the lower bound is above the upper one"}
	}
	return nil
}

// absolute returns a bound in which Now is replaced by the time that it means.
func absolute(bound any, now time.Time) any {
	if offset, ok := bound.(Now); ok {
		return now.Add(time.Duration(offset))
	}
	return bound
}

// In: the value is one of a set. NULL is not judged.
type In struct {
	Field  string // of text, numbers, booleans or times
	Values []any  // the set; without an element, every value is outside
}

// Kind returns "in".
func (In) Kind() Kind { return "in" }

// Columns returns the field.
func (t In) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (In) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t In) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	return truth(slices.ContainsFunc(t.Values, func(v any) bool { return equal(value, v) }))
}

func (t In) problems() []string { return append(one(t.Field), setProblems(t.Values)...) }

func (t In) prepare() RowTest {
	return member{Test: t, field: t.Field, set: setOf(t.Values)}
}

// member is an In whose set is looked up.
type member struct {
	Test
	field string
	set   set
}

// Judge judges rows whose field is not NULL.
func (m member) Judge(row Row) Truth {
	value := row.Value(m.field)
	if value == nil {
		return Unknown
	}
	return truth(m.set.has(value))
}

// setProblems returns what is wrong with the elements of a set.
func setProblems(values []any) []string {
	for i, v := range values {
		if _, ok := compare(v, v); !ok {
			return []string{fmt.Sprintf("element %d of the set has type %T: expected text, a number, a boolean or a time", i+1, v)}
		}
	}
	return nil
}

// Texts returns values for [In] and [Covers].
func Texts(values ...string) []any {
	set := make([]any, len(values))
	for i, v := range values {
		set[i] = v
	}
	return set
}
