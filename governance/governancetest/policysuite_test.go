package governancetest_test

import (
	"slices"
	"testing"

	"github.com/shugo-data/shugo/governance/governancetest"
)

func TestPolicyIsAPolicy(t *testing.T) {
	t.Parallel()
	governancetest.TestPolicy(t, func(*testing.T) governancetest.PolicyHarness {
		policy := &governancetest.Policy{Cases: bookletCases()}
		return governancetest.PolicyHarness{Policy: policy, Cases: policy.Cases, Stall: func() func() {
			until := make(chan struct{})
			policy.Faults = []governancetest.Fault{{Until: until}}
			return func() { close(until) }
		}}
	})
}

func TestPolicySuiteAcceptsABooklet(t *testing.T) {
	t.Parallel()
	governancetest.TestPolicy(t, func(*testing.T) governancetest.PolicyHarness {
		b := newBooklet()
		return b.harness(b)
	})
}

func TestPolicySuiteRejects(t *testing.T) {
	t.Parallel()
	checks := slices.DeleteFunc(governancetest.PolicyChecks(), func(name string) bool { return name == "MaskStays" })
	rejects(t, checks, policyMutants(), func(t *testing.T, open func() *booklet) error {
		return governancetest.CheckPolicy(t.Context(), func() (governancetest.PolicyHarness, error) {
			b := open()
			return b.harness(b), nil
		})
	})
}

func TestPolicySuiteRejectsOneMaskForAll(t *testing.T) {
	t.Parallel()
	b := oneMaskForAll()
	if err := governancetest.MaskStays(t.Context(), b.harness(b)); err == nil {
		t.Error("the suite accepts it")
	}
}
