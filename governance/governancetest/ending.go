package governancetest

import (
	"context"
	"sync/atomic"
)

// manyLooks is up to how many looks at their context calls are followed. A call that looks more often is followed less far.
const manyLooks = 16

// ending is a context that ends when somebody has looked at it a number of times: at whatever point a call asks whether
// it should go on, one of these contexts ends just there.
type ending struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
}

// endingAfter returns a context that ends with the first look after the given number of looks.
func endingAfter(ctx context.Context, looks int) context.Context {
	c := &ending{}
	c.Context, c.end = context.WithCancel(ctx)
	c.left.Store(int64(looks))
	return c
}

func (c *ending) look() {
	if c.left.Add(-1) < 0 {
		c.end()
	}
}

// Done implements context.Context.
func (c *ending) Done() <-chan struct{} {
	c.look()
	return c.Context.Done()
}

// Err implements context.Context.
func (c *ending) Err() error {
	c.look()
	return c.Context.Err()
}
