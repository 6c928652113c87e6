package pgwal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/replication"
)

// errors that end a session, after which another is begun.
var (
	errSilent  = errors.New("pgwal: the server has not answered for too long")
	errBehind  = errors.New("pgwal: the server does not have yet what is kept of its log")
	errStale   = errors.New("pgwal: the server is on an older timeline than what is kept: it was left behind by a failover")
	errRemoved = errors.New("pgwal: the server has removed what comes next of its log")
	errUnheld  = errors.New("pgwal: the server has removed what the slot was to hold: another one is created")
)

// session is a connection to one server, from which one timeline after the other is streamed.
type session struct {
	server
	receiver *Receiver
	queue    *queue
	segment  uint64
	report   time.Duration // most time between two reports
	past     lineage
	first    position // where a log begins of a server that does not tell what its slot holds

	asked   chan struct{} // the server wants a report
	sound   atomic.Bool   // the stream has begun to give what was asked for
	heard   atomic.Int64  // when the server last sent something, in nanoseconds of Unix
	blocked atomic.Bool   // the queue is full
}

// newSession asks the server what is to be known before streaming.
func (r *Receiver) newSession(ctx context.Context, s server, q *queue) (*session, error) {
	n := &session{server: s, receiver: r, queue: q, asked: make(chan struct{}, 1)}
	var err error
	if n.segment, err = s.conn.SegmentSize(ctx); err != nil {
		return nil, err
	}
	r.state.sized(n.segment)
	timeout, err := s.conn.Show(ctx, "wal_sender_timeout")
	if err != nil {
		return nil, err
	}
	patience, err := replication.ParseDuration(timeout)
	if err != nil {
		return nil, err
	}
	if n.report = time.Second; patience > 0 {
		n.report = min(n.report, patience/4)
	}
	n.past, err = readLineage(ctx, s.conn, s.system.Timeline)
	return n, err
}

// grace is how long what a lost server sent before may take to arrive.
const grace = 5 * time.Second

// start returns where to begin, and what the repository has right before that, which the server is to send again.
func (s *session) start(ctx context.Context, slot position) (position, []byte, error) {
	for _, timeline := range s.past.timelines() {
		end, tail := s.queue.endOf(timeline)
		if end == 0 {
			continue
		}
		next, left, ended := s.past.end(timeline)
		switch {
		case ended && end >= left:
			return position{next, floor(left, s.segment)}, nil, nil
		case !ended && end > s.system.LSN && !s.conn.Recovery():
			return position{}, nil, &DivergedError{Timeline: timeline, LSN: end, Text: "it ends at " + s.system.LSN.String()}
		case !ended && end > s.system.LSN:
			return position{}, nil, errBehind
		}
		if tail == nil {
			var err error
			if tail, err = readTail(ctx, s.queue.log, LogName(s.system.ID, timeline), end); err != nil {
				return position{}, nil, err
			}
		}
		return position{timeline, end - backup.LSN(len(tail))}, tail, nil
	}
	at := position{s.past.at(slot.lsn), floor(slot.lsn, s.segment)}
	if s.conn.Version() < readSlots {
		s.first = at
	}
	return at, nil, nil
}

// readTail returns the bytes of a log before its end, from the start of their page on.
func readTail(ctx context.Context, log func(string) backup.Log, name string, end backup.LSN) ([]byte, error) {
	page := uint64((end - 1) / pageSize * pageSize)
	var tail []byte
	next := page
	for entry, err := range log(name).Entries(ctx, page) {
		if errors.Is(err, backup.ErrGap) {
			tail = nil
			continue
		}
		if err != nil {
			return nil, err
		}
		if tail == nil {
			next = max(page, entry.Start)
		}
		if entry.End > uint64(end) {
			return nil, fmt.Errorf("pgwal: log %s has grown: %w", name, backup.ErrExists)
		}
		if next < entry.Start || next-entry.Start > uint64(len(entry.Data)) {
			return nil, &backup.CorruptError{Object: name, Text: "an entry at " + backup.LSN(entry.Start).String() + " that overlaps"}
		}
		tail = append(tail, entry.Data[next-entry.Start:]...)
		next = entry.End
	}
	return tail, nil
}

// run streams until the connection or ctx ends.
func (s *session) run(ctx context.Context, slot position) error {
	at, tail, err := s.start(ctx, slot)
	if err != nil {
		return err
	}
	for {
		if err := s.keepHistory(ctx, at.timeline); err != nil {
			return err
		}
		err := s.stream(ctx, at, tail)
		end := (*replication.EndOfTimeline)(nil)
		if !errors.As(err, &end) {
			return err
		}
		if end.Next <= at.timeline {
			return fmt.Errorf("%w: timeline %d after %d", replication.ErrProtocol, end.Next, at.timeline)
		}
		at, tail = position{end.Next, floor(end.LSN, s.segment)}, nil
	}
}

