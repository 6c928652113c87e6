package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// inventory is what a repository holds of one job, at one moment.
type inventory struct {
	*job
	snapshots    []Snapshot    // of the source, ordered by the time of their cuts
	logs         []LogState    // all of the repository
	certificates []Certificate // of the source, that are believed, oldest first
	unread       error         // why certificates may be missing
}

// take reads the inventory of a job.
func (r *Runner) take(ctx context.Context, j *job) (*inventory, error) {
	all, err := j.Repository.Snapshots(ctx)
	if err != nil {
		return nil, fmt.Errorf("backup: snapshots of %s: %w", j.name, err)
	}
	v := &inventory{job: j}
	for _, s := range all {
		if s.Source == j.name {
			v.snapshots = append(v.snapshots, s)
		}
	}
	slices.SortStableFunc(v.snapshots, func(a, b Snapshot) int { return a.Cut.Time.Compare(b.Cut.Time) })
	if v.logs, err = j.Repository.Logs(ctx); err != nil {
		return nil, fmt.Errorf("backup: logs for %s: %w", j.name, err)
	}
	v.certificates, v.unread = r.certificates(ctx, j, v.logs)
	return v, ctx.Err()
}

// newest returns the last snapshot that any of the conditions lets pass.
func (v *inventory) newest(fits func(Snapshot) bool) (Snapshot, bool) {
	for _, s := range slices.Backward(v.snapshots) {
		if fits(s) {
			return s, true
		}
	}
	return Snapshot{}, false
}

// certificate returns the newest certificate of a snapshot.
func (v *inventory) certificate(s Snapshot) (Certificate, bool) {
	for _, c := range slices.Backward(v.certificates) {
		if c.of(s) {
			return c, true
		}
	}
	return Certificate{}, false
}

// disproven reports whether the last drill of a snapshot restored it and found something else than was there. A drill that
// could not restore, say for want of space, says nothing about the snapshot.
func (v *inventory) disproven(s Snapshot) bool {
	c, found := v.certificate(s)
	return found && !c.Passed() && c.Failure == ""
}

// proven returns the newest snapshot whose last certificate passed, and that certificate.
func (v *inventory) proven() (Snapshot, Certificate, bool) {
	for _, s := range slices.Backward(v.snapshots) {
		if c, found := v.certificate(s); found && c.Passed() {
			return s, c, true
		}
	}
	return Snapshot{}, Certificate{}, false
}

// LogRange is what a restore reads of a log.
type LogRange struct {
	Log  string `json:"log"`  // its name
	From uint64 `json:"from"` // position
	To   uint64 `json:"to"`   // position; the restore may read on if more was appended meanwhile
}

// reach is how far a snapshot can be carried on.
type reach struct {
	snapshot Snapshot
	end      Cut        // the last moment
	logs     []LogRange // that lead there
	broken   error      // the gap at which it ends
}

// reach follows the logs from a snapshot.
func (v *inventory) reach(ctx context.Context, s Snapshot) (reach, error) {
	to := reach{snapshot: s, end: s.Cut}
	if v.Stream == nil {
		return to, nil
	}
	for _, l := range v.Stream.Logs(s, v.logs) {
		at := uint64(to.end.LSN)
		if l.Last <= at {
			continue
		}
		if l.First > at {
			to.broken = &GapError{Log: l.Name, From: at, To: l.First}
			break
		}
		end, broken := l.Last, error(nil)
		for _, gap := range l.Gaps {
			if gap.To > at {
				end, broken = gap.From, &GapError{Log: l.Name, From: gap.From, To: gap.To}
				break
			}
		}
		if end <= at {
			to.broken = broken
			break
		}
		when := l.Time
		if broken != nil {
			var err error
			if when, err = timeAt(ctx, v.Repository.Log(l.Name), end-1); err != nil {
				return reach{}, err
			}
		}
		to.logs = append(to.logs, LogRange{Log: l.Name, From: at, To: end})
		to.end.LSN = LSN(end)
		if when.After(to.end.Time) {
			to.end.Time = when
		}
		if to.broken = broken; broken != nil {
			break
		}
	}
	v.durable(&to)
	return to, nil
}

// durable moves the end of what reaches all that the stream has made durable to the time at which that was all there was.
func (v *inventory) durable(to *reach) {
	d := v.Stream.Durable()
	if to.broken == nil && d.LSN != 0 && d.System == to.end.System && d.LSN <= to.end.LSN && d.Time.After(to.end.Time) {
		to.end.Time = d.Time
	}
}

// timeAt returns the time of the first entry of a log that ends after a position, or the zero time if there is none.
func timeAt(ctx context.Context, l Log, position uint64) (time.Time, error) {
	for e, err := range l.Entries(ctx, position) {
		if errors.Is(err, ErrGap) {
			continue
		}
		return e.Time, err
	}
	return time.Time{}, nil
}

// best returns the reach of the newest snapshot, not disproven if there is such, that a condition lets pass.
func (v *inventory) best(ctx context.Context, fits func(Snapshot) bool) (reach, bool, error) {
	s, found := v.newest(func(s Snapshot) bool { return fits(s) && !v.disproven(s) })
	if !found {
		s, found = v.newest(fits)
	}
	if !found {
		return reach{}, false, nil
	}
	to, err := v.reach(ctx, s)
	return to, err == nil, err
}
