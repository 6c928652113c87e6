package quality

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
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
	return truth(within(value, absolute(t.Min, row.Now), absolute(t.Max, row.Now), t.OpenMin, t.OpenMax))
}

func (t Range) problems() []string {
	return append(one(t.Field), boundProblems(t.Min, t.Max)...)
}

// boundProblems returns what is wrong with a pair of bounds.
func boundProblems(low, high any) []string {
	moment := time.Unix(0, 0)
	low, high = absolute(low, moment), absolute(high, moment)
	for _, b := range []any{low, high} {
		if _, ok := compare(b, b); b != nil && !ok {
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
	case order > 0:
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

// within says whether a value is within bounds; a nil bound is none.
func within(value, low, high any, openLow, openHigh bool) bool {
	if _, ok := compare(value, value); !ok {
		return false
	}
	if low != nil {
		order, ok := compare(value, low)
		if !ok || order < 0 || order == 0 && openLow {
			return false
		}
	}
	if high != nil {
		order, ok := compare(value, high)
		if !ok || order > 0 || order == 0 && openHigh {
			return false
		}
	}
	return true
}

// compare orders two values, or says that they do not compare.
func compare(a, b any) (int, bool) {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case time.Time:
		b, ok := b.(time.Time)
		return a.Compare(b), ok
	case bool:
		b, ok := b.(bool)
		return cmp.Compare(number(a), number(b)), ok
	}
	x, okx := rational(a)
	y, oky := rational(b)
	if !okx || !oky {
		return infinite(a, b)
	}
	return x.Cmp(y), true
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// infinite compares numbers of which one is infinite.
func infinite(a, b any) (int, bool) {
	x, okx := float(a)
	y, oky := float(b)
	if !okx || !oky || math.IsNaN(x) || math.IsNaN(y) {
		return 0, false
	}
	return cmp.Compare(x, y), true
}

// rational returns a finite number exactly.
func rational(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case int:
		return new(big.Rat).SetInt64(int64(v)), true
	case int8, int16, int32, int64:
		f, _ := float(v)
		if i, ok := v.(int64); ok {
			return new(big.Rat).SetInt64(i), true
		}
		return new(big.Rat).SetInt64(int64(f)), true
	case *big.Rat:
		return v, v != nil
	case float32:
		return new(big.Rat).SetString(strconv.FormatFloat(float64(v), 'g', -1, 32))
	case float64: // its shortest decimal form is what was meant: 0.1 is one tenth, as a numeric of a database has it
		return new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	}
	return nil, false
}

// float returns a number as the nearest float64.
func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int8:
		return float64(v), true
	case int16:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	case *big.Rat:
		if v == nil {
			return 0, false
		}
		f, _ := v.Float64()
		return f, true
	}
	return 0, false
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

// equal says whether two values that are not NULL are the same.
func equal(a, b any) bool {
	order, ok := compare(a, b)
	return ok && order == 0
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
