package governancetest_test

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

func TestRegisterIsARegister(t *testing.T) {
	t.Parallel()
	governancetest.TestRegister(t, func(*testing.T) governancetest.RegisterHarness {
		r := &governancetest.Register{}
		return governancetest.RegisterHarness{
			Register: r,
			Grant:    func(_ context.Context, s governance.Subject, p governance.Purpose) error { r.Grant(s, p); return nil },
			Withdraw: func(_ context.Context, s governance.Subject, p governance.Purpose) error {
				r.Withdraw(s, p)
				return nil
			},
			Restrict: func(_ context.Context, s governance.Subject, on bool) error { r.Restrict(s, on); return nil },
			Hold:     func(_ context.Context, s governance.Subject, on bool) error { r.Hold(s, on); return nil },
			Stall: func() func() {
				until := make(chan struct{})
				r.Faults = []governancetest.Fault{{Until: until}}
				return func() { close(until) }
			},
		}
	})
}

func TestRegisterSuiteAcceptsCards(t *testing.T) {
	t.Parallel()
	governancetest.TestRegister(t, func(*testing.T) governancetest.RegisterHarness { return newCards().harness() })
}

func TestRegisterSuiteRejects(t *testing.T) {
	t.Parallel()
	rejects(t, governancetest.RegisterChecks(), registerMutants(), func(t *testing.T, open func() *cards) error {
		return governancetest.CheckRegister(t.Context(), func() (governancetest.RegisterHarness, error) {
			return open().harness(), nil
		})
	})
}
