package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

// calls are what a Breach function was told.
type calls struct {
	sync.Mutex
	all []quality.Breach
}

// add records a call, and returns how many there were of its number.
func (c *calls) add(b quality.Breach) (n int) {
	c.Lock()
	defer c.Unlock()
	c.all = append(c.all, b)
	for _, other := range c.all {
		if other.Number == b.Number {
			n++
		}
	}
	return n
}

// of returns the calls of a check.
func (c *calls) of(check string) (texts []string) {
	c.Lock()
	defer c.Unlock()
	for _, b := range c.all {
		if b.Check == check {
			texts = append(texts, fmt.Sprintf("%d %s", b.Number, b.Text))
		}
	}
	return texts
}

// TestBreachFails has Breach fail in several ways: it is called again, with the same number and in order, and others are not held up.
func TestBreachFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var bad atomic.Int64
	bad.Store(100)
	config := b.config(assessment("a", 30*time.Millisecond, func(context.Context) (quality.Report, error) { return report("a", bad.Load()), nil }))
	config.BreachLimit, config.Grace = 50*time.Millisecond, 50*time.Millisecond
	var c calls
	config.Breach = func(ctx context.Context, breach quality.Breach) error {
		n := c.add(breach)
		if breach.Check == "" || breach.Resolved {
			return nil
		}
		switch n {
		case 1:
			return errHost
		case 2:
			panic("alice@example.org")
		case 3:
			<-ctx.Done()
			return ctx.Err()
		case 4:
			select {} // never ends: it is left behind
		}
		return nil
	}
	m := newMonitor(t, config)
	stop := start(t, m)
	eventually(t, "the dimension is told", func() bool { return len(c.of("")) == 1 })
	bad.Store(0)
	eventually(t, "the check is told and resolved", func() bool { return len(c.of("email")) == 6 })
	if err := stop(); err != nil {
		t.Error(err)
	}
	told := c.of("email")
	want := "completeness, email: score 0.9000 is below 0.9500"
	for _, text := range told[:5] {
		if text != told[0] || !strings.HasSuffix(text, want) {
			t.Errorf("told %q: want %q", text, want)
		}
	}
	if !strings.HasSuffix(told[5], "resolved: pass 1.0000") {
		t.Errorf("told %q at last: want that it is resolved", told[5])
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_notice`); n != 0 {
		t.Errorf("%d untold breaches stay", n)
	}
}

// TestUntoldAcrossRestarts leaves a breach untold, and has another process tell it, once.
func TestUntoldAcrossRestarts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(steady("a", time.Hour, 100))
	config.Breach = func(context.Context, quality.Breach) error { return errHost }
	for range 3 { // told once, and retried each time, but never twice in the list
		if _, err := newMonitor(t, config).RunOnce(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_notice WHERE attempts = 3`); n != 2 {
		t.Errorf("%d breaches are untold after three attempts: want 2", n)
	}
	config.Breach = b.tell
	m := newMonitor(t, config)
	for range 2 {
		if _, err := m.RunOnce(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	b.check(t, m, "a")
}

// TestFailedRuns has assessments fail in every way: there is a breach after the third, others go on, and nothing quotes the error.
func TestFailedRuns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		assess func(ctx context.Context) (quality.Report, error)
		class  string
	}{
		"error": {func(context.Context) (quality.Report, error) {
			return quality.Report{}, fmt.Errorf("host: %w", errHost)
		},
			"an error of type *errors.errorString"},
		"driver": {func(context.Context) (quality.Report, error) {
			return quality.Report{}, fmt.Errorf("host: %w", &pgconn.PgError{Code: "57014", Message: "alice@example.org"})
		}, "SQLSTATE 57014"},
		"panic": {func(context.Context) (quality.Report, error) { panic("alice@example.org") }, "a panic with a value of type string"},
		"limit": {func(ctx context.Context) (quality.Report, error) {
			<-ctx.Done()
			return quality.Report{}, ctx.Err()
		}, "context deadline exceeded"},
		"stalls": {func(context.Context) (quality.Report, error) { select {} }, "it did not end in time, and was left behind"},
		"not a number": {func(context.Context) (quality.Report, error) {
			r := report("x", 0)
			r.Score = math.NaN()
			return r, nil
		}, "an error of type *json.UnsupportedValueError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			var mended atomic.Bool
			broken := assessment("broken", 20*time.Millisecond, func(ctx context.Context) (quality.Report, error) {
				if mended.Load() {
					return report("broken", 0), nil
				}
				return test.assess(ctx)
			})
			broken.Limit = 20 * time.Millisecond
			config := b.config(broken, steady("sound", 20*time.Millisecond, 0))
			config.Breach, config.Grace = b.tell, 500*time.Millisecond
			if name == "stalls" {
				config.Grace = 20 * time.Millisecond
			}
			m := newMonitor(t, config)
			stop := start(t, m)
			eventually(t, "five failures", func() bool { return len(history(t, m, "broken")) >= 5 })
			eventually(t, "others go on", func() bool { return len(history(t, m, "sound")) >= 3 })
			eventually(t, "it is told", func() bool { return len(b.told(t, "broken")) > 0 })
			mended.Store(true)
			eventually(t, "it is resolved", func() bool { return len(b.told(t, "broken")) > 1 })
			if err := stop(); err != nil {
				t.Error(err)
			}
			want := []string{"the assessment failed 3 times in a row, the last time by " + test.class, "overall: resolved: pass 1.0000"}
			if diff := cmp.Diff(want, b.told(t, "broken")); diff != "" {
				t.Errorf("told, -want +got:\n%s", diff)
			}
			for i, run := range history(t, m, "broken")[:5] {
				if run.Failure != test.class || run.Report != nil {
					t.Errorf("run %d: %+v, want failure %q", i, run, test.class)
				}
			}
		})
	}
}

