package backup

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// PrunedRepository is what Prune did to a repository.
type PrunedRepository struct {
	Sources []string     `json:"sources"` // that are kept in it
	Given   []SnapshotID `json:"given"`   // snapshots that were given up
	Proofs  int          `json:"proofs"`  // moments that were shown to be reachable as before, after it
	Pruned  Pruned       `json:"pruned"`  // what the repository did
}

// Prune gives up what no promise needs. Promised is every moment from the newest recovery point of a source, one that was not disproven, back for as long
// as its tier keeps: it counts from there, not from the clock, so that a source whose backups fail loses nothing.
//
// A snapshot is kept while it is the newest at or before some promised moment, since the log, or the cut of a group, leads
// from there; where it was disproven, the one before it is kept besides. The newest two of a source, the newest proven one,
// and what Config.Hold holds are kept always, and so is every snapshot of a source that is not of this Runner. A log is given
// up to what Stream.Needs says of the snapshots that are kept.
//
// Backups of the sources of a repository wait while it is pruned. What is promised is planned before and after, and compared. An error is ErrClock where the clock is behind a snapshot: then
// nothing is given up.
func (r *Runner) Prune(ctx context.Context) ([]PrunedRepository, error) {
	var all []PrunedRepository
	var problems []error
	for _, jobs := range r.repositories() {
		done, err := r.prune(ctx, jobs)
		all = append(all, done)
		if err != nil {
			problems = append(problems, err)
		}
	}
	return all, errors.Join(problems...)
}

// repositories returns the jobs by repository.
func (r *Runner) repositories() [][]*job {
	var all [][]*job
	for _, j := range r.jobs {
		i := slices.IndexFunc(all, func(jobs []*job) bool { return jobs[0].Repository == j.Repository })
		if i < 0 {
			all = append(all, []*job{j})
			continue
		}
		all[i] = append(all[i], j)
	}
	return all
}

// prune prunes one repository.
func (r *Runner) prune(ctx context.Context, jobs []*job) (PrunedRepository, error) {
	var done PrunedRepository
	for _, j := range jobs {
		done.Sources = append(done.Sources, j.name)
	}
	for _, j := range jobs { // a snapshot that is not on the list of what to keep would be given up as soon as it is there
		release, err := hold(ctx, j.backup)
		if err != nil {
			return done, err
		}
		defer release()
	}
	var before []*inventory
	leaders, err := r.leaders(ctx)
	if err != nil {
		return done, err
	}
	for _, j := range jobs {
		v, err := r.take(ctx, j)
		if err == nil {
			err = v.unread
		}
		if err != nil {
			return done, err
		}
		before = append(before, v)
	}
	all, err := jobs[0].Repository.Snapshots(ctx)
	if err != nil {
		return done, err
	}
	if err := r.clock(all); err != nil {
		return done, err
	}
	keep := Keep{Logs: map[string]uint64{}}
	var proofs []proof
	for _, v := range before {
		kept, err := v.keeps(ctx, leaders[v.Group], r.config.Hold)
		if err != nil {
			return done, err
		}
		keep.Snapshots = append(keep.Snapshots, kept...)
		if err := v.trim(ctx, kept, keep.Logs); err != nil {
			return done, err
		}
		ps, err := v.promises(ctx)
		if err != nil {
			return done, err
		}
		proofs = append(proofs, ps...)
	}
	for _, s := range all {
		if !slices.Contains(done.Sources, s.Source) {
			keep.Snapshots = append(keep.Snapshots, s.ID)
		} else if !slices.Contains(keep.Snapshots, s.ID) {
			done.Given = append(done.Given, s.ID)
		}
	}
	if err := rehearsed(ctx, before, keep, proofs); err != nil {
		return done, err
	}
	if done.Pruned, err = jobs[0].Repository.Prune(ctx, keep); err != nil {
		return done, fmt.Errorf("backup: prune: %w", err)
	}
	done.Proofs, err = r.proves(ctx, jobs, proofs)
	return done, err
}

