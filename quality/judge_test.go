package quality_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

const (
	unknown = quality.Unknown
	good    = quality.Good
	bad     = quality.Bad
)

// rowOf is a row of fields a, b, c and so on.
func rowOf(values ...any) quality.Row {
	return quality.Row{Now: clock(), Value: func(field string) any { return values[field[0]-'a'] }}
}

func vectorOf(values ...float32) []float32 { return values }

func TestJudge(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	type judged struct {
		row  []any
		want quality.Truth
	}
	tests := map[string]struct {
		test quality.RowTest
		rows []judged
	}{
		"not null": {quality.NotNull{Field: "a"}, []judged{{[]any{nil}, bad}, {[]any{""}, good}, {[]any{nan}, good}}},
		"null":     {quality.IsNull{Field: "a"}, []judged{{[]any{nil}, good}, {[]any{""}, bad}, {[]any{0}, bad}}},
		"not empty": {quality.NotEmpty{Field: "a"}, []judged{
			{[]any{nil}, unknown}, {[]any{""}, bad}, {[]any{" \t\n"}, bad}, {[]any{"\u3000\u00a0"}, bad}, {[]any{"\u3000あ"}, good},
			{[]any{"\u200b"}, good}, {[]any{[]byte("a")}, bad}, {[]any{7}, bad},
		}},
		"range of numbers": {quality.Range{Field: "a", Min: 1, Max: 10.5}, []judged{
			{[]any{nil}, unknown}, {[]any{1}, good}, {[]any{int64(0)}, bad}, {[]any{10.5}, good}, {[]any{float32(10.75)}, bad},
			{[]any{nan}, bad}, {[]any{inf}, bad}, {[]any{-inf}, bad}, {[]any{"5"}, bad}, {[]any{big.NewRat(21, 2)}, good},
			{[]any{big.NewRat(210000000000001, 20000000000000)}, bad}, {[]any{uint64(math.MaxUint64)}, bad}, {[]any{uint8(3)}, good},
			{[]any{[]byte("5")}, bad}, {[]any{true}, bad}, {[]any{int16(11)}, bad}, {[]any{uint32(10)}, good}, {[]any{int8(-1)}, bad},
		}},
		"open range": {quality.Range{Field: "a", Min: 0, Max: 1, OpenMin: true, OpenMax: true}, []judged{
			{[]any{0}, bad}, {[]any{0.5}, good}, {[]any{1.0}, bad}, {[]any{math.SmallestNonzeroFloat64}, good}, {[]any{math.Copysign(0, -1)}, bad},
		}},
		"range without bounds": {quality.Range{Field: "a"}, []judged{{[]any{nan}, bad}, {[]any{inf}, good}, {[]any{"x"}, good}, {[]any{vectorOf(1)}, bad}}},
		"range beyond float64": {quality.Range{Field: "a", Min: int64(1<<53 + 1)}, []judged{
			{[]any{int64(1 << 53)}, bad}, {[]any{float64(1 << 53)}, bad}, {[]any{int64(1<<53 + 1)}, good}, {[]any{inf}, good}, {[]any{-inf}, bad},
		}},
		"range of text": {quality.Range{Field: "a", Min: "a", Max: "n"}, []judged{{[]any{"m"}, good}, {[]any{"あ"}, bad}, {[]any{""}, bad}, {[]any{5}, bad}}},
		"range of times": {quality.Range{Field: "a", Min: quality.Now(-time.Hour), Max: quality.Now(0)}, []judged{
			{[]any{clock()}, good}, {[]any{clock().Add(time.Nanosecond)}, bad}, {[]any{clock().Add(-time.Hour).Local()}, good},
			{[]any{clock().Add(-time.Hour - 1)}, bad}, {[]any{"2026-04-01"}, bad}, {[]any{time.Time{}}, bad},
		}},
		"in": {quality.In{Field: "a", Values: []any{"ja", 5, 2.5, true, clock(), uint64(math.MaxUint64), big.NewRat(1, 3)}}, []judged{
			{[]any{nil}, unknown}, {[]any{"ja"}, good}, {[]any{"JA"}, bad}, {[]any{"ｊａ"}, bad}, {[]any{5.0}, good}, {[]any{int8(5)}, good},
			{[]any{float32(2.5)}, good}, {[]any{false}, bad}, {[]any{true}, good}, {[]any{1}, bad}, {[]any{clock().Local()}, good},
			{[]any{nan}, bad}, {[]any{big.NewRat(5, 1)}, good}, {[]any{big.NewRat(5, 2)}, good}, {[]any{big.NewRat(2, 6)}, good},
			{[]any{1.0 / 3}, bad}, {[]any{float64(math.MaxUint64)}, bad}, {[]any{uint(math.MaxUint64)}, good}, {[]any{[]byte("ja")}, bad},
			{[]any{struct{}{}}, bad},
		}},
		"in nothing": {quality.In{Field: "a"}, []judged{{[]any{"x"}, bad}, {[]any{nil}, unknown}}},
		"length": {quality.Length{Field: "a", Min: 2, Max: 4}, []judged{
			{[]any{nil}, unknown}, {[]any{""}, bad}, {[]any{"漢字"}, good}, {[]any{"𠮷野家"}, good}, {[]any{"がぎぐげ"}, good}, {[]any{"か\u3099ぎぐげ"}, bad},
			{[]any{"\xff\xfe"}, good}, {[]any{[]byte("ab")}, bad}, {[]any{3}, bad},
		}},
		"length at least": {quality.Length{Field: "a", Min: 1}, []judged{{[]any{strings.Repeat("あ", 9999)}, good}, {[]any{""}, bad}}},
		"match": {quality.Match{Field: "a", Pattern: `^\p{Hiragana}+$`}, []judged{
			{[]any{nil}, unknown}, {[]any{"ひらがな"}, good}, {[]any{"カ"}, bad}, {[]any{""}, bad}, {[]any{[]byte("ひ")}, bad}, {[]any{1}, bad},
		}},
		"like": {quality.Like{Field: "a", Pattern: `a\%_%`}, []judged{
			{[]any{nil}, unknown}, {[]any{"a%x"}, good}, {[]any{"a%\n\n"}, good}, {[]any{"a%"}, bad}, {[]any{"abx"}, bad}, {[]any{"xa%x"}, bad}, {[]any{"a%語"}, good},
		}},
		"valid": {quality.Valid{Field: "a", Name: "even", Good: func(v any) bool { n, ok := v.(int); return ok && n%2 == 0 }}, []judged{
			{[]any{nil}, unknown}, {[]any{2}, good}, {[]any{3}, bad}, {[]any{"2"}, bad},
		}},
		"json": {quality.JSON{Field: "a"}, []judged{
			{[]any{nil}, unknown}, {[]any{`{"a":[1]}`}, good}, {[]any{[]byte(`null`)}, good}, {[]any{``}, bad}, {[]any{`{`}, bad}, {[]any{`NaN`}, bad}, {[]any{5}, bad},
		}},
		"json with a schema": {quality.JSON{Field: "a", Schema: func(b []byte) error {
			if string(b) != "1" {
				return errors.New("no")
			}
			return nil
		}}, []judged{{[]any{"1"}, good}, {[]any{"2"}, bad}, {[]any{"{"}, bad}, {[]any{nil}, unknown}}},
		"layout": {quality.Layout{Field: "a", Layouts: []string{time.DateOnly, time.RFC3339}}, []judged{
			{[]any{nil}, unknown}, {[]any{"2024-02-29"}, good}, {[]any{"2023-02-29"}, bad}, {[]any{"2024-02-29T00:00:00Z"}, good}, {[]any{""}, bad},
			{[]any{"２０２４-02-29"}, bad}, {[]any{clock()}, bad},
		}},
		"digest": {quality.Digest{Field: "a", Of: "b"}, []judged{
			{[]any{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ""}, good}, {[]any{"", ""}, bad}, {[]any{nil, "x"}, unknown},
			{[]any{"x", nil}, unknown}, {[]any{"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", ""}, bad}, {[]any{1, ""}, bad},
		}},
		"md5": {quality.Digest{Field: "a", Of: "b", Hash: quality.MD5}, []judged{{[]any{"900150983cd24fb0d6963f7d28e17f72", "abc"}, good}, {[]any{"9", "abc"}, bad}, {[]any{"x", 3}, bad}}},
		"less": {quality.Compare{A: "a", Is: quality.Less, B: "b"}, []judged{
			{[]any{1, 2}, good}, {[]any{2, 1.5}, bad}, {[]any{1, 1}, bad}, {[]any{nil, 1}, unknown}, {[]any{nil, nil}, unknown}, {[]any{"1", 2}, bad},
			{[]any{nan, 1}, bad}, {[]any{1, inf}, good}, {[]any{inf, inf}, bad}, {[]any{clock(), clock().Add(1)}, good}, {[]any{false, true}, good},
			{[]any{int64(math.MaxInt64), float64(math.MaxInt64)}, good}, {[]any{[]byte("a"), []byte("b")}, bad}, {[]any{big.NewRat(1, 3), 1.0 / 3}, bad},
		}},
		"equal, both NULL": {quality.Compare{A: "a", Is: quality.Equal, B: "b", Nulls: quality.BothNull}, []judged{
			{[]any{nil, nil}, unknown}, {[]any{nil, 1}, bad}, {[]any{1, 1.0}, good}, {[]any{math.Copysign(0, -1), 0}, good},
		}},
		"unequal, never NULL": {quality.Compare{A: "a", Is: quality.NotEqual, B: "b", Nulls: quality.NeverNull}, []judged{
			{[]any{nil, nil}, bad}, {[]any{nil, 1}, good}, {[]any{1, 2}, good}, {[]any{1, 1}, bad}, {[]any{"1", 1}, bad},
		}},
		"at least, never NULL": {quality.Compare{A: "a", Is: quality.GreaterEqual, B: "b", Nulls: quality.NeverNull}, []judged{
			{[]any{nil, nil}, good}, {[]any{nil, 1}, bad}, {[]any{2, 1}, good}, {[]any{0, 1}, bad},
		}},
		"greater, never NULL": {quality.Compare{A: "a", Is: quality.Greater, B: "b", Nulls: quality.NeverNull}, []judged{{[]any{nil, nil}, bad}, {[]any{2, 1}, good}}},
		"at most":             {quality.Compare{A: "a", Is: quality.LessEqual, B: "b"}, []judged{{[]any{1, 1}, good}, {[]any{2, 1}, bad}}},
		"all different": {quality.AllDifferent{Fields: []string{"a", "b", "c"}}, []judged{
			{[]any{1, 2, 3}, good}, {[]any{1, 2, 1.0}, bad}, {[]any{1, nil, 1}, unknown}, {[]any{"a", "b", "ｂ"}, good}, {[]any{1, 2, "1"}, bad},
		}},
		"all different, both NULL": {quality.AllDifferent{Fields: []string{"a", "b"}, Nulls: quality.BothNull}, []judged{
			{[]any{nil, nil}, unknown}, {[]any{nil, 1}, good}, {[]any{1, 1}, bad}, {[]any{[]byte("x"), []byte("y")}, bad},
		}},
		"all different, never NULL": {quality.AllDifferent{Fields: []string{"a", "b"}, Nulls: quality.NeverNull}, []judged{{[]any{nil, nil}, bad}, {[]any{nil, 1}, good}}},
		"tuples": {quality.InTuples{Fields: []string{"a", "b"}, Tuples: [][]any{{"ja", 1}, {"en", nil}}, Nulls: quality.BothNull}, []judged{
			{[]any{"ja", 1.0}, good}, {[]any{"ja", 2}, bad}, {[]any{"en", nil}, good}, {[]any{nil, nil}, unknown}, {[]any{nil, 1}, bad}, {[]any{"ja", struct{}{}}, bad},
		}},
		"tuples, either NULL": {quality.InTuples{Fields: []string{"a", "b"}, Tuples: [][]any{{"x", "yz"}, {"", "q"}}}, []judged{
			{[]any{"xy", "z"}, bad}, {[]any{"x", "yz"}, good}, {[]any{"x", nil}, unknown}, {[]any{"", "q"}, good}, {[]any{"q", ""}, bad},
		}},
		"total": {quality.Total{Fields: []string{"a", "b"}, Min: 0, Max: 10}, []judged{
			{[]any{4, 6}, good}, {[]any{4, 7}, bad}, {[]any{nil, 7}, unknown}, {[]any{nan, nil}, unknown}, {[]any{nan, 1}, bad}, {[]any{inf, -inf}, bad},
			{[]any{"4", 1}, bad}, {[]any{int64(math.MaxInt64), int64(math.MaxInt64)}, bad}, {[]any{int64(math.MinInt64), int64(-1)}, bad},
			{[]any{1e300, -1e300}, good}, {[]any{big.NewRat(1, 2), 9.5}, good}, {[]any{int64(-3), int64(5)}, good},
		}},
		"decimal total": {quality.Total{Fields: []string{"a", "b"}, Max: 0.3}, []judged{{[]any{0.1, 0.2}, good}, {[]any{0.1, 0.2000001}, bad}, {[]any{0.25, 0.03125}, good}}},
		"dimensions": {quality.VectorDimensions{Field: "a", N: 2}, []judged{
			{[]any{nil}, unknown}, {[]any{vectorOf(1, 2)}, good}, {[]any{vectorOf(1)}, bad}, {[]any{[]float64{1, 2}}, bad}, {[]any{[]float32(nil)}, bad},
		}},
		"usual dimensions": {quality.VectorDimensions{Field: "a"}, []judged{{[]any{make([]float32, 1536)}, good}, {[]any{make([]float32, 768)}, bad}}},
		"non-zero": {quality.VectorNonZero{Field: "a"}, []judged{
			{[]any{nil}, unknown}, {[]any{vectorOf(0, 1e-45)}, good}, {[]any{vectorOf(0, float32(math.Copysign(0, -1)))}, bad}, {[]any{vectorOf(float32(nan))}, bad}, {[]any{"x"}, bad},
		}},
		"finite": {quality.VectorFinite{Field: "a"}, []judged{
			{[]any{nil}, unknown}, {[]any{vectorOf(0, math.MaxFloat32)}, good}, {[]any{vectorOf(1, float32(nan))}, bad},
			{[]any{vectorOf(float32(-inf), 1)}, bad}, {[]any{[]float64{1}}, bad},
		}},
		"norm": {quality.VectorNorm{Field: "a"}, []judged{
			{[]any{nil}, unknown}, {[]any{vectorOf(0.6, 0.8)}, good}, {[]any{vectorOf(1, 1)}, bad}, {[]any{vectorOf(0)}, bad}, {[]any{vectorOf(float32(inf))}, bad}, {[]any{7}, bad},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, row := range test.rows {
				if got := test.test.Judge(rowOf(row.row...)); got != row.want {
					t.Errorf("%s: row %v: got %s, want %s", test.test, row.row, truthText(got), truthText(row.want))
				}
			}
		})
	}
}