// TestRunOnceFails returns the error of the assessment to the host that called, without showing it.
func TestRunOnceFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := newMonitor(t, b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) { return quality.Report{}, errHost })))
	_, err := m.RunOnce(t.Context(), "a")
	if !errors.Is(err, monitor.ErrFailed) || !errors.Is(err, errHost) || strings.Contains(fmt.Sprintf("%v %#v", err, err), "alice") {
		t.Errorf("error %v", err)
	}
}

// TestCancelled ends Run in the middle of an assessment: another can begin it at once, and nothing of it is stored.
func TestCancelled(t *testing.T) {
	t.Parallel()
	for name, stubborn := range map[string]bool{"ends with its context": false, "does not": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			began := make(chan struct{}, 10)
			config := b.config(assessment("a", time.Hour, func(ctx context.Context) (quality.Report, error) {
				began <- struct{}{}
				if stubborn {
					select {}
				}
				<-ctx.Done()
				return quality.Report{}, ctx.Err()
			}))
			config.Grace = time.Second
			m := newMonitor(t, config)
			for range 3 {
				stop := start(t, m)
				<-began
				if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrBusy) {
					t.Errorf("RunOnce beside it: %v, want ErrBusy", err)
				}
				if err := stop(); err != nil {
					t.Errorf("Run: %v", err)
				}
			}
			if runs := history(t, m, "a"); len(runs) != 0 {
				t.Errorf("stored: %+v", runs)
			}
			m = newMonitor(t, b.config(steady("a", time.Hour, 0)))
			if _, err := m.RunOnce(t.Context(), "a"); err != nil {
				t.Errorf("RunOnce after it: %v", err)
			}
			if runs := history(t, m, "a"); len(runs) != 1 || runs[0].Due.IsZero() {
				t.Errorf("stored: %+v, want the run that was due", runs)
			}
		})
	}
}

// TestLost takes a run away from the process that is at it: it stores nothing.
func TestLost(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(assessment("a", time.Hour, func(ctx context.Context) (quality.Report, error) {
		b.exec(t, `UPDATE {s}.quality_assessment SET lease_until = clock_timestamp() - interval '1 second'`)
		if _, err := newMonitor(t, b.config(steady("a", time.Hour, 0))).RunOnce(ctx, "a"); err != nil {
			t.Errorf("the one that takes over: %v", err)
		}
		return report("a", 500), nil
	}))
	m := newMonitor(t, config)
	if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrLost) {
		t.Errorf("RunOnce: %v, want ErrLost", err)
	}
	runs := history(t, m, "a")
	if len(runs) != 2 || !strings.HasPrefix(runs[0].Failure, "the lease ran out") || runs[1].Report == nil || runs[1].Report.Score != 1 {
		t.Errorf("stored %+v: want the run that was lost and the report of the other", runs)
	}
}

