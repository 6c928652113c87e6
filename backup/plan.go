package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Plan is what a restore would do. Making one reads descriptions alone, and changes nothing.
type Plan struct {
	Goal  Goal      `json:"goal"`  // what was asked for
	Made  time.Time `json:"made"`  // UTC
	Steps []Step    `json:"steps"` // one for each source, in the order in which they are restored
}

// Step is what a Plan does for one source.
type Step struct {
	Source   string        `json:"source"`            // its name
	Group    string        `json:"group,omitempty"`   // sources of one group are taken to one cut
	Leads    bool          `json:"leads,omitempty"`   // it sets the cut of its group
	Snapshot Snapshot      `json:"snapshot"`          // that is brought back
	Logs     []LogRange    `json:"logs,omitempty"`    // that carry it on
	Goal     Goal          `json:"goal"`              // what the destination is asked for
	Point    Cut           `json:"point"`             // what is reached; after a Goal with a Time the LSN is that at most
	Loss     time.Duration `json:"loss_ns"`           // from Point to what was asked for: what was written then is lost
	Bytes    int64         `json:"bytes"`             // of the snapshot and of its log, before they were sealed
	RTO      time.Duration `json:"rto_ns,omitempty"`  // how long it takes, from what drills measured; 0: not assessed
	Proven   bool          `json:"proven"`            // the snapshot was restored and compared
	Warning  string        `json:"warning,omitempty"` // what to know before
}

// Assessed reports whether every step has a predicted time.
func (p Plan) Assessed() bool {
	return len(p.Steps) > 0 && !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.RTO == 0 })
}

// RTO returns how long all steps take, one after another; 0: not assessed.
func (p Plan) RTO() (total time.Duration) {
	if !p.Assessed() {
		return 0
	}
	for _, s := range p.Steps {
		total += s.RTO
	}
	return total
}

// Loss returns the longest loss of a step.
func (p Plan) Loss() (most time.Duration) {
	for _, s := range p.Steps {
		most = max(most, s.Loss)
	}
	return most
}

// Plan says how the sources, by default all, would be brought to a goal: the newest snapshot that is not after it, and
// what carries it on. An error is ErrUnreachable where nothing leads there, and ErrGap besides where a gap is in between.
func (r *Runner) Plan(ctx context.Context, goal Goal, sources ...string) (Plan, error) {
	p := Plan{Goal: goal, Made: r.now()}
	if err := goal.check(); err != nil {
		return Plan{}, err
	}
	jobs, err := r.chosen(sources)
	if err != nil {
		return Plan{}, err
	}
	var all []*inventory
	for _, j := range jobs {
		v, err := r.take(ctx, j)
		if err != nil {
			return Plan{}, err
		}
		all = append(all, v)
	}
	p.Steps, err = lay(ctx, all, goal, p.Made)
	return p, err
}

// check refuses a goal that says two things.
func (g Goal) check() error {
	set := 0
	for _, is := range []bool{!g.Time.IsZero(), g.LSN != 0, g.Point != ""} {
		if is {
			set++
		}
	}
	if set > 1 {
		return fmt.Errorf("backup: a goal with %d of Time, LSN and Point, expected at most one", set)
	}
	return nil
}

