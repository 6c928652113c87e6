package governancetest_test

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

// cards is a correct register made of replaceable parts, for mutants that have one part wrong.
type cards struct {
	key    func(governance.Subject, governance.Purpose) any
	answer func(*cards, governance.Subject, governance.Purpose) (governance.Standing, error) // with the lock held
	rushed func() (governance.Standing, error)                                               // nil: the context's error
	late   func() bool                                                                       // withdrawals are not heard; nil: never
	deaf   bool                                                                              // does not listen to its context

	mu               sync.Mutex
	consents         map[any]bool
	restricted, held map[governance.Subject]bool
	stalled          chan struct{} // nil: it does not stall
}

func newCards() *cards {
	return &cards{
		key:    func(s governance.Subject, p governance.Purpose) any { return [2]any{s, p} },
		answer: (*cards).find, consents: map[any]bool{},
		restricted: map[governance.Subject]bool{}, held: map[governance.Subject]bool{},
	}
}

func (c *cards) find(about governance.Subject, purpose governance.Purpose) (governance.Standing, error) {
	return governance.Standing{
		Consented: c.consents[c.key(about, purpose)], Restricted: c.restricted[about], Held: c.held[about],
	}, nil
}

// Standing implements governance.Register.
func (c *cards) Standing(ctx context.Context, about governance.Subject,
	purpose governance.Purpose) (governance.Standing, error) {
	switch {
	case c.stalled != nil && c.deaf:
		<-c.stalled
	case c.stalled != nil:
		select {
		case <-c.stalled:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		if c.rushed != nil {
			return c.rushed()
		}
		return governance.Standing{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answer(c, about, purpose)
}

func (c *cards) harness() governancetest.RegisterHarness {
	mark := func(marks map[governance.Subject]bool) func(context.Context, governance.Subject, bool) error {
		return func(_ context.Context, about governance.Subject, on bool) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			marks[about] = on
			return nil
		}
	}
	consent := func(given bool) func(context.Context, governance.Subject, governance.Purpose) error {
		return func(_ context.Context, about governance.Subject, purpose governance.Purpose) error {
			if !given && c.late != nil && c.late() {
				return nil
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.consents[c.key(about, purpose)] = given
			return nil
		}
	}
	return governancetest.RegisterHarness{
		Register: c, Grant: consent(true), Withdraw: consent(false), Restrict: mark(c.restricted), Hold: mark(c.held),
		Stall: func() func() {
			c.stalled = make(chan struct{})
			return func() { close(c.stalled) }
		},
	}
}
