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

type saying struct {
	test quality.Test
	says string
}

// sayings has each kind of test, on the fields text, number, time, vector and other, and what it says of itself.
func sayings() []saying {
	texts := quality.Texts
	return []saying{
		{quality.NotNull{Field: "text"}, "text is not NULL"},
		{quality.IsNull{Field: "text"}, "text is NULL"},
		{quality.NotEmpty{Field: "text"}, "text is not blank"},
		{quality.Range{Field: "number", Min: 1, Max: 5}, "number is 1 to 5"},
		{quality.Range{Field: "number", Min: 1.5, OpenMin: true}, "number is above 1.5"},
		{quality.Range{Field: "number", Max: big.NewRat(1, 3), OpenMax: true}, "number is below 1/3"},
		{quality.Range{Field: "number", Min: 0, Max: 1, OpenMin: true, OpenMax: true}, "number is above 0 to below 1"},
		{quality.Range{Field: "time", Min: clock(), Max: quality.Now(time.Minute)}, "time is 2026-04-01T09:00:00Z to 1m0s after now"},
		{quality.Range{Field: "time", Min: quality.Now(-24 * time.Hour)}, "time is at least 24h0m0s before now"},
		{quality.Range{Field: "time", Max: quality.Now(0)}, "time is at most now"},
		{quality.Range{Field: "number"}, "number is a number, a time or a text"},
		{quality.In{Field: "text", Values: texts("ja", "en")}, `text is one of "ja", "en"`},
		{quality.In{Field: "number", Values: []any{1}}, "number is 1"},
		{quality.In{Field: "number", Values: []any{1, 2, 3, 4, 5, 6}}, "number is one of 6 values"},
		{quality.In{Field: "number"}, "number is in an empty set"},
		{quality.Length{Field: "text", Min: 1, Max: 4000}, "length of text is 1 to 4000 characters"},
		{quality.Length{Field: "text", Max: 9}, "length of text is at most 9 characters"},
		{quality.Length{Field: "text", Min: 9}, "length of text is at least 9 characters"},
		{quality.Length{Field: "text", Min: 9, Max: 9}, "length of text is 9 characters"},
		{quality.Length{Field: "text"}, "text is a text of any length"},
		{quality.Match{Field: "text", Pattern: "^a"}, "text matches the regular expression ^a"},
		{quality.Like{Field: "text", Pattern: "a%"}, `text is like "a%"`},
		{quality.Valid{Field: "text", Name: "kana", Good: func(any) bool { return false }}, "text is valid in the eyes of kana"},
		{quality.JSON{Field: "text"}, "text is JSON"},
		{quality.JSON{Field: "text", Schema: func(b []byte) error { return errors.New(string(b)) }}, "text is JSON and matches its schema"},
		{quality.Layout{Field: "text", Layouts: []string{time.DateOnly, time.Kitchen}}, `text is a date or time that is written as "2006-01-02" or "3:04PM"`},
		{quality.Digest{Field: "text", Of: "other"}, "text is the sha256 digest of other"},
		{quality.SQL{Name: "sane", Good: "number > 0", Fields: []string{"number"}}, "sane: number > 0"},
		{quality.Compare{A: "number", Is: quality.Less, B: "other"}, "number < other"},
		{quality.AllDifferent{Fields: []string{"text", "other"}, Nulls: quality.BothNull}, "text, other are all different, also where some of them are NULL"},
		{quality.InTuples{Fields: []string{"text", "other"}, Nulls: quality.NeverNull}, "(text, other) is one of 0 tuples, also where they are NULL"},
		{quality.Total{Fields: []string{"number", "other"}, Max: 5}, "sum of number, other is at most 5"},
		{quality.VectorDimensions{Field: "vector"}, "vector has 1536 dimensions"},
		{quality.VectorNonZero{Field: "vector"}, "vector is not the zero vector"},
		{quality.VectorFinite{Field: "vector"}, "vector has finite components only"},
		{quality.VectorNorm{Field: "vector"}, "length of vector vector is 0.999 to 1.001"},
		{quality.Not{Test: quality.NotNull{Field: "text"}}, "not: text is not NULL"},
		{quality.All{Tests: []quality.RowTest{
			quality.NotNull{Field: "text"}, quality.Any{Tests: []quality.RowTest{quality.IsNull{Field: "other"}, quality.NotEmpty{Field: "text"}}},
		}}, "text is not NULL and (other is NULL or text is not blank)"},
		{quality.Any{Tests: []quality.RowTest{quality.IsNull{Field: "other"}}}, "other is NULL"},
		{quality.Unique{Fields: []string{"text", "other"}}, "(text, other) is unique"},
		{quality.VectorUnique{Field: "vector"}, "vector has no exact duplicates"},
		{quality.VectorUnique{Field: "vector", Within: 0.001}, "vector has no duplicates within a cosine distance of 0.001"},
		{quality.Reference{Fields: []string{"text"}, To: "t", ToFields: []string{"id"}}, "text refers to an existing id of t"},
		{quality.Joined{Fields: []string{"text"}, To: "t", Test: quality.NotNull{Field: "t.x"}, When: quality.NotNull{Field: "other"}},
			"t.x is not NULL, of rows and the row of t that text refers to, where other is not NULL"},
		{quality.CountMatches{Field: "number", Key: "text", Of: "t", OfField: "x"}, "number is the number of rows of t whose x is text"},
		{quality.Sequence{Field: "number", Within: []string{"text"}, First: 1}, "number runs from 1 without gaps or repeats within each text"},
		{quality.Monotone{Field: "number", By: []string{"time"}, Falling: true, Strict: true}, "number falls strictly in the order of time"},
		{quality.ZScore{Field: "number"}, "number is within 3 standard deviations of the mean"},
		{quality.ZScore{Field: "number", Max: 2, Above: true}, "number is at most 2 standard deviations above the mean"},
		{quality.RowCount{Min: 1}, "there are at least 1 rows"},
		{quality.RowCount{Max: -1}, "there are no rows"},
		{quality.RowCount{}, "there is any number of rows"},
		{quality.Fresh{Field: "time", Age: time.Hour}, "newest time is at most 1h0m0s old"},
		{quality.Statistic{Of: quality.Mean, Field: "number", Min: 1}, "mean of number is at least 1"},
		{quality.Statistic{Of: quality.Quantile, Q: 0.9, Field: "number", Max: 5}, "0.9 quantile of number is at most 5"},
		{quality.Statistic{Of: quality.Minimum, Field: "text", Min: "a"}, `minimum of text is at least "a"`},
		{quality.Covers{Field: "text", Values: texts("a"), Exact: true}, "each of 1 values of text occurs, and no other"},
		{quality.MostCommon{Field: "text", Values: texts("a")}, `most common text is "a"`},
		{quality.HasColumns{Names: []string{"a", "b"}, Exact: true, Ordered: true}, "there are exactly the columns a, b in this order"},
		{quality.ColumnCount{Min: 1, Max: 2}, "there are 1 to 2 columns"},
		{quality.ColumnCount{}, "there is any number of columns"},
		{quality.ColumnType{Field: "text", Types: []string{"text", "varchar"}}, "text has type text or varchar"},
	}
}

