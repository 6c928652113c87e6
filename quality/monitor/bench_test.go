package monitor_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

// wide answers a suite of 21 checks.
func wide(context.Context) (quality.Report, error) {
	suite := quality.Suite{Name: "wide", Dataset: "wide"}
	var r quality.Report
	for i := range 21 {
		c := quality.Check{Name: fmt.Sprintf("check %d", i), Test: quality.NotNull{Field: "email"}}
		suite.Checks = append(suite.Checks, c)
		r.Results = append(r.Results, suite.Answer(c, quality.Result{Judged: 1_000_000, Unexpected: int64(i), Method: quality.ByFull}))
	}
	r.Rows = 1_000_000
	return suite.Summarize(r), nil
}

// BenchmarkRunOnce is what a run costs beside the assessment: claim, twenty past reports of 21 checks, one transaction, pruning.
func BenchmarkRunOnce(b *testing.B) {
	bench := newBench(b)
	config := bench.config(assessment("wide", time.Hour, wide))
	config.Breach = bench.tell
	m := newMonitor(b, config)
	for range 20 {
		if _, err := m.RunOnce(b.Context(), "wide"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.RunOnce(b.Context(), "wide"); err != nil {
			b.Fatal(err)
		}
	}
}

// stored is a monitor with 100,000 reports of 21 checks, an hour apart.
func stored(b *testing.B) (*bench, *monitor.Monitor) {
	bench := newBench(b)
	m := newMonitor(b, bench.config(assessment("wide", time.Hour, wide)))
	if _, err := m.RunOnce(b.Context(), "wide"); err != nil {
		b.Fatal(err)
	}
	bench.exec(b, `INSERT INTO {s}.quality_run SELECT name, 1 + n, due_at, started_at, ended_at + n * interval '1 hour', NULL, report
		FROM {s}.quality_run, generate_series(1, 99999) AS n`)
	bench.exec(b, `UPDATE {s}.quality_assessment SET run = 100000`)
	bench.exec(b, `VACUUM ANALYZE {s}.quality_run`)
	return bench, m
}

// BenchmarkLatest reads the last of 100,000 reports.
func BenchmarkLatest(b *testing.B) {
	_, m := stored(b)
	b.ReportAllocs()
	for b.Loop() {
		if run, err := m.Latest(b.Context(), "wide"); err != nil || run.Number != 100_000 {
			b.Fatal(run.Number, err)
		}
	}
}

// BenchmarkHistory reads the last hundred of 100,000 reports.
func BenchmarkHistory(b *testing.B) {
	_, m := stored(b)
	latest, err := m.Latest(b.Context(), "wide")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range m.History(b.Context(), "wide", latest.Ended.Add(-99*time.Hour)) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100 {
			b.Fatalf("%d runs: want 100", n)
		}
	}
}

// BenchmarkRunOnceOfMany is BenchmarkRunOnce beside 100,000 stored reports.
func BenchmarkRunOnceOfMany(b *testing.B) {
	_, m := stored(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.RunOnce(b.Context(), "wide"); err != nil {
			b.Fatal(err)
		}
	}
}
