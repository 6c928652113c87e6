package quality

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// within says whether a value is within bounds; a nil bound is none.
func within(value, low, high any, openLow, openHigh bool, now time.Time) bool {
	return side(value, low, high, openLow, openHigh, now) == inside
}

// The sides on which a value lies of a pair of bounds.
const (
	below    = -1
	inside   = 0
	above    = 1
	nowhere  = 2 // it does not compare with one of the bounds, or with itself
	exactInt = 1 << 53
)

// side says on which side of the bounds a value lies.
func side(value, low, high any, openLow, openHigh bool, now time.Time) int {
	if !ordered(value) {
		return nowhere
	}
	if low != nil {
		order, ok := compareBound(value, low, now)
		if !ok {
			return nowhere
		}
		if order < 0 || order == 0 && openLow {
			return below
		}
	}
	if high != nil {
		order, ok := compareBound(value, high, now)
		if !ok {
			return nowhere
		}
		if order > 0 || order == 0 && openHigh {
			return above
		}
	}
	return inside
}

// compareBound is compare for a bound that may be Now. It does not box the time, since it is called for each row.
func compareBound(value, bound any, now time.Time) (int, bool) {
	offset, ok := bound.(Now)
	if !ok {
		return compare(value, bound)
	}
	moment, ok := value.(time.Time)
	return moment.Compare(now.Add(time.Duration(offset))), ok
}

// ordered says whether a value compares with itself: all do but NaN and values of other types.
func ordered(v any) bool {
	switch v.(type) {
	case string, bool, time.Time:
		return true
	}
	n, ok := numberOf(v)
	return ok && (n.kind != floating || n.float == n.float)
}

// equal says whether two values that are not NULL are the same.
func equal(a, b any) bool {
	order, ok := compare(a, b)
	return ok && order == 0
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
		return cmp.Compare(bit(a), bit(b)), ok
	}
	x, okX := numberOf(a)
	y, okY := numberOf(b)
	if !okX || !okY {
		return 0, false
	}
	return x.compare(y)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// numeric is a number as it is stored, so that comparing the common ones allocates nothing.
type numeric struct {
	kind    numericKind
	integer int64
	float   float64
	exact   *big.Rat
}

type numericKind uint8

const (
	integral numericKind = iota
	floating
	rational
)

// numberOf returns a value that is a number.
func numberOf(v any) (numeric, bool) {
	switch v := v.(type) {
	case int64:
		return numeric{integer: v}, true
	case float64:
		return numeric{kind: floating, float: v}, true
	case int:
		return numeric{integer: int64(v)}, true
	case int32:
		return numeric{integer: int64(v)}, true
	case float32:
		return numeric{kind: floating, float: float64(v)}, true
	case int16:
		return numeric{integer: int64(v)}, true
	case int8:
		return numeric{integer: int64(v)}, true
	case uint8:
		return numeric{integer: int64(v)}, true
	case uint16:
		return numeric{integer: int64(v)}, true
	case uint32:
		return numeric{integer: int64(v)}, true
	case uint:
		return unsigned(uint64(v)), true
	case uint64:
		return unsigned(v), true
	case *big.Rat:
		return numeric{kind: rational, exact: v}, v != nil
	}
	return numeric{}, false
}

func unsigned(v uint64) numeric {
	if v <= math.MaxInt64 {
		return numeric{integer: int64(v)}
	}
	return numeric{kind: rational, exact: new(big.Rat).SetUint64(v)}
}

// compare orders two numbers exactly, or says that one is NaN.
func (n numeric) compare(other numeric) (int, bool) {
	switch {
	case n.kind == integral && other.kind == integral:
		return cmp.Compare(n.integer, other.integer), true
	case n.nan() || other.nan():
		return 0, false
	}
	x, okX := n.precise()
	y, okY := other.precise()
	if okX && okY {
		return cmp.Compare(x, y), true
	}
	return n.compareExactly(other), true
}

func (n numeric) nan() bool { return n.kind == floating && math.IsNaN(n.float) }

// precise returns the number as a float64 where that loses nothing.
func (n numeric) precise() (float64, bool) {
	switch n.kind {
	case integral:
		return float64(n.integer), -exactInt <= n.integer && n.integer <= exactInt
	case floating:
		return n.float, true
	}
	return 0, false
}

// compareExactly compares numbers of which none is NaN, and at most one is infinite.
func (n numeric) compareExactly(other numeric) int {
	switch {
	case math.IsInf(n.float, 0):
		return int(math.Copysign(1, n.float))
	case math.IsInf(other.float, 0):
		return -int(math.Copysign(1, other.float))
	}
	return n.rat().Cmp(other.rat())
}

// tenths returns a float as the fraction that its shortest decimal form stands for, nil for one that is not finite: 0.1 is one tenth,
// as the numeric of a database has it. A whole number stands for itself, also where its shortest form ends in zeros that it does not have.
func tenths(f float64) *big.Rat {
	if f == math.Trunc(f) {
		return new(big.Rat).SetFloat64(f)
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		return nil
	}
	return r
}

// rat returns a finite number exactly, nil for one that is not finite.
func (n numeric) rat() *big.Rat {
	switch n.kind {
	case integral:
		return new(big.Rat).SetInt64(n.integer)
	case floating:
		return tenths(n.float)
	}
	return n.exact
}

func (n numeric) finite() bool { return n.kind != floating || n.float-n.float == 0 }

// plus adds two finite numbers exactly.
func (n numeric) plus(other numeric) numeric {
	if n.kind == integral && other.kind == integral {
		sum := n.integer + other.integer
		if (sum > n.integer) == (other.integer > 0) { // it did not wrap
			return numeric{integer: sum}
		}
	}
	return numeric{kind: rational, exact: new(big.Rat).Add(n.rat(), other.rat())}
}

// between says whether the number is within bounds; a nil bound is none.
func (n numeric) between(low, high any) bool {
	for i, bound := range [2]any{low, high} {
		if bound == nil {
			continue
		}
		b, isNumber := numberOf(bound)
		order, ok := n.compare(b)
		if !isNumber || !ok || i == 0 && order < 0 || i == 1 && order > 0 {
			return false
		}
	}
	return true
}

// float returns a value that is a number as the nearest float64.
func float(v any) (float64, bool) {
	n, ok := numberOf(v)
	if !ok {
		return 0, false
	}
	switch n.kind {
	case integral:
		return float64(n.integer), true
	case floating:
		return n.float, true
	}
	f, _ := n.exact.Float64()
	return f, true
}

// whole returns a value that is a whole number of 64 bits.
func whole(v any) (int64, bool) {
	n, ok := numberOf(v)
	switch {
	case !ok:
		return 0, false
	case n.kind == integral:
		return n.integer, true
	case n.kind == floating:
		i := int64(n.float)
		return i, n.float >= math.MinInt64 && n.float < math.MaxInt64 && float64(i) == n.float
	}
	return n.exact.Num().Int64(), n.exact.IsInt() && n.exact.Num().IsInt64()
}
