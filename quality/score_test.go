package quality_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/quality"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	interval := func(low, high float64) *quality.Interval { return &quality.Interval{Low: low, High: high, Level: 0.95} }
	type outcome struct {
		Verdict  quality.Verdict
		Score    float64
		Reason   string
		Interval *quality.Interval
		Mend     *quality.Remedy
	}
	statement := &quality.Remedy{Text: "delete them", Language: "SQL", Statement: "DELETE"}
	tests := map[string]struct {
		check quality.Check
		give  quality.Result
		want  outcome
	}{
		"all good":        {give: quality.Result{Judged: 3}, want: outcome{Verdict: quality.Pass, Score: 1}},
		"at the limit":    {give: quality.Result{Judged: 100, Unexpected: 5}, want: outcome{Verdict: quality.Warn, Score: 0.95}},
		"below the limit": {give: quality.Result{Judged: 1000, Unexpected: 51}, want: outcome{Verdict: quality.Fail, Score: 0.949}},
		"at the warning":  {give: quality.Result{Judged: 1000, Unexpected: 25}, want: outcome{Verdict: quality.Pass, Score: 0.975}},
		"no row":          {give: quality.Result{}, want: outcome{Verdict: quality.NotAssessed, Reason: "there was no row to judge"}},
		"no row, reason":  {give: quality.Result{Reason: "why"}, want: outcome{Verdict: quality.NotAssessed, Reason: "why"}},
		"not assessed is never a pass": {
			give: quality.Result{Verdict: quality.NotAssessed, Judged: 5, Reason: "why", Interval: interval(1, 1), Mend: statement},
			want: outcome{Verdict: quality.NotAssessed, Reason: "why"},
		},
		"proof":                    {give: quality.Result{Method: quality.ByProof}, want: outcome{Verdict: quality.Pass, Score: 1}},
		"verdict is not given":     {give: quality.Result{Verdict: quality.Pass, Judged: 1, Unexpected: 1}, want: outcome{Verdict: quality.Fail}},
		"more than was judged":     {give: quality.Result{Judged: 10, Unexpected: 11}, want: outcome{Verdict: quality.Fail}},
		"interval spans the limit": {give: quality.Result{Judged: 100, Unexpected: 4, Interval: interval(0.94, 0.98)}, want: outcome{Verdict: quality.Undecided, Score: 0.96, Interval: interval(0.94, 0.98)}},
		"interval spans warning":   {give: quality.Result{Judged: 100, Unexpected: 3, Interval: interval(0.96, 0.98)}, want: outcome{Verdict: quality.Warn, Score: 0.97, Interval: interval(0.96, 0.98)}},
		"interval below":           {give: quality.Result{Judged: 100, Unexpected: 10, Interval: interval(0.8, 0.94)}, want: outcome{Verdict: quality.Fail, Score: 0.9, Interval: interval(0.8, 0.94)}},
		"own threshold":            {check: quality.Check{Threshold: quality.Threshold{Fail: 0.5}}, give: quality.Result{Judged: 2, Unexpected: 1}, want: outcome{Verdict: quality.Pass, Score: 0.5}},
		"threshold of one tenth":   {check: quality.Check{Threshold: quality.Threshold{Fail: 0.1}}, give: quality.Result{Judged: 10, Unexpected: 9}, want: outcome{Verdict: quality.Pass, Score: 0.1}},
		"remedy of the adapter":    {give: quality.Result{Judged: 2, Unexpected: 2, Mend: statement}, want: outcome{Verdict: quality.Fail, Mend: statement}},
		"remedy of the host": {
			check: quality.Check{Mend: "ask"}, give: quality.Result{Judged: 2, Unexpected: 2, Mend: statement},
			want: outcome{Verdict: quality.Fail, Mend: &quality.Remedy{Text: "ask", Language: "SQL", Statement: "DELETE"}},
		},
		"no remedy without defects": {check: quality.Check{Mend: "ask"}, give: quality.Result{Judged: 2, Mend: statement}, want: outcome{Verdict: quality.Pass, Score: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check.Test = quality.NotNull{Field: "a"}
			r := quality.Suite{}.Answer(test.check, test.give)
			got := outcome{r.Verdict, r.Score, r.Reason, r.Interval, r.Mend}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if statement.Text != "delete them" {
		t.Error("the adapter's remedy was changed")
	}
}

// TestNotANumber expects no estimate that is no number to pass.
func TestNotANumber(t *testing.T) {
	t.Parallel()
	suite, check := quality.Suite{Dataset: "d"}, quality.Check{Test: quality.NotNull{Field: "a"}}
	nan := math.NaN()
	r := suite.Answer(check, quality.Result{Method: quality.BySample, Judged: 10, Interval: &quality.Interval{Low: nan, High: nan, Level: 0.95}})
	if r.Verdict != quality.Fail {
		t.Errorf("a result whose interval is no number: %s, want %s", r.Verdict, quality.Fail)
	}
}

func TestAnswerNames(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Thresholds: quality.Thresholds{quality.Accuracy: {Warn: 0.6, Fail: 0.4}}}
	check := quality.Check{
		Test: quality.RowCount{Min: 1}, Dimension: quality.Accuracy, When: quality.NotNull{Field: "b"}, Severity: quality.Critical, Weight: 3,
	}
	want := quality.Result{
		Check: "row_count when not_null(b)", Kind: "row_count", Asked: "there are at least 1 rows, where b is not NULL", Dimension: quality.Accuracy,
		Severity: quality.Critical, Weight: 3, Threshold: quality.Threshold{Warn: 0.6, Fail: 0.4}, Fields: []string{"b"},
		Verdict: quality.Warn, Score: 0.5, Judged: 2, Unexpected: 1,
	}
	if diff := cmp.Diff(want, suite.Answer(check, quality.Result{Judged: 2, Unexpected: 1})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	bare := suite.Answer(quality.Check{Test: quality.RowCount{}}, quality.Result{Judged: 1})
	if bare.Severity != quality.Medium || bare.Weight != 1 || bare.Fields == nil {
		t.Errorf("got severity %q, weight %v, fields %v: want medium, 1, an empty list", bare.Severity, bare.Weight, bare.Fields)
	}
}

// result is an assessed result, or one that is not when its score is negative.
func result(d quality.Dimension, score, weight float64, severity quality.Severity, threshold float64) quality.Result {
	r := quality.Result{Dimension: d, Score: score, Weight: weight, Severity: severity, Verdict: quality.Threshold{Fail: threshold}.Verdict(score)}
	if score < 0 {
		r.Score, r.Verdict = 0, quality.NotAssessed
	}
	return r
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	type scores struct {
		Verdict    quality.Verdict
		Score      float64
		Dimensions map[quality.Dimension]quality.DimensionScore // that were asked for
	}
	d := func(v quality.Verdict, score float64, checks, assessed int) quality.DimensionScore {
		return quality.DimensionScore{Verdict: v, Score: score, Checks: checks, Assessed: assessed}
	}
	c, a, u := quality.Completeness, quality.Accuracy, quality.Uniqueness
	tests := map[string]struct {
		suite   quality.Suite
		results []quality.Result
		want    scores
	}{
		"nothing": {want: scores{Verdict: quality.NotAssessed}},
		"weighted mean": {
			results: []quality.Result{result(c, 1, 3, "", 0), result(c, 0.9, 1, "", 0)},
			want:    scores{quality.Pass, 0.975, map[quality.Dimension]quality.DimensionScore{c: d(quality.Pass, 0.975, 2, 2)}},
		},
		"mean of scores at the limit is at the limit": {
			results: []quality.Result{result(c, 0.95, 0.1, "", 0), result(c, 0.95, 0.7, "", 0), result(c, 0.95, 0.3, "", 0)},
			want:    scores{quality.Warn, 0.95, map[quality.Dimension]quality.DimensionScore{c: d(quality.Warn, 0.95, 3, 3)}},
		},
		"a dimension near zero": { // sqrt(0.01 * 1): an arithmetic mean would be 0.505
			results: []quality.Result{result(c, 0.01, 1, "", 0), result(a, 1, 1, "", 0)},
			want: scores{quality.Fail, 0.1, map[quality.Dimension]quality.DimensionScore{
				c: d(quality.Fail, 0.01, 1, 1), a: d(quality.Pass, 1, 1, 1),
			}},
		},
		"a dimension at zero": {
			results: []quality.Result{result(c, 0, 1, "", 0), result(a, 1, 1, "", 0)},
			want:    scores{quality.Fail, 0, map[quality.Dimension]quality.DimensionScore{c: d(quality.Fail, 0, 1, 1), a: d(quality.Pass, 1, 1, 1)}},
		},
		"weights of dimensions": { // (0.81^1 * 1^3)^(1/4) = 0.9^(1/2)
			suite:   quality.Suite{Weights: map[quality.Dimension]float64{a: 3}, Thresholds: quality.Thresholds{c: {}}},
			results: []quality.Result{result(c, 0.81, 1, "", 0), result(a, 1, 1, "", 0)},
			want: scores{quality.Pass, math.Sqrt(0.9), map[quality.Dimension]quality.DimensionScore{
				c: d(quality.Pass, 0.81, 1, 1), a: d(quality.Pass, 1, 1, 1),
			}},
		},
		"a weight of zero leaves the verdict": {
			suite:   quality.Suite{Weights: map[quality.Dimension]float64{c: 0}},
			results: []quality.Result{result(c, 0.1, 1, "", 0), result(a, 1, 1, "", 0)},
			want:    scores{quality.Fail, 1, map[quality.Dimension]quality.DimensionScore{c: d(quality.Fail, 0.1, 1, 1), a: d(quality.Pass, 1, 1, 1)}},
		},
		"a high check that fails": {
			results: []quality.Result{result(c, 0.5, 1, quality.High, 0.9), result(c, 1, 99, "", 0.9)},
			want:    scores{quality.Fail, 0.995, map[quality.Dimension]quality.DimensionScore{c: d(quality.Fail, 0.995, 2, 2)}},
		},
		"a medium check that fails": {
			results: []quality.Result{result(c, 0.5, 1, quality.Medium, 0.9), result(c, 1, 99, "", 0.9)},
			want:    scores{quality.Pass, 0.995, map[quality.Dimension]quality.DimensionScore{c: d(quality.Pass, 0.995, 2, 2)}},
		},
		"a high check that is undecided": {
			results: []quality.Result{{Dimension: c, Score: 0.9, Weight: 1, Severity: quality.Critical, Verdict: quality.Undecided}, result(c, 1, 99, "", 0)},
			want:    scores{quality.Undecided, 0.999, map[quality.Dimension]quality.DimensionScore{c: d(quality.Undecided, 0.999, 2, 2)}},
		},
		"one of two not assessed": {
			results: []quality.Result{result(c, 1, 1, "", 0), result(c, -1, 1, "", 0)},
			want:    scores{quality.NotAssessed, 1, map[quality.Dimension]quality.DimensionScore{c: d(quality.NotAssessed, 1, 2, 1)}},
		},
		"failing and not assessed": {
			results: []quality.Result{result(c, 0.5, 1, "", 0), result(c, -1, 1, "", 0), result(u, -1, 1, "", 0)},
			want: scores{quality.Fail, 0.5, map[quality.Dimension]quality.DimensionScore{
				c: d(quality.Fail, 0.5, 2, 1), u: d(quality.NotAssessed, 0, 1, 0),
			}},
		},
		"nothing assessed": {
			results: []quality.Result{result(c, -1, 1, "", 0)},
			want:    scores{Verdict: quality.NotAssessed, Dimensions: map[quality.Dimension]quality.DimensionScore{c: d(quality.NotAssessed, 0, 1, 0)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := test.suite.Summarize(quality.Report{Results: test.results})
			got := scores{Verdict: r.Verdict, Score: r.Score}
			for i, dimension := range r.Dimensions {
				if dimension.Dimension != quality.Dimensions()[i] {
					t.Errorf("place %d: dimension %s", i, dimension.Dimension)
				}
				if dimension.Checks > 0 {
					if got.Dimensions == nil {
						got.Dimensions = map[quality.Dimension]quality.DimensionScore{}
					}
					got.Dimensions[dimension.Dimension] = d(dimension.Verdict, dimension.Score, dimension.Checks, dimension.Assessed)
				} else if dimension.Verdict != quality.NotAssessed {
					t.Errorf("%s was not asked for, and has verdict %s", dimension.Dimension, dimension.Verdict)
				}
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-15)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSummarizeIntervals(t *testing.T) {
	t.Parallel()
	results := []quality.Result{
		result(quality.Completeness, 1, 1, "", 0),
		{Dimension: quality.Completeness, Score: 0.9, Weight: 1, Verdict: quality.Warn, Interval: &quality.Interval{Low: 0.8, High: 1, Level: 1}},
		{Dimension: quality.Accuracy, Score: 0.81, Weight: 1, Verdict: quality.Fail, Interval: &quality.Interval{Low: 0.64, High: 0.9, Level: 0.95}},
	}
	r := quality.Suite{}.Summarize(quality.Report{Results: results})
	want := []*quality.Interval{
		{Low: 0.9, High: 1, Level: 1}, {Low: 0.64, High: 0.9, Level: 0.95}, nil, nil, nil, nil,
		{Low: math.Sqrt(0.9 * 0.64), High: math.Sqrt(0.9), Level: 0.95},
	}
	var got []*quality.Interval
	for _, d := range r.Dimensions {
		got = append(got, d.Interval)
	}
	if diff := cmp.Diff(want, append(got, r.Interval), cmpopts.EquateApprox(0, 1e-15)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := r.Dimensions[0].Verdict; got != quality.Undecided { // 0.9 fails, 1 passes
		t.Errorf("completeness is %s, want undecided", got)
	}
	if r.Verdict != quality.Fail {
		t.Errorf("the whole is %s, want fail", r.Verdict)
	}
}
