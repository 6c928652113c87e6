package backup_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

// world is a SQL store with a stream, a graph that follows it, and files of their own.
type world struct {
	*backup.Runner
	live, graph *store
	sql         *placed
	stream      *stream
	began       time.Time
	reapplied   []string
	refuse      error
}

func newWorld(t *testing.T) *world {
	w := &world{live: &store{}, graph: &store{}, sql: threePlaces(), began: time.Now().UTC()}
	w.stream = &stream{store: w.live, to: w.sql}
	w.Runner = configured(t, backup.Config{
		Jobs: []backup.Job{
			{Source: &source{store: w.live, name: "sql"}, Tier: "critical", Repository: w.sql, Stream: w.stream, Group: "tutor",
				Witness: w.stream, Scratch: &scratch{pattern: destination{took: time.Minute}}},
			{Source: &source{store: w.live, name: "graph"}, Tier: "important", Repository: threePlaces(), Group: "tutor"},
			{Source: &source{store: w.live, name: "files", plain: true}, Tier: "standard", Repository: threePlaces()},
		},
		Reapply: func(_ context.Context, source string, _ backup.Destination) error {
			w.reapplied = append(w.reapplied, source)
			return w.refuse
		},
	})
	return w
}

// hour writes ten numbers, one each six minutes, and streams them.
func (w *world) hour(t *testing.T) {
	t.Helper()
	for range 10 {
		pass(6 * time.Minute)
		w.live.write(1)
		must(0, w.stream.flush(t.Context()))(t)
	}
}

// history has hours, after which snapshots are taken: of sql after the first and the fourth, of graph after the second, fourth and fifth,
// of files after the third.
func (w *world) history(t *testing.T) {
	t.Helper()
	for _, names := range []string{"sql", "graph", "files", "sql graph", "graph", ""} {
		w.hour(t)
		for _, name := range strings.Fields(names) {
			must(w.Backup(t.Context(), name))(t)
		}
	}
}

// TestPlan chooses snapshots for each kind of goal.
func TestPlan(t *testing.T) {
	t.Parallel()
	type step struct {
		Source  string
		Cut     int // hours until the snapshot
		Goal    backup.Goal
		Reaches time.Duration
		Loss    time.Duration
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.history(t)
		now := time.Now().UTC()
		lsn := func(n int) backup.LSN { return backup.LSN(8 * n) }
		at := func(d time.Duration) time.Time { return w.began.Add(d) }
		for name, test := range map[string]struct {
			goal    backup.Goal
			sources []string
			want    []step
			err     error
		}{
			"latest": {want: []step{
				{"sql", 4, backup.Goal{}, 6 * time.Hour, 0}, {"graph", 5, backup.Goal{LSN: lsn(60)}, 5 * time.Hour, time.Hour},
				{"files", 3, backup.Goal{}, 3 * time.Hour, 3 * time.Hour},
			}},
			"time between": {goal: backup.Goal{Time: at(210 * time.Minute)}, want: []step{
				{"sql", 1, backup.Goal{Time: at(210 * time.Minute)}, 210 * time.Minute, 0},
				{"graph", 2, backup.Goal{Time: at(210 * time.Minute)}, 2 * time.Hour, 90 * time.Minute},
				{"files", 3, backup.Goal{}, 3 * time.Hour, 30 * time.Minute},
			}},
			"position": {goal: backup.Goal{LSN: lsn(45)}, want: []step{
				{"sql", 4, backup.Goal{LSN: lsn(45)}, 270 * time.Minute, 0}, {"graph", 4, backup.Goal{LSN: lsn(45)}, 4 * time.Hour, 30 * time.Minute},
				{"files", 3, backup.Goal{}, 3 * time.Hour, 90 * time.Minute},
			}},
			"one source":      {goal: backup.Goal{}, sources: []string{"graph"}, want: []step{{"graph", 5, backup.Goal{}, 5 * time.Hour, time.Hour}}},
			"future":          {goal: backup.Goal{Time: now.Add(time.Hour)}, sources: []string{"sql"}, want: []step{{"sql", 4, backup.Goal{}, 6 * time.Hour, time.Hour}}},
			"past":            {goal: backup.Goal{Time: at(30 * time.Minute)}, err: backup.ErrUnreachable},
			"position ahead":  {goal: backup.Goal{LSN: lsn(61)}, err: backup.ErrUnreachable},
			"point too old":   {goal: backup.Goal{Point: "release"}, sources: []string{"sql"}, err: backup.ErrUnreachable},
			"point unknown":   {goal: backup.Goal{Point: "beta"}, sources: []string{"sql"}, err: backup.ErrNotFound},
			"source unknown":  {sources: []string{"other"}, err: backup.ErrNotFound},
			"no points of it": {goal: backup.Goal{Point: "release"}, sources: []string{"files"}, err: backup.ErrUnreachable},
		} {
			p, err := w.Plan(t.Context(), test.goal, test.sources...)
			if !errors.Is(err, test.err) {
				t.Errorf("%s: error %v, want %v", name, err, test.err)
				continue
			}
			var got []step
			for _, s := range p.Steps {
				got = append(got, step{s.Source, int(s.Snapshot.Cut.Time.Sub(w.began).Hours()), s.Goal, s.Point.Time.Sub(w.began), s.Loss})
			}
			if diff := cmp.Diff(test.want, got); test.err == nil && diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if _, err := w.Plan(t.Context(), backup.Goal{Time: now, LSN: 8}); err == nil {
			t.Error("a goal of two kinds is taken")
		}
	})
}

