package monitor_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

func TestNew(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/nothing")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	good := steady("a", time.Hour, 0)
	for name, test := range map[string]struct {
		config monitor.Config
		want   []string // empty: none
	}{
		"good":    {monitor.Config{Pool: pool, Assessments: []monitor.Assessment{good}}, nil},
		"nothing": {monitor.Config{}, []string{"no pool", "no assessments"}},
		"all at once": {monitor.Config{
			Pool: pool, Schema: strings.Repeat("x", 64), Jitter: 2 * time.Hour, Lease: -1, Parallel: -1, FailAfter: -1, Keep: -1,
			Limits:      quality.Limits{Overall: 85},
			Assessments: []monitor.Assessment{good, good, {}, {Name: "b\x00", Every: time.Microsecond, Limit: -1}},
		}, []string{"64 bytes", "jitter of 2h0m0s", "Lease below", "Parallel below", "FailAfter below", "Keep below", "Overall 85",
			`assessments[1] ("a"): the name stands twice`, `assessments[2] (""): no name`, "no Assess", "due every 1µs", "Limit below"}},
	} {
		_, err := monitor.New(test.config)
		if (err == nil) != (test.want == nil) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		for _, text := range test.want {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %q does not say %q", name, err, text)
			}
		}
	}
}

// TestMissedRuns lets ten due times pass without a monitor: one run makes up for them, and the grid stays.
func TestMissedRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := newMonitor(t, b.config(steady("a", time.Hour, 0)))
	stop := start(t, m)
	eventually(t, "the first run", func() bool { return len(history(t, m, "a")) == 1 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	b.skew(t, "10 hours 30 minutes")
	m = newMonitor(t, b.config(steady("a", time.Hour, 0))) // after a deploy
	start(t, m)
	eventually(t, "the second run", func() bool { return len(history(t, m, "a")) == 2 })
	b.skew(t, "11 hours 1 minute")
	eventually(t, "the third run", func() bool { return len(history(t, m, "a")) == 3 })
	runs := history(t, m, "a")
	if one, eleven := runs[1].Due.Sub(runs[0].Due), runs[2].Due.Sub(runs[0].Due); one != time.Hour || eleven != 11*time.Hour {
		t.Errorf("due %v and %v after the first run: want 1h and 11h", one, eleven)
	}
	if ran := runs[1].Started.Sub(runs[0].Due); ran < 10*time.Hour || ran > 11*time.Hour {
		t.Errorf("the missed runs were made up for after %v", ran)
	}
	b.check(t, m, "a")
}

// TestSkew has the database ten years before or after the host: nothing but its clock counts.
func TestSkew(t *testing.T) {
	t.Parallel()
	for _, skew := range []string{"-10 years", "10 years"} {
		t.Run(skew, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.skew(t, skew)
			config := b.config(steady("a", 50*time.Millisecond, 200))
			config.Breach = b.tell
			m := newMonitor(t, config)
			stop := start(t, m)
			eventually(t, "four runs", func() bool { return len(history(t, m, "a")) >= 4 })
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			runs := history(t, m, "a")
			if away := time.Since(runs[0].Started).Abs(); away < 9*365*24*time.Hour {
				t.Errorf("the run started %v from now by the clock of the host: the database is ten years away", away)
			}
			b.check(t, m, "a")
		})
	}
}

