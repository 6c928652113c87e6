package backup

import (
	"context"
	"fmt"
)

// together restores the followers of a leader, to the cut that it reached, beside it.
func (r *Runner) together(ctx context.Context, leader *job, d Destination, c *Certificate) error {
	cut := Cut{Time: c.Snapshot.Cut.Time, LSN: c.Snapshot.Cut.LSN}
	if c.Goal != (Goal{}) {
		cut = Cut{Time: c.Goal.Time, LSN: c.Goal.LSN}
	}
	if knows, ok := d.(Reacher); ok {
		var err error
		if cut, err = knows.Reached(ctx); err != nil {
			return fmt.Errorf("it is not known to which moment it was restored: %w", err)
		}
	}
	for _, j := range r.followers(leader) {
		findings, err := r.accompany(ctx, j, cut.goal())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		met := Finding{Check: j.name + " is restored to the cut of " + leader.name, Passed: err == nil}
		if err != nil {
			met.Detail = err.Error()
		}
		c.Findings = append(c.Findings, met)
		for _, f := range findings {
			f.Check = j.name + ": " + f.Check
			c.Findings = append(c.Findings, f)
		}
	}
	return nil
}

// followers returns the others of a group that can be drilled, if the job leads it.
func (r *Runner) followers(leader *job) (all []*job) {
	for _, j := range r.jobs {
		if j != leader && j.Scratch != nil && r.leader(j) == leader {
			all = append(all, j)
		}
	}
	return all
}

// leader returns the job that sets the cut of a job's group, which may be itself; nil: the job is alone.
func (r *Runner) leader(of *job) *job {
	for _, j := range r.jobs {
		if of.Group != "" && j.Group == of.Group {
			return j
		}
	}
	return nil
}

// accompany restores a follower into its scratch, and returns what is found there.
func (r *Runner) accompany(ctx context.Context, j *job, to Goal) (findings []Finding, err error) {
	release, err := hold(ctx, j.drill)
	if err != nil {
		return nil, err
	}
	defer release()
	err = j.scratch(ctx, func(d Destination) error {
		if err := r.follow(ctx, j, &Step{Goal: to}, d, &Restored{}); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		e, err := j.examine(ctx, d)
		findings = e.Findings
		return err
	})
	return findings, err
}
