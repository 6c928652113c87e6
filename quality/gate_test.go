package quality_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

// finds is a validator that returns what it is given.
func finds(err error, issues ...quality.Issue) quality.Validator[int] {
	return quality.ValidatorFunc[int](func(context.Context, int) ([]quality.Issue, error) { return issues, err })
}

func TestGate(t *testing.T) {
	t.Parallel()
	low := quality.Issue{Code: "low", Severity: quality.Low}
	medium := quality.Issue{Code: "medium"}
	high := quality.Issue{Code: "high", Severity: quality.High}
	odd := quality.Issue{Code: "odd", Severity: "HIGH"}
	skip := &quality.SkippedError{Code: "kana", Because: "there is no dictionary"}
	broken := errors.New("connection lost")
	list := func(v ...quality.Validator[int]) quality.GateConfig[int] {
		return quality.GateConfig[int]{Validators: v}
	}
	lenient := func(v ...quality.Validator[int]) quality.GateConfig[int] {
		return quality.GateConfig[int]{Validators: v, AllowSkipped: true, From: quality.High}
	}
	tests := map[string]struct {
		gate quality.GateConfig[int]
		want string // the error; empty: it passes
	}{
		"nothing found":            {list(finds(nil)), ""},
		"low":                      {list(finds(nil, low)), ""},
		"medium":                   {list(finds(nil, medium)), "quality: rejected: medium"},
		"medium, from high":        {lenient(finds(nil, medium)), ""},
		"high, from high":          {lenient(finds(nil, high)), "quality: rejected: high"},
		"unknown severity":         {lenient(finds(nil, odd)), "quality: rejected: odd"},
		"all are named":            {list(finds(nil, medium), finds(nil, low, high)), "quality: rejected: medium; high"},
		"skipped":                  {list(finds(skip)), "quality: kana skipped, because there is no dictionary"},
		"skipped, allowed":         {lenient(finds(skip)), ""},
		"wrapped skip, allowed":    {lenient(finds(fmt.Errorf("validator: %w", skip))), ""},
		"skips joined, allowed":    {lenient(finds(errors.Join(skip, skip))), ""},
		"skip and error, allowed":  {lenient(finds(errors.Join(skip, broken))), "quality: kana skipped, because there is no dictionary\nconnection lost"},
		"skipped and found":        {list(finds(skip, high)), "quality: rejected: high\nquality: kana skipped, because there is no dictionary"},
		"skip allowed, found":      {lenient(finds(skip, high)), "quality: rejected: high"},
		"error":                    {lenient(finds(broken)), "connection lost"},
		"error, and another finds": {list(finds(broken), finds(nil, high)), "quality: rejected: high\nconnection lost"},
		"nil validator":            {lenient(nil), "quality: validator 1 of the gate is nil"},
		"nil function":             {lenient(quality.ValidatorFunc[int](nil)), "quality: the validator is a nil function"},
		"no validator":             {list(), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.gate.Gate()(t.Context(), 1)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestGateErrors(t *testing.T) {
	t.Parallel()
	skip := &quality.SkippedError{Code: "kana", Because: "why"}
	issue := quality.Issue{Code: "c", Field: "f", Severity: quality.High, Text: "t", Mend: "m"}
	err := quality.Gate(finds(skip, issue))(t.Context(), 1)
	var rejected *quality.RejectedError
	if !errors.Is(err, quality.ErrRejected) || !errors.As(err, &rejected) || !errors.Is(err, skip) {
		t.Fatalf("got %v, want a rejection and a skip", err)
	}
	if diff := cmp.Diff([]quality.Issue{issue}, rejected.Issues); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := issue.String(), "c f: t (m)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGateReport(t *testing.T) {
	t.Parallel()
	low := quality.Issue{Code: "low", Severity: quality.Low}
	skip := &quality.SkippedError{Code: "kana", Because: "why"}
	var issues []quality.Issue
	var skips []*quality.SkippedError
	calls := 0
	gate := quality.GateConfig[int]{
		AllowSkipped: true,
		Report: func(_ context.Context, i []quality.Issue, s []*quality.SkippedError) {
			calls, issues, skips = calls+1, i, s
		},
	}
	if gate.Validators = []quality.Validator[int]{finds(nil)}; gate.Gate()(t.Context(), 1) != nil || calls != 0 {
		t.Errorf("a value without defects was reported %d times", calls)
	}
	gate.Validators = []quality.Validator[int]{finds(skip, low)}
	if err := gate.Gate()(t.Context(), 1); err != nil {
		t.Errorf("got %v, want a pass", err)
	}
	if calls != 1 || !cmp.Equal(issues, []quality.Issue{low}) || len(skips) != 1 || skips[0] != skip {
		t.Errorf("%d reports, the last of %v and %v: want one of the low issue and the skip", calls, issues, skips)
	}
}

func TestChecked(t *testing.T) {
	t.Parallel()
	suite := quality.Suite{Dataset: "d", Checks: []quality.Check{
		{Test: quality.NotNull{Field: "a"}, Severity: quality.High, Mend: "fill it"},
		{Test: quality.Range{Field: "b", Min: 1, Max: 5}, When: quality.NotNull{Field: "a"}},
		{Test: quality.Compare{A: "a", Is: quality.Less, B: "b"}, Dimension: quality.Accuracy, Severity: quality.Low},
		{Test: quality.Unique{Fields: []string{"a"}}},
	}}
	validator, err := quality.Checked(suite, func(record []any, field string) any { return record[field[0]-'a'] })
	if err != nil {
		t.Fatal(err)
	}
	missing := quality.Issue{
		Dimension: quality.Completeness, Code: "not_null", Field: "a", Severity: quality.High, Text: "expected: a is not NULL", Mend: "fill it",
	}
	outside := quality.Issue{
		Dimension: quality.Accuracy, Code: "range", Field: "b", Severity: quality.Medium, Text: "expected: b is 1 to 5, where a is not NULL",
	}
	reversed := quality.Issue{Dimension: quality.Accuracy, Code: "compare", Field: "a,b", Severity: quality.Low, Text: "expected: a < b"}
	tests := map[string]struct {
		record []any
		want   []quality.Issue
	}{
		"good":                       {[]any{1, 2}, nil},
		"unknown under when":         {[]any{nil, 9}, []quality.Issue{missing}},
		"outside":                    {[]any{1, 9}, []quality.Issue{outside}},
		"outside and reversed":       {[]any{7, 0}, []quality.Issue{outside, reversed}},
		"what is NULL is not judged": {[]any{1, nil}, nil},
	}
	for name, test := range tests {
		got, err := validator.Validate(t.Context(), test.record)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := validator.Validate(ended, []any{1, 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: got %v", err)
	}
}

func TestCheckedFaults(t *testing.T) {
	t.Parallel()
	value := func(int, string) any { return nil }
	row := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.NotNull{Field: "a"}}}}
	whole := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.RowCount{Min: 1}}}}
	if _, err := quality.Checked(whole, value); !errors.Is(err, quality.ErrSuite) {
		t.Errorf("a suite without a test of rows: got %v", err)
	}
	if _, err := quality.Checked(quality.Suite{}, value); !errors.Is(err, quality.ErrSuite) {
		t.Errorf("an empty suite: got %v", err)
	}
	if _, err := quality.Checked[int](row, nil); err == nil {
		t.Error("a suite without a function of values: got no error")
	}
}

// shout is a host's own test: it embeds one of quality, and judges by itself.
type shout struct{ quality.In }

func (shout) Judge(quality.Row) quality.Truth { return quality.Bad }

func TestOwnTest(t *testing.T) {
	t.Parallel()
	own := shout{quality.In{Field: "a", Values: []any{1}}}
	suite := quality.Suite{Dataset: "d", Checks: []quality.Check{{Test: quality.All{Tests: []quality.RowTest{own}}}, {Test: own}}}
	validator, err := quality.Checked(suite, cell)
	if err != nil {
		t.Fatal(err)
	}
	if issues, err := validator.Validate(t.Context(), []any{1}); len(issues) != 2 || err != nil {
		t.Errorf("got %v, %v: want the two issues that the host's own judgement finds", issues, err)
	}
	if got := assess(t, suite.Checks[1], columnOf(1), quality.AssessConfig{}); got.Unexpected != 1 {
		t.Errorf("got %d unexpected rows, want the one that the host's own judgement finds", got.Unexpected)
	}
}
