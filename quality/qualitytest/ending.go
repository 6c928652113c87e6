package qualitytest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// ending is a context that ends when somebody has looked at it a number of times: at whatever point a call asks whether it should go on,
// one of these contexts ends just there.
type ending struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
}

// endingAfter returns a context that ends with the first look after the given number of looks.
func endingAfter(ctx context.Context, looks int) *ending {
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

// endedContext: when the context has ended, the answer is right, or an error says so.
func endedContext[T any](ctx context.Context, h, _ Harness[T]) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return each(ended, h, func(c Case[T], a answer) error { return c.rightOrEnded(ended, a) })
}

// manyLooks is up to how many looks at its context a call is followed.
const manyLooks = 16

// endsUnderWay: the same, at whatever look at the context it ends.
func endsUnderWay[T any](ctx context.Context, h, _ Harness[T]) error {
	for looks := range manyLooks {
		for _, c := range h.Cases {
			ends := endingAfter(ctx, looks)
			a, violation := ask(ends, h.Validator, c.Record)
			if violation == nil {
				violation = c.rightOrEnded(ends.Context, a)
			}
			ends.end()
			if violation != nil {
				return fmt.Errorf("the context ended at look %d: %w", looks+1, violation)
			}
		}
	}
	return nil
}

const (
	// patience is how long a call may stand still before its context ends, so that it is under way by then.
	patience = 100 * time.Millisecond
	// prompt is how long a call may take to come back after its context has ended. It is long, so that a slow machine is no violation; a
	// call that does not listen to its context takes for ever.
	prompt = 10 * time.Second
)

// returnsWhenContextEnds: a call that waits for somebody else comes back when its context ends.
func returnsWhenContextEnds[T any](ctx context.Context, h, _ Harness[T]) error {
	if h.Stall == nil {
		return nil
	}
	release := h.Stall()
	defer release()
	for _, c := range h.Cases {
		if err := abandoned(ctx, h, c); err != nil {
			return err
		}
	}
	return nil
}

// abandoned asks about a case and ends the context of the call.
func abandoned[T any](ctx context.Context, h Harness[T], c Case[T]) error {
	type outcome struct {
		answer    answer
		violation error
	}
	ends, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	outcomes := make(chan outcome, 1)
	go func() {
		a, violation := ask(ends, h.Validator, c.Record)
		outcomes <- outcome{a, violation}
	}()
	late := time.NewTimer(patience + prompt)
	defer late.Stop()
	select {
	case o := <-outcomes:
		if o.violation != nil {
			return o.violation
		}
		return c.rightOrEnded(ends, o.answer)
	case <-late.C:
		return fmt.Errorf("case %s: the call did not come back within %s of the end of its context", c.Name, prompt)
	}
}
