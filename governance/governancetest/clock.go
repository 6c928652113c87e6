package governancetest

import (
	"sync"
	"time"
)

// Clock is a clock that moves only when it is told to: its method Now is a governance.Config.Clock. Its zero value stands
// at the first moment of 2026 in UTC. It is safe for concurrent use and must not be copied.
type Clock struct {
	// Step is how far each reading moves the clock, after it is read; zero: it stands still. It is set before the clock is
	// used.
	Step time.Duration

	mu   sync.Mutex
	past time.Duration // since the first moment of base
	base time.Time     // zero: the first moment of 2026
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.past += c.Step
	return now
}

// Set moves the clock to a time, forwards or back. The zero time is the first moment of 2026.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.past = t, 0
}

// Advance moves the clock by a duration, back when it is negative, and returns the new time.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.past += d
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.base.IsZero() {
		return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC).Add(c.past)
	}
	return c.base.Add(c.past)
}
