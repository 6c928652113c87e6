package walsink

import (
	"context"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// group is the entries that are written and synced together.
type group struct {
	first uint64
	bytes int64 // of its frames
	keys  []key
	held  []governance.EventID // of attempts whose calls run already
	lead  chan struct{}        // has an item when one of the group is to write
	done  chan struct{}        // closed when the group is on the disk, or err is set
	err   error
}

func newGroup() *group { return &group{lead: make(chan struct{}, 1), done: make(chan struct{})} }

// put adds an entry to the pending group and waits until that is on the disk, unless its call may run meanwhile.
func (s *Sink) put(ctx context.Context, k key, e leaf.Entry, follows bool) error {
	s.mu.Lock()
	g, err := s.add(k, e, follows)
	if err != nil || follows {
		s.mu.Unlock()
		s.nudge() // in case that the call takes long
		return err
	}
	return s.await(ctx, g)
}

// putAfter adds the effect of a read to the pending group, and waits until its attempt is on the disk.
func (s *Sink) putAfter(ctx context.Context, k key, e leaf.Entry) error {
	s.mu.Lock()
	attempt := s.attempt(k.id)
	if _, err := s.add(k, e, false); err != nil {
		s.mu.Unlock()
		return err
	}
	err := s.await(ctx, attempt)
	s.nudge() // somebody is to write it
	return err
}

// attempt returns the group that the attempt of a call is in; nil when it is on the disk. s.mu is held.
func (s *Sink) attempt(id governance.EventID) *group {
	if position, ok := s.recent.get(key{id, governance.Attempt}); ok {
		return s.groupOf(position)
	}
	return s.newest()
}

// nudge tells Run that there is something to do.
func (s *Sink) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// add adds an entry to the pending group. For an event that is there already it returns the group that it is in; nil when
// that is on the disk. s.mu is held.
func (s *Sink) add(k key, e leaf.Entry, follows bool) (*group, error) {
	if position, ok := s.recent.get(k); ok {
		return s.groupOf(position), nil
	}
	if err := s.refuses(k, int64(frameHead+5+len(e.Leaf)+len(e.Actor)+len(e.Subject))); err != nil {
		return nil, err
	}
	g := s.pending
	if len(g.keys) == 0 {
		g.first = s.next
	}
	before := len(s.buffer)
	s.buffer = appendFrame(s.buffer, s.seed, s.next, s.durable, e)
	size := int64(len(s.buffer) - before)
	s.waiting += size
	g.bytes += size
	s.recent.set(k, s.next)
	g.keys = append(g.keys, k)
	if follows {
		g.held = append(g.held, k.id)
	}
	s.next++
	return g, nil
}

// groupOf returns the group of a position; nil when it is on the disk. s.mu is held.
func (s *Sink) groupOf(position uint64) *group {
	switch {
	case position < s.durable:
		return nil
	case len(s.pending.keys) > 0 && position >= s.pending.first:
		return s.pending
	}
	return s.flying
}

// refuses says why an event cannot be taken, or nil. s.mu is held.
func (s *Sink) refuses(k key, size int64) error {
	most := s.config.MaxBytes
	if k.kind == governance.Effect || k.kind == governance.Failure {
		most += most / 8
	}
	switch {
	case s.broken != nil:
		return s.broken
	case s.closed:
		return ErrClosed
	case size > frameHead+maxPayload:
		return fmt.Errorf("walsink: an event of %d bytes: want at most %d", size-frameHead, maxPayload)
	case s.waiting+size > most:
		return &FullError{Waiting: s.waiting, Max: most}
	}
	return s.lostAttempt(k)
}

// lostAttempt refuses the effect of a call whose attempt could not be written while it ran. s.mu is held.
func (s *Sink) lostAttempt(k key) error {
	if k.kind != governance.Effect {
		return nil
	}
	if _, ok := s.lost.get(key{k.id, governance.Attempt}); !ok {
		return nil
	}
	if s.broken != nil {
		return s.broken
	}
	return fmt.Errorf("walsink: the attempt of the call could not be written: %w", ErrFull)
}

// settle waits until the attempt of a call is on the disk.
func (s *Sink) settle(ctx context.Context, id governance.EventID) error {
	s.mu.Lock()
	if err := s.lostAttempt(key{id, governance.Effect}); err != nil {
		s.mu.Unlock()
		return err
	}
	return s.await(ctx, s.attempt(id))
}

// newest returns the last group that is not on the disk; nil when there is none. s.mu is held.
func (s *Sink) newest() *group {
	if len(s.pending.keys) > 0 {
		return s.pending
	}
	return s.flying
}

// await waits until a group is on the disk, and writes it when nobody else does. s.mu is held, and given back.
func (s *Sink) await(ctx context.Context, g *group) error {
	if g == nil {
		s.mu.Unlock()
		return nil
	}
	leads := !s.leading
	s.leading = true
	s.mu.Unlock()
	if leads {
		s.write()
	}
	for {
		select {
		case <-g.done:
			return g.err
		case <-g.lead:
			s.write()
		case <-ctx.Done():
			select {
			case <-g.done: // what is on record is no error
				return g.err
			default:
				s.nudge()
				return ctx.Err()
			}
		}
	}
}

// write writes and syncs the pending group for all who wait for it, on the goroutine of one of them. One group at a time:
// a second one, written during the sync of the first, was no gain when it was measured, since it makes both smaller.
func (s *Sink) write() {
	s.mu.Lock()
	g, frames, next, err := s.pending, s.buffer, s.next, s.broken
	s.pending, s.flying = newGroup(), g
	s.buffer, s.spare = s.spare[:0], nil
	s.mu.Unlock()
	var end int64
	if err == nil && len(frames) > 0 {
		end, err = s.store(g.first, frames)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spare, s.flying, s.leading = frames, nil, false
	switch {
	case errors.Is(err, ErrBroken):
		s.broken = err
		s.refuse(g, err)
		return
	case err != nil:
		s.next = s.durable
		s.refuse(g, err)
		return
	case len(frames) > 0:
		last := &s.segment[len(s.segment)-1]
		last.next, last.size, s.durable = next, end, next
	}
	close(g.done)
	s.offer()
	s.nudge()
}

// offer lets somebody of the pending group write it. When all of them have gone, whoever comes next does. s.mu is held.
func (s *Sink) offer() {
	if len(s.pending.keys) > 0 {
		s.leading = true
		s.pending.lead <- struct{}{}
	}
}

// refuse gives up a group that could not be written, and the pending one, whose positions come after. s.mu is held.
func (s *Sink) refuse(g *group, err error) {
	p := s.pending
	s.pending, s.buffer = newGroup(), s.buffer[:0]
	for _, r := range []*group{g, p} {
		for _, k := range r.keys {
			s.recent.remove(k)
		}
		for _, id := range r.held {
			s.lost.set(key{id, governance.Attempt}, 0)
		}
		s.waiting -= r.bytes
		r.err = err
		close(r.done)
	}
}
