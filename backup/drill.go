package backup

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Drill restores the newest snapshot of a source into its scratch, carried on to what its Witness saw, and compares. The
// certificate is kept in the repository whether the drill passed or not. An error is ErrNotProven where it did not.
//
// The drill of a job that leads a group restores the others of the group as well, as far as they have a scratch, to the cut that
// the leader reached, while the leader's scratch is still there. What is found of them is among its findings: their own
// certificates say that their snapshots are sound, this one that the group meets at one cut.
//
// Time is taken from the call of Destination.Restore to its return, without what opening the scratch takes. Config.Reapply is
// called after the comparison, since it changes what is compared; that it fails is a finding.
func (r *Runner) Drill(ctx context.Context, source string) (Certificate, error) {
	j, err := r.job(source)
	if err != nil {
		return Certificate{}, err
	}
	if j.Scratch == nil {
		return Certificate{}, fmt.Errorf("backup: source %s has no Scratch to restore into: %w", source, ErrNotProven)
	}
	release, err := hold(ctx, j.drill)
	if err != nil {
		return Certificate{}, err
	}
	defer release()
	finish := r.begin("drill " + source)
	c := Certificate{Source: source, Tier: j.tier.Name, Started: r.now(), Versions: map[string]string{}}
	failure := r.drill(ctx, j, &c)
	if ctx.Err() != nil {
		return Certificate{}, fmt.Errorf("backup: drill of %s: %w", source, ctx.Err())
	}
	c.Finished = r.now()
	finish(c.Bytes)
	if failure != nil {
		c.Failure = failure.Error()
	}
	c, err = r.keep(ctx, j, c)
	if err != nil {
		return c, err
	}
	if !c.Passed() {
		err = fmt.Errorf("backup: drill of %s: %s: %w", source, c.Verdict(), ErrNotProven)
		if failure != nil {
			err = fmt.Errorf("backup: drill of %s: %w: %w", source, failure, ErrNotProven)
		}
	}
	return c, err
}

// drill gathers the evidence.
func (r *Runner) drill(ctx context.Context, j *job, c *Certificate) (err error) {
	var goal Goal
	if j.Witness != nil {
		if goal, c.Want, err = j.Witness.Witness(ctx); err != nil {
			return fmt.Errorf("witness: %w", err)
		}
		if err := goal.check(); err != nil {
			return err
		}
	}
	c.Goal = goal
	s, err := r.await(ctx, j, goal)
	if err != nil {
		return err
	}
	c.Snapshot, c.Goal, c.Logs, c.Bytes = s.Snapshot, s.Goal, s.Logs, s.Bytes
	reader, err := j.Repository.Open(ctx, s.Snapshot.ID)
	if err != nil {
		return err
	}
	if j.Witness == nil {
		if c.Want, err = ReadFacts(ctx, reader); err != nil {
			return err
		}
	}
	return r.rehearse(ctx, j, reader, c)
}

// await returns how the goal of a drill is reached, as soon as the log of the repository leads there.
func (r *Runner) await(ctx context.Context, j *job, goal Goal) (Step, error) {
	timeout := time.NewTimer(r.config.DrillWait)
	defer timeout.Stop()
	for {
		v, err := r.take(ctx, j)
		if err != nil {
			return Step{}, err
		}
		s, err := v.rehearsal(ctx, goal, r.now())
		if !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrGap) || j.Witness == nil {
			return s, err
		}
		again := time.NewTimer(time.Second)
		select {
		case <-again.C:
		case <-timeout.C:
			again.Stop()
			return Step{}, fmt.Errorf("after %v the repository did not have what the witness saw: %w", r.config.DrillWait, err)
		case <-ctx.Done():
			again.Stop()
			return Step{}, ctx.Err()
		}
	}
}

// rehearsal returns the step of a drill: unlike that of a restore, it takes the newest snapshot whatever earlier drills
// said, and reaches the goal or nothing.
func (v *inventory) rehearsal(ctx context.Context, goal Goal, now time.Time) (Step, error) {
	plain := *v
	plain.certificates = nil
	if v.Witness != nil {
		s, err := plain.step(ctx, goal, now, true, false)
		if err == nil && !goal.Time.IsZero() && s.Point.Time.Before(goal.Time) {
			return Step{}, v.unreachable("the log ends before the moment that the witness saw", nil)
		}
		return s, err
	}
	s, found := v.newest(func(Snapshot) bool { return true })
	if !found {
		return Step{}, v.unreachable("no snapshot", nil)
	}
	step := Step{Source: v.name, Snapshot: s, Point: s.Cut, Bytes: s.Size}
	if v.Stream != nil { // not beyond the moment to which the facts of the snapshot belong
		if step.Goal = (Goal{Time: s.Cut.Time}); s.Cut.LSN != 0 {
			step.Goal = Goal{LSN: s.Cut.LSN}
		}
	}
	return step, nil
}

// rehearse restores into the scratch, and looks at what is there.
func (r *Runner) rehearse(ctx context.Context, j *job, reader Reader, c *Certificate) error {
	return j.scratch(ctx, func(d Destination) error {
		began := r.now()
		if err := d.Restore(ctx, reader, c.Goal); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		c.RTO = r.now().Sub(began)
		e, err := j.examine(ctx, d)
		c.Got, c.Findings = e.Facts, e.Findings
		if e.Versions != nil {
			c.Versions = e.Versions
		}
		if err != nil {
			return err
		}
		if err := r.together(ctx, j, d, c); err != nil {
			return err
		}
		if r.config.Reapply != nil {
			f := Finding{Check: "what was erased since can be erased again", Passed: true}
			if err := r.config.Reapply(ctx, j.name, d); err != nil {
				f.Passed, f.Detail = false, err.Error()
			}
			c.Findings = append(c.Findings, f)
		}
		return nil
	})
}

// scratch opens the scratch for use, and gives it up.
func (j *job) scratch(ctx context.Context, use func(Destination) error) (err error) {
	d, closed, err := j.Scratch.Open(ctx)
	if err != nil {
		return fmt.Errorf("scratch: %w", err)
	}
	defer func() {
		if broken := closed(context.WithoutCancel(ctx)); broken != nil && err == nil {
			err = fmt.Errorf("scratch: closing: %w", broken)
		}
	}()
	return use(d)
}

// examine looks at what was restored, with the host's invariants. After an error it returns what was found before.
func (j *job) examine(ctx context.Context, d Destination) (Examination, error) {
	e, err := d.Examine(ctx)
	if err != nil {
		return Examination{}, fmt.Errorf("examination: %w", err)
	}
	for i, invariant := range j.Invariants {
		findings, err := invariant(ctx, d)
		if err != nil {
			return e, fmt.Errorf("invariant %d: %w", i, err)
		}
		e.Findings = append(e.Findings, findings...)
	}
	return e, nil
}
