package governancetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// RegisterHarness is a register under test and what a suite needs to change in it. Register, Grant and Withdraw are
// required. What a function changes is in force when it returns.
type RegisterHarness struct {
	// Register is the register under test. It knows nobody.
	Register governance.Register
	// Grant records that a person consents to a purpose.
	Grant func(ctx context.Context, about governance.Subject, purpose governance.Purpose) error
	// Withdraw records that a person no longer consents to a purpose.
	Withdraw func(ctx context.Context, about governance.Subject, purpose governance.Purpose) error
	// Restrict records whether a person has restricted the processing of the person's data. Nil: the register does not
	// know restrictions, and checks that need them do not run.
	Restrict func(ctx context.Context, about governance.Subject, on bool) error
	// Hold records whether a legal hold is on a person's data. Nil: as with Restrict.
	Hold func(ctx context.Context, about governance.Subject, on bool) error
	// Stall makes the place that the register asks give no answer until release is called. Nil: the check
	// ReturnsWhenContextEnds does not run.
	Stall func() (release func())
}

// TestRegister checks the contract of governance.Register with a subtest for each of its sentences. Each subtest calls
// open for a register of its own; they run in parallel.
func TestRegister(t *testing.T, open func(t *testing.T) RegisterHarness) {
	t.Helper()
	test(t, registerChecks(), open)
}

// CheckRegister runs the checks of TestRegister one after the other and returns nil, or Violations. It calls open for
// each. Checks for which the harness lacks a function are left out.
func CheckRegister(ctx context.Context, open func() (RegisterHarness, error)) error {
	return collect(ctx, registerChecks(), open)
}

func registerChecks() []check[RegisterHarness] {
	return []check[RegisterHarness]{
		{"UnknownPerson", RegisterHarness.unknownPerson},
		{"Nobody", RegisterHarness.nobody},
		{"Consent", RegisterHarness.consent},
		{"EachPurpose", RegisterHarness.eachPurpose},
		{"NoPurpose", RegisterHarness.noPurpose},
		{"EachPerson", RegisterHarness.eachPerson},
		{"Withdrawal", RegisterHarness.withdrawal},
		{"WithdrawalEverywhere", RegisterHarness.withdrawalEverywhere},
		{"Restriction", RegisterHarness.restriction},
		{"Hold", RegisterHarness.hold},
		{"Concurrent", RegisterHarness.concurrent},
		{"EndedContext", RegisterHarness.endedContext},
		{"ReturnsWhenContextEnds", RegisterHarness.returnsWhenContextEnds},
	}
}

// standing is a person's standing for a purpose.
type standing struct {
	about   governance.Subject
	purpose governance.Purpose
	want    governance.Standing
}

// expect asks about each of the standings.
func (h RegisterHarness) expect(ctx context.Context, all ...standing) error {
	for _, s := range all {
		got, err := h.Register.Standing(ctx, s.about, s.purpose)
		if err != nil {
			return fmt.Errorf("standing of %q for %q: %w", string(s.about), s.purpose, err)
		}
		if got != s.want {
			return fmt.Errorf("standing of %q for %q: got %+v, want %+v", string(s.about), s.purpose, got, s.want)
		}
	}
	return nil
}

func (h RegisterHarness) grant(ctx context.Context, about governance.Subject, purposes ...governance.Purpose) error {
	for _, purpose := range purposes {
		if err := h.Grant(ctx, about, purpose); err != nil {
			return fmt.Errorf("grant %q by %q: %w", purpose, string(about), err)
		}
	}
	return nil
}

func (h RegisterHarness) withdraw(ctx context.Context, about governance.Subject, purpose governance.Purpose) error {
	if err := h.Withdraw(ctx, about, purpose); err != nil {
		return fmt.Errorf("withdraw %q by %q: %w", purpose, string(about), err)
	}
	return nil
}