// TestClockBack sets the clock of the database back, after it was ten years too late: after a restart the schedule goes on.
func TestClockBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := newMonitor(t, b.config(steady("a", 50*time.Millisecond, 0)))
	b.skew(t, "10 years")
	if _, err := m.RunOnce(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	b.skew(t, "0")
	start(t, m)
	eventually(t, "three runs", func() bool {
		return b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE ended_at < clock_timestamp() + interval '1 year'`) >= 3
	})
}

// TestChangedEvery shortens the schedule: the next run does not wait for the old one.
func TestChangedEvery(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := newMonitor(t, b.config(steady("a", 1000*time.Hour, 0)))
	if _, err := m.RunOnce(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	m = newMonitor(t, b.config(steady("a", 30*time.Millisecond, 0)))
	start(t, m)
	eventually(t, "three runs", func() bool { return len(history(t, m, "a")) >= 3 })
}

func TestJitter(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(steady("a", time.Hour, 0))
	config.Jitter = time.Minute
	m := newMonitor(t, config)
	if _, err := m.RunOnce(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_assessment WHERE next_at - due_at BETWEEN '1 microsecond' AND '1 minute'
		AND due_at - started_at BETWEEN '59 minutes' AND '1 hour'`); n != 1 {
		t.Error("no delay after the due time, or one that is too long")
	}
}

// TestRunOnce runs before an assessment is due, which leaves the schedule as it is.
func TestRunOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var bad atomic.Int64
	config := b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) { return report("a", bad.Load()), nil }))
	config.Breach = b.tell
	var progress atomic.Int64
	config.Progress = func(p quality.Progress) { progress.Add(p.Done) }
	m := newMonitor(t, config)
	if _, err := m.Latest(t.Context(), "a"); !errors.Is(err, monitor.ErrNoReport) {
		t.Errorf("Latest: %v, want ErrNoReport", err)
	}
	if _, err := m.RunOnce(t.Context(), "b"); !errors.Is(err, monitor.ErrUnknown) {
		t.Errorf("RunOnce: %v, want ErrUnknown", err)
	}
	for i, n := range []int64{0, 200, 200, 0} {
		bad.Store(n)
		got, err := m.RunOnce(t.Context(), "a")
		if err != nil || got.Results[0].Unexpected != n {
			t.Fatalf("RunOnce: %+v (%v)", got, err)
		}
		latest, err := m.Latest(t.Context(), "a")
		if err != nil || latest.Report.Results[0].Unexpected != n || latest.Due.IsZero() != (i > 0) {
			t.Errorf("Latest: %+v (%v)", latest, err)
		}
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_assessment WHERE due_at > clock_timestamp() + interval '59 minutes'`); n != 1 {
		t.Error("the due time has changed")
	}
	if told := b.told(t, "a"); len(told) != 6 || progress.Load() != 4 {
		t.Errorf("told %q, progress %d: want 3 breaches, 3 resolved, 4", told, progress.Load())
	}
	b.check(t, m, "a")
}

// TestKeep forgets runs that are old, but not the last report.
func TestKeep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var broken atomic.Bool
	config := b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) {
		if broken.Load() {
			return quality.Report{}, errHost
		}
		return report("a", 0), nil
	}))
	config.Keep = 24 * time.Hour
	m := newMonitor(t, config)
	for _, skew := range []string{"0", "2 hours", "23 hours"} {
		b.skew(t, skew)
		if _, err := m.RunOnce(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	broken.Store(true)
	for _, step := range []struct {
		skew string
		want int
	}{{"25 hours", 3}, {"100 hours", 2}} { // the last report, and the failed run of now
		b.skew(t, step.skew)
		if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrFailed) {
			t.Fatal(err)
		}
		if runs := history(t, m, "a"); len(runs) != step.want {
			t.Errorf("after %s: %d runs, want %d", step.skew, len(runs), step.want)
		}
	}
	if latest, err := m.Latest(t.Context(), "a"); err != nil || latest.Number != 3 {
		t.Errorf("Latest: %+v (%v), want run 3", latest, err)
	}
}

// TestHistory reads more than a page, from a time on, and stops when the caller does.
func TestHistory(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := newMonitor(t, b.config(steady("a", time.Hour, 0)))
	b.exec(t, `INSERT INTO {s}.quality_run (name, number, started_at, ended_at, failure)
		SELECT 'a', n, '2026-07-01Z', timestamptz '2026-07-01Z' + n / 2 * interval '1 minute', 'a test' FROM generate_series(0, 499) AS n`)
	since := time.Date(2026, 7, 1, 0, 10, 0, 0, time.UTC)
	next := int64(20)
	for run, err := range m.History(t.Context(), "a", since) {
		if err != nil || run.Number != next || run.Ended.Before(since) {
			t.Fatalf("%+v (%v): want run %d", run, err, next)
		}
		if next++; next == 450 {
			break
		}
	}
	if next != 450 {
		t.Errorf("it ended at run %d", next)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range m.History(ctx, "a", since) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
}

func TestNotMigrated(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(steady("a", time.Hour, 0))
	config.Schema = "nowhere"
	m := newMonitor(t, config)
	if err := m.Run(t.Context()); !errors.Is(err, monitor.ErrNotMigrated) {
		t.Errorf("Run: %v", err)
	}
	if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrNotMigrated) {
		t.Errorf("RunOnce: %v", err)
	}
	if _, err := m.Latest(t.Context(), "a"); !errors.Is(err, monitor.ErrNotMigrated) {
		t.Errorf("Latest: %v", err)
	}
	if _, err := m.Open(t.Context(), "a"); !errors.Is(err, monitor.ErrNotMigrated) {
		t.Errorf("Open: %v", err)
	}
	for _, err := range m.History(t.Context(), "a", time.Time{}) {
		if !errors.Is(err, monitor.ErrNotMigrated) {
			t.Errorf("History: %v", err)
		}
	}
}

// TestRights runs as a role with the rights that the documentation names, then takes one away.
func TestRights(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	role := "monitor_" + b.token
	b.exec(t, `CREATE ROLE `+role+` LOGIN PASSWORD 'x';
		GRANT USAGE ON SCHEMA {c}, {s} TO `+role+`; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {c} TO `+role+`;
		GRANT SELECT, INSERT, UPDATE ON {s}.quality_assessment TO `+role+`;
		GRANT SELECT, INSERT, DELETE ON {s}.quality_run TO `+role+`;
		GRANT SELECT, INSERT, UPDATE, DELETE ON {s}.quality_notice TO `+role)
	t.Cleanup(func() { b.pool.Exec(context.Background(), `DROP OWNED BY `+role+`; DROP ROLE `+role) })
	config := b.pool.Config()
	config.ConnConfig.User, config.ConnConfig.Password = role, "x"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	poor := *b
	poor.pool = pool
	c := poor.config(steady("a", 20*time.Millisecond, 200))
	c.Breach = poor.tell
	m := newMonitor(t, c)
	stop := start(t, m)
	eventually(t, "three runs", func() bool { return len(history(t, m, "a")) >= 3 && len(b.told(t, "a")) == 3 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	b.exec(t, `REVOKE INSERT ON {s}.quality_run FROM `+role)
	if err := m.Run(t.Context()); !errors.Is(err, monitor.ErrRights) {
		t.Errorf("Run: %v, want ErrRights", err)
	}
	b.exec(t, `UPDATE {s}.quality_assessment SET lease_until = NULL`)
	if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrRights) {
		t.Errorf("RunOnce: %v, want ErrRights", err)
	}
}

// TestMigrate applies the schema again, by several at once, over what is there.
func TestMigrate(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	pool := servertest.Pool(t, address, 4)
	done := make(chan error)
	for range 4 {
		go func() { done <- monitor.Migrate(t.Context(), pool, "") }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := monitor.Migrate(t.Context(), nil, ""); err == nil {
		t.Error("without a pool: no error")
	}
	if err := monitor.Migrate(t.Context(), pool, strings.Repeat("x", 64)); err == nil {
		t.Error("a name that PostgreSQL cuts: no error")
	}
	if _, err := pool.Exec(t.Context(), monitor.Schema("it's \"quoted\"")); err != nil {
		t.Error(err)
	}
}