func TestSayings(t *testing.T) {
	t.Parallel()
	for _, s := range sayings() {
		if got := s.test.String(); got != s.says {
			t.Errorf("%T: got %q, want %q", s.test, got, s.says)
		}
		suite := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: s.test}}}
		if err := suite.Validate(); err != nil {
			t.Errorf("%s: %v", s.test, err)
		}
		if s.test.Kind() == "" || s.test.Dimension() == "" {
			t.Errorf("%s: kind %q, dimension %q: want both", s.test, s.test.Kind(), s.test.Dimension())
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	cycle := make([]quality.RowTest, 1)
	cycle[0] = quality.All{Tests: cycle}
	var typedNil *quality.NotNull
	var nilRat *big.Rat
	tests := map[string]struct {
		check quality.Check
		want  []string // parts of the error, each of one fault
	}{
		"no test":            {quality.Check{}, []string{"asks no test"}},
		"typed nil":          {quality.Check{Test: typedNil}, []string{"type *quality.NotNull: expected a value"}},
		"typed nil when":     {quality.Check{Test: quality.RowCount{}, When: typedNil}, []string{"when: ", "expected a value"}},
		"test within itself": {quality.Check{Test: quality.Not{Test: quality.All{Tests: cycle}}}, []string{"64 deep"}},
		"nil within not":     {quality.Check{Test: quality.Not{}}, []string{"not: test 1 is nil"}},
		"nil within all": {
			quality.Check{Test: quality.All{Tests: []quality.RowTest{nil, quality.NotNull{}}}}, []string{"all: test 1 is nil", "all: test 2: it names no field"},
		},
		"typed nil within any":    {quality.Check{Test: quality.Any{Tests: []quality.RowTest{typedNil}}}, []string{"expected a value"}},
		"typed nil within joined": {quality.Check{Test: quality.Joined{Fields: []string{"a"}, To: "t", Test: typedNil}}, []string{"expected a value"}},
		"nothing in any":          {quality.Check{Test: quality.Any{}}, []string{"any: it combines no test"}},
		"several faults": {
			quality.Check{Test: quality.NotNull{}, Severity: "awful", Weight: -1, Dimension: "beauty", Threshold: quality.Threshold{Warn: 2}},
			[]string{"no field", `severity "awful"`, "weight", `dimension "beauty"`, "threshold"},
		},
		"infinite weight":     {quality.Check{Test: quality.NotNull{Field: "a"}, Weight: math.Inf(1)}, []string{"finite"}},
		"weight not a number": {quality.Check{Test: quality.NotNull{Field: "a"}, Weight: math.NaN()}, []string{"finite"}},
		"bounds reversed":     {quality.Check{Test: quality.Range{Field: "a", Min: 2, Max: 1}}, []string{"lower bound is above"}},
		"bounds of two types": {quality.Check{Test: quality.Range{Field: "a", Min: 2, Max: "x"}}, []string{"do not compare"}},
		"bound not a number":  {quality.Check{Test: quality.Range{Field: "a", Min: math.NaN()}}, []string{"float64"}},
		"nil rational":        {quality.Check{Test: quality.Range{Field: "a", Min: nilRat}}, []string{"*big.Rat"}},
		"bound of other type": {quality.Check{Test: quality.Total{Fields: []string{"a", "b"}, Max: "x"}}, []string{"expected a number"}},
		"set of other type":   {quality.Check{Test: quality.In{Field: "a", Values: []any{1, []int{1}}}}, []string{"element 2", "[]int"}},
		"lengths":             {quality.Check{Test: quality.Length{Field: "a", Min: 3, Max: 2}}, []string{"from 3 to 2"}},
		"pattern":             {quality.Check{Test: quality.Match{Field: "a", Pattern: "("}}, []string{"pattern: "}},
		"like":                {quality.Check{Test: quality.Like{Field: "a", Pattern: `a\\\`}}, []string{"backslash"}},
		"like not UTF-8":      {quality.Check{Test: quality.Like{Field: "a", Pattern: "\xff"}}, []string{"UTF-8"}},
		"valid":               {quality.Check{Test: quality.Valid{Field: "a"}}, []string{"a name and a function"}},
		"layouts":             {quality.Check{Test: quality.Layout{Field: "a"}}, []string{"layout"}},
		"hash":                {quality.Check{Test: quality.Digest{Field: "a", Of: "b", Hash: "crc"}}, []string{`hash "crc"`}},
		"sql":                 {quality.Check{Test: quality.SQL{}}, []string{"an expression"}},
		"comparison":          {quality.Check{Test: quality.Compare{A: "a", B: "b", Is: "~", Nulls: "x"}}, []string{`comparison "~"`, `policy for NULL: "x"`}},
		"too few fields":      {quality.Check{Test: quality.AllDifferent{Fields: []string{"a"}}}, []string{"too few"}},
		"unnamed field":       {quality.Check{Test: quality.Unique{Fields: []string{"a", ""}}}, []string{"no name"}},
		"sense":               {quality.Check{Test: quality.Unique{Fields: []string{"a"}, Count: "all"}}, []string{`sense "all"`}},
		"tuple":               {quality.Check{Test: quality.InTuples{Fields: []string{"a", "b"}, Tuples: [][]any{{1}, {1, 2}}}}, []string{"tuple 1 has 1"}},
		"vector":              {quality.Check{Test: quality.VectorDimensions{Field: "a", N: -1}}, []string{"-1 dimensions"}},
		"norm":                {quality.Check{Test: quality.VectorNorm{Field: "a", Tolerance: 1}}, []string{"tolerance"}},
		"near":                {quality.Check{Test: quality.VectorUnique{Field: "a", Within: 0.5}}, []string{"0.01"}},
		"reference":           {quality.Check{Test: quality.Reference{Fields: []string{"a"}, To: "b", ToFields: []string{"c", "d"}}}, []string{"as many fields"}},
		"count matches":       {quality.Check{Test: quality.CountMatches{Field: "a"}}, []string{"no name"}},
		"monotone":            {quality.Check{Test: quality.Monotone{Field: "a"}}, []string{"expected By"}},
		"z score":             {quality.Check{Test: quality.ZScore{Field: "a", Max: math.NaN()}}, []string{"standard deviations"}},
		"row count":           {quality.Check{Test: quality.RowCount{Min: 2, Max: 1}}, []string{"rows from 2 to 1"}},
		"age":                 {quality.Check{Test: quality.Fresh{Field: "a"}}, []string{"positive age"}},
		"figure":              {quality.Check{Test: quality.Statistic{Of: "mode", Field: "a", Q: 2, Min: "x"}}, []string{`figure "mode"`, "quantile", "expected a number"}},
		"covers nothing":      {quality.Check{Test: quality.Covers{Field: "a"}}, []string{"could not fail"}},
		"columns":             {quality.Check{Test: quality.HasColumns{}}, []string{"too few"}},
		"column count":        {quality.Check{Test: quality.ColumnCount{Min: 2, Max: 1}}, []string{"columns from 2 to 1"}},
		"column type":         {quality.Check{Test: quality.ColumnType{Field: "a"}}, []string{"one type"}},
		"when":                {quality.Check{Test: quality.RowCount{}, When: quality.NotNull{}}, []string{"when: it names no field"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := quality.Suite{Dataset: "d", Checks: []quality.Check{test.check}}.Validate()
			if !errors.Is(err, quality.ErrSuite) {
				t.Fatalf("got %v, want ErrSuite", err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, want a fault with %q", err, part)
				}
			}
		})
	}
}

func TestValidateSuite(t *testing.T) {
	t.Parallel()
	check := quality.Check{Test: quality.NotNull{Field: "a"}}
	suite := quality.Suite{
		Checks: []quality.Check{check, check}, Key: []string{""},
		Weights:    map[quality.Dimension]float64{"beauty": 1, quality.Validity: math.NaN()},
		Thresholds: quality.Thresholds{quality.Accuracy: {Fail: -1}},
	}
	want := `quality: faulty suite: the suite names no dataset
check 2 (not_null(a)): the name is used twice; give one of them another Name
field 1 of the key has no name
weight of "beauty": expected a known dimension and a finite number of at least 0
weight of "validity": expected a known dimension and a finite number of at least 0
threshold of "accuracy": expected a known dimension and shares between 0 and 1`
	if diff := cmp.Diff(want, suite.Validate().Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := (quality.Suite{Dataset: "d"}).Validate(); err == nil || !strings.Contains(err.Error(), "the suite has no check") {
		t.Errorf("a suite without checks: got %v", err)
	}
	if got := (quality.Check{}).ID(); got != "" {
		t.Errorf("a check without a test has the name %q, want none", got)
	}
}
