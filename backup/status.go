package backup

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Status is how the promises are kept at one moment.
type Status struct {
	Time    time.Time      `json:"time"`    // UTC
	Sources []SourceStatus `json:"sources"` // in the order of Config.Jobs
}

// SourceStatus is how the promises to one source are kept.
type SourceStatus struct {
	Source string `json:"source"` // its name
	Tier   string `json:"tier"`   // that makes the promises

	Snapshots  int           `json:"snapshots"`        // how many there are
	Newest     SnapshotID    `json:"newest,omitempty"` // the last of them
	Point      Cut           `json:"point"`            // the last moment that can be restored
	Oldest     time.Time     `json:"oldest,omitzero"`  // the first
	RPO        time.Duration `json:"rpo_ns"`           // age of Point: what would be lost now, in nanoseconds
	RPOPromise time.Duration `json:"rpo_promise_ns"`   // in nanoseconds

	Unprotected bool `json:"unprotected,omitempty"` // there is no snapshot: everything would be lost

	RTO        time.Duration `json:"rto_ns,omitempty"` // what the last drill measured, in nanoseconds; 0: not assessed
	RTOPromise time.Duration `json:"rto_promise_ns"`   // in nanoseconds

	Proven      bool      `json:"proven"`                // the newest certificate is fresh and passed, and its snapshot is there: false is not a backup
	Reason      string    `json:"reason,omitempty"`      // why it is not proven
	ProvenPoint time.Time `json:"proven_point,omitzero"` // moment of the newest snapshot that was proven
	Certified   time.Time `json:"certified,omitzero"`    // when the newest certificate was made
	Verdict     string    `json:"verdict,omitempty"`     // of it

	Drills     bool          `json:"drills"`               // there is a Scratch for them
	NextBackup time.Time     `json:"next_backup,omitzero"` // when it is due; zero: now
	NextDrill  time.Time     `json:"next_drill,omitzero"`  // when it is due; zero: as soon as there is a snapshot and a scratch
	Failed     string        `json:"failed,omitempty"`     // why the last backup failed
	Verified   string        `json:"verified,omitempty"`   // what is wrong with the last verification of the repository
	Lacking    string        `json:"lacking,omitempty"`    // which places the tier wants and the repository does not have
	Places     []PlaceStatus `json:"places,omitempty"`     // of the repository
	Unknown    string        `json:"unknown,omitempty"`    // why the repository did not say: what is above is not known then
	Breaches   []Breach      `json:"breaches,omitempty"`   // broken promises
}

// PlaceStatus is what is known of a place.
type PlaceStatus struct {
	Name    string        `json:"name"`             // of the place
	Kind    PlaceKind     `json:"kind"`             // its sort
	Newest  SnapshotID    `json:"newest,omitempty"` // the newest snapshot of any source that it has whole
	Time    time.Time     `json:"time,omitzero"`    // when that was committed
	Age     time.Duration `json:"age_ns"`           // since Time, in nanoseconds
	Missing int           `json:"missing"`          // objects that it is still to be given
	Err     string        `json:"error,omitempty"`  // why it is not usable now
}

// Err returns nil for a source whose backups are proven, and otherwise an error that is ErrNotProven and says why.
func (s SourceStatus) Err() error {
	if s.Proven {
		return nil
	}
	return fmt.Errorf("%w: source %s: %s", ErrNotProven, s.Source, s.Reason)
}

// Err returns nil if the backups of all sources are proven, and otherwise the errors of those which are not.
func (s Status) Err() error {
	var problems []error
	for _, source := range s.Sources {
		problems = append(problems, source.Err())
	}
	return errors.Join(problems...)
}

// Status asks the repositories what there is. It is complete even with an error, which says which repository did not answer.
func (r *Runner) Status(ctx context.Context) (Status, error) {
	all := Status{Time: r.now()}
	var problems []error
	told := map[Repository]bool{}
	for _, j := range r.jobs {
		s, err := r.status(ctx, j, all.Time)
		if err != nil {
			problems = append(problems, err)
			s.Unknown = err.Error()
			s.Reason = "the repository does not say: " + s.Unknown
		}
		s.Breaches = s.breaches(!told[j.Repository])
		told[j.Repository] = true
		all.Sources = append(all.Sources, s)
	}
	return all, errors.Join(problems...)
}

