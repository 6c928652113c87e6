package governancetest

import (
	"context"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// Sink is an AuditSink that keeps events in memory. Its zero value is empty, takes every event and is ready for use; it
// meets the contract of governance.AuditSink as long as it has no faults. It is safe for concurrent use and must not be
// copied.
type Sink struct {
	// Faults are what the sink does wrong. They are set before the sink is used; Fault.When switches one on and off.
	Faults []Fault
	// BestEffort makes the sink promise no more than that; otherwise it promises to be transactional.
	BestEffort bool

	mu     sync.Mutex
	calls  int
	events []governance.Event
	taken  map[eventKey]bool
}

// eventKey is what a sink knows an event by.
type eventKey struct {
	id   governance.EventID
	kind governance.Kind
}

// Record implements governance.AuditSink. Without a fault, its only error is that of a context that has ended.
func (s *Sink) Record(ctx context.Context, e governance.Event) error {
	s.mu.Lock()
	s.calls++
	call := s.calls
	s.mu.Unlock()
	f := choose(s.Faults, call, e.Kind)
	if err := f.wait(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.Err == nil && !f.Lie || f.Kept {
		s.store(copyOf(e), f)
	}
	return f.Err
}

// Guarantee implements governance.AuditSink.
func (s *Sink) Guarantee() governance.Guarantee {
	if s.BestEffort {
		return governance.BestEffort
	}
	return governance.Transactional
}

// store keeps an event, unless it has been taken already.
func (s *Sink) store(e governance.Event, f Fault) {
	if f.Cut != nil {
		f.Cut(&e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := eventKey{e.ID, e.Kind}
	if s.taken == nil {
		s.taken = map[eventKey]bool{}
	}
	if f.Twice {
		s.events = append(s.events, e)
	} else if s.taken[key] {
		return
	}
	s.taken[key] = true
	s.events = append(s.events, e)
}

// Calls returns how often Record was called, faults and repeated events included.
func (s *Sink) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Events returns what is stored, in the order in which it came. The caller owns it.
func (s *Sink) Events() []governance.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := make([]governance.Event, len(s.events))
	for i, e := range s.events {
		events[i] = copyOf(e)
	}
	return events
}

// Records returns what is stored with the persons replaced by their pseudonyms under p, in the order in which it came.
// The caller owns it.
func (s *Sink) Records(p governance.Pseudonyms) []governance.Record {
	events := s.Events()
	records := make([]governance.Record, len(events))
	for i, e := range events {
		records[i] = e.Record(p)
	}
	return records
}

// Reset forgets everything that is stored, and the number of calls. The faults stay.
func (s *Sink) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.events, s.taken = 0, nil, nil
}

// copyOf returns an event that shares no memory with e.
func copyOf(e governance.Event) governance.Event {
	e.Categories = slices.Clone(e.Categories)
	e.Masked = slices.Clone(e.Masked)
	return e
}
