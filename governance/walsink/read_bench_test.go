package walsink_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

type query struct {
	ID    int64
	Owner governance.Subject
}

// BenchmarkAuditedReads measures what the audit costs a read by primary key: the bare call and the governed one run by
// turns, so that both meet the same machine. It reports both rates and the median of the ratios. "first" is the sink
// that has each attempt on the disk before its call runs. There are up to 64 connections.
func BenchmarkAuditedReads(b *testing.B) {
	pool := servertest.Pool(b, servertest.Database(b), 64)
	fill(b, pool)
	for _, callers := range []int{1, 16, 64, 256} {
		for _, form := range []string{"overlapped", "first"} {
			b.Run(fmt.Sprintf("%s/callers=%d", form, callers), func(b *testing.B) {
				sink := running(b, walsink.Config{Dir: b.TempDir()})
				var audit governance.AuditSink = sink
				if form == "first" {
					audit = governance.Vouch(governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
						e.Held = false
						return sink.Record(ctx, e)
					}), governance.Durable)
				}
				bare, audited := reads(b, pool, audit)
				measure(b, callers, bare, audited)
			})
		}
	}
}

// running returns a sink that is run, as a host runs it.
func running(b *testing.B, c walsink.Config) *walsink.Sink {
	b.Helper()
	sink := open(b, c)
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := sink.Run(ctx); err != nil {
			b.Errorf("Run: %v", err)
		}
	})
	b.Cleanup(func() { cancel(); group.Wait() })
	return sink
}

// measure runs two calls by turns, each with a number of goroutines, for slices of a time.
func measure(b *testing.B, goroutines int, bare, audited governance.Call[query, string]) {
	const slice = 250 * time.Millisecond
	var ratios []float64
	var total [2]float64
	run(b, goroutines, slice, bare) // connects
	b.ResetTimer()
	for b.Loop() {
		var rates [2]float64
		for i, call := range []governance.Call[query, string]{bare, audited} {
			rates[i] = run(b, goroutines, slice, call)
			total[i] += rates[i]
		}
		ratios = append(ratios, rates[1]/rates[0])
	}
	b.ReportMetric(total[0]/float64(len(ratios)), "bare/s")
	b.ReportMetric(total[1]/float64(len(ratios)), "audited/s")
	b.ReportMetric(median(ratios), "audited/bare")
}

// run returns the calls per second of a number of goroutines.
func run(b *testing.B, goroutines int, slice time.Duration, call governance.Call[query, string]) float64 {
	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "learner-7", Roles: []string{"learner"}})
	var calls atomic.Int64
	var group sync.WaitGroup
	begin := time.Now()
	for g := range goroutines {
		group.Go(func() {
			n := 0
			for time.Since(begin) < slice {
				if _, err := call(ctx, query{ID: int64((g*7919+n)%rowCount + 1), Owner: "learner-7"}); err != nil {
					b.Error(err)
					return
				}
				n++
			}
			calls.Add(int64(n))
		})
	}
	group.Wait()
	return float64(calls.Load()) / time.Since(begin).Seconds()
}

const rowCount = 10_000

func fill(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	_, err := pool.Exec(context.Background(), `CREATE TABLE message ("id" bigint PRIMARY KEY, "learner" text NOT NULL, "content" text NOT NULL)`)
	if err == nil {
		_, err = pool.Exec(context.Background(),
			`INSERT INTO message SELECT n, 'learner-7', repeat('text ', 40) FROM generate_series(1, $1) AS n`, rowCount)
	}
	if err == nil {
		_, err = pool.Exec(context.Background(), `ANALYZE message`)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// reads returns a read by primary key, bare and governed.
func reads(tb testing.TB, pool *pgxpool.Pool, audit governance.AuditSink) (bare, audited governance.Call[query, string]) {
	tb.Helper()
	bare = func(ctx context.Context, q query) (content string, err error) {
		err = pool.QueryRow(ctx, `SELECT "content" FROM message WHERE "id" = $1 AND "learner" = $2`, q.ID, string(q.Owner)).Scan(&content)
		return content, err
	}
	return bare, governance.Wrap(newGuard(tb, audit), readMessage(), bare)
}

func readMessage() governance.Operation[query, string] {
	return governance.Operation[query, string]{
		Name: "messages.get", Dataset: "message", Action: governance.Read, Subject: func(q query) governance.Subject { return q.Owner },
	}
}

// newGuard returns a guard under which learners read, write and export their own messages.
func newGuard(tb testing.TB, audit governance.AuditSink) *governance.Guard {
	tb.Helper()
	const messages = governance.Category("messages")
	g, err := governance.New(governance.Config{Audit: audit, Manifest: governance.Manifest{
		Classes:  []governance.Class{{Category: messages, Classification: "PII", Personal: true}},
		Datasets: []governance.Dataset{{Store: "postgresql", Name: "message", Category: messages, Subject: "learner"}},
		Rules: []governance.Rule{{Name: "own", Roles: []string{"learner"}, Categories: []governance.Category{messages},
			Actions: []governance.Action{governance.Read, governance.Create, governance.Export}, Own: true}},
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
