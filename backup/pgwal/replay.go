package pgwal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// errReached ends a scan that has come to its goal.
var errReached = errors.New("pgwal: goal reached")

// replay lays out the log from a snapshot to a goal: it reads the logs along a route, checks each record, finds where the goal
// is, and ends the log there.
type replay struct {
	base     Base
	goal     backup.Goal
	complete time.Time // until when the log is known to be whole
	reader   backup.Reader
	to       *segments
	read     func(int)

	scan    *walScanner
	at      uint64    // end of what was read
	stamp   time.Time // the last that a record bears: what was committed until then is before it
	commit  time.Time // of the last commit before the goal
	reached uint64    // the goal; 0: not found
	found   bool
	written bool
}

// run returns the moment at which the log ends. Its LSN is 0 where the snapshot was left as it is.
func (p *replay) run(ctx context.Context, legs []leg) (backup.Cut, error) {
	system, err := strconv.ParseUint(p.base.System, 10, 64)
	if err != nil {
		return backup.Cut{}, &backup.CorruptError{Object: manifestItem, Text: "its system identifier is no number"}
	}
	if err := p.checkStart(); err != nil {
		return backup.Cut{}, err
	}
	p.at = uint64(legs[0].from)
	p.scan = newWALScanner(system, p.base.SegmentSize, p.at, p.see)
	for i, l := range legs {
		before := p.at
		if err := p.leg(ctx, l); err != nil {
			return backup.Cut{}, err
		}
		if p.done() {
			break
		}
		if i > 0 && p.at == before && p.at < uint64(l.from) {
			return backup.Cut{}, &backup.GapError{Log: LogName(p.base.System, legs[i-1].timeline), From: p.at, To: uint64(l.from)}
		}
	}
	end, err := p.finish(legs[0])
	cut := backup.Cut{Time: p.reader.Snapshot().Cut.Time, System: p.base.System, Timeline: p.base.StopTimeline, LSN: backup.LSN(end)}
	for _, l := range legs {
		if end > uint64(l.from) {
			cut.Timeline = l.timeline
		}
	}
	if p.commit.After(cut.Time) {
		cut.Time = p.commit
	}
	return cut, err
}

// done reports whether what follows is not needed.
func (p *replay) done() bool {
	return p.found || p.goal.LSN != 0 && p.at >= uint64(p.goal.LSN)+recordHeader
}

// see looks for the goal in a record.
func (p *replay) see(r record) error {
	switch {
	case p.goal.LSN != 0 && r.end > uint64(p.goal.LSN):
		return p.reach(p.scan.valid)
	case p.goal.Point != "" && r.end > uint64(p.base.Stop) && r.point() == p.goal.Point:
		return p.reach(r.end)
	}
	if at := r.time(); at.After(p.stamp) {
		p.stamp = at
	}
	if at, commit := r.commit(); commit {
		if !p.goal.Time.IsZero() && at.After(p.goal.Time) {
			return p.reach(p.scan.valid)
		}
		p.commit = at
	}
	return nil
}

func (p *replay) reach(at uint64) error {
	p.reached, p.found = at, true
	return errReached
}

// leg reads one timeline's log.
func (p *replay) leg(ctx context.Context, l leg) error {
	name := LogName(p.base.System, l.timeline)
	for e, err := range p.reader.Log(name).Entries(ctx, p.at) {
		if p.at >= uint64(l.to) {
			return nil
		}
		if err != nil {
			return err
		}
		if e.End <= p.at {
			continue
		}
		if e.Start > p.at {
			return &backup.GapError{Log: name, From: p.at, To: e.Start}
		}
		if e.End-e.Start != uint64(len(e.Data)) {
			return &backup.CorruptError{Object: name, Text: fmt.Sprintf("the entry at %s has %d bytes, expected %d", backup.LSN(e.Start), len(e.Data), e.End-e.Start)}
		}
		data := e.Data[p.at-e.Start : min(e.End, uint64(l.to))-e.Start]
		if err := p.take(name, l.timeline, data); err != nil {
			return err
		}
		if p.done() {
			return nil
		}
	}
	return nil
}

// take checks and writes a piece.
func (p *replay) take(name string, timeline uint32, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	err := p.scan.write(data)
	if damage := (*walError)(nil); errors.As(err, &damage) {
		return &backup.CorruptError{Object: name, Text: damage.Error(), Err: damage}
	}
	if err != nil && err != errReached {
		return err
	}
	if err := p.to.write(timeline, p.at, data); err != nil {
		return err
	}
	p.at += uint64(len(data))
	p.written = true
	p.read(len(data))
	return nil
}

// checkStart refuses a goal that is before the moment at which the snapshot is consistent. Commits before that moment are in it.
func (p *replay) checkStart() error {
	cut := p.reader.Snapshot().Cut
	switch {
	case !p.goal.Time.IsZero() && p.goal.Time.Before(cut.Time):
		return unreachable("the goal is before %s, of which the snapshot is", cut.Time.Format(time.RFC3339Nano))
	case p.goal.LSN != 0 && p.goal.LSN < p.base.Stop:
		return unreachable("the goal is before %s, where the snapshot is consistent", p.base.Stop)
	}
	return nil
}

func unreachable(format string, args ...any) error {
	return fmt.Errorf("pgwal: "+format+": %w", append(args, backup.ErrUnreachable)...)
}

// finish decides whether the goal was reached, and ends the log there.
func (p *replay) finish(first leg) (uint64, error) {
	end := p.scan.valid
	if p.found {
		end = p.reached
	}
	stop := uint64(p.base.Stop)
	switch {
	case !p.written && p.base.IncludesWAL && p.goal == backup.Goal{}:
		return 0, nil
	case p.found && end < stop:
		return 0, unreachable("the goal is before %s, where the snapshot is consistent", p.base.Stop)
	case p.at < stop, end < stop:
		return 0, &backup.GapError{Log: LogName(p.base.System, first.timeline), From: p.at, To: stop}
	case p.goal.LSN != 0 && !p.found && p.at < p.page(uint64(p.goal.LSN)):
		return 0, unreachable("the log ends at %s, the goal is %s", backup.LSN(p.at), p.goal.LSN)
	case p.goal.Point != "" && !p.found:
		return 0, unreachable("the log up to %s has no such restore point", backup.LSN(p.at))
	case !p.goal.Time.IsZero() && !p.found && p.stamp.Before(p.goal.Time) && p.complete.Before(p.goal.Time):
		return 0, unreachable("the last record with a time is of %s, the goal is %s, and nobody knows that nothing was committed in between",
			p.stamp.Format(time.RFC3339Nano), p.goal.Time.UTC().Format(time.RFC3339Nano))
	}
	return end, p.to.cut(end)
}

// page returns a position, or the start of its page where there is only the page's header before it.
func (p *replay) page(at uint64) uint64 {
	header := uint64(shortHeader)
	if at&^(pageSize-1)%p.base.SegmentSize == 0 {
		header = longHeader
	}
	if at%pageSize <= header {
		return at &^ (pageSize - 1)
	}
	return at
}
