package quality_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

// rowsOf yields rows of fields a, b, c and so on.
func rowsOf(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// columnOf yields rows of one field.
func columnOf(values ...any) iter.Seq2[[]any, error] {
	rows := make([][]any, len(values))
	for i, v := range values {
		rows[i] = []any{v}
	}
	return rowsOf(rows...)
}

func cell(row []any, field string) any { return row[field[0]-'a'] }

// assess answers one check.
func assess(t *testing.T, check quality.Check, rows iter.Seq2[[]any, error], config quality.AssessConfig) quality.Result {
	t.Helper()
	config.Now = clock
	r, err := quality.Assess(t.Context(), quality.Suite{Dataset: "d", Checks: []quality.Check{check}}, rows, cell, config)
	if err != nil {
		t.Fatal(err)
	}
	return r.Results[0]
}

// found is what a test of a stream looks at.
type found struct {
	Verdict            quality.Verdict
	Judged, Unexpected int64
	Observed, Reason   string
	Examples           []string
}

func foundOf(r quality.Result) found {
	return found{r.Verdict, r.Judged, r.Unexpected, r.Observed, r.Reason, r.Examples}
}

func TestAssess(t *testing.T) {
	t.Parallel()
	texts := quality.Texts
	nan := math.NaN()
	numbers := columnOf(4, 1, nil, 2, 3)
	statistic := func(of quality.Figure, low, high any) quality.Check {
		return quality.Check{Test: quality.Statistic{Of: of, Field: "a", Min: low, Max: high}, Reveal: true}
	}
	hidden := func(c quality.Check) quality.Check { c.Reveal = false; return c }
	whole := func(v quality.Verdict, observed string) found {
		f := found{Verdict: v, Judged: 1, Observed: observed}
		if v == quality.Fail {
			f.Unexpected = 1
		}
		return f
	}
	empty := found{Verdict: quality.NotAssessed, Reason: "there was no row to judge"}
	misfit := func(reason string) found {
		return found{Verdict: quality.Fail, Judged: 1, Unexpected: 1, Reason: reason}
	}
	ago := func(d time.Duration) any { return clock().Add(-d) }
	fresh := quality.Check{Test: quality.Fresh{Field: "a", Age: time.Hour}}
	unanswered := func(reason string) found { return found{Verdict: quality.NotAssessed, Reason: reason} }
	tests := map[string]struct {
		check quality.Check
		rows  iter.Seq2[[]any, error]
		want  found
	}{
		"rows": {quality.Check{Test: quality.NotEmpty{Field: "a"}}, columnOf("x", nil, "", "y", " "),
			found{Verdict: quality.Fail, Judged: 4, Unexpected: 2, Examples: []string{"row 3", "row 5"}}},
		"rows, all NULL": {quality.Check{Test: quality.NotEmpty{Field: "a"}}, columnOf(nil, nil), empty},
		"rows, none":     {quality.Check{Test: quality.NotNull{Field: "a"}}, columnOf(), empty},
		"rows, when": {quality.Check{Test: quality.Range{Field: "b", Min: 1}, When: quality.In{Field: "a", Values: texts("x")}},
			rowsOf([]any{"x", 0}, []any{"y", 0}, []any{nil, 0}, []any{"x", 2}, []any{"x", nil}),
			found{Verdict: quality.Fail, Judged: 2, Unexpected: 1, Examples: []string{"row 1"}}},
		"row count":       {quality.Check{Test: quality.RowCount{Min: 3, Max: 4}}, columnOf(nil, 1, 2), whole(quality.Pass, "3 rows")},
		"row count, few":  {quality.Check{Test: quality.RowCount{Min: 3}}, columnOf(1), whole(quality.Fail, "1 rows")},
		"row count, none": {quality.Check{Test: quality.RowCount{Max: -1}}, columnOf(), whole(quality.Pass, "0 rows")},
		"row count, when": {quality.Check{Test: quality.RowCount{Min: 2}, When: quality.NotNull{Field: "a"}}, columnOf(nil, 1), whole(quality.Fail, "1 rows")},
		"fresh":           {fresh, columnOf(ago(5*time.Hour), nil, ago(time.Hour)), whole(quality.Pass, "newest is 60 min old")},
		"fresh, old":      {fresh, columnOf(ago(time.Hour+1), ago(50*time.Hour)), whole(quality.Fail, "newest is 60 min old")},
		"fresh, older":    {fresh, columnOf(ago(50 * time.Hour)), whole(quality.Fail, "newest is 2 days old")},
		"fresh, hours":    {fresh, columnOf(ago(3*time.Hour + time.Minute)), whole(quality.Fail, "newest is 3 h old")},
		"fresh, future":   {fresh, columnOf(ago(-time.Second)), whole(quality.Pass, "newest is in the future")},
		"fresh, NULL":     {fresh, columnOf(nil), empty},
		"fresh, text":     {fresh, columnOf(ago(0), "2026-04-01"), misfit("1 values are not times")},

		"mean":                {statistic(quality.Mean, 2.5, 2.5), numbers, whole(quality.Pass, "2.5")},
		"mean, few values":    {hidden(statistic(quality.Mean, 3, nil)), numbers, whole(quality.Fail, "below the bounds")},
		"mean, enough values": {hidden(statistic(quality.Mean, nil, 2)), columnOf(1, 2, 3, 4, 5), whole(quality.Fail, "3")},
		"mean, NaN":           {statistic(quality.Mean, nil, nil), columnOf(1, nan), whole(quality.Fail, "NaN")},
		"mean, infinite":      {statistic(quality.Mean, nil, 5), columnOf(1, math.Inf(1)), whole(quality.Fail, "+Inf")},
		"mean, text":          {statistic(quality.Mean, nil, 5), columnOf(1, "2"), misfit("1 values are not of a type that has a mean")},
		"mean, NULL":          {statistic(quality.Mean, nil, 5), columnOf(nil), empty},
		"sum":                 {statistic(quality.TotalSum, 10, 10), numbers, whole(quality.Pass, "10")},
		"sum, exact":          {statistic(quality.TotalSum, 1, 1), columnOf(1e100, 1, -1e100), whole(quality.Pass, "1")},
		"sum, infinities":     {statistic(quality.TotalSum, nil, nil), columnOf(math.Inf(1), math.Inf(-1)), whole(quality.Fail, "NaN")},
		"deviation":           {statistic(quality.Deviation, 1, 1), columnOf(1, 2, 3), whole(quality.Pass, "1")},
		"deviation of one":    {statistic(quality.Deviation, 0, 1), columnOf(7), unanswered("a deviation takes at least two values")},
		"minimum":             {statistic(quality.Minimum, 1, nil), columnOf(nan, 3, 1.5, nil), whole(quality.Pass, "1.5")},
		"minimum, hidden":     {hidden(statistic(quality.Minimum, 2, nil)), columnOf(3, 1.5), whole(quality.Fail, "below the bounds")},
		"minimum, only NaN":   {statistic(quality.Minimum, 1, nil), columnOf(nan), whole(quality.Fail, "NaN")},
		"maximum":             {statistic(quality.Maximum, nil, "m"), columnOf("a", "z"), whole(quality.Fail, `"z"`)},
		"maximum, NaN":        {hidden(statistic(quality.Maximum, nil, 5)), columnOf(1, nan), whole(quality.Fail, "does not compare with the bounds")},
		"maximum, time":       {statistic(quality.Maximum, nil, quality.Now(0)), columnOf(ago(0), ago(1)), whole(quality.Pass, "2026-04-01T09:00:00Z")},
		"maximum, mixed":      {statistic(quality.Maximum, nil, 5), columnOf(1, "x", 2), misfit("1 values are not of a type that has a maximum")},
		"distinct count":      {statistic(quality.DistinctCount, 3, 3), columnOf("a", "b", "a", nil, "c"), whole(quality.Pass, "3")},
		"distinct share":      {statistic(quality.DistinctShare, 0.8, nil), columnOf(1, 1.0, int8(1), 2), whole(quality.Fail, "0.5")},
		"covers":              {quality.Check{Test: quality.Covers{Field: "a", Values: texts("x", "y", "y")}}, columnOf("y", "z", "x"), whole(quality.Pass, "2 of 2 values occur")},
		"covers, not all":     {quality.Check{Test: quality.Covers{Field: "a", Values: []any{1, 2}}}, columnOf(2.0, nil), whole(quality.Fail, "1 of 2 values occur")},
		"covers exactly": {quality.Check{Test: quality.Covers{Field: "a", Values: texts("x"), Exact: true}}, columnOf("x", "z"),
			found{quality.Fail, 1, 1, "1 of 1 values occur, 1 rows have another", "", []string{"row 2"}}},
		"covers, NULL":            {quality.Check{Test: quality.Covers{Field: "a", Values: texts("x")}}, columnOf(nil), empty},
		"most common":             {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x")}}, columnOf("x", "y", "x", nil), whole(quality.Pass, "the most common value has 66.7 % of 3 rows")},
		"most common, other":      {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x")}}, columnOf("x", "y", "y"), whole(quality.Fail, "the most common value has 66.7 % of 3 rows")},
		"most common, tie":        {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x")}}, columnOf("x", "y"), whole(quality.Fail, "2 values are equally common, with 1 of 2 rows each")},
		"most common, ties":       {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x"), Ties: true}}, columnOf("x", "y"), whole(quality.Pass, "2 values are equally common, with 1 of 2 rows each")},
		"most common, NULL":       {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x")}}, columnOf(nil), empty},
		"most common, other type": {quality.Check{Test: quality.MostCommon{Field: "a", Values: texts("x")}}, columnOf(struct{}{}), misfit("1 values are not text, numbers, booleans or times")},
		"reference":               {quality.Check{Test: quality.Reference{Fields: []string{"a"}, To: "t"}}, numbers, unanswered("a stream does not hold the other dataset")},
		"joined": {quality.Check{Test: quality.Joined{Fields: []string{"a"}, To: "t", Test: quality.NotNull{Field: "t.x"}}}, numbers,
			unanswered("a stream does not hold the other dataset")},
		"count matches": {quality.Check{Test: quality.CountMatches{Field: "a", Key: "a", Of: "t", OfField: "x"}}, numbers, unanswered("a stream does not hold the other dataset")},
		"sql":           {quality.Check{Test: quality.SQL{Name: "n", Good: "true"}}, numbers, unanswered("a stream does not evaluate SQL")},
		"columns":       {quality.Check{Test: quality.HasColumns{Names: []string{"a"}}}, numbers, unanswered("a stream does not tell its columns")},
		"column count":  {quality.Check{Test: quality.ColumnCount{Min: 1}}, numbers, unanswered("a stream does not tell its columns")},
		"column type":   {quality.Check{Test: quality.ColumnType{Field: "a", Types: []string{"x"}}}, numbers, unanswered("a stream does not tell its columns")},
		"vector unique": {quality.Check{Test: quality.VectorUnique{Field: "a"}}, numbers, unanswered("a stream does not compare vectors with each other")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := assess(t, test.check, test.rows, quality.AssessConfig{})
			if diff := cmp.Diff(test.want, foundOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if assessed := got.Verdict != quality.NotAssessed; assessed != (got.Method == quality.ByFull) || got.Interval != nil {
				t.Errorf("method %q, interval %v: want a full read, exactly when it is assessed", got.Method, got.Interval)
			}
		})
	}
}

func TestAssessUnique(t *testing.T) {
	t.Parallel()
	rows := columnOf("a", "b", "a", nil, "c", "b", "a")
	all := quality.Duplicates{AffectedRows: 5, ExcessRows: 3, Groups: 2, Singletons: 1} // a, a, a, b, b, c
	type counts struct{ judged, unexpected int64 }
	for sense, want := range map[quality.Sense]counts{
		"": {6, 5}, quality.AffectedRows: {6, 5}, quality.ExcessRows: {6, 3}, quality.Groups: {3, 2},
	} {
		r := assess(t, quality.Check{Test: quality.Unique{Fields: []string{"a"}, Count: sense}}, rows, quality.AssessConfig{})
		if got := (counts{r.Judged, r.Unexpected}); got != want {
			t.Errorf("%q: got %v, want %v", sense, got, want)
		}
		if diff := cmp.Diff(&all, r.Duplicates); diff != "" {
			t.Errorf("%q (-want +got):\n%s", sense, diff)
		}
		if diff := cmp.Diff([]string{"row 3", "row 6", "row 7"}, r.Examples); diff != "" {
			t.Errorf("%q (-want +got):\n%s", sense, diff)
		}
	}
	pairs := rowsOf([]any{"x", "yz"}, []any{"xy", "z"}, []any{"x", nil}, []any{1, "1"}, []any{"1", 1}, []any{1.0, "1"}, []any{[]byte("x"), "yz"})
	r := assess(t, quality.Check{Test: quality.Unique{Fields: []string{"a", "b"}}}, pairs, quality.AssessConfig{})
	if r.Judged != 6 || r.Unexpected != 2 {
		t.Errorf("pairs: %d of %d are unexpected, want 2 of 6", r.Unexpected, r.Judged)
	}
	r = assess(t, quality.Check{Test: quality.Unique{Fields: []string{"a"}}}, columnOf(1, struct{}{}), quality.AssessConfig{})
	if r.Verdict != quality.NotAssessed || r.Reason != "1 rows hold values of a type that no row has" {
		t.Errorf("a value of another type: got %s (%s)", r.Verdict, r.Reason)
	}
}

func TestAssessOrder(t *testing.T) {
	t.Parallel()
	sequence := quality.Check{Test: quality.Sequence{Field: "b", Within: []string{"a"}, First: 1}}
	alone := quality.Check{Test: quality.Sequence{Field: "a"}}
	rising := quality.Check{Test: quality.Monotone{Field: "b", By: []string{"a"}}}
	falling := quality.Check{Test: quality.Monotone{Field: "b", By: []string{"a"}, Falling: true, Strict: true}}
	grouped := quality.Check{Test: quality.Monotone{Field: "b", By: []string{"a", "d"}, Within: []string{"c"}}}
	apart := func(reason string) found { return found{Verdict: quality.NotAssessed, Reason: reason} }
	pass := func(n int64) found { return found{Verdict: quality.Pass, Judged: n} }
	fail := func(n int64, rows ...string) found {
		return found{Verdict: quality.Fail, Judged: n, Unexpected: int64(len(rows)), Examples: rows}
	}
	tests := map[string]struct {
		check quality.Check
		rows  iter.Seq2[[]any, error]
		want  found
	}{
		"sequence":                 {sequence, rowsOf([]any{"x", 1}, []any{"y", 1}, []any{"x", 2}, []any{"y", 2.0}), pass(4)},
		"gap and repeat":           {sequence, rowsOf([]any{"x", 1}, []any{"x", 2}, []any{"x", 2}, []any{"x", 5}), fail(4, "row 3", "row 4")},
		"does not begin at first":  {sequence, rowsOf([]any{"x", 2}, []any{"x", 3}), fail(2, "row 1")},
		"NULL is not judged":       {sequence, rowsOf([]any{nil, 7}, []any{"x", nil}, []any{"x", 1}), pass(1)},
		"not a whole number":       {sequence, rowsOf([]any{"x", 1.5}, []any{"x", "1"}, []any{"x", math.Inf(1)}, []any{"x", 1}), fail(4, "row 1", "row 2", "row 3")},
		"not in order":             {sequence, rowsOf([]any{"x", 2}, []any{"x", 1}, []any{"y", 9}), apart("the rows of a group do not come in the order of b")},
		"too many groups":          {sequence, rowsOf([]any{"x", 1}, []any{"y", 1}, []any{"z", 1}), apart("there are more than 2 groups of rows")},
		"group of another type":    {sequence, rowsOf([]any{struct{}{}, 1}), apart("a field of the group has a value of a type that no row has")},
		"sequence of the table":    {alone, columnOf(0, 1, 2), pass(3)},
		"no row":                   {alone, columnOf(), apart("there was no row to judge")},
		"greatest number":          {alone, columnOf(int64(math.MaxInt64), int64(math.MaxInt64)), fail(2, "row 1", "row 2")},
		"rising":                   {rising, rowsOf([]any{1, 5}, []any{2, 5}, []any{2, 7.5}), pass(3)},
		"falls once":               {rising, rowsOf([]any{1, 5}, []any{2, 4}, []any{3, 4}), fail(3, "row 2")},
		"NULL does not break":      {rising, rowsOf([]any{1, 5}, []any{2, nil}, []any{nil, 1}, []any{3, 6}), pass(2)},
		"NaN and another type":     {rising, rowsOf([]any{1, 5}, []any{2, math.NaN()}, []any{3, "x"}, []any{4, 6}), fail(4, "row 2", "row 3")},
		"order is broken":          {rising, rowsOf([]any{2, 5}, []any{1, 6}), apart("the rows do not come in the order of a")},
		"order of two types":       {rising, rowsOf([]any{2, 5}, []any{"x", 6}), apart("the rows do not come in the order of a")},
		"order has no order":       {rising, rowsOf([]any{math.NaN(), 5}), apart("a has a value that has no order")},
		"falling strictly":         {falling, rowsOf([]any{1, "c"}, []any{2, "b"}, []any{3, "b"}, []any{4, "a"}), fail(4, "row 3")},
		"grouped by two":           {grouped, rowsOf([]any{1, 1, "x", 9}, []any{1, 0, "y", 0}, []any{2, 1, "x", 0}, []any{2, 3, "y", 1}), pass(4)},
		"second of two is broken":  {grouped, rowsOf([]any{1, 1, "x", 2}, []any{1, 1, "x", 1}), apart("the rows do not come in the order of d")},
		"one bad row in each":      {grouped, rowsOf([]any{1, 1, "x", 0}, []any{1, 5, "y", 0}, []any{2, 0, "x", 0}, []any{2, 4, "y", 0}), fail(4, "row 3", "row 4")},
		"time in order, text rise": {rising, rowsOf([]any{clock(), "a"}, []any{clock().Add(1), "b"}), pass(2)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := foundOf(assess(t, test.check, test.rows, quality.AssessConfig{Exact: 2}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAssessReport(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{
		Name: "s", Dataset: "d", Key: []string{"b", "a"}, Example: 2, Checks: []quality.Check{{Test: quality.NotEmpty{Field: "c"}}},
	}
	rows := rowsOf([]any{7, "k", ""}, []any{nil, clock(), ""}, []any{[]byte{1, 255}, 1.5, ""}, []any{1, 1, "x"})
	examples := func(s quality.Suite) []string {
		r, err := quality.Assess(t.Context(), s, rows, cell, quality.AssessConfig{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		if r.Rows != 4 || r.RowsRead != 4 || !r.AssessedAt.Equal(clock()) || r.Suite != "s" || r.Version != quality.ReportVersion {
			t.Errorf("got %d rows, %d read, at %v, of %s, version %d", r.Rows, r.RowsRead, r.AssessedAt, r.Suite, r.Version)
		}
		return r.Results[0].Examples
	}
	if diff := cmp.Diff([]string{"k, 7", "2026-04-01T09:00:00Z, NULL"}, examples(suite)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	suite.Hashed = true
	hashes := examples(suite)
	if len(hashes) != 2 || hashes[0] != suite.RowName([]any{"k", 7.0}) || len(hashes[0]) != 32 || hashes[0] == hashes[1] {
		t.Errorf("got hashes %q, want two of 32 digits, the first that of its key", hashes)
	}
	suite.Example = -1
	if got := examples(suite); got != nil {
		t.Errorf("got examples %q, want none", got)
	}
	suite.Example, suite.Hashed = 9, false
	if got := examples(suite); len(got) != 3 || got[2] != "1.5, 01ff" {
		t.Errorf("got examples %q, want three, the last 1.5, 01ff", got)
	}
}

func TestAssessEnds(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.NotNull{Field: "a"}}}}
	broken := errors.New("connection lost")
	failing := func(yield func([]any, error) bool) {
		for range 2 {
			if !yield([]any{1}, nil) {
				return
			}
		}
		yield(nil, broken)
	}
	r, err := quality.Assess(t.Context(), suite, failing, cell, quality.AssessConfig{})
	if !errors.Is(err, broken) || err.Error() != "quality: row 3 of the stream: connection lost" || r.Results != nil {
		t.Errorf("got %v and %d results, want the stream's error at row 3 and no report", err, len(r.Results))
	}

	ctx, cancel := context.WithCancel(t.Context())
	endless := func(yield func([]any, error) bool) {
		for i := 0; yield([]any{i}, nil); i++ {
			if i == 1000 {
				cancel()
			}
		}
	}
	if _, err := quality.Assess(ctx, suite, endless, cell, quality.AssessConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stream without end: got %v, want that the context has ended", err)
	}
	if _, err := quality.Assess(ctx, suite, columnOf(), cell, quality.AssessConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: got %v", err)
	}

	_, err = quality.Assess[[]any](t.Context(), quality.Suite{}, nil, nil, quality.AssessConfig{Exact: -1})
	if !errors.Is(err, quality.ErrSuite) {
		t.Errorf("a faulty suite: got %v", err)
	}
	want := `quality: faulty suite: the suite names no dataset
the suite has no check
quality: there is no stream of rows
quality: there is no function that returns the value of a field
quality: Exact -1, Every 0, Rows 0: expected numbers of at least 0`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAssessProgress(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.NotNull{Field: "a"}}}}
	at := func(rows int64) quality.Progress {
		return quality.Progress{Suite: "d", Stage: "d: 1 checks over a stream", Done: rows, Total: 9, Unit: "rows"}
	}
	for n, want := range map[int][]quality.Progress{5: {at(2), at(4), at(5)}, 4: {at(2), at(4)}, 0: nil} {
		var got []quality.Progress
		config := quality.AssessConfig{Every: 2, Rows: 9, Progress: func(p quality.Progress) { got = append(got, p) }}
		if _, err := quality.Assess(t.Context(), suite, columnOf(make([]any, n)...), cell, config); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d rows (-want +got):\n%s", n, diff)
		}
	}
}

// TestRowNameOfNumbers names exact numbers as a dataset writes them.
func TestRowNameOfNumbers(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Dataset: "d"}
	if got := suite.RowName([]any{big.NewRat(3, 1), big.NewRat(-5, 4), big.NewRat(1, 3), (*big.Rat)(nil)}); got != "3, -1.25, 1/3, NULL" {
		t.Errorf("got %q", got)
	}
}
