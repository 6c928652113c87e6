package walsink_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/governance/walsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkAuditedWrites measures what the whole audit costs a write, by turns with the bare one, from 32 connections: the
// attempt goes to the file, and the effect with the write, in one round trip and one commit. A message is what a tutor
// keeps, with keys to look it up by; a small row is the cheapest that could be worth an audit.
func BenchmarkAuditedWrites(b *testing.B) {
	for name, table := range map[string]string{
		"small": `CREATE TABLE written ("id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "learner" text NOT NULL, "content" text NOT NULL)`,
		"message": `CREATE TABLE written ("id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "learner" text NOT NULL, "content" text NOT NULL,
			"sent_at" timestamptz NOT NULL DEFAULT now());
			CREATE INDEX ON written ("learner", "sent_at"); CREATE INDEX ON written ("sent_at")`,
	} {
		content := map[string]string{"small": "note", "message": strings.Repeat("日本語を勉強しています。", 12)}[name]
		b.Run(name, func(b *testing.B) {
			pool := servertest.Pool(b, servertest.Database(b), 32)
			if _, err := pool.Exec(context.Background(), table); err != nil {
				b.Fatal(err)
			}
			bare, audited := writes(b, pool, content)
			for _, callers := range []int{32, 128} {
				b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { measure(b, callers, bare, audited) })
			}
		})
	}
}

// writes returns a write of one row, bare and governed.
func writes(b *testing.B, pool *pgxpool.Pool, content string) (bare, audited governance.Call[query, string]) {
	b.Helper()
	if err := pgsink.Migrate(context.Background(), pool, ""); err != nil {
		b.Fatal(err)
	}
	trail, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: pseudonyms(b)})
	if err != nil {
		b.Fatal(err)
	}
	sink := running(b, walsink.Config{Dir: b.TempDir(), Writes: trail, Unit: pgsink.InUnit})
	const insert = `INSERT INTO written ("learner", "content") VALUES ($1, $2)`
	bare = func(ctx context.Context, q query) (string, error) {
		var batch pgx.Batch
		batch.Queue(insert, string(q.Owner), content)
		return "", pool.SendBatch(ctx, &batch).Close()
	}
	queue := func(ctx context.Context, q query) (string, error) {
		batch, _ := pgsink.BatchFrom(ctx)
		batch.Queue(insert, string(q.Owner), content)
		return "", nil
	}
	op := readMessage()
	op.Name, op.Action = "messages.append", governance.Create
	return bare, pgsink.InBatch(trail, governance.Wrap(newGuard(b, sink), op, queue))
}