// unlocated is a stream that cannot look for restore points.
type unlocated struct {
	*stream
	err error
}

func (s unlocated) Locate(context.Context, string) (backup.Cut, error) { return backup.Cut{}, s.err }

// TestPlanPoint tells a restore point that is not there from one that could not be looked for.
func TestPlanPoint(t *testing.T) {
	t.Parallel()
	for _, err := range []error{context.Canceled, backup.ErrUnavailable, backup.ErrNotFound} {
		live, sql := &store{}, threePlaces()
		live.write(1)
		s := &stream{store: live, to: sql}
		r := runner(t, backup.Job{Source: &source{store: live, name: "sql"}, Tier: "critical", Repository: sql, Stream: unlocated{s, err}})
		must(r.Backup(t.Context(), "sql"))(t)
		_, got := r.Plan(t.Context(), backup.Goal{Point: "release"})
		if !errors.Is(got, err) || errors.Is(got, backup.ErrUnreachable) != errors.Is(err, backup.ErrNotFound) {
			t.Errorf("%v: error %v", err, got)
		}
	}
}

// TestPlanGap plans up to a gap, and says so.
func TestPlanGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.hour(t)
		must(w.Backup(t.Context(), "sql"))(t)
		w.hour(t)
		w.stream.set(true)
		w.hour(t)
		w.stream.set(false)
		w.hour(t)
		p := must(w.Plan(t.Context(), backup.Goal{}, "sql"))(t)
		got := p.Steps[0]
		if got.Point.LSN != 160 || got.Goal.LSN != 160 || got.Loss != 2*time.Hour || !strings.Contains(got.Warning, "gap in log wal.1.1 from 0/A0 to 0/F0") {
			t.Errorf("%+v", got)
		}
		if _, err := w.Plan(t.Context(), backup.Goal{LSN: 300}, "sql"); !errors.Is(err, backup.ErrGap) || !errors.Is(err, backup.ErrUnreachable) {
			t.Errorf("beyond the gap: %v", err)
		}
		d := &destination{}
		must(w.Restore(t.Context(), p, map[string]backup.Destination{"sql": d}))(t)
		if d.numbers != 20 {
			t.Errorf("%d numbers", d.numbers)
		}
	})
}

// TestPrediction is the pace of drills.
func TestPrediction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.history(t)
		if p := must(w.Plan(t.Context(), backup.Goal{}, "sql"))(t); p.Assessed() || p.RTO() != 0 {
			t.Errorf("RTO %v without a drill", p.RTO())
		}
		must(w.Drill(t.Context(), "sql"))(t)
		p := must(w.Plan(t.Context(), backup.Goal{}, "sql"))(t)
		if !p.Assessed() || p.RTO() != time.Minute || !p.Steps[0].Proven {
			t.Errorf("RTO %v, proven %v", p.RTO(), p.Steps[0].Proven)
		}
		var again backup.Plan
		text := must(json.Marshal(p))(t)
		must(0, json.Unmarshal(text, &again))(t)
		if diff := cmp.Diff(p, again); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}
		want := `Plan of 2000-01-01 06:01:00Z to the latest moment: 1m0s
1. sql from snapshot 00000002 of 2000-01-01 04:00:00Z, 224 bytes, log wal.1.1 from 0/140 to 0/1E0
   reaches 2000-01-01 06:00:00Z at 0/1E0, loses the last 1m0s, group tutor
`
		if diff := cmp.Diff(want, p.String()); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	})
}

