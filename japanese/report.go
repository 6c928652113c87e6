package japanese

import (
	"cmp"
	"context"
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// Report is what rules found in a text.
type Report struct {
	Findings []Finding `json:"findings"` // in the order of the text
	Skipped  []Skip    `json:"skipped"`  // rules that were not asked
	Checked  []string  `json:"checked"`  // ids of the rules that were
}

// Skip is a rule that was not asked.
type Skip struct {
	Rule    string `json:"rule"`    // its id
	Because string `json:"because"` // what is missing
}

// Check asks rules of a document. It returns early, with the context's error, when the context ends.
func Check(ctx context.Context, d *Document, rules []Rule) (Report, error) {
	r := Report{Findings: []Finding{}, Skipped: []Skip{}, Checked: []string{}}
	for _, rule := range rules {
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		if because := rule.cannot(d); because != "" {
			r.Skipped = append(r.Skipped, Skip{Rule: rule.ID, Because: because})
			continue
		}
		if rule.Needs == Persons {
			r.Skipped = append(r.Skipped, Skip{Rule: rule.ID, Because: "no roles are given"})
			continue
		}
		r.Checked = append(r.Checked, rule.ID)
		for _, f := range rule.Check(d) {
			r.Findings = append(r.Findings, rule.complete(f))
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At.Bytes.Start, b.At.Bytes.Start), cmp.Compare(a.At.Bytes.End, b.At.Bytes.End), cmp.Compare(a.Rule, b.Rule))
	})
	return r, nil
}

// cannot says why a rule cannot be asked of a document, or nothing.
func (rule Rule) cannot(d *Document) string {
	switch {
	case rule.Check == nil:
		return "the rule has no check"
	case rule.Needs == Words && !d.Analyzed:
		return "no analyzer is wired"
	}
	return ""
}

// complete fills in what a finding takes from its rule.
func (rule Rule) complete(f Finding) Finding {
	f.Rule = cmp.Or(f.Rule, rule.ID)
	f.Dimension = cmp.Or(f.Dimension, rule.Dimension)
	f.Severity = cmp.Or(f.Severity, rule.Severity, quality.Medium)
	return f
}

// Validator returns rules as a validator for a quality.Gate. Findings are issues of the field; a rule that is skipped makes the whole
// skipped, after the others were asked.
func Validator[T any](config Config, rules []Rule, field string, text func(T) string) quality.Validator[T] {
	return quality.ValidatorFunc[T](func(ctx context.Context, value T) ([]quality.Issue, error) {
		d, err := NewDocument(ctx, text(value), config)
		if err != nil {
			return nil, err
		}
		r, err := Check(ctx, d, rules)
		if err != nil {
			return nil, err
		}
		issues := make([]quality.Issue, len(r.Findings))
		for i, f := range r.Findings {
			issues[i] = quality.Issue{Dimension: f.Dimension, Code: f.Rule, Field: field, Severity: f.Severity, Text: f.Text}
		}
		if len(r.Skipped) > 0 {
			return issues, &quality.SkippedError{Code: r.Skipped[0].Rule, Because: r.Skipped[0].Because}
		}
		return issues, nil
	})
}