// TestTakenForDead has another record a run as failed, and not begin the next one yet: the process that is at it after all stores nothing.
func TestTakenForDead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	another := b.config(steady("a", time.Hour, 0))
	another.Retry = time.Hour
	m := newMonitor(t, b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) {
		b.exec(t, `UPDATE {s}.quality_assessment SET failures = 1, lease_until = clock_timestamp() - interval '1 second'`)
		other := newMonitor(t, another)
		stop := start(t, other)
		eventually(t, "it is taken for dead", func() bool { return len(history(t, other, "a")) == 1 })
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		return report("a", 500), nil
	})))
	if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrLost) {
		t.Errorf("RunOnce: %v, want ErrLost", err)
	}
	if runs := history(t, m, "a"); len(runs) != 1 || !strings.HasPrefix(runs[0].Failure, "the lease ran out") {
		t.Errorf("stored %+v: want the run that was lost", runs)
	}
}

// TestHeartbeat has an assessment take much longer than its lease, beside a monitor that would take it over.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var renewed atomic.Int64
	config := b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) {
		last := -1
		eventually(t, "the lease is renewed", func() bool {
			at := b.number(t, `SELECT (extract(epoch FROM lease_until) * 1000)::bigint FROM {s}.quality_assessment`)
			if at != last {
				renewed.Add(1)
			}
			last = at
			return renewed.Load() > 8
		})
		return report("a", 0), nil
	}))
	config.Lease = 600 * time.Millisecond
	start(t, newMonitor(t, config))
	m := newMonitor(t, config)
	start(t, m)
	eventually(t, "it ends", func() bool { return len(history(t, m, "a")) > 0 })
	if runs := history(t, m, "a"); len(runs) != 1 || runs[0].Failure != "" || runs[0].Number != 1 {
		t.Errorf("stored %+v: want one run, the first", runs)
	}
}

// TestNoTransaction looks at the sessions of the database during an assessment: none holds back VACUUM.
func TestNoTransaction(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) {
		if n := b.number(t, `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()
			AND (state LIKE 'idle in transaction%' OR backend_xmin IS NOT NULL AND state = 'idle')`, "test "+b.token); n > 0 {
			t.Errorf("%d sessions are in a transaction", n)
		}
		return report("a", 0), nil
	}))
	if _, err := newMonitor(t, config).RunOnce(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// TestDamaged has somebody write into the tables what is no report: the monitor goes on.
func TestDamaged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config(steady("a", time.Hour, 100))
	config.Breach = func(context.Context, quality.Breach) error { return nil }
	m := newMonitor(t, config)
	for range 2 {
		if _, err := m.RunOnce(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		b.exec(t, `UPDATE {s}.quality_run SET report = '[]'`)
		b.exec(t, `UPDATE {s}.quality_assessment SET open = '{}'`)
	}
	if _, err := m.Latest(t.Context(), "a"); err == nil {
		t.Error("Latest of a damaged report: no error")
	}
	if _, err := m.Open(t.Context(), "a"); err == nil {
		t.Error("Open of damaged breaches: no error")
	}
}

// TestEmptyReport has an assessment return a report of nothing: no breach is resolved by it.
func TestEmptyReport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var empty atomic.Bool
	m := newMonitor(t, b.config(assessment("a", time.Hour, func(context.Context) (quality.Report, error) {
		if empty.Load() {
			return quality.Report{}, nil
		}
		return report("a", 100), nil
	})))
	if _, err := m.RunOnce(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	before, err := m.Open(t.Context(), "a")
	if err != nil || len(before) == 0 {
		t.Fatalf("%v open, %v", before, err)
	}
	empty.Store(true)
	if _, err := m.RunOnce(t.Context(), "a"); !errors.Is(err, monitor.ErrFailed) {
		t.Errorf("got %v, want ErrFailed", err)
	}
	after, err := m.Open(t.Context(), "a")
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("%v (-before +after):\n%s", err, diff)
	}
	if runs := history(t, m, "a"); runs[len(runs)-1].Failure != "its report has no results" {
		t.Errorf("%+v", runs)
	}
}
