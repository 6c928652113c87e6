package pgsink_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// benchWriters is how many connections write at once.
const benchWriters = 32

// business is what a benchmark writes: its table, its statement, and the parameters of that.
type business struct {
	table, insert, text string
	vector              []float32 // the second parameter; nil: there is none
	asText              bool      // the vector travels in the text form of pgvector
}

func businesses() map[string]business {
	const message = `
		CREATE TABLE {s}.session ("id" uuid PRIMARY KEY, "started_at" timestamptz NOT NULL DEFAULT now());
		INSERT INTO {s}.session SELECT md5(n::text)::uuid FROM generate_series(1, 100) AS n;
		CREATE TABLE {s}.message (
			"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
			"session_id" uuid NOT NULL REFERENCES {s}.session,
			"user_id" uuid NOT NULL DEFAULT gen_random_uuid(),
			"role" text NOT NULL CHECK ("role" IN ('user', 'assistant', 'system')),
			"content" text NOT NULL,
			"content_embedding" real[],
			"created_at" timestamptz NOT NULL DEFAULT now());
		CREATE INDEX ON {s}.message ("session_id", "created_at");
		CREATE INDEX ON {s}.message ("user_id", "created_at")`
	text := strings.Repeat("日本語を勉強しています。", 12)
	vector := make([]float32, 1536)
	for i := range vector {
		vector[i] = rand.Float32()
	}
	return map[string]business{
		// The cheapest row that could be worth an audit: the table that the tests write to.
		"small": {``, `INSERT INTO {s}.note ("body") VALUES ($1)`, `note `, nil, false},
		// A message of a conversation: some 400 bytes of text, a session that must exist, and the keys that one looks up by.
		"message": {message, `INSERT INTO {s}.message ("session_id", "role", "content")
			VALUES (md5((1 + length($1::text) % 100)::text)::uuid, 'user', $1::text)`, text, nil, false},
		// The same with its vector, as a host keeps it that searches: pgvector's type under an HNSW index.
		"searchable": {strings.Replace(message, "real[]", "public.vector(1536)", 1) + `;
			CREATE INDEX ON {s}.message USING hnsw ("content_embedding" public.vector_cosine_ops)`,
			`INSERT INTO {s}.message ("session_id", "role", "content", "content_embedding")
			VALUES (md5((1 + length($1::text) % 100)::text)::uuid, 'user', $1::text, $2::text::public.vector)`, text, vector, true},
		// The same with its vector, kept and not indexed.
		"embedded": {message, `INSERT INTO {s}.message ("session_id", "role", "content", "content_embedding")
			VALUES (md5((1 + length($1::text) % 100)::text)::uuid, 'user', $1::text, $2)`, text, vector, false},
	}
}

func (w business) args(n note) []any {
	if w.vector == nil {
		return []any{n.body}
	}
	if !w.asText {
		return []any{n.body, w.vector}
	}
	// No two vectors are the same, or the index would be a list of duplicates.
	vector := slices.Clone(w.vector)
	for i := range vector {
		vector[i] += rand.Float32()
	}
	return []any{n.body, strings.ReplaceAll(fmt.Sprint(vector), " ", ",")}
}

// BenchmarkWrite compares 32 writers without audit, with the effect on record, and with the attempt too. The three take
// turns in short rounds, so that the noise of the machine meets all alike. It reports the writes per second of each, and
// the median over the rounds of their ratio to the writes without audit.
func BenchmarkWrite(b *testing.B) {
	for name, work := range businesses() {
		b.Run(name+"/batch", func(b *testing.B) { work.run(b, true) })
		b.Run(name+"/tx", func(b *testing.B) { work.run(b, false) })
	}
}

func (w business) run(b *testing.B, batch bool) {
	bench := newBench(b, benchWriters+2)
	if w.table != "" {
		bench.exec(b, w.table)
	}
	insert := bench.sql(w.insert)
	bare := func(ctx context.Context, n note) (int64, error) {
		return 0, pgx.BeginFunc(ctx, bench.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, insert, w.args(n)...)
			return err
		})
	}
	call := func(ctx context.Context, n note) (int64, error) {
		tx, _ := pgsink.TxFrom(ctx)
		_, err := tx.Exec(ctx, insert, w.args(n)...)
		return 0, err
	}
	unit := pgsink.InTx[note, int64]
	if batch {
		bare = func(ctx context.Context, n note) (int64, error) {
			var batch pgx.Batch
			batch.Queue(insert, w.args(n)...)
			return 0, bench.pool.SendBatch(ctx, &batch).Close()
		}
		call = func(ctx context.Context, n note) (int64, error) {
			batch, _ := pgsink.BatchFrom(ctx)
			batch.Queue(insert, w.args(n)...)
			return 0, nil
		}
		unit = pgsink.InBatch[note, int64]
	}
	effects := bench.guard(b, governance.AuditSinkFunc(func(ctx context.Context, e governance.Event) error {
		if e.Kind == governance.Attempt {
			return nil
		}
		return bench.sink.Record(ctx, e)
	}))
	compare(b, w.text, []string{"bare", "effect", "attempt+effect"}, []write{
		bare,
		unit(bench.sink, governance.Wrap(effects, operation("1"), call)),
		unit(bench.sink, governance.Wrap(bench.guard(b), operation("2"), call)),
	})
}

// compare lets the calls take turns, and reports their rates.
func compare(b *testing.B, text string, names []string, calls []write) {
	var number atomic.Int64
	done, spent := make([]int64, len(calls)), make([]time.Duration, len(calls))
	ratios := make([][]float64, len(calls))
	round := func(i int, length time.Duration) (perSecond float64) {
		began := time.Now()
		var group sync.WaitGroup
		var writes atomic.Int64
		for range benchWriters {
			group.Go(func() {
				for time.Since(began) < length {
					if _, err := calls[i](writer(), note{fmt.Sprint(text, number.Add(1))}); err != nil {
						b.Error(err)
						return
					}
					writes.Add(1)
				}
			})
		}
		group.Wait()
		took := time.Since(began)
		done[i] += writes.Load()
		spent[i] += took
		return float64(writes.Load()) / took.Seconds()
	}
	for i := range calls { // statements are prepared, and connections made
		round(i, 200*time.Millisecond)
		done[i], spent[i] = 0, 0
	}
	for b.Loop() {
		bare := 0.0
		for i := range calls {
			rate := round(i, 150*time.Millisecond)
			if i == 0 {
				bare = rate
			}
			ratios[i] = append(ratios[i], rate/bare)
		}
	}
	for i, name := range names {
		b.ReportMetric(float64(done[i])/spent[i].Seconds(), name+"/s")
		if i > 0 {
			slices.Sort(ratios[i])
			b.ReportMetric(ratios[i][len(ratios[i])/2], name+"-ratio")
		}
	}
	b.ReportMetric(0, "ns/op")
}
