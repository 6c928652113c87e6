package walsink

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// lanes is how many groups may be under way at once: while one is synced, the next is written.
const lanes = 2

// group is the entries that are written and synced together.
type group struct {
	first  uint64
	end    uint64 // the position after its last entry, once it is written
	bytes  int64  // of its frames
	before *group // was written before it, and may be under way still
	keys   []key
	held   []governance.EventID // of attempts whose calls run already
	lead   chan struct{}        // has an item when one of the group is to write
	done   chan struct{}        // closed when the group is on the disk, or err is set
	err    error
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
	for _, g := range s.flying {
		if position < g.end {
			return g
		}
	}
	return nil
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
	g := s.newest()
	if position, ok := s.recent.get(key{id, governance.Attempt}); ok {
		g = s.groupOf(position)
	}
	return s.await(ctx, g)
}

// newest returns the last group that is not on the disk; nil when there is none. s.mu is held.
func (s *Sink) newest() *group {
	n := len(s.flying)
	switch {
	case len(s.pending.keys) > 0:
		return s.pending
	case n > 0:
		return s.flying[n-1]
	}
	return nil
}

// await waits until a group is on the disk, and writes it when nobody else does. s.mu is held, and given back.
func (s *Sink) await(ctx context.Context, g *group) error {
	if g == nil {
		s.mu.Unlock()
		return nil
	}
	leads := g == s.pending && !s.leading && len(s.flying) < lanes
	s.leading = s.leading || leads
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

// write writes the pending group for all who wait for it, on the goroutine of one of them. Others may write the next one
// while it is synced. Groups are on record in their order.
func (s *Sink) write() {
	s.mu.Lock()
	g, frames, err := s.pending, s.buffer, s.broken
	g.end = s.next
	if n := len(s.flying); n > 0 {
		g.before = s.flying[n-1]
	}
	s.pending, s.flying = newGroup(), append(s.flying, g)
	s.buffer, s.spare = s.spare[:0], nil
	s.mu.Unlock()
	var end int64
	if err == nil && len(frames) > 0 {
		end, err = s.store(g, frames)
	}
	s.mu.Lock()
	s.spare, s.leading = frames, false
	if err != nil {
		if errors.Is(err, ErrBroken) {
			s.broken = err
		} else if len(g.keys) > 0 {
			s.next = g.first
		}
		s.refuse(g, err)
		s.mu.Unlock()
		return
	}
	s.offer()
	s.mu.Unlock()
	s.complete(g, end)
}

// complete syncs a group that is written, up to the offset end, and lets its waiters go when all before it is on the disk
// too. An error of the sync before is its own as well, since the system tells it only once.
func (s *Sink) complete(g *group, end int64) {
	var err error
	if len(g.keys) > 0 {
		err = s.active.Datasync()
	}
	if g.before != nil {
		<-g.before.done
		g.before = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.broken == nil {
		s.broken = broken(err)
	}
	if s.broken != nil {
		s.refuse(g, s.broken)
		return
	}
	if len(g.keys) > 0 {
		last := &s.segment[len(s.segment)-1]
		last.next, last.size, s.durable = g.end, end, g.end
	}
	s.land(g, nil)
	s.offer()
	s.nudge()
}

// offer lets somebody of the pending group write it, if a lane is free. When all of them have gone, whoever comes next
// does. s.mu is held.
func (s *Sink) offer() {
	if !s.leading && len(s.flying) < lanes && len(s.pending.keys) > 0 {
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
		s.land(r, err)
	}
}

// land lets the waiters of a group go. s.mu is held.
func (s *Sink) land(g *group, err error) {
	s.flying = slices.DeleteFunc(s.flying, func(other *group) bool { return other == g })
	g.err = err
	close(g.done)
}
