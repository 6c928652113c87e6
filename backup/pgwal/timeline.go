package pgwal

import (
	"context"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// DivergedError says that a server's log is not the continuation of the one that is kept, although both are of one cluster:
// a copy of it was started that went its own way without becoming a timeline of its own, or two servers took the same
// number for different timelines. Its class is backup.ErrCluster.
type DivergedError struct {
	Timeline uint32     // of which the two logs differ
	LSN      backup.LSN // up to which the kept one reaches
	Text     string     // what differs
}

// Error says what differs, and where.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("pgwal: timeline %d of the server is not the one that is kept up to %s: %s", e.Timeline, e.LSN, e.Text)
}

// Is reports whether target is backup.ErrCluster.
func (e *DivergedError) Is(target error) bool { return target == backup.ErrCluster }

// lineage is the past of a timeline.
type lineage struct {
	current  uint32
	switches []replication.Switch // of its ancestors, oldest first
}

// at returns the timeline to which a position belongs.
func (l lineage) at(lsn backup.LSN) uint32 {
	for _, s := range l.switches {
		if lsn < s.LSN {
			return s.Parent
		}
	}
	return l.current
}

// end returns where an ancestor was left, and for which timeline.
func (l lineage) end(timeline uint32) (next uint32, lsn backup.LSN, found bool) {
	for i, s := range l.switches {
		if s.Parent != timeline {
			continue
		}
		if i+1 < len(l.switches) {
			return l.switches[i+1].Parent, s.LSN, true
		}
		return l.current, s.LSN, true
	}
	return 0, 0, false
}

// timelines returns the numbers, newest first.
func (l lineage) timelines() []uint32 {
	all := []uint32{l.current}
	for i := len(l.switches) - 1; i >= 0; i-- {
		all = append(all, l.switches[i].Parent)
	}
	return all
}

// readLineage asks a server for the past of its timeline.
func readLineage(ctx context.Context, conn *replication.Conn, timeline uint32) (lineage, error) {
	l := lineage{current: timeline}
	if timeline == 1 {
		return l, nil
	}
	text, err := conn.History(ctx, timeline)
	if err != nil {
		return l, err
	}
	l.switches, err = replication.ParseHistory(text)
	if err == nil && len(l.switches) > 0 && l.switches[len(l.switches)-1].Parent >= timeline {
		err = fmt.Errorf("%w: a history file that names its own timeline", replication.ErrProtocol)
	}
	return l, err
}

// keepHistory has the history file of a timeline kept before anything of the timeline is.
func (s *session) keepHistory(ctx context.Context, timeline uint32) error {
	if timeline == 1 || s.queue.histories[timeline] {
		return nil
	}
	text, err := s.conn.History(ctx, timeline)
	if err != nil {
		return err
	}
	name := HistoryName(s.system.ID)
	for entry, err := range s.queue.log(name).Entries(ctx, uint64(timeline)) {
		if errors.Is(err, backup.ErrGap) {
			continue
		}
		if err != nil {
			return err
		}
		if entry.Start != uint64(timeline) {
			break
		}
		if string(entry.Data) != string(text) {
			return &DivergedError{Timeline: timeline, LSN: s.queue.durableOf(timeline), Text: "its history file is another"}
		}
		s.queue.histories[timeline] = true
		return nil
	}
	s.queue.addHistory(name, timeline, text)
	s.queue.histories[timeline] = true
	return nil
}

// newest returns the newest timeline of the server's past of which anything was received, and up to where. 0: there is none.
func (s *session) newest() (timeline uint32, end backup.LSN) {
	for _, timeline := range s.past.timelines() {
		if end, _ := s.queue.endOf(timeline); end > 0 {
			return timeline, end
		}
	}
	return 0, 0
}

// untail has the server not send again what is kept right before a segment's start, and reports whether that was not tried yet.
// A slot that is at a segment's start holds nothing before it: what the server has removed may be no more than what is kept.
func (s *session) untail(slot position) bool {
	timeline, end := s.newest()
	if end == 0 || end != floor(end, s.segment) {
		return false
	}
	// A log of which the slot does not hold what comes next may be that of a copy: it is not gone on with unseen.
	if s.conn.Version() >= readSlots && floor(slot.lsn, s.segment) > end {
		return false
	}
	return s.queue.untail(timeline)
}

// skip decides how to go on where the server has not what comes next, given from where on it keeps its log now: after a gap.
func (s *session) skip(ctx context.Context, slot position) error {
	if s.conn.Version() < readSlots { // the server does not tell whether the slot still holds anything: a new one does
		if err := s.conn.DropSlot(ctx, s.receiver.config.Slot); err != nil {
			return err
		}
		var err error
		if slot, err = ensureSlot(ctx, s.server, s.receiver.config.Slot); err != nil {
			return err
		}
	}
	to := position{s.past.at(slot.lsn), floor(slot.lsn, s.segment)}
	_, end := s.newest()
	if end == 0 || end >= to.lsn { // the slot claims to hold what is gone
		if err := s.conn.DropSlot(ctx, s.receiver.config.Slot); err != nil {
			return err
		}
		return errUnheld
	}
	gap := &backup.GapError{Log: LogName(s.system.ID, to.timeline), From: uint64(end), To: uint64(to.lsn)}
	s.receiver.state.set(func(st *Status) { st.Gap = gap })
	if s.receiver.config.OnRebase == nil {
		return gap
	}
	s.receiver.config.OnRebase(gap)
	s.queue.jump(to)
	return nil
}
