package governancetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// PolicyHarness is a policy under test and what a suite needs to know about it. Policy and Cases are required.
type PolicyHarness struct {
	// Policy is the policy under test.
	Policy governance.Policy
	// Cases are requests with the answers that the policy must give: at least one. The more of them the policy admits, the
	// more the suite finds out, since it changes them into requests that nobody may admit.
	Cases []PolicyCase
	// Stall makes what the policy asks, such as a server, give no answer until release is called. Nil: the policy asks
	// nobody, and the check ReturnsWhenContextEnds does not run.
	Stall func() (release func())
}

// TestPolicy checks the contract of governance.Policy with a subtest for each of its sentences. Each subtest calls open
// for a policy of its own; they run in parallel.
func TestPolicy(t *testing.T, open func(t *testing.T) PolicyHarness) {
	t.Helper()
	test(t, policyChecks(), open)
}

// CheckPolicy runs the checks of TestPolicy one after the other and returns nil, or Violations. It calls open for each.
// Checks for which the harness lacks a function are left out.
func CheckPolicy(ctx context.Context, open func() (PolicyHarness, error)) error {
	return collect(ctx, policyChecks(), open)
}

func policyChecks() []check[PolicyHarness] {
	return []check[PolicyHarness]{
		{"Cases", PolicyHarness.cases},
		{"ZeroRequest", PolicyHarness.zeroRequest},
		{"Nobody", PolicyHarness.nobody},
		{"UnknownAction", PolicyHarness.unknownAction},
		{"UnknownCategory", PolicyHarness.unknownCategory},
		{"OneUnknownCategory", PolicyHarness.oneUnknownCategory},
		{"EmptyFields", PolicyHarness.emptyFields},
		{"NoEffects", PolicyHarness.noEffects},
		{"Concurrent", PolicyHarness.concurrent},
		{"EndedContext", PolicyHarness.endedContext},
		{"ReturnsWhenContextEnds", PolicyHarness.returnsWhenContextEnds},
		{"SlicesNotKept", PolicyHarness.slicesNotKept},
		{"SlicesNotChanged", PolicyHarness.slicesNotChanged},
		{"MaskStays", PolicyHarness.maskStays},
	}
}

// ask asks about a copy of a request. An answer without due form is a violation, whatever it says; an error is not.
func (h PolicyHarness) ask(ctx context.Context, q governance.Request) (v governance.Verdict, err, violation error) {
	v, err = h.Policy.Evaluate(ctx, copyRequest(q))
	switch {
	case err != nil:
		return governance.Verdict{}, err, nil
	case v.Opinion > governance.Deny:
		return v, nil, fmt.Errorf("%s: opinion %d: want NoOpinion, Allow or Deny", describe(q), v.Opinion)
	case slices.Contains(v.Mask, ""):
		return v, nil, fmt.Errorf("%s: mask %q has an empty name", describe(q), v.Mask)
	}
	return v, nil, nil
}

// want asks about a case and compares the answer.
func (h PolicyHarness) want(ctx context.Context, c PolicyCase) error {
	v, err, violation := h.ask(ctx, c.Request)
	switch {
	case violation != nil:
		return violation
	case err != nil:
		return fmt.Errorf("%s: %w", describe(c.Request), err)
	}
	if !equalVerdicts(v, c.Want) {
		return fmt.Errorf("%s: got %s, want %s", describe(c.Request), verdict(v), verdict(c.Want))
	}
	return nil
}

// refuses asks about each case with a change after which nobody may admit it. An error refuses, too.
func (h PolicyHarness) refuses(ctx context.Context, change func(*governance.Request)) error {
	for _, c := range h.Cases {
		q := copyRequest(c.Request)
		change(&q)
		if err := h.refusesRequest(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (h PolicyHarness) refusesRequest(ctx context.Context, q governance.Request) error {
	v, _, violation := h.ask(ctx, q)
	if violation == nil && v.Opinion == governance.Allow {
		return fmt.Errorf("%s: allowed, want no opinion, a denial or an error", describe(q))
	}
	return violation
}

// describe shows a request. The persons of a case are the test's inventions.
func describe(q governance.Request) string {
	return fmt.Sprintf("%s %q about %q for %q with roles %q, purpose %q",
		q.Action, q.Categories, string(q.Subject), string(q.Caller.ID), q.Caller.Roles, q.Caller.Purpose)
}

func verdict(v governance.Verdict) string {
	opinion := map[governance.Opinion]string{
		governance.NoOpinion: "no opinion", governance.Allow: "allow", governance.Deny: "deny",
	}[v.Opinion]
	return fmt.Sprintf("%s with mask %q", opinion, v.Mask)
}
