package pgwal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shugo-data/shugo/backup"
)

var _ backup.Stream = (*Receiver)(nil)

// Durable returns the cut up to which the repository has the log. Its time is that at which the server was last seen to have no
// more than the repository, and of a repository that is behind, when the oldest of what is not durable arrived; by the server's clock, as
// far as its messages tell.
func (r *Receiver) Durable() backup.Cut {
	r.mu.Lock()
	q := r.queue
	r.mu.Unlock()
	if q == nil {
		return backup.Cut{}
	}
	p := q.progress()
	s := r.state.read(r.config.Now(), p)
	if s.System == "" || s.Durable == 0 {
		return backup.Cut{}
	}
	return backup.Cut{System: s.System, Timeline: s.Timeline, LSN: s.Durable, Time: r.state.whole(p).UTC()}
}

// whole returns the last moment of which the repository is known to have all that was committed.
func (s *state) whole(p progress) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.caught
	if !p.oldest.IsZero() && p.oldest.Before(at) {
		at = p.oldest
	}
	if !at.IsZero() {
		at = at.Add(s.ahead)
	}
	if p.newest.After(at) {
		at = p.newest
	}
	return at
}

// Logs implements backup.Stream: it is backup.WALLogs.
func (r *Receiver) Logs(s backup.Snapshot, all []backup.LogState) []backup.LogState {
	return backup.WALLogs(s, all)
}

// Needs implements backup.Stream: it is the function Needs.
func (r *Receiver) Needs(snapshot backup.Reader) (map[string]uint64, error) { return Needs(snapshot) }

// window is how many segments Locate looks back at first, and how much further each time it does not find the point.
const window = 8

// Locate returns the cut of a restore point, of several with the name that of the newest. It reads the log from its end backwards, first a
// little, then ever more. An error is backup.ErrNotFound where the log has no such point.
func (r *Receiver) Locate(ctx context.Context, point string) (backup.Cut, error) {
	system, segment := r.known()
	if segment == 0 {
		return backup.Cut{}, fmt.Errorf("pgwal: no cluster was met yet: %w", backup.ErrNotFound)
	}
	all, err := r.config.Repository.Logs(ctx)
	if err != nil {
		return backup.Cut{}, err
	}
	lines := backup.WALLogs(backup.Snapshot{Cut: backup.Cut{System: system}}, all)
	for _, line := range slices.Backward(lines) {
		for span := window * segment; ; span *= 4 {
			first := floor(backup.LSN(line.First), segment)
			if first < backup.LSN(line.First) {
				first += backup.LSN(segment)
			}
			from := first
			if back := uint64(line.Last) - min(line.Last, span); back > uint64(first) {
				from = floor(backup.LSN(back), segment)
			}
			cut, err := r.search(ctx, line.Name, system, segment, from, point)
			if err == nil || !errors.Is(err, backup.ErrNotFound) {
				return cut, err
			}
			if from == first {
				break
			}
		}
	}
	return backup.Cut{}, fmt.Errorf("pgwal: a restore point with a name of %d bytes: %w", len(point), backup.ErrNotFound)
}

// known returns the system identifier of the cluster, and the size of a segment of its log; 0: it was not met yet.
func (r *Receiver) known() (system string, segment uint64) {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	return r.state.status.System, r.state.segment
}

// search looks for the last restore point of a name in a log, from the start of a segment on.
func (r *Receiver) search(ctx context.Context, log, system string, segment uint64, from backup.LSN, point string) (backup.Cut, error) {
	identifier, err := strconv.ParseUint(system, 10, 64)
	if err != nil {
		return backup.Cut{}, &backup.CorruptError{Object: log, Text: "its system identifier is no number"}
	}
	var timeline uint32
	if _, err := fmt.Sscanf(log, "wal."+system+".%d", &timeline); err != nil {
		return backup.Cut{}, &backup.CorruptError{Object: log, Text: "its timeline is no number"}
	}
	var cut backup.Cut
	scan := newWALScanner(identifier, segment, uint64(from), func(r record) error {
		if r.point() == point {
			cut = backup.Cut{Time: r.time().UTC(), System: system, Timeline: timeline, LSN: backup.LSN(r.end)}
		}
		return nil
	})
	at := uint64(from)
	for e, err := range r.config.Repository.Log(log).Entries(ctx, at) {
		if errors.Is(err, backup.ErrGap) {
			continue // it shows in where the next entry starts
		}
		if err != nil {
			return backup.Cut{}, err
		}
		if e.Start > at { // what is before a gap is of no use for what is after: that is read from its first whole segment on
			at = uint64(floor(backup.LSN(e.Start+segment-1), segment))
			scan = newWALScanner(identifier, segment, at, scan.see)
		}
		if e.End <= at {
			continue
		}
		if err := scan.write(e.Data[at-e.Start:]); err != nil {
			return backup.Cut{}, &backup.CorruptError{Object: log, Text: err.Error(), Err: err}
		}
		at = e.End
	}
	if cut.LSN == 0 {
		return cut, fmt.Errorf("pgwal: no such restore point: %w", backup.ErrNotFound)
	}
	return cut, nil
}
