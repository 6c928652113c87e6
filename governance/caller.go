package governance

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
)

// Caller is who makes a call, and what for. The host sets it once, where it has authenticated the request.
type Caller struct {
	// ID identifies the person or the service, such as "system:sweeper". A caller without an ID is refused.
	ID Subject
	// Roles are the caller's roles. The caller may do what any of them allows and none of them denies. A role that the
	// manifest does not know is a refusal, so that a misspelt role cannot escape a rule that denies.
	Roles []string
	// Purpose is what the data is used for; empty: no purpose.
	Purpose Purpose
}

// Format implements fmt.Formatter: fields as usual, the person redacted also where fmt would go around Subject.Format.
func (c Caller) Format(f fmt.State, verb rune) {
	type plain Caller
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(c)) //nolint:errcheck // fmt reports what its writer refuses
}

type callerKey struct{}

// callerState is the caller in a context, with its roles and purpose resolved to numbers of one vocabulary. The first
// call of the request fills resolved; a call under a later manifest resolves for itself.
type callerState struct {
	caller   Caller
	trace    func(Explanation) // nil: nobody asked
	filled   atomic.Uint32     // one of the fill states
	resolved resolved
}

const (
	fillEmpty uint32 = iota
	fillBusy
	fillDone
)

// WithCaller returns a context that carries the caller. The key is private: nothing else can set or change it. The roles
// are copied.
func WithCaller(ctx context.Context, c Caller) context.Context {
	c.Roles = slices.Clone(c.Roles)
	next := &callerState{caller: c}
	if state, ok := ctx.Value(callerKey{}).(*callerState); ok {
		next.trace = state.trace
	}
	return context.WithValue(ctx, callerKey{}, next)
}

// WithPurpose returns a context whose caller acts for the purpose. Without a caller it returns ctx unchanged, and a
// governed call made with it is refused.
func WithPurpose(ctx context.Context, p Purpose) context.Context {
	state, ok := ctx.Value(callerKey{}).(*callerState)
	if !ok {
		return ctx
	}
	next := &callerState{caller: state.caller, trace: state.trace}
	next.caller.Purpose = p
	return context.WithValue(ctx, callerKey{}, next)
}

// CallerFrom returns the caller that the context carries, and whether there is one with an ID. The returned roles are
// a copy.
func CallerFrom(ctx context.Context) (Caller, bool) {
	state, ok := ctx.Value(callerKey{}).(*callerState)
	if !ok || state.caller.ID == "" {
		return Caller{}, false
	}
	c := state.caller
	c.Roles = slices.Clone(c.Roles)
	return c, true
}

// resolved is a caller in the numbers of one vocabulary.
type resolved struct {
	vocabulary *vocabulary
	fault      *refusal // of every call, since the caller has no ID or an unknown name; nil: none
	purpose    int
	roles      []uint32
	inline     [6]uint32 // where roles usually are
}

// known returns the caller if it is resolved under v, or nil. It is small enough to be inlined.
func (s *callerState) known(v *vocabulary) *resolved {
	if s.filled.Load() == fillDone && s.resolved.vocabulary == v {
		return &s.resolved
	}
	return nil
}

// in returns the caller resolved under v. It allocates only when the context has outlived a manifest, or the caller has
// more roles than are kept inline.
func (s *callerState) in(v *vocabulary) *resolved {
	if r := s.known(v); r != nil {
		return r
	}
	if s.filled.CompareAndSwap(fillEmpty, fillBusy) {
		v.resolve(&s.caller, &s.resolved)
		s.filled.Store(fillDone)
		return &s.resolved
	}
	r := new(resolved)
	v.resolve(&s.caller, r)
	return r
}
