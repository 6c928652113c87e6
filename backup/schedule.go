package backup

import (
	"context"
	"sync"
	"time"
)

// Run keeps the promises until ctx ends, and then returns nil as soon as what is under way has ended: it takes snapshots when
// they are due, runs streams, drills, prunes and verifies, and watches what is promised. When something is due follows from
// what the repositories say was done last, so that a restart changes nothing. What fails is logged, told (see
// Config.OnBreach) and tried again, after 30 seconds, then twice as long each time, up to a quarter of what it is due every;
// it holds up no other source.
//
// A snapshot is due early enough for it to be committed before its predecessor is as old as Tier.Every: as much earlier as
// the last one took twice, and a twentieth of Every, at most 15 minutes, but never more than half of it. Where the log has a
// gap after a snapshot, or a drill disproved it, the next is due Tier.Every after it, even of a source with a Stream.
func (r *Runner) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for _, j := range r.jobs {
		group.Go(func() { r.backups(ctx, j) })
		if j.Stream != nil {
			group.Go(func() { r.stream(ctx, j) })
		}
		if j.Scratch != nil {
			group.Go(func() { r.drills(ctx, j) })
		}
	}
	for _, jobs := range r.repositories() {
		group.Go(func() { r.verifications(ctx, jobs[0]) })
		group.Go(func() { r.prunings(ctx, jobs) })
	}
	group.Go(func() { r.watch(ctx) })
	group.Wait()
	return nil
}

const (
	firstRetry = 30 * time.Second // after a failure
	firstPrune = time.Hour        // after the start: a host that restarts often is to prune all the same
)

// retry returns the pause after a number of failures in a row.
func retry(tries int, every time.Duration) time.Duration {
	pause := firstRetry
	for i := 1; i < tries && pause < every/4; i++ {
		pause *= 2
	}
	return min(pause, max(every/4, time.Second))
}

// wait waits, and reports whether ctx has not ended.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// keepOn does what is due again and again. Due says when, and do does it; what fails is tried again.
func (r *Runner) keepOn(ctx context.Context, work string, every time.Duration, due func(context.Context) (time.Time, error), do func(context.Context) error) {
	for tries := 0; ctx.Err() == nil; {
		at, err := due(ctx)
		if left := at.Sub(r.now()); err == nil && left > 0 {
			wait(ctx, min(left, every/10+time.Second)) // and look again: it may be done by hand, or the clock may be set
			continue
		}
		if err == nil {
			err = do(ctx)
		}
		if err == nil {
			tries = 0
			continue
		}
		if ctx.Err() != nil {
			return
		}
		tries++
		pause := retry(tries, every)
		r.config.Log.Warn("backup: failed, will be tried again", "work", work, "error", err, "in", pause)
		wait(ctx, pause)
	}
}

// backups takes snapshots of a source.
func (r *Runner) backups(ctx context.Context, j *job) {
	r.keepOn(ctx, "backup "+j.name, j.every(), func(ctx context.Context) (time.Time, error) {
		v, err := r.take(ctx, j)
		if err != nil {
			return time.Time{}, err
		}
		return v.next(ctx)
	}, func(ctx context.Context) error {
		_, err := r.Backup(ctx, j.name)
		return err
	})
}

// every returns the time between snapshots.
func (j *job) every() time.Duration {
	if j.Stream != nil && j.tier.Base > 0 {
		return j.tier.Base
	}
	return j.tier.Every
}

// next returns when a snapshot is due; the zero time: now.
func (v *inventory) next(ctx context.Context) (time.Time, error) {
	s, found := v.newest(func(Snapshot) bool { return true })
	if !found {
		return time.Time{}, nil
	}
	every := v.every()
	ahead := min(every/20, 15*time.Minute) + 2*max(0, s.Finished.Sub(s.Started))
	due := s.moment().Add(every - min(ahead, every/2))
	to, err := v.reach(ctx, s)
	if err != nil {
		return time.Time{}, err
	}
	if soon := s.Finished.Add(v.tier.Every); (to.broken != nil || v.disproven(s)) && soon.Before(due) {
		return soon, nil // nothing carries it on, or it is none
	}
	return due, nil
}

// moment returns the time of the cut, or that of the commit for a source that has no clock.
func (s Snapshot) moment() time.Time {
	if s.Cut.Time.IsZero() {
		return s.Finished
	}
	return s.Cut.Time
}

// stream runs a stream, again after it ends.
func (r *Runner) stream(ctx context.Context, j *job) {
	for tries := 0; ctx.Err() == nil; {
		began := r.now()
		err := j.Stream.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		if r.now().Sub(began) > time.Minute {
			tries = 0
		}
		pause := min(time.Second<<min(tries, 6), time.Minute)
		tries++
		r.config.Log.Warn("backup: stream ended, will run again", "source", j.name, "error", err, "in", pause)
		if !wait(ctx, pause) {
			return
		}
	}
}

// drills proves a source: as soon as it has a snapshot and no certificate, and again before that is too old.
func (r *Runner) drills(ctx context.Context, j *job) {
	r.keepOn(ctx, "drill "+j.name, r.config.DrillEvery, func(ctx context.Context) (time.Time, error) {
		for {
			v, err := r.take(ctx, j)
			if err != nil || len(v.snapshots) > 0 {
				return r.nextDrill(v), err
			}
			if !wait(ctx, min(j.every(), time.Minute)/4) {
				return time.Time{}, ctx.Err()
			}
		}
	}, func(ctx context.Context) error {
		_, err := r.Drill(ctx, j.name)
		return err
	})
}

// nextDrill returns when a drill is due; the zero time: now, or as soon as there is a snapshot. A certificate of a drill that
// failed makes none wait.
func (r *Runner) nextDrill(v *inventory) time.Time {
	if v == nil || len(v.certificates) == 0 {
		return time.Time{}
	}
	last := v.certificates[len(v.certificates)-1]
	if !last.Passed() {
		return time.Time{}
	}
	return last.Finished.Add(r.config.DrillEvery - r.config.DrillEvery/10)
}

// prunings prunes a repository.
func (r *Runner) prunings(ctx context.Context, jobs []*job) {
	next := r.now().Add(min(firstPrune, r.config.PruneEvery))
	r.keepOn(ctx, "prune", r.config.PruneEvery, func(context.Context) (time.Time, error) { return next, nil },
		func(ctx context.Context) error {
			done, err := r.prune(ctx, jobs)
			if err == nil {
				next = r.now().Add(r.config.PruneEvery)
				r.config.Log.Info("backup: pruned", "given", len(done.Given), "removed", done.Pruned.Removed, "proofs", done.Proofs)
			}
			return err
		})
}

// verifications reads a repository whole.
func (r *Runner) verifications(ctx context.Context, j *job) {
	r.keepOn(ctx, "verify", r.config.VerifyEvery, func(ctx context.Context) (time.Time, error) {
		snapshots, err := j.Repository.Snapshots(ctx)
		if err != nil {
			return time.Time{}, err
		}
		last, err := verified(ctx, j.Repository)
		if err != nil {
			return time.Time{}, nil // a record that cannot be read is a reason to look
		}
		if last.Finished.IsZero() && len(snapshots) > 0 { // a new repository: nothing had the time to decay
			return snapshots[0].Finished.Add(r.config.VerifyEvery), nil
		}
		if last.Finished.IsZero() {
			return r.now().Add(r.config.VerifyEvery), nil
		}
		return last.Finished.Add(r.config.VerifyEvery), nil
	}, func(ctx context.Context) error {
		_, err := r.verify(ctx, j)
		return err
	})
}
