package pgwal

import (
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// Health is a judgement of what the server is made to keep.
type Health string

// The healths.
const (
	Green  Health = "green"  // less than half of what is allowed
	Yellow Health = "yellow" // half of what is allowed, or more
	Red    Health = "red"    // all of what is allowed: the slot was dropped, and the log may have a gap
)

// SlotStatus is the state of a receiver's slot.
type SlotStatus struct {
	Name   string     // of the slot
	Exists bool       // when it was last looked at
	LSN    backup.LSN // from which on the server keeps its log
	Held   uint64     // bytes that the server keeps for it
	Retain uint64     // bytes that it may hold; 0: any number
	Health Health     // what that means
}

// Status is how a Receiver stands.
type Status struct {
	System    string           // system identifier of the cluster; empty: not known yet
	Timeline  uint32           // that is received
	Node      string           // host and port that is streamed from; empty: none at the moment
	Standby   bool             // the node is a standby
	Received  backup.LSN       // up to where the log was received
	Durable   backup.LSN       // up to where the repository has it
	Server    backup.LSN       // up to where the server was known to have it
	Lag       uint64           // bytes from Durable to Server
	Age       time.Duration    // of the oldest byte that is not known to be durable: what would be lost now, at most; 0: nothing
	Time      time.Time        // the server's clock of the newest that is durable
	Slot      SlotStatus       // of the slot
	Connects  int              // how often a stream was begun
	Gap       *backup.GapError // the last hole; nil: there was none
	SourceErr error            // why the last session with a server ended; nil: the present one goes well
	TargetErr error            // why the last Append failed; nil: it did not
}

// Alive reports whether the log is being received and stored.
func (s Status) Alive() bool { return s.Node != "" && s.TargetErr == nil }

// state is what a receiver knows besides its queue.
type state struct {
	mu     sync.Mutex
	status Status
	caught time.Time // when all that the server was known to have was received, by this host's clock; zero: not yet

	ahead time.Duration // of this host's clock that the server's is, less what its last message took to arrive

	segment uint64 // size of a segment of the cluster's log; 0: not known yet
}

func (s *state) set(change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}

// sized records the size of a segment.
func (s *state) sized(segment uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.segment = segment
}

// heard records that the server has its log up to end, and it was received up to received. Sent is the time of the message by the
// server's clock.
func (s *state) heard(now, sent time.Time, end, received backup.LSN) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = sent.Sub(now)
	s.status.Server = end
	if received >= end {
		s.caught = now
	}
}

// watched records what was seen of the server and the slot by a question that was asked at a time, with the log received up to a position.
func (s *state) watched(asked time.Time, end, received backup.LSN, slot replication.Slot, held uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if received >= end && asked.After(s.caught) {
		s.caught = asked
	}
	s.status.Server = max(s.status.Server, end)
	s.status.Slot.Exists, s.status.Slot.LSN, s.status.Slot.Held = slot.Exists, slot.LSN, held
	if slot.Exists {
		s.status.Slot.Health = Green
	}
}

// released records that the slot was dropped.
func (s *state) released() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Slot.Exists, s.status.Slot.LSN, s.status.Slot.Held, s.status.Slot.Health = false, 0, 0, Red
}

// read returns the status, completed with the progress of the queue.
func (s *state) read(now time.Time, p progress) Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.status
	r.Received, r.Durable, r.Time, r.TargetErr = p.end.lsn, p.durable, p.newest, p.err
	if p.end.timeline != 0 {
		r.Timeline = p.end.timeline
	}
	from := r.Durable
	if from == 0 { // nothing of the timeline is durable yet
		from = r.Received - min(r.Received, backup.LSN(p.bytes))
	}
	if r.Server > from {
		r.Lag = uint64(r.Server - from)
	}
	if since := s.since(r, p); !since.IsZero() {
		r.Age = now.Sub(since)
	}
	r.Slot.Health = health(r.Slot)
	return r
}

// since returns when the oldest that is not known to be durable was written, at the earliest; zero: all is durable.
func (s *state) since(r Status, p progress) time.Time {
	since := p.oldest
	if r.Node == "" || r.Server > r.Received { // the server may have more, or has
		known := s.caught
		if known.IsZero() {
			known = p.newest
		}
		if since.IsZero() || !known.IsZero() && known.Before(since) {
			since = known
		}
	}
	return since
}

// health judges a slot.
func health(s SlotStatus) Health {
	switch {
	case s.Health == Red || s.Retain > 0 && s.Held >= s.Retain:
		return Red
	case s.Retain > 0 && s.Held >= s.Retain/2:
		return Yellow
	}
	return Green
}