// clock refuses to go on when now is before what is on record.
func (r *Runner) clock(all []Snapshot) error {
	now := r.now()
	for _, s := range all {
		for _, t := range []time.Time{s.Finished, s.Cut.Time} {
			if now.Before(t) {
				return fmt.Errorf("backup: now is %v before snapshot %s: %w", t.Sub(now), s.ID, ErrClock)
			}
		}
	}
	return nil
}

// leaders returns the inventory of the first job of each group.
func (r *Runner) leaders(ctx context.Context) (map[string]*inventory, error) {
	all := map[string]*inventory{}
	for _, j := range r.jobs {
		if j.Group == "" || all[j.Group] != nil {
			continue
		}
		v, err := r.take(ctx, j)
		if err != nil {
			return nil, err
		}
		all[j.Group] = v
	}
	return all, nil
}

// horizon returns the oldest promised moment; the zero time: everything is.
func (v *inventory) horizon(ctx context.Context) (time.Time, error) {
	to, found, err := v.best(ctx, func(Snapshot) bool { return true })
	if err != nil || !found || v.tier.Keep.Indefinite() {
		return time.Time{}, err
	}
	return v.tier.Keep.Before(to.end.Time), nil
}

// keeps returns the snapshots that promises need. The leader is that of the group.
func (v *inventory) keeps(ctx context.Context, leader *inventory, held func(Snapshot) bool) ([]SnapshotID, error) {
	horizon, err := v.horizon(ctx)
	if err != nil {
		return nil, err
	}
	first := v.base(Goal{Time: horizon})
	if leader != nil && leader.name != v.name {
		back, err := leader.horizon(ctx)
		if err != nil {
			return nil, err
		}
		first = v.baseOf(leader, back, first)
	}
	certified, _, any := v.proven()
	var kept []SnapshotID
	for i, s := range v.snapshots {
		keep := i >= first || i >= len(v.snapshots)-2 || any && s.ID == certified.ID || held != nil && held(s)
		if keep {
			kept = append(kept, s.ID)
		}
	}
	return kept, nil
}

// base returns the place of the newest snapshot at or before a goal that was not disproven; 0: there is none.
func (v *inventory) base(goal Goal) int {
	if goal == (Goal{}) {
		return 0
	}
	for i, s := range slices.Backward(v.snapshots) {
		if v.fits(s, goal) && !v.disproven(s) {
			return i
		}
	}
	return 0
}

// baseOf returns the lesser of first and the place of the snapshot from which a follower is taken to the oldest cut to
// which its leader can be restored.
func (v *inventory) baseOf(leader *inventory, horizon time.Time, first int) int {
	i := leader.base(Goal{Time: horizon})
	if horizon.IsZero() || len(leader.snapshots) == 0 {
		return 0
	}
	cut := leader.snapshots[i].Cut
	first = min(first, v.base(Goal{Time: cut.Time}))
	if cut.LSN != 0 && v.counts() {
		first = min(first, v.base(Goal{LSN: cut.LSN}))
	}
	return first
}

// trim adds how far logs may be given up: the one of the oldest snapshot that is kept, up to what any that is kept needs; those that
// carry none on, whole.
func (v *inventory) trim(ctx context.Context, kept []SnapshotID, logs map[string]uint64) error {
	i := slices.IndexFunc(v.snapshots, func(s Snapshot) bool { return slices.Contains(kept, s.ID) })
	if v.Stream == nil || i < 0 {
		return nil
	}
	needed, err := v.needs(ctx, kept)
	if err != nil {
		return err
	}
	oldest := v.snapshots[i]
	carrying := v.Stream.Logs(oldest, v.logs)
	for _, l := range v.Stream.Logs(v.snapshots[0], v.logs) {
		from, named := needed[l.Name]
		carries := slices.ContainsFunc(carrying, func(c LogState) bool { return c.Name == l.Name })
		switch {
		case named && (!carries || l.Name == carrying[0].Name):
			logs[l.Name] = from
		case !carries && len(carrying) > 0 && oldest.Cut.System == v.snapshots[0].Cut.System:
			logs[l.Name] = math.MaxUint64
		}
	}
	return nil
}

