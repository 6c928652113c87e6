package qualitytest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/quality"
)

// Harness is a validator under test and what the suite needs to know about it. Validator and Cases are required.
type Harness[T any] struct {
	// Validator is under test.
	Validator quality.Validator[T]
	// Cases are records with what the validator must say of them: at least one is good, at least one is bad and has a canary.
	Cases []Case[T]
	// Stall makes what the validator asks, such as a server, give no answer until release is called. Nil: the validator asks nobody, and
	// the check ReturnsWhenContextEnds does not run.
	Stall func() (release func())
}

// Case is a record with the right answer.
type Case[T any] struct {
	Name   string // of the case, in violations
	Record T      // what is validated
	// Codes are those of the issues that must be found, in any order; one that is found twice is there twice. None: the record is good.
	Codes []string
	// Canaries are texts of at least four bytes that are in fields of the record, as they are printed. They must not be in what the
	// validator says.
	Canaries []string
	// Skipped says that the validator cannot judge this record, and must return a quality.SkippedError.
	Skipped bool
}

// check is one named sentence of the contract.
type check[T any] struct {
	name string
	run  func(ctx context.Context, h, fresh Harness[T]) error
}

// TestValidator checks the contract of quality.Validator with a subtest for each of its sentences. Each subtest calls open twice, for
// two validators that must not differ; they run in parallel.
func TestValidator[T any](t *testing.T, open func(t *testing.T) Harness[T]) {
	t.Helper()
	for _, c := range checks[T]() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, fresh := open(t), open(t)
			if err := c.of(t.Context(), h, fresh); err != nil {
				t.Error(err)
			}
		})
	}
}

// CheckValidator runs the checks of TestValidator one after the other and returns nil, or Violations. It calls open twice for each.
func CheckValidator[T any](ctx context.Context, open func() (Harness[T], error)) error {
	var found Violations
	for _, c := range checks[T]() {
		h, err := open()
		fresh, freshErr := open()
		if err = errors.Join(err, freshErr); err != nil {
			err = fmt.Errorf("open: %w", err)
		} else {
			err = c.of(ctx, h, fresh)
		}
		if err != nil {
			found = append(found, Violation{c.name, err.Error()})
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// of runs a check on harnesses that can be run.
func (c check[T]) of(ctx context.Context, h, fresh Harness[T]) error {
	return guarded(func() error {
		if err := h.faults(); err != nil {
			return err
		}
		if err := fresh.faults(); err != nil {
			return err
		}
		if len(h.Cases) != len(fresh.Cases) {
			return fmt.Errorf("open returned %d cases, then %d: expected the same", len(h.Cases), len(fresh.Cases))
		}
		return c.run(ctx, h, fresh)
	})
}

// faults returns what keeps the suite from finding out anything.
func (h Harness[T]) faults() error {
	if h.Validator == nil {
		return errors.New("the harness has no validator")
	}
	fit, defective := 0, 0
	for _, c := range h.Cases {
		switch {
		case c.Skipped:
		case len(c.Codes) == 0:
			fit++
		case len(c.Canaries) > 0:
			defective++
		}
		for i, canary := range c.Canaries {
			if len(canary) < 4 {
				return fmt.Errorf("case %s: canary %d has %d bytes: expected at least 4, so that it is not found by chance", c.Name, i+1, len(canary))
			}
		}
	}
	if fit == 0 || defective == 0 {
		return fmt.Errorf("the harness has %d good cases, and %d bad ones with a canary: expected at least one of each", fit, defective)
	}
	return nil
}

func checks[T any]() []check[T] {
	return []check[T]{
		{"Cases", cases[T]},
		{"KnownWords", knownWords[T]},
		{"NoValues", noValues[T]},
		{"Skips", skips[T]},
		{"Deterministic", deterministic[T]},
		{"Reopened", reopened[T]},
		{"RecordStays", recordStays[T]},
		{"IssuesBelongToCaller", issuesBelongToCaller[T]},
		{"ZeroRecord", zeroRecord[T]},
		{"Concurrent", concurrent[T]},
		{"EndedContext", endedContext[T]},
		{"EndsUnderWay", endsUnderWay[T]},
		{"ReturnsWhenContextEnds", returnsWhenContextEnds[T]},
	}
}