// stream receives one timeline from a position on. The first bytes must be those of tail.
func (s *session) stream(ctx context.Context, at position, tail []byte) error {
	begin, cancelBegin := context.WithTimeout(ctx, s.receiver.config.Timeout)
	stream, err := s.conn.Start(begin, s.receiver.config.Slot, at.timeline, at.lsn)
	cancelBegin()
	if err != nil {
		return s.removed(err)
	}
	s.queue.begin(at, tail)
	s.sound.Store(false)
	s.heard.Store(s.receiver.config.Now().UnixNano())
	s.receiver.state.set(func(st *Status) {
		st.Node, st.Standby, st.Timeline, st.SourceErr = s.name, s.conn.Recovery(), at.timeline, nil
		st.Connects++
	})
	s.receiver.poke()
	ctx, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	work.Go(func() { cancel(s.reports(ctx, stream, at.timeline)) })
	err = s.receive(ctx, stream, at, tail)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cancel(nil)
	work.Wait()
	return s.removed(err)
}

// removed translates the error of a server that has not what was asked for any more.
func (s *session) removed(err error) error {
	switch pgerror.State(err) {
	case replication.StateUndefinedFile, replication.StatePrerequisite:
		return errors.Join(errRemoved, err)
	}
	return err
}

// receive takes over what the server sends.
func (s *session) receive(ctx context.Context, stream *replication.Stream, at position, tail []byte) error {
	check := &pageCheck{system: s.system.ID, timeline: at.timeline, segment: s.segment, next: at.lsn}
	name := LogName(s.system.ID, at.timeline)
	for {
		m, err := stream.Receive(ctx)
		if err != nil {
			return err
		}
		now := s.receiver.config.Now()
		s.heard.Store(now.UnixNano())
		s.receiver.state.heard(now, m.Time, m.End, check.next+backup.LSN(len(m.Data)))
		if m.Reply {
			s.wantReport()
		}
		if len(m.Data) == 0 {
			continue
		}
		if err := check.check(m.Start, m.Data); err != nil {
			return err
		}
		s.sound.Store(true)
		same := min(len(tail), len(m.Data))
		if !bytes.Equal(tail[:same], m.Data[:same]) {
			return &DivergedError{Timeline: at.timeline, LSN: m.Start + backup.LSN(len(tail)), Text: "the last bytes of what is kept are others"}
		}
		tail = tail[same:]
		if same == len(m.Data) {
			s.wantReport()
			continue
		}
		s.blocked.Store(true)
		err = s.queue.add(ctx, name, position{at.timeline, m.Start + backup.LSN(same)}, m.Data[same:], m.Time)
		s.heard.Store(s.receiver.config.Now().UnixNano())
		s.blocked.Store(false)
		if err != nil {
			return err
		}
	}
}

// wantReport has a report sent at once.
func (s *session) wantReport() {
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

// reports tells the server how far its log was received and is durable: when more is durable, when it asks, and at
// intervals, at which it is asked for a sign of life.
func (s *session) reports(ctx context.Context, stream *replication.Stream, timeline uint32) error {
	ticker := time.NewTicker(s.report)
	defer ticker.Stop()
	var sent backup.LSN
	due := true
	for {
		p := s.queue.progress()
		status := replication.Status{Time: s.receiver.config.Now(), Reply: due}
		// A slot takes every position, also one that is long gone: nothing is reported before it is known to be there.
		if p.end.timeline == timeline && s.sound.Load() {
			status.Write, status.Flush = p.end.lsn, p.durable
			// A new slot holds the log from the last checkpoint's start on, which the server may not have flushed yet when it
			// says where its end is: the slot is moved to where the log begins before that checkpoint ends.
			if p.durable == 0 && s.first.timeline == timeline {
				status.Flush = s.first.lsn
			}
		}
		if due || status.Flush != sent {
			if err := stream.Send(ctx, status); err != nil {
				// What the server sent before it was lost is still to be read.
				select {
				case <-time.After(grace):
				case <-ctx.Done():
				}
				return err
			}
			sent, due = status.Flush, false
		}
		select {
		case <-p.changed:
		case <-s.asked:
			due = true
		case <-ticker.C:
			due = true
			silent := s.receiver.config.Now().Sub(time.Unix(0, s.heard.Load()))
			if silent > s.receiver.config.Timeout && !s.blocked.Load() {
				return errSilent
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
