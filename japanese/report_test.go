package japanese_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/quality"
)

// at returns a rule that finds the given spans.
func at(id string, severity quality.Severity, spans ...japanese.Span) japanese.Rule {
	return japanese.Rule{ID: id, Dimension: quality.Validity, Severity: severity, Check: func(d *japanese.Document) []japanese.Finding {
		var found []japanese.Finding
		for _, s := range spans {
			found = append(found, japanese.Finding{At: d.Position(s), Text: "why"})
		}
		return found
	}}
}

// TestCheck shows the order of findings, what they take from their rule, and what is skipped.
func TestCheck(t *testing.T) {
	t.Parallel()
	own := at("own", quality.Low, japanese.Span{Start: 0, End: 6})
	check := own.Check
	own.Check = func(d *japanese.Document) []japanese.Finding {
		found := check(d)
		found[0].Severity, found[0].Dimension = quality.Critical, quality.Accuracy
		return found
	}
	words := at("words", quality.High, japanese.Span{})
	words.Needs = japanese.Words
	rules := []japanese.Rule{
		at("b", quality.High, japanese.Span{Start: 3, End: 6}, japanese.Span{Start: 0, End: 3}), own, words,
		at("a", "", japanese.Span{Start: 3, End: 6}), {ID: "empty"},
	}
	report, err := japanese.Check(context.Background(), documentOf(t, "今日"), rules)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %s %s %d-%d", f.Rule, f.Dimension, f.Severity, f.At.Bytes.Start, f.At.Bytes.End))
	}
	want := []string{"b validity high 0-3", "own accuracy critical 0-6", "a validity medium 3-6", "b validity high 3-6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]japanese.Skip{{Rule: "words", Because: "no analyzer is wired"}, {Rule: "empty", Because: "the rule has no check"}}, report.Skipped); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b", "own", "a"}, report.Checked); diff != "" {
		t.Error(diff)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := japanese.Check(ended, documentOf(t, "今日"), rules); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestValidator shows findings as issues, without text of the document, and a skipped rule as a skipped validator.
func TestValidator(t *testing.T) {
	t.Parallel()
	type lesson struct{ body string }
	rules := []japanese.Rule{at("a", quality.High, japanese.Span{Start: 0, End: 3})}
	body := func(l lesson) string { return l.body }
	issues, err := japanese.Validator(japanese.Config{}, rules, "body", body).Validate(context.Background(), lesson{"今日"})
	want := []quality.Issue{{Dimension: quality.Validity, Code: "a", Field: "body", Severity: quality.High, Text: "why"}}
	if diff := cmp.Diff(want, issues); diff != "" || err != nil {
		t.Error(diff, err)
	}
	rules = append(rules, japanese.Rule{ID: "words", Needs: japanese.Words, Check: rules[0].Check})
	issues, err = japanese.Validator(japanese.Config{}, rules, "body", body).Validate(context.Background(), lesson{"今日"})
	var skipped *quality.SkippedError
	if diff := cmp.Diff(want, issues); diff != "" || !errors.As(err, &skipped) || skipped.Code != "words" {
		t.Error(diff, err)
	}
	if _, err := japanese.Validator(japanese.Config{Most: 1}, rules, "body", body).Validate(context.Background(), lesson{"今日"}); !errors.Is(err, japanese.ErrTooLong) {
		t.Error(err)
	}
}
