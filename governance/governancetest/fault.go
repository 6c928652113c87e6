package governancetest

import (
	"context"

	"github.com/shugo-data/shugo/governance"
)

// Fault is something that a fake does wrong. It is plain data: Call, Kind and When say on which calls, the other fields
// say what. A fake does the first of its faults that applies to a call, in this order: it stalls, panics, returns Err,
// and otherwise lies, cuts or doubles.
type Fault struct {
	// Call is the number of the call that the fault is for, counted from 1. Zero: every call.
	Call int
	// Kind is the kind of event that the fault is for. Empty: every kind. Only a Sink looks at it.
	Kind governance.Kind
	// When is asked on each call that Call and Kind fit, and must be safe for concurrent use. Nil: the fault applies.
	When func() bool

	// Stall makes the call wait until its context ends, and then return the context's error.
	Stall bool
	// Until makes the call wait until the channel is closed and go on, or until its context ends, as with Stall.
	Until <-chan struct{}
	// Panic is what the call panics with. Nil: it does not.
	Panic any
	// Err is the error that the call returns. Nil: none.
	Err error
	// Kept makes a Sink store the event and return Err all the same, as when the answer of a server is lost.
	Kept bool
	// Lie makes a Sink return nil and store nothing, a Policy allow everything to everybody, and a Register say that
	// everybody consents to everything and nothing is restricted or held.
	Lie bool
	// Twice makes a Sink store the event twice.
	Twice bool
	// Cut changes what a Sink stores. It may be called concurrently, and is given a copy. Nil: the event is stored whole.
	Cut func(*governance.Event)
}

// choose returns the first fault that applies to a call, or the zero Fault.
func choose(faults []Fault, call int, kind governance.Kind) Fault {
	for _, f := range faults {
		switch {
		case f.Call != 0 && f.Call != call:
		case f.Kind != "" && f.Kind != kind:
		case f.When != nil && !f.When():
		default:
			return f
		}
	}
	return Fault{}
}

// wait stalls and panics. It returns an error when the context ends first.
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
	if f.Panic != nil {
		// panics: a fault that the test asked for.
		panic(f.Panic)
	}
	return nil
}
