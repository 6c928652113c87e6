package walsink

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// group is the entries that are written and synced together.
type group struct {
	first uint64
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
	if g == nil || follows {
		s.mu.Unlock()
		return err
	}
	return s.await(ctx, g)
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
	s.buffer = appendFrame(s.buffer, s.seed, s.next, g.first, e)
	s.waiting += int64(len(s.buffer) - before)
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
	var g *group
	if position, ok := s.recent.get(key{id, governance.Attempt}); ok {
		g = s.groupOf(position)
	}
	if g == nil {
		s.mu.Unlock()
		return nil
	}
	return s.await(ctx, g)
}

// await waits until a group is on the disk, and writes it when nobody else does. s.mu is held, and given back.
func (s *Sink) await(ctx context.Context, g *group) error {
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
				return ctx.Err()
			}
		}
	}
}

// write writes the pending group for all who wait for it, on the goroutine of one of them, and then tells one of the next
// group to go on.
func (s *Sink) write() {
	s.mu.Lock()
	g, frames, end := s.pending, s.buffer, s.next
	s.pending, s.flying = newGroup(), g
	s.buffer, s.spare = s.spare[:0], nil
	err := s.broken
	s.mu.Unlock()
	if err == nil && len(frames) > 0 {
		err = s.store(g.first, end, frames)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying, s.spare = nil, frames
	if err == nil {
		s.durable = end
		s.handOver()
	} else {
		s.giveUp(g, err)
	}
	close(g.done)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// handOver lets somebody of the next group write it. When all of them have gone, whoever comes next does. s.mu is held.
func (s *Sink) handOver() {
	if s.leading = len(s.pending.keys) > 0; s.leading {
		s.pending.lead <- struct{}{}
	}
}

// giveUp refuses a group that could not be written, and the one behind it, whose positions come after. s.mu is held.
func (s *Sink) giveUp(g *group, err error) {
	refused := []*group{g}
	if len(s.pending.keys) > 0 {
		refused = append(refused, s.pending)
		s.pending.err = err
		close(s.pending.done)
		s.pending = newGroup()
	}
	g.err = err
	for _, r := range refused {
		for _, k := range r.keys {
			s.recent.remove(k)
		}
		for _, id := range r.held {
			s.lost.set(key{id, governance.Attempt}, 0)
		}
	}
	s.waiting -= int64(len(s.spare) + len(s.buffer))
	s.buffer = s.buffer[:0]
	s.next = s.durable
	s.leading = false
}