// needs returns by log the first position that a snapshot needs.
func (v *inventory) needs(ctx context.Context, kept []SnapshotID) (map[string]uint64, error) {
	first := map[string]uint64{}
	for _, id := range kept {
		r, err := v.Repository.Open(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("backup: snapshot %s, which is to be kept: %w", id, err)
		}
		needs, err := v.Stream.Needs(r)
		if err != nil {
			return nil, fmt.Errorf("backup: what of logs snapshot %s needs: %w", id, err)
		}
		for name, from := range needs {
			if at, found := first[name]; !found || from < at {
				first[name] = from
			}
		}
	}
	return first, nil
}

// proof is a promised moment and what is known to lead there.
type proof struct {
	source string
	goal   Goal
	point  Cut
}

// samples is how many promised moments of a source are planned besides those of its snapshots.
const samples = 16

// promises returns moments of the promise: those of all snapshots in it, and some in between.
func (v *inventory) promises(ctx context.Context) ([]proof, error) {
	horizon, err := v.horizon(ctx)
	if err != nil {
		return nil, err
	}
	to, found, err := v.best(ctx, func(Snapshot) bool { return true })
	if err != nil || !found {
		return nil, err
	}
	first := v.snapshots[0].Cut.Time
	if horizon.After(first) {
		first = horizon
	}
	var moments []time.Time
	for i := range samples + 1 {
		moments = append(moments, first.Add(to.end.Time.Sub(first)/samples*time.Duration(i)))
	}
	for _, s := range v.snapshots {
		if !s.Cut.Time.Before(first) {
			moments = append(moments, s.Cut.Time)
		}
	}
	var all []proof
	for _, t := range moments {
		goal := Goal{Time: t}
		s, err := v.step(ctx, goal, t, false, false)
		if errors.Is(err, ErrUnreachable) {
			continue // it could not be reached before
		}
		if err != nil {
			return nil, err
		}
		all = append(all, proof{v.name, goal, s.Point})
	}
	return all, nil
}

// rehearsed plans what is promised as if all that is not kept were gone already.
func rehearsed(ctx context.Context, before []*inventory, keep Keep, proofs []proof) error {
	for _, v := range before {
		left := *v
		left.snapshots, left.logs = nil, nil
		for _, s := range v.snapshots {
			if slices.Contains(keep.Snapshots, s.ID) {
				left.snapshots = append(left.snapshots, s)
			}
		}
		for _, l := range v.logs {
			if from, named := keep.Logs[l.Name]; named && from > l.First {
				l.First = from
			}
			if l.First < l.Last {
				left.logs = append(left.logs, l)
			}
		}
		if _, err := left.prove(ctx, proofs); err != nil {
			return err
		}
	}
	return nil
}

// proves plans what is promised again.
func (r *Runner) proves(ctx context.Context, jobs []*job, proofs []proof) (total int, err error) {
	for _, j := range jobs {
		v, err := r.take(ctx, j)
		if err != nil {
			return total, err
		}
		n, err := v.prove(ctx, proofs)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// prove plans the promised moments of the source, and returns how many lead to where they led before.
func (v *inventory) prove(ctx context.Context, proofs []proof) (n int, err error) {
	for _, p := range proofs {
		if p.source != v.name {
			continue
		}
		s, err := v.step(ctx, p.goal, p.goal.Time, false, false)
		if err != nil {
			return n, fmt.Errorf("backup: prune: a promised moment of %s would be lost: %w", v.name, err)
		}
		if s.Point.Time.Before(p.point.Time) {
			return n, fmt.Errorf("backup: prune: of %s, %v before a promised moment would be lost: %w", v.name,
				p.point.Time.Sub(s.Point.Time), ErrUnreachable)
		}
		n++
	}
	return n, nil
}
