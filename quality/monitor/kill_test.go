package monitor_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

// restless is a configuration of assessments that find something else each time, and whose lease is short.
func (b *bench) restless(names []string) monitor.Config {
	var assessments []monitor.Assessment
	for _, name := range names {
		assessments = append(assessments, assessment(name, 20*time.Millisecond, func(ctx context.Context) (quality.Report, error) {
			var n int64
			const begin = `WITH i AS (INSERT INTO {c}.begun VALUES ($1)) SELECT count(*) FROM {c}.begun, pg_sleep(random() * 0.01) WHERE name = $1`
			err := b.pool.QueryRow(ctx, b.sql(begin), name).Scan(&n)
			return report(name, n%3*100), err
		}))
	}
	config := b.config(assessments...)
	config.Breach, config.FailAfter, config.Parallel, config.Lease = b.tell, 1_000_000, 2, 200*time.Millisecond
	config.BreachLimit, config.Grace = 500*time.Millisecond, 200*time.Millisecond
	return config
}

// settleDown takes the clock of the schedule back, so that nothing more comes due, and has what was left behind done.
func (b *bench) settleDown(t *testing.T, m *monitor.Monitor) {
	t.Helper()
	stop := start(t, m)
	eventually(t, "nothing is left behind", func() bool {
		b.exec(t, `UPDATE {s}.quality_assessment SET next_at = next_at + interval '1 day' WHERE lease_until IS NULL AND next_at < now() + interval '1 hour'`)
		return b.number(t, `SELECT (SELECT count(*) FROM {s}.quality_notice) + (SELECT count(*) FROM {s}.quality_assessment WHERE lease_until IS NOT NULL)`) == 0
	})
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
}

// TestKilledProcess kills processes that run a monitor, at random moments.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	kills := servertest.Count(5, 200)
	for range kills {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "SHUGO_TEST_MONITOR="+b.token)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 1 + rand.IntN(8); n > 0 && lines.Scan(); n-- { // each line is an assessment that begins, or a breach that was told
		}
		if err := child.Process.Kill(); err != nil {
			t.Error(err)
		}
		child.Wait()
	}
	eventually(t, "sessions of the dead end", func() bool {
		return b.number(t, `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1`, "child "+b.token) == 0
	})
	m := newMonitor(t, b.restless(names(3)))
	b.settleDown(t, m)
	b.check(t, m, names(3)...)
	begun, reports := b.number(t, `SELECT count(*) FROM {c}.begun`), b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE report IS NOT NULL`)
	lost := b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE failure LIKE 'the lease ran out%'`)
	twice := b.number(t, `SELECT count(*) - count(DISTINCT number) FROM {c}.told`)
	t.Logf("%d kills: %d assessments begun, %d reports, %d runs taken over, %d breaches told, %d of them again", kills, begun, reports, lost,
		b.number(t, `SELECT count(*) FROM {c}.told`), twice)
	if reports < kills/2 || lost == 0 {
		t.Error("the children hardly did anything, or were never killed at work")
	}
}

// childMain is the process that TestKilledProcess kills.
func childMain(token string) int {
	b, err := connect(token, "child")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c := b.restless(names(3))
	c.Progress = func(p quality.Progress) { fmt.Println("begins", p.Suite) }
	c.Breach = func(ctx context.Context, breach quality.Breach) error {
		defer fmt.Println("told", breach.Suite)
		return b.tell(ctx, breach)
	}
	m, err := monitor.New(c)
	if err == nil {
		err = m.Run(context.Background())
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// TestReplicas runs ten assessments by two monitors: no due time twice, no assessment by both at once.
func TestReplicas(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ticks := servertest.Count(6, 100)
	var overlaps atomic.Int64
	var assessments []monitor.Assessment
	for _, name := range names(10) {
		var at atomic.Int64 // how many are at it, in both
		assessments = append(assessments, assessment(name, 50*time.Millisecond, func(context.Context) (quality.Report, error) {
			if at.Add(1) > 1 {
				overlaps.Add(1)
			}
			defer at.Add(-1)
			return report(name, rand.Int64N(3)*100), nil
		}))
	}
	config := b.config(assessments...)
	config.Breach, config.Parallel = b.tell, 2
	one, two := newMonitor(t, config), newMonitor(t, config)
	stops := []func() error{start(t, one), start(t, two)}
	eventually(t, "many ticks", func() bool {
		return b.number(t, `SELECT coalesce(min(n), 0) FROM (SELECT count(*) AS n FROM {s}.quality_run GROUP BY name) AS runs`) >= ticks
	})
	for _, stop := range stops {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	b.settleDown(t, one)
	b.check(t, one, names(10)...)
	if overlaps.Load() > 0 {
		t.Errorf("an assessment ran beside itself %d times", overlaps.Load())
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE failure IS NOT NULL`); n > 0 {
		t.Errorf("%d runs failed", n)
	}
}

// TestTerminatedBackends ends sessions of the server under two monitors, in the middle of whatever they do.
func TestTerminatedBackends(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	doomed := openBench(t, b.token, "doomed")
	c := doomed.restless(names(3))
	c.Lease = 2 * time.Second
	stops := []func() error{start(t, newMonitor(t, c)), start(t, newMonitor(t, c))}
	killed := 0
	for killed < servertest.Count(25, 500) {
		before := b.number(t, `SELECT count(*) FROM {s}.quality_run`)
		killed += b.number(t, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1
			AND random() < 0.5`, "doomed "+b.token)
		eventually(t, "another run", func() bool { return b.number(t, `SELECT count(*) FROM {s}.quality_run`) > before })
	}
	for _, stop := range stops {
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	b.settleDown(t, newMonitor(t, b.restless(names(3))))
	b.check(t, newMonitor(t, b.config(steady("any", time.Hour, 0))), names(3)...)
	t.Logf("%d sessions ended: %d reports, %d failed runs, %d breaches told", killed,
		b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE report IS NOT NULL`),
		b.number(t, `SELECT count(*) FROM {s}.quality_run WHERE report IS NULL`), b.number(t, `SELECT count(*) FROM {c}.told`))
}
