package quality_test

import (
	"math"
	"math/big"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// likeByHand is LIKE by its definition, by backtracking over characters; bytes that are not UTF-8 are characters of their own.
func likeByHand(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	p, size := utf8.DecodeRuneInString(pattern)
	rest := pattern[size:]
	if p == '%' {
		for i := 0; ; {
			if likeByHand(rest, text[i:]) {
				return true
			}
			if i == len(text) {
				return false
			}
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
		}
	}
	if text == "" {
		return false
	}
	c, n := utf8.DecodeRuneInString(text)
	if p == '_' {
		return likeByHand(rest, text[n:])
	}
	if p == '\\' {
		p, size = utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	return p == c && (c != utf8.RuneError || n > 1) && likeByHand(rest, text[n:])
}

func FuzzLike(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {"%", ""}, {"_", ""}, {"a%b_c", "aXXbYc"}, {`100\%`, "100%"}, {`\_\\`, `_\`}, {"%日_", "今日は"}, {`a\`, "a"}, {"%%", "\n"},
		{"(.*)+[", "(.*)+["}, {"_", "\xff"}, {"\ufffd", "\xff"}, {"%\ufffd", "\ufffd"}, {"^$", "^$"}, {`\Q%\E`, "Q"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 12 || len(text) > 24 { // by hand it is exponential
			return
		}
		test := quality.Like{Field: "a", Pattern: pattern}
		if (quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: test}}}).Validate() != nil {
			return
		}
		want := bad
		if likeByHand(pattern, text) {
			want = good
		}
		if got := test.Judge(rowOf(text)); got != want {
			t.Errorf("%q LIKE %q: got %s, want %s", text, pattern, truthText(got), truthText(want))
		}
	})
}

// forms returns a number in each type that holds it exactly.
func forms(bits uint64, kind uint8) any {
	switch kind % 8 {
	case 0:
		return int64(bits)
	case 1:
		return math.Float64frombits(bits)
	case 2:
		return bits
	case 3:
		return int32(bits)
	case 4:
		return math.Float32frombits(uint32(bits))
	case 5:
		return big.NewRat(int64(bits>>32), 1+int64(bits&math.MaxUint32))
	case 6:
		return float64(int64(bits))
	}
	return new(big.Rat).SetInt64(int64(bits))
}

// shortest is a float as its shortest decimal form, or the whole number that it is.
func shortest(f float64) *big.Rat {
	if f == math.Trunc(f) {
		return new(big.Rat).SetFloat64(f)
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		return nil
	}
	return r
}

// exactly is a number as a fraction; nil when it is not finite.
func exactly(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v)
	case uint64:
		return new(big.Rat).SetUint64(v)
	case int32:
		return new(big.Rat).SetInt64(int64(v))
	case float64:
		return shortest(v)
	case float32:
		return shortest(float64(v))
	case *big.Rat:
		return v
	}
	return nil
}

// FuzzOrder holds the order of numbers against that of fractions, and the search in sets against the order.
func FuzzOrder(f *testing.F) {
	for kind := range uint8(8) {
		f.Add(uint64(1<<53), kind, uint64(1<<53+1), uint8(0))
		f.Add(math.Float64bits(0.1), kind, math.Float64bits(math.Inf(1)), uint8(1))
		f.Add(uint64(math.MaxUint64), kind, math.Float64bits(math.NaN()), uint8(1))
		f.Add(uint64(1<<63), kind, math.Float64bits(1<<63), uint8(1))
		f.Add(uint64(7), kind, uint64(7), uint8(7))
		f.Add(uint64(1<<62), kind, uint64(1<<62), uint8(6))
	}
	f.Fuzz(func(t *testing.T, x uint64, kindX uint8, y uint64, kindY uint8) {
		a, b := forms(x, kindX), forms(y, kindY)
		p, q := exactly(a), exactly(b)
		row := rowOf(a, b)
		equal := quality.Compare{A: "a", Is: quality.Equal, B: "b"}.Judge(row)
		less := quality.Compare{A: "a", Is: quality.Less, B: "b"}.Judge(row)
		if p != nil && q != nil {
			if got, want := equal == good, p.Cmp(q) == 0; got != want {
				t.Errorf("%v (%T) = %v (%T): got %v, want %v", a, a, b, b, got, want)
			}
			if got, want := less == good, p.Cmp(q) < 0; got != want {
				t.Errorf("%v (%T) < %v (%T): got %v, want %v", a, a, b, b, got, want)
			}
			total := quality.Total{Fields: []string{"a", "b"}, Min: new(big.Rat).Add(p, q), Max: new(big.Rat).Add(p, q)}
			if total.Judge(row) != good {
				t.Errorf("%v (%T) + %v (%T) is not %v", a, a, b, b, total.Min)
			}
		}
		if f, ok := b.(float64); ok && math.IsNaN(f) {
			return // no element of a set
		}
		if f, ok := b.(float32); ok && f != f {
			return
		}
		if got := quality.Prepare(quality.In{Field: "a", Values: []any{b}}).Judge(row); got != equal {
			t.Errorf("%v (%T) in {%v (%T)}: got %s, but equal is %s", a, a, b, b, truthText(got), truthText(equal))
		}
	})
}

// FuzzTuples holds the search for tuples against the comparison of their elements: no two tuples may be taken for one.
func FuzzTuples(f *testing.F) {
	f.Add("x", "yz", "xy", "z", int64(1))
	f.Add("", "s\x00", "s", "\x00", int64(-1))
	f.Add("a", "b", "a", "b", int64(0))
	f.Fuzz(func(t *testing.T, a, b, c, d string, n int64) {
		test := quality.InTuples{Fields: []string{"a", "b", "c"}, Tuples: [][]any{{c, d, n}}}
		want := bad
		if a == c && b == d {
			want = good
		}
		if got := test.Judge(rowOf(a, b, float64(n))); got != want && float64(n) < 1<<53 && float64(n) > -1<<53 {
			t.Errorf("(%q, %q) in {(%q, %q)}: got %s, want %s", a, b, c, d, truthText(got), truthText(want))
		}
		moment := time.Unix(n%1e9, 0)
		times := quality.InTuples{Fields: []string{"a", "b"}, Tuples: [][]any{{moment.UTC(), a}}}
		if times.Judge(rowOf(moment.Local(), a)) != good {
			t.Errorf("%v is not found in another zone", moment)
		}
	})
}
