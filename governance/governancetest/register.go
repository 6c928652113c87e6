package governancetest

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// Register is a governance.Register in memory. Its zero value is ready for use: nobody consents, nothing is restricted
// and nothing is held. Without faults it meets the contract of governance.Register. It is safe for concurrent use and
// must not be copied.
type Register struct {
	// Faults are what the register does wrong when it is asked. They are set before the register is used.
	Faults []Fault

	mu         sync.Mutex
	calls      int
	consents   map[consent]bool
	restricted map[governance.Subject]bool
	held       map[governance.Subject]bool
}

type consent struct {
	about   governance.Subject
	purpose governance.Purpose
}

// Standing implements governance.Register. Without a fault, its only error is that of a context that has ended.
func (r *Register) Standing(ctx context.Context, about governance.Subject,
	purpose governance.Purpose) (governance.Standing, error) {
	r.mu.Lock()
	r.calls++
	call := r.calls
	r.mu.Unlock()
	f := choose(r.Faults, call, "")
	if err := f.wait(ctx); err != nil {
		return governance.Standing{}, err
	}
	switch err := ctx.Err(); {
	case err != nil:
		return governance.Standing{}, err
	case f.Err != nil:
		return governance.Standing{}, f.Err
	case f.Lie:
		return governance.Standing{Consented: true}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return governance.Standing{
		Consented: r.consents[consent{about, purpose}], Restricted: r.restricted[about], Held: r.held[about],
	}, nil
}

// Calls returns how often Standing was called.
func (r *Register) Calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

// Grant records that a person consents to a purpose. Nobody cannot consent, and neither can anybody to no purpose: such
// a call changes nothing.
func (r *Register) Grant(about governance.Subject, purpose governance.Purpose) {
	if about == "" || purpose == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.consents == nil {
		r.consents = map[consent]bool{}
	}
	r.consents[consent{about, purpose}] = true
}

// Withdraw records that a person no longer consents to a purpose.
func (r *Register) Withdraw(about governance.Subject, purpose governance.Purpose) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.consents, consent{about, purpose})
}

// Restrict records whether a person has restricted the processing of the person's data.
func (r *Register) Restrict(about governance.Subject, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set(&r.restricted, about, on)
}

// Hold records whether a legal hold is on a person's data.
func (r *Register) Hold(about governance.Subject, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set(&r.held, about, on)
}

// set marks a person, or removes the mark. Nobody is never marked.
func set(marks *map[governance.Subject]bool, about governance.Subject, on bool) {
	if about == "" {
		return
	}
	if *marks == nil {
		*marks = map[governance.Subject]bool{}
	}
	(*marks)[about] = on
}
