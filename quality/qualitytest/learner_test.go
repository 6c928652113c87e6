package qualitytest_test

import (
	"context"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/qualitytest"
)

// learner is a record of a host.
type learner struct {
	Name string
	Age  int
	Tags []string
}

// judge is the validator that the mutants are made from.
type judge struct {
	validate func(ctx context.Context, l *learner) ([]quality.Issue, error)
	stall    func() (release func())
}

// Validate implements quality.Validator.
func (j *judge) Validate(ctx context.Context, l *learner) ([]quality.Issue, error) {
	return j.validate(ctx, l)
}

// defects is the right answer.
func defects(l *learner) []quality.Issue {
	if l == nil {
		return []quality.Issue{issue("record", quality.Completeness)}
	}
	var found []quality.Issue
	if strings.TrimSpace(l.Name) == "" {
		found = append(found, issue("name", quality.Completeness))
	}
	if strings.Contains(l.Name, "\n") {
		found = append(found, issue("line_break", quality.Validity))
	}
	if l.Age < 3 || l.Age > 120 {
		found = append(found, issue("age", quality.Accuracy))
	}
	return found
}

func issue(code string, d quality.Dimension) quality.Issue {
	return quality.Issue{Dimension: d, Code: code, Field: code, Severity: quality.High, Text: "is not as agreed"}
}

func right(_ context.Context, l *learner) ([]quality.Issue, error) {
	if l != nil && slices.Contains(l.Tags, "foreign") {
		return nil, &quality.SkippedError{Code: "name", Because: "there is no dictionary of its language"}
	}
	return defects(l), nil
}

// harness returns the cases with records of their own.
func (j *judge) harness() qualitytest.Harness[*learner] {
	return qualitytest.Harness[*learner]{Validator: j, Stall: j.stall, Cases: []qualitytest.Case[*learner]{
		{Name: "good", Record: &learner{"田中太郎", 30, []string{"b", "a"}}},
		{Name: "no name", Record: &learner{"", 31, nil}, Codes: []string{"name"}},
		{Name: "old", Record: &learner{"佐藤花子", 4711, nil}, Codes: []string{"age"}, Canaries: []string{"佐藤花子", "4711"}},
		{
			Name: "two defects", Record: &learner{"山田\n一郎", -8765, nil}, Codes: []string{"line_break", "age"},
			Canaries: []string{"山田", "-8765", "山田\n一郎"},
		},
		{Name: "foreign", Record: &learner{"Smith", 5, []string{"foreign"}}, Skipped: true, Canaries: []string{"Smith"}},
	}}
}
