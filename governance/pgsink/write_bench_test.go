package pgsink_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// bareTx writes as InTx does, without audit.
func (b *bench) bareTx(ctx context.Context, n note) (id int64, err error) {
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, b.sql(`INSERT INTO {s}.note ("body") VALUES ($1) RETURNING "id"`), n.body).Scan(&id)
	})
	return id, err
}

// bareBatch writes as InBatch does, without audit.
func (b *bench) bareBatch(ctx context.Context, n note) (int64, error) {
	var batch pgx.Batch
	batch.Queue(b.sql(`INSERT INTO {s}.note ("body") VALUES ($1)`), n.body)
	return 0, b.pool.SendBatch(ctx, &batch).Close()
}

// effectsOnly is the bench's sink without attempts.
func (b *bench) effectsOnly() governance.AuditSink {
	return governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
		if e.Kind == governance.Attempt {
			return nil
		}
		return b.sink.Record(ctx, e)
	})
}

// BenchmarkWrite compares 32 writers with and without audit, in rounds that take turns so that the noise of the machine
// meets all alike. It reports writes per second, and the rate of each audited form over its bare one.
func BenchmarkWrite(b *testing.B) {
	const writers = 32
	bench := newBench(b, writers+2)
	g, effects := bench.guard(b), bench.guard(b, bench.effectsOnly())
	forms := []struct {
		name string
		base int
		call write
	}{
		{"batch-bare", 0, bench.bareBatch},
		{"batch-effect", 0, pgsink.InBatch(bench.sink, governance.Wrap(effects, operation("1"), bench.queue))},
		{"batch-attempt-effect", 0, pgsink.InBatch(bench.sink, governance.Wrap(g, operation("2"), bench.queue))},
		{"tx-bare", 3, bench.bareTx},
		{"tx-effect", 3, pgsink.InTx(bench.sink, governance.Wrap(effects, operation("3"), bench.insert))},
		{"tx-attempt-effect", 3, pgsink.InTx(bench.sink, governance.Wrap(g, operation("4"), bench.insert))},
	}
	var body atomic.Int64
	done, spent := make([]int64, len(forms)), make([]time.Duration, len(forms))
	round := func(i int, length time.Duration) {
		began := time.Now()
		var group sync.WaitGroup
		var writes atomic.Int64
		for range writers {
			group.Go(func() {
				for time.Since(began) < length {
					if _, err := forms[i].call(writer(), note{fmt.Sprintf("note %d of the benchmark", body.Add(1))}); err != nil {
						b.Error(err)
						return
					}
					writes.Add(1)
				}
			})
		}
		group.Wait()
		done[i] += writes.Load()
		spent[i] += time.Since(began)
	}
	for i := range forms {
		round(i, 300*time.Millisecond)
		done[i], spent[i] = 0, 0
	}
	for b.Loop() {
		for i := range forms {
			round(i, 500*time.Millisecond)
		}
	}
	rate := func(i int) float64 { return float64(done[i]) / spent[i].Seconds() }
	for i, form := range forms {
		b.ReportMetric(rate(i), form.name+"/s")
		if i != form.base {
			b.ReportMetric(rate(i)/rate(form.base), form.name+"-ratio")
		}
	}
}
