package day

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

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

func (c *consents) withdraw(who governance.Subject, purpose governance.Purpose) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.given[who], purpose)
}

// Standing implements governance.Register.
func (c *consents) Standing(_ context.Context, about governance.Subject, p governance.Purpose) (governance.Standing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return governance.Standing{Consented: c.given[about][p]}, nil
}
