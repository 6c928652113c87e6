package pgsink

import (
	"context"
	"sync"

	"github.com/shugo-data/shugo/governance"
)

// gate lets callers share a commit. The first caller that finds no insert under way leads: it inserts what has gathered,
// its own event and those of the callers who wait, and hands the lead to one of them. Every commit costs a flush of the
// log; with many callers there are few commits.
type gate struct {
	mu      sync.Mutex
	leading int
	waiting []*waiter
}

// waiter is one event that waits for its insert.
type waiter struct {
	record governance.Record
	done   chan error // gets the outcome; closed without one, the waiter is to lead
}

const (
	// maxLeaders is how many inserts may be under way at once: while one waits for the disk another can be sent.
	maxLeaders = 4
	// maxShared is how many events share an insert.
	maxShared = 256
)

// record inserts an event with others that arrive at the same time.
func (s *Sink) record(ctx context.Context, r governance.Record) error {
	w := &waiter{record: r, done: make(chan error, 1)}
	s.shared.mu.Lock()
	if s.shared.leading >= maxLeaders {
		s.shared.waiting = append(s.shared.waiting, w)
		s.shared.mu.Unlock()
		select {
		case err, decided := <-w.done:
			if decided {
				return err
			}
			return s.lead(ctx, w)
		case <-ctx.Done():
			return s.leave(w, ctx.Err())
		}
	}
	s.shared.leading++
	s.shared.mu.Unlock()
	return s.lead(ctx, w)
}

// lead inserts the leader's event and what has gathered, and hands the lead on. The events of the others are inserted
// whatever becomes of the leader's context.
func (s *Sink) lead(ctx context.Context, leader *waiter) error {
	s.shared.mu.Lock()
	n := min(len(s.shared.waiting), maxShared-1)
	others := s.shared.waiting[:n:n]
	s.shared.waiting = s.shared.waiting[n:]
	s.shared.mu.Unlock()

	records := make([]governance.Record, 0, n+1)
	records = append(records, leader.record)
	for _, w := range others {
		records = append(records, w.record)
	}
	err := s.insert(ctx, records)
	if err != nil && n > 0 {
		// One event that the server refuses, or the leader's cancellation, must not fail the others: each tries for itself.
		for _, w := range others {
			close(w.done)
		}
		s.shared.mu.Lock()
		s.shared.leading += n
		s.shared.mu.Unlock()
		err = s.insert(ctx, records[:1])
	} else {
		for _, w := range others {
			w.done <- err
		}
	}
	s.handOver()
	return err
}

// handOver gives the lead to the first waiter, or ends it.
func (s *Sink) handOver() {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	if len(s.shared.waiting) == 0 {
		s.shared.leading--
		return
	}
	next := s.shared.waiting[0]
	s.shared.waiting = s.shared.waiting[1:]
	close(next.done)
}

// leave takes a waiter whose context has ended out of the queue. When its event is in an insert already, or it has just
// been given the lead, that is settled first.
func (s *Sink) leave(w *waiter, cause error) error {
	s.shared.mu.Lock()
	for i, other := range s.shared.waiting {
		if other == w {
			s.shared.waiting = append(s.shared.waiting[:i:i], s.shared.waiting[i+1:]...)
			s.shared.mu.Unlock()
			return cause
		}
	}
	s.shared.mu.Unlock()
	err, decided := <-w.done
	if !decided {
		s.handOver()
		return cause
	}
	return err
}
