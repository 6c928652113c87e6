package japanese

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/quality"
)

// Findings returns the contradicted claims as findings in the text that they were found in, in the order of the claims. A claim from structured
// output has no place there, and its finding is at the beginning.
func (r ClaimReport) Findings(d *Document) []Finding {
	findings := []Finding{}
	for _, one := range r.Results {
		if one.Verdict != VerdictContradicted {
			continue
		}
		at := one.Claim.At
		if at.Start < 0 || at.End > len(d.Text) || at.Start > at.End {
			at = Span{}
		}
		f := Finding{Rule: "claim_" + string(one.Claim.Kind), Dimension: quality.Accuracy, Severity: quality.High, At: d.Position(at),
			Text: one.Because, Confidence: one.Probability}
		for _, id := range one.Facts {
			f.Evidence = append(f.Evidence, Evidence{Kind: "fact", At: at, Note: "what is known of the item", Fact: id})
		}
		findings = append(findings, f)
	}
	return findings
}

// ClaimValidator returns the check of claims as a validator for a quality.Gate. Contradictions are issues of the field. An explanation of which no
// claim is supported or contradicted is skipped: without evidence there is no pass.
func ClaimValidator[T any](kb KnowledgeBase, config ClaimConfig, field string, claims func(T) []Claim) quality.Validator[T] {
	return quality.ValidatorFunc[T](func(ctx context.Context, value T) ([]quality.Issue, error) {
		r, err := CheckClaims(ctx, claims(value), kb, config)
		if err != nil {
			return nil, err
		}
		var issues []quality.Issue
		for _, one := range r.Results {
			if one.Verdict == VerdictContradicted {
				issues = append(issues, quality.Issue{Dimension: quality.Accuracy, Code: "claim_" + string(one.Claim.Kind), Field: field,
					Severity: quality.High, Text: one.Because})
			}
		}
		if r.Confidence.Coverage == 0 {
			return nil, &quality.SkippedError{Code: "claims", Because: fmt.Sprintf("nothing is known that decides about any of %d claims", len(r.Results))}
		}
		return issues, nil
	})
}