// chosen returns the jobs of the given names, leaders of groups before the others.
func (r *Runner) chosen(sources []string) ([]*job, error) {
	for _, name := range sources {
		if _, err := r.job(name); err != nil {
			return nil, err
		}
	}
	var jobs []*job
	for _, j := range r.jobs {
		if len(sources) == 0 || slices.Contains(sources, j.name) {
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

// lay makes the steps. It is a function of its arguments and of what logs say of time.
func lay(ctx context.Context, all []*inventory, goal Goal, now time.Time) ([]Step, error) {
	var steps []Step
	var problems []error
	leaders := map[string]Step{}
	when := goal.Time // of the goal, as far as known
	for _, v := range all {
		want := goal
		led, follows := leaders[v.Group]
		if follows = follows && v.Group != ""; follows {
			want = led.follow()
		}
		if want.LSN != 0 && !v.counts() {
			want = Goal{Time: when}
		}
		s, err := v.step(ctx, want, now, goal.LSN != 0 || goal.Point != "", follows)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if follows && v.Journaled {
			s.Point, s.Loss = led.Point, led.Loss
		} else if follows && s.Point.Time.Before(led.Point.Time) {
			s.Loss = led.Loss + led.Point.Time.Sub(s.Point.Time)
		}
		if goal.LSN != 0 && when.IsZero() && s.Point.LSN == goal.LSN {
			when = s.Point.Time
		}
		if v.Group != "" && !follows {
			s.Leads = true
			leaders[v.Group] = s
		}
		steps = append(steps, s)
	}
	return steps, errors.Join(problems...)
}

// follow returns the goal of the others of a group.
func (s Step) follow() Goal {
	if s.Goal.Time.IsZero() && s.Point.LSN != 0 {
		return Goal{LSN: s.Point.LSN}
	}
	return Goal{Time: s.Point.Time}
}

// counts reports whether the snapshots have positions in a log.
func (v *inventory) counts() bool {
	return len(v.snapshots) > 0 && v.snapshots[len(v.snapshots)-1].Cut.LSN != 0
}

// step chooses a snapshot for a goal, and says what comes of it.
func (v *inventory) step(ctx context.Context, goal Goal, now time.Time, exact, follows bool) (Step, error) {
	if goal.Point != "" {
		cut, err := v.locate(ctx, goal.Point)
		if errors.Is(err, ErrNotFound) {
			return Step{}, v.unreachable("restore point", err)
		}
		if err != nil {
			return Step{}, fmt.Errorf("backup: source %s: restore point: %w", v.name, err)
		}
		step, err := v.step(ctx, Goal{LSN: cut.LSN}, now, true, follows)
		step.Goal = goal
		return step, err
	}
	to, found, err := v.best(ctx, func(s Snapshot) bool { return v.fits(s, goal) })
	if err != nil {
		return Step{}, err
	}
	if !found {
		return Step{}, v.unreachable(fmt.Sprintf("%d snapshots, none of which is at or before the goal", len(v.snapshots)), nil)
	}
	s := Step{Source: v.name, Group: v.Group, Snapshot: to.snapshot, Goal: goal, Point: to.end, Logs: to.logs}
	if err := v.aim(ctx, &s, to, exact); err != nil {
		return Step{}, err
	}
	if v.Stream == nil && !follows {
		s.Goal = Goal{}
	}
	v.judge(&s, goal, now)
	return s, nil
}

// fits reports whether a restore to the goal can begin with a snapshot.
func (v *inventory) fits(s Snapshot, goal Goal) bool {
	switch {
	case goal.LSN != 0:
		last := v.snapshots[len(v.snapshots)-1]
		return s.Cut.LSN != 0 && s.Cut.LSN <= goal.LSN && s.Cut.System == last.Cut.System
	case !goal.Time.IsZero():
		return !s.Cut.Time.After(goal.Time)
	}
	return true
}

// aim sets what the destination is asked for, and what is reached.
func (v *inventory) aim(ctx context.Context, s *Step, to reach, exact bool) error {
	switch {
	case s.Goal.LSN != 0 && s.Goal.LSN <= to.end.LSN:
		s.Point.LSN = s.Goal.LSN
		if n := len(s.Logs); n > 0 && s.Goal.LSN < to.end.LSN {
			when, err := v.time(ctx, to, s.Goal.LSN)
			if err != nil {
				return err
			}
			s.Point.Time = when
		}
	case s.Goal.LSN != 0 && exact && v.Stream != nil:
		return v.unreachable(fmt.Sprintf("position %s is beyond %s, where the log ends", s.Goal.LSN, to.end.LSN), to.broken)
	case !s.Goal.Time.IsZero() && s.Goal.Time.Before(to.end.Time):
		s.Point.Time = s.Goal.Time
	case to.broken != nil:
		s.Goal = Goal{LSN: to.end.LSN}
		s.Warning = "the log has a gap: " + to.broken.Error()
	case v.Stream != nil: // all that there is: a server that is asked for a later moment would wait for it, and fail
		s.Goal = Goal{}
	}
	s.trim()
	return nil
}

// time returns the time of a position.
func (v *inventory) time(ctx context.Context, to reach, at LSN) (time.Time, error) {
	for _, l := range to.logs {
		if uint64(at) <= l.To {
			when, err := timeAt(ctx, v.Repository.Log(l.Log), max(uint64(at), 1)-1)
			if err == nil && when.Before(to.snapshot.Cut.Time) {
				when = to.snapshot.Cut.Time
			}
			return when, err
		}
	}
	return to.end.Time, nil
}

// trim leaves of the logs what is needed to reach an LSN.
func (s *Step) trim() {
	if s.Goal.LSN == 0 {
		return
	}
	for i := range s.Logs {
		s.Logs[i].To = min(s.Logs[i].To, uint64(s.Goal.LSN))
	}
	s.Logs = slices.DeleteFunc(s.Logs, func(l LogRange) bool { return l.To <= l.From })
}

// judge sets what is lost, read and to be expected.
func (v *inventory) judge(s *Step, goal Goal, now time.Time) {
	wanted := goal.Time
	if goal == (Goal{}) {
		wanted = now
	}
	if loss := wanted.Sub(s.Point.Time); !wanted.IsZero() && loss > 0 {
		s.Loss = loss
	}
	s.Bytes = read(s.Snapshot, s.Logs)
	s.RTO = v.predict(s.Bytes)
	c, found := v.certificate(s.Snapshot)
	s.Proven = found && c.Passed()
	if v.disproven(s.Snapshot) {
		s.Warning = "the last drill of this snapshot found something else than was backed up"
	}
}

// read returns how much a restore reads.
func read(s Snapshot, logs []LogRange) int64 {
	n := s.Size
	for _, l := range logs {
		n += int64(l.To - l.From)
	}
	return n
}

// measured is how many drills a prediction looks back at.
const measured = 5

// predict returns how long a restore takes, at the median pace of the last drills; 0: there was none.
func (v *inventory) predict(bytes int64) time.Duration {
	var paces []float64 // nanoseconds for a byte
	for _, c := range slices.Backward(v.certificates) {
		if c.Failure == "" && c.RTO > 0 && c.Bytes > 0 && len(paces) < measured {
			paces = append(paces, float64(c.RTO)/float64(c.Bytes))
		}
	}
	if len(paces) == 0 {
		return 0
	}
	slices.Sort(paces)
	return max(1, time.Duration(paces[len(paces)/2]*float64(bytes)))
}

func (v *inventory) locate(ctx context.Context, point string) (Cut, error) {
	if v.Stream == nil {
		return Cut{}, fmt.Errorf("a source without a Stream has no restore points: %w", ErrNotFound)
	}
	return v.Stream.Locate(ctx, point)
}

// unreachable says that a goal is.
func (v *inventory) unreachable(why string, cause error) error {
	if cause != nil {
		return fmt.Errorf("backup: source %s: %s: %w: %w", v.name, why, ErrUnreachable, cause)
	}
	return fmt.Errorf("backup: source %s: %s: %w", v.name, why, ErrUnreachable)
}
