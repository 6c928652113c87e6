package day

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// Register knows what learners consent to, and lets them withdraw it.
type Register interface {
	governance.Register
	// Withdraw takes a consent back. It holds from the next call on.
	Withdraw(ctx context.Context, who governance.Subject, purpose governance.Purpose) error
}

// NewRegister returns a register in the process, in which all learners consent to the purpose.
func NewRegister(learners []string, purpose governance.Purpose) Register {
	return newConsents(learners, purpose)
}

// consents is who consents to what. Everybody in it may withdraw at any time.
type consents struct {
	mu    sync.Mutex
	given map[governance.Subject]map[governance.Purpose]bool
}

func newConsents(learners []string, purpose governance.Purpose) *consents {
	c := &consents{given: map[governance.Subject]map[governance.Purpose]bool{}}
	for _, id := range learners {
		c.given[governance.Subject(id)] = map[governance.Purpose]bool{purpose: true}
	}
	return c
}

// Withdraw implements Register.
func (c *consents) Withdraw(_ context.Context, who governance.Subject, purpose governance.Purpose) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.given[who], purpose)
	return nil
}

// Standing implements governance.Register.
func (c *consents) Standing(_ context.Context, about governance.Subject, p governance.Purpose) (governance.Standing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return governance.Standing{Consented: c.given[about][p]}, nil
}
