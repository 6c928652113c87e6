package backup

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// StepState is what became of a destination.
type StepState string

// The states of a step. A destination that is Failed holds nothing that could be taken for a restored store, as far as
// restoring failed; where Restored.Err says that something after it failed, it is not to be used either.
const (
	Untouched StepState = "untouched" // its turn did not come
	Failed    StepState = "failed"    // it is not to be used
	Whole     StepState = "restored"  // it was brought to Reached, and what was erased was erased again
)

// Restoration is what a Restore did.
type Restoration struct {
	Started  time.Time  `json:"started"`  // UTC
	Finished time.Time  `json:"finished"` // UTC
	Steps    []Restored `json:"steps"`    // in the order of the plan
}

// Restored is what became of a step.
type Restored struct {
	Source   string        `json:"source"`          // its name
	State    StepState     `json:"state"`           //
	Snapshot SnapshotID    `json:"snapshot"`        // that was brought back: an older one than planned where the cut of the group demands it
	Goal     Goal          `json:"goal"`            // that the destination was asked for
	Reached  Cut           `json:"reached"`         // as the destination says, or as planned where it does not
	Took     time.Duration `json:"took_ns"`         // in nanoseconds
	Err      string        `json:"error,omitempty"` // why it failed
}

// Restore carries a plan out, one source after another, into fresh destinations by name of source. The leader of a group goes
// first; the others are taken to the cut that it reached. After a failure the other sources of the group stay untouched,
// and other groups go on. Config.Reapply is called for each destination before it counts as restored. The Restoration is
// complete whether there is an error or not.
func (r *Runner) Restore(ctx context.Context, p Plan, destinations map[string]Destination) (Restoration, error) {
	done := Restoration{Started: r.now(), Finished: r.now()}
	for _, s := range p.Steps {
		done.Steps = append(done.Steps, Restored{Source: s.Source, State: Untouched, Snapshot: s.Snapshot.ID, Goal: s.Goal})
	}
	if err := r.ready(p, destinations); err != nil {
		return done, err
	}
	cuts, broken := map[string]Cut{}, map[string]bool{}
	var problems []error
	for i, s := range p.Steps {
		if s.Group != "" && broken[s.Group] {
			continue
		}
		if ctx.Err() != nil {
			problems = append(problems, ctx.Err())
			break
		}
		cut, led := cuts[s.Group]
		if led && s.Group != "" && !s.Leads {
			s.Goal = cut.goal()
		}
		if err := r.restore(ctx, &s, destinations[s.Source], &done.Steps[i]); err != nil {
			problems = append(problems, err)
			broken[s.Group] = true
			continue
		}
		if s.Leads {
			cuts[s.Group] = done.Steps[i].Reached
		}
	}
	done.Finished = r.now()
	return done, errors.Join(problems...)
}

// goal returns the goal of a follower whose leader reached the cut.
func (c Cut) goal() Goal {
	if c.LSN != 0 {
		return Goal{LSN: c.LSN}
	}
	return Goal{Time: c.Time}
}

// ready refuses a plan that cannot be carried out before anything is touched.
func (r *Runner) ready(p Plan, destinations map[string]Destination) error {
	var problems []error
	if len(p.Steps) == 0 {
		problems = append(problems, errors.New("backup: a plan without steps"))
	}
	known := map[string]bool{}
	for _, s := range p.Steps {
		known[s.Source] = true
		if _, err := r.job(s.Source); err != nil {
			problems = append(problems, err)
		}
		if destinations[s.Source] == nil {
			problems = append(problems, fmt.Errorf("backup: no destination for source %q", s.Source))
		}
	}
	for name := range destinations {
		if !known[name] {
			problems = append(problems, fmt.Errorf("backup: a destination for source %q, which is not in the plan", name))
		}
	}
	return errors.Join(problems...)
}

// restore carries a step out.
func (r *Runner) restore(ctx context.Context, s *Step, d Destination, done *Restored) (err error) {
	began := r.now()
	finish := r.begin("restore " + s.Source)
	defer func() {
		done.Took = r.now().Sub(began)
		finish(s.Bytes)
		if err != nil {
			err = fmt.Errorf("backup: restore of %s: %w", s.Source, err)
			done.State, done.Err = Failed, err.Error()
		}
	}()
	j, err := r.job(s.Source)
	if err != nil {
		return err
	}
	if s.Group != "" && !s.Leads {
		err = r.follow(ctx, j, s, d, done)
	} else {
		err = r.fetch(ctx, j, s, d, done)
	}
	if err != nil {
		return err
	}
	done.Reached = s.Point
	if knows, ok := d.(Reacher); ok {
		if done.Reached, err = knows.Reached(ctx); err != nil {
			return fmt.Errorf("restored, but it is not known to which moment: %w", err)
		}
	}
	if r.config.Reapply != nil {
		if err := r.config.Reapply(ctx, s.Source, d); err != nil {
			return fmt.Errorf("restored, but what was erased since could not be erased again, do not use it: %w", err)
		}
	}
	done.State = Whole
	return nil
}

// fetch has the destination bring the snapshot of a step back.
func (r *Runner) fetch(ctx context.Context, j *job, s *Step, d Destination, done *Restored) error {
	done.Snapshot, done.Goal = s.Snapshot.ID, s.Goal
	reader, err := j.Repository.Open(ctx, s.Snapshot.ID)
	if err != nil {
		return err
	}
	return d.Restore(ctx, reader, s.Goal)
}

// follow is fetch for a follower, now that it is known what the leader of its group reached. A snapshot of which the destination
// says that it is not in the past of that, such as one of a timeline that was left, gives way to an older one.
func (r *Runner) follow(ctx context.Context, j *job, s *Step, d Destination, done *Restored) error {
	v, err := r.take(ctx, j)
	if err != nil {
		return err
	}
	if len(v.snapshots) == 0 {
		return v.unreachable("no snapshot", nil)
	}
	refused, refusal := map[SnapshotID]bool{}, error(nil)
	if s.Snapshot.ID == "" || !v.fits(s.Snapshot, s.Goal) {
		refused[s.Snapshot.ID] = true
	}
	for {
		if refused[s.Snapshot.ID] {
			to, found, err := v.best(ctx, func(c Snapshot) bool { return !refused[c.ID] && v.fits(c, s.Goal) })
			if err != nil {
				return err
			}
			if !found {
				return v.unreachable("no snapshot is at or before the cut of its group", refusal)
			}
			s.Snapshot, s.Point = to.snapshot, to.end
		}
		if refusal = r.fetch(ctx, j, s, d, done); !errors.Is(refusal, ErrUnreachable) {
			return refusal
		}
		refused[s.Snapshot.ID] = true
	}
}
