package quality

import (
	"context"
	"errors"
	"fmt"
)

// Gate returns a check before a write, as governance.Wrap takes it. It lets a value pass when every validator judged it and none found a
// defect of severity Medium or above.
func Gate[T any](validators ...Validator[T]) func(context.Context, T) error {
	return GateConfig[T]{Validators: validators}.Gate()
}

// GateConfig says what a gate lets pass.
type GateConfig[T any] struct {
	Validators []Validator[T] // all of them judge, so that an error names every defect

	// From is the mildest severity that rejects. Empty: Medium, so that Low defects pass.
	From Severity
	// AllowSkipped lets a value pass that a validator skipped. Otherwise what could not be judged is rejected.
	AllowSkipped bool
	// Report, if not nil, is called with every defect and every skip, also of a value that passes. It must be safe for concurrent use.
	Report func(ctx context.Context, issues []Issue, skipped []*SkippedError)
}

// Gate returns the check. It returns nil for a value that may be written; otherwise an error that is a [RejectedError] and names every
// defect, or that says which validator could not judge. A nil validator rejects: what was meant to be checked was not.
func (g GateConfig[T]) Gate() func(context.Context, T) error { return g.check }

func (g GateConfig[T]) check(ctx context.Context, value T) error {
	var issues []Issue
	var skips []*SkippedError
	var failed []error
	for i, v := range g.Validators {
		if v == nil {
			failed = append(failed, fmt.Errorf("quality: validator %d of the gate is nil", i+1))
			continue
		}
		found, err := v.Validate(ctx, value)
		issues = append(issues, found...)
		skipped, only := skipsOf(err)
		skips = append(skips, skipped...)
		if err != nil && !(only && g.AllowSkipped) {
			failed = append(failed, err)
		}
	}
	if g.Report != nil && len(issues)+len(skips) > 0 {
		g.Report(ctx, issues, skips)
	}
	if grave := g.grave(issues); len(grave) > 0 {
		failed = append([]error{&RejectedError{Issues: grave}}, failed...)
	}
	if len(failed) == 1 {
		return failed[0]
	}
	return errors.Join(failed...)
}

// skipsOf returns the skips that an error tells of, and whether it tells of nothing else.
func skipsOf(err error) (skips []*SkippedError, only bool) {
	switch e := err.(type) {
	case nil:
		return nil, true
	case *SkippedError:
		return []*SkippedError{e}, true
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		skips, only = skipsOf(inner)
		return skips, only && inner != nil
	case interface{ Unwrap() []error }:
		only = len(e.Unwrap()) > 0
		for _, part := range e.Unwrap() {
			found, alone := skipsOf(part)
			skips, only = append(skips, found...), only && alone
		}
		return skips, only
	}
	return nil, false
}

// grave returns the issues that reject. A severity that nobody knows is taken for the worst.
func (g GateConfig[T]) grave(issues []Issue) []Issue {
	var found []Issue
	for _, issue := range issues {
		if issue.Severity.rank() >= g.From.rank() || !issue.Severity.known() {
			found = append(found, issue)
		}
	}
	return found
}