// TestRestore takes a group to one cut.
func TestRestore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.history(t)
		fresh := func() map[string]backup.Destination {
			return map[string]backup.Destination{"sql": &destination{}, "graph": &destination{alone: true}, "files": &destination{}}
		}
		// The last number before the goal is the 39th, while graph was read when there were 40: the snapshot before has to do.
		p := must(w.Plan(t.Context(), backup.Goal{Time: w.began.Add(4*time.Hour - time.Second)}))(t)
		d := fresh()
		done := must(w.Restore(t.Context(), p, d))(t)
		if got := d["sql"].(*destination).numbers; got != 39 {
			t.Errorf("sql has %d numbers", got)
		}
		if got := done.Steps[1]; got.Goal.LSN != 8*39 || got.Snapshot != "00000001" {
			t.Errorf("graph: %+v", got)
		}
		if diff := cmp.Diff([]string{"sql", "graph", "files"}, w.reapplied); diff != "" {
			t.Errorf("reapplied (-want +got):\n%s", diff)
		}

		d = fresh()
		d["sql"].(*destination).fail = backup.ErrFull
		done, err := w.Restore(t.Context(), p, d)
		if states := states(done); !errors.Is(err, backup.ErrFull) || states != "failed untouched restored" {
			t.Errorf("sql fails: %s, %v", states, err)
		}
		w.refuse = errFake
		done, err = w.Restore(t.Context(), p, fresh())
		if states := states(done); !errors.Is(err, errFake) || states != "failed untouched failed" {
			t.Errorf("erasing again fails: %s, %v\n%s", states, err, done)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		done, err = w.Restore(ctx, p, fresh())
		if states := states(done); !errors.Is(err, context.Canceled) || states != "untouched untouched untouched" {
			t.Errorf("cancelled: %s, %v", states, err)
		}
		for _, wrong := range []map[string]backup.Destination{{"sql": &destination{}}, {"sql": &destination{}, "graph": &destination{alone: true}, "files": &destination{}, "x": nil}} {
			if done, err := w.Restore(t.Context(), p, wrong); err == nil || states(done) != "untouched untouched untouched" {
				t.Errorf("%d destinations: %v", len(wrong), err)
			}
		}
	})
}

// leftBehind is a destination that knows of snapshots which are of no past of what the leader of the group reached.
type leftBehind struct {
	destination
	after time.Time
}

func (d *leftBehind) Restore(ctx context.Context, r backup.Reader, to backup.Goal) error {
	if r.Snapshot().Cut.Time.After(d.after) {
		return backup.ErrUnreachable
	}
	return d.destination.Restore(ctx, r, to)
}

// A follower that cannot use a snapshot is given the one before.
func TestRestoreLeftBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.history(t)
		for name, test := range map[string]struct {
			after time.Duration
			want  backup.SnapshotID
			err   error
		}{
			"the newest serves": {5 * time.Hour, "00000003", nil},
			"the oldest serves": {3 * time.Hour, "00000001", nil},
			"none serves":       {time.Hour, "00000001", backup.ErrUnreachable},
		} {
			p := must(w.Plan(t.Context(), backup.Goal{}, "sql", "graph"))(t)
			done, err := w.Restore(t.Context(), p, map[string]backup.Destination{"sql": &destination{},
				"graph": &leftBehind{destination{alone: true}, w.began.Add(test.after)}})
			if got := done.Steps[1]; !errors.Is(err, test.err) || got.Snapshot != test.want || (got.State == backup.Whole) != (test.err == nil) {
				t.Errorf("%s: %v: %+v", name, err, got)
			}
		}
	})
}

func states(r backup.Restoration) string {
	var all []string
	for _, s := range r.Steps {
		all = append(all, string(s.State))
	}
	return strings.Join(all, " ")
}