// status returns that of one source.
func (r *Runner) status(ctx context.Context, j *job, now time.Time) (SourceStatus, error) {
	s := SourceStatus{Source: j.name, Tier: j.tier.Name, RPOPromise: j.tier.RPO, RTOPromise: j.tier.RTO, Drills: j.Scratch != nil}
	if failed := j.last(); failed != nil {
		s.Failed = failed.Error()
	}
	v, err := r.take(ctx, j)
	if err != nil {
		return s, err
	}
	if err := s.points(ctx, v, now); err != nil {
		return s, err
	}
	if err := r.carried(ctx, j, &s, now); err != nil {
		return s, err
	}
	r.proof(&s, v, now)
	s.NextDrill = r.nextDrill(v)
	if s.NextBackup, err = v.next(ctx); err != nil {
		return s, err
	}
	last, err := verified(ctx, j.Repository)
	switch {
	case err != nil:
		s.Verified = err.Error()
	case !last.Finished.IsZero() && !last.Passed():
		s.Verified = fmt.Sprintf("%d of %d objects are damaged or missing", last.unmended(), last.Objects)
	case !last.Finished.IsZero() && now.Sub(last.Finished) > 2*r.config.VerifyEvery:
		s.Verified = fmt.Sprintf("was read whole %s ago for the last time", now.Sub(last.Finished).Round(time.Hour))
	}
	places, err := j.Repository.Places(ctx)
	if err != nil {
		return s, fmt.Errorf("backup: places of %s: %w", j.name, err)
	}
	s.Lacking = j.tier.lacks(places)
	for _, p := range places {
		one := PlaceStatus{Name: p.Name, Kind: p.Kind, Newest: p.Newest, Time: p.Time, Missing: p.Missing}
		if !p.Time.IsZero() {
			one.Age = max(0, now.Sub(p.Time))
		}
		if p.Err != nil {
			one.Err = p.Err.Error()
		}
		s.Places = append(s.Places, one)
	}
	return s, nil
}

// points sets what can be restored.
func (s *SourceStatus) points(ctx context.Context, v *inventory, now time.Time) error {
	s.Snapshots = len(v.snapshots)
	to, found, err := v.best(ctx, func(Snapshot) bool { return true })
	if err != nil {
		return err
	}
	if s.Unprotected = !found; !found {
		s.Reason = "there is no snapshot"
		return nil
	}
	s.Newest = v.snapshots[len(v.snapshots)-1].ID
	s.Oldest = v.snapshots[0].Cut.Time
	s.Point = to.end
	s.RPO = max(0, now.Sub(to.end.Time))
	return nil
}

// carried sets what can be restored of a follower that a journal carries on to what its leader reaches.
func (r *Runner) carried(ctx context.Context, j *job, s *SourceStatus, now time.Time) error {
	leader := r.leader(j)
	if !j.Journaled || s.Unprotected || leader == nil || leader == j {
		return nil
	}
	v, err := r.take(ctx, leader)
	if err != nil {
		return err
	}
	to, found, err := v.best(ctx, func(Snapshot) bool { return true })
	if err == nil && found && to.end.Time.After(s.Point.Time) {
		s.Point, s.RPO = to.end, max(0, now.Sub(to.end.Time))
	}
	return err
}

// proof sets whether what can be restored is a backup.
func (r *Runner) proof(s *SourceStatus, v *inventory, now time.Time) {
	if snapshot, _, found := v.proven(); found {
		s.ProvenPoint = snapshot.Cut.Time
	}
	if len(v.certificates) == 0 {
		if s.Reason == "" {
			s.Reason = "no drill was done"
			if v.Scratch == nil {
				s.Reason = "no drill was done, and there is no Scratch for one"
			}
		}
		if v.unread != nil {
			s.Reason = v.unread.Error()
		}
		return
	}
	last := v.certificates[len(v.certificates)-1]
	s.Certified, s.Verdict, s.RTO = last.Finished, last.Verdict(), last.RTO
	_, there := v.newest(last.of)
	switch {
	case s.Unprotected:
	case v.unread != nil:
		s.Reason = v.unread.Error()
	case !last.Passed():
		s.Reason = "the last drill " + s.Verdict
	case !there:
		s.Reason = "the snapshot that was proven last is no more"
	case now.Sub(last.Finished) > r.config.DrillEvery:
		s.Reason = fmt.Sprintf("the last drill was %s ago, expected one every %s", now.Sub(last.Finished).Round(time.Second), r.config.DrillEvery)
	default:
		s.Proven = true
	}
}
