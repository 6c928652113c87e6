package pgwal

import (
	"context"
	"errors"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/replication"
)

// readSlots is the first version of servers that tell the state of a slot on a connection for replication.
const readSlots = 15

// errRetain ends a session whose slot makes the server keep too much.
var errRetain = errors.New("pgwal: the slot holds as much of the server's log as it may")

// ensureSlot has the slot exist and hold something, and returns from where on. An invalidated slot is replaced.
func ensureSlot(ctx context.Context, s server, name string) (position, error) {
	slot, err := readSlot(ctx, s, name)
	if err != nil {
		return position{}, err
	}
	if slot.Exists && slot.LSN == 0 {
		if err := s.conn.DropSlot(ctx, name); err != nil {
			return position{}, err
		}
		slot.Exists = false
	}
	if !slot.Exists {
		if err := s.conn.CreateSlot(ctx, name); err != nil && pgerror.State(err) != replication.StateDuplicateObject {
			return position{}, err
		}
		if slot, err = readSlot(ctx, s, name); err != nil {
			return position{}, err
		}
	}
	if slot.LSN == 0 { // the server does not tell. It is asked for its end now that the slot is there: the end before may be removed
		system, err := s.conn.System(ctx)
		return position{system.Timeline, system.LSN}, err
	}
	return position{slot.Timeline, slot.LSN}, nil
}

// readSlot returns the state of a slot, as far as the server tells.
func readSlot(ctx context.Context, s server, name string) (replication.Slot, error) {
	if s.conn.Version() < readSlots {
		return replication.Slot{}, nil
	}
	return s.conn.Slot(ctx, name)
}

// errElected ends a session when another node is found to be the better one.
var errElected = errors.New("pgwal: another node is the primary now")

// tended is the time between two looks at the other nodes, in times of Watch.
const tended = 10

// watch looks at the server through a connection of its own, which answers also while the stream is held up, and returns
// errRetain when the slot holds as much as it may, or is about to; and at the other nodes, and returns errElected when one
// of them is to be streamed from.
func (s *session) watch(ctx context.Context) error {
	var control server
	defer func() {
		if control.conn != nil {
			control.close()
		}
	}()
	ticker := time.NewTicker(s.receiver.config.Watch)
	defer ticker.Stop()
	held := uint64(0)
	for n := 0; ; n++ {
		err := s.look(ctx, &control, &held)
		if errors.Is(err, errRetain) {
			return err
		}
		if err != nil && control.conn != nil { // the stream itself tells whether the server is lost
			control.close()
			control.conn = nil
		}
		if n%tended == 0 {
			if err := s.tendOthers(ctx); err != nil {
				return err
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look asks once. held is what the slot held the last time.
func (s *session) look(ctx context.Context, control *server, held *uint64) error {
	ctx, cancel := context.WithTimeout(ctx, s.receiver.config.Timeout)
	defer cancel()
	if control.conn == nil {
		found, err := s.node.dial(ctx)
		if err != nil {
			return err
		}
		*control = found
	}
	asked := s.receiver.config.Now()
	system, err := control.conn.System(ctx)
	if err != nil {
		return err
	}
	slot, err := readSlot(ctx, *control, s.receiver.config.Slot)
	if err != nil {
		return err
	}
	if control.conn.Version() < readSlots {
		slot = replication.Slot{Exists: true, LSN: s.queue.progress().durable}
	}
	holds := uint64(0)
	if slot.Exists && slot.LSN != 0 && system.LSN > slot.LSN {
		holds = uint64(system.LSN - slot.LSN)
	}
	s.receiver.state.watched(asked, system.LSN, s.queue.progress().end.lsn, slot, holds)
	growth := uint64(0)
	if *held > 0 && holds > *held {
		growth = holds - *held
	}
	*held = holds
	if retain := s.receiver.config.Retain; retain > 0 && holds+growth >= uint64(retain) {
		return errRetain
	}
	return nil
}

// tendOthers brings the slots of the other nodes up to date. Nodes that do not answer are left alone.
func (s *session) tendOthers(ctx context.Context) error {
	for _, n := range s.receiver.nodes {
		if n.name == s.name {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, n.config.ConnectTimeout)
		other, err := n.dial(ctx)
		if err == nil {
			err = s.tend(ctx, other)
			other.close()
		}
		cancel()
		if errors.Is(err, errElected) {
			return err
		}
	}
	return nil
}

// tend has the slot of another node hold what is not durable yet, and no more. A node that was left behind keeps nothing.
func (s *session) tend(ctx context.Context, other server) error {
	switch {
	case other.system.ID != s.system.ID:
		return &backup.ClusterError{Found: other.system.ID, Expected: s.system.ID}
	case other.system.Timeline > s.system.Timeline, !other.conn.Recovery() && s.conn.Recovery() && other.system.Timeline == s.system.Timeline:
		return errElected
	}
	name := s.receiver.config.Slot
	p := s.queue.progress()
	retain := s.receiver.config.Retain
	if other.system.Timeline < p.end.timeline || retain > 0 && other.system.LSN > p.durable+backup.LSN(retain) {
		return other.conn.DropSlot(ctx, name)
	}
	if _, err := ensureSlot(ctx, other, name); err != nil {
		return err
	}
	at := min(p.durable, other.system.LSN)
	if at == 0 || other.system.Timeline != p.end.timeline {
		return nil
	}
	stream, err := other.conn.Start(ctx, name, p.end.timeline, at)
	if err != nil {
		return err
	}
	return stream.Send(ctx, replication.Status{Write: at, Flush: at, Time: s.receiver.config.Now(), Reply: true})
}

// release drops the slot of a node, so that the server may remove its log.
func (r *Receiver) release(ctx context.Context, n node) error {
	s, err := n.dial(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	err = s.conn.DropSlot(ctx, r.config.Slot)
	if pgerror.State(err) == replication.StateUndefinedObject {
		return nil
	}
	if err == nil {
		r.state.released()
	}
	return err
}

// floor returns the start of the segment in which a position is.
func floor(lsn backup.LSN, segment uint64) backup.LSN { return lsn - lsn%backup.LSN(segment) }