func truthText(t quality.Truth) string { return [...]string{"unknown", "good", "bad"}[t] }

func TestLogic(t *testing.T) {
	t.Parallel()
	truths := []quality.Truth{good, bad, unknown}
	value := map[quality.Truth]any{good: "x", bad: "", unknown: nil}
	a, b := quality.NotEmpty{Field: "a"}, quality.NotEmpty{Field: "b"}
	// Kleene's tables: rows by a, columns by b, in the order of truths.
	want := map[string][3][3]quality.Truth{
		"all": {{good, bad, unknown}, {bad, bad, bad}, {unknown, bad, unknown}},
		"any": {{good, good, good}, {good, bad, unknown}, {good, unknown, unknown}},
		"not": {{bad, bad, bad}, {good, good, good}, {unknown, unknown, unknown}},
	}
	tests := map[string]quality.RowTest{
		"all": quality.All{Tests: []quality.RowTest{a, b}}, "any": quality.Any{Tests: []quality.RowTest{a, b}}, "not": quality.Not{Test: a},
	}
	for name, test := range tests {
		var got [3][3]quality.Truth
		for i, x := range truths {
			for j, y := range truths {
				got[i][j] = test.Judge(rowOf(value[x], value[y]))
			}
		}
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFinite(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		vector []float32
		n      int
		fit    bool
	}{
		"fit":             {vectorOf(1, 2), 2, true},
		"any dimensions":  {vectorOf(1, 2, 3), 0, true},
		"too few":         {vectorOf(1), 2, false},
		"not a number":    {vectorOf(1, float32(math.NaN())), 2, false},
		"infinite":        {vectorOf(float32(math.Inf(-1)), 1), 0, false},
		"nil of no known": {nil, 0, true},
	}
	for name, test := range tests {
		if err := quality.Finite(test.vector, test.n); errors.Is(err, quality.ErrVector) == test.fit || (err == nil) != test.fit {
			t.Errorf("%s: got %v, want fit %v", name, err, test.fit)
		}
	}
}
