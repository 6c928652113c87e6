package qualitytest

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/quality"
)

// Validator is a fake quality.Validator. Its zero value finds nothing. It is safe for concurrent use once its fields are set, when Find is.
type Validator[T any] struct {
	// Find returns the defects of a record. Nil: there are none.
	Find func(record T) []quality.Issue
	// Faults are what it does wrong: of those that fit a call, the first.
	Faults []Fault

	mu    sync.Mutex
	calls int
}

// Fault is something that the fake does wrong, in this order: it stalls, panics, skips or fails.
type Fault struct {
	// Call is the number of the call that the fault is for, counted from 1. Zero: every call.
	Call int
	// Stall makes the call wait until its context ends, and then return the context's error.
	Stall bool
	// Until makes the call wait until the channel is closed and go on, or until its context ends, as with Stall.
	Until <-chan struct{}
	// Panic is what the call panics with. Nil: it does not.
	Panic any
	// Skip is the error of a call that cannot judge since something is not wired. Nil: it judges.
	Skip *quality.SkippedError
	// Err is the error that the call returns. Nil: none.
	Err error
}

// Validate implements quality.Validator.
func (v *Validator[T]) Validate(ctx context.Context, record T) ([]quality.Issue, error) {
	fault := v.next()
	if err := fault.wait(ctx); err != nil {
		return nil, err
	}
	switch {
	case fault.Panic != nil:
		// panics: a fault that the test asked for.
		panic(fault.Panic)
	case fault.Skip != nil:
		return nil, fault.Skip
	case fault.Err != nil:
		return nil, fault.Err
	case v.Find == nil:
		return nil, nil
	}
	return v.Find(record), nil
}

// Calls returns how often the validator was asked.
func (v *Validator[T]) Calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.calls
}

// next counts a call and returns the fault for it.
func (v *Validator[T]) next() Fault {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls++
	for _, f := range v.Faults {
		if f.Call == 0 || f.Call == v.calls {
			return f
		}
	}
	return Fault{}
}

func (f Fault) wait(ctx context.Context) error {
	switch {
	case f.Stall:
		<-ctx.Done()
		return ctx.Err()
	case f.Until != nil:
		select {
		case <-f.Until:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
