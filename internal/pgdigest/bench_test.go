package pgdigest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkTable digests messages with embeddings, in MB of their COPY BINARY, and has the server do the same in the ways that
// one would write down first: a hash of the printed row, of the printed bytes of the vector, and nothing but reading it.
func BenchmarkTable(b *testing.B) {
	ctx := context.Background()
	conn := connect(b, servertest.Database(b))
	execute(b, conn, `CREATE EXTENSION IF NOT EXISTS vector; SET search_path = public;
CREATE TABLE messages (id bigint, author int, sent timestamptz, body text, meta jsonb, embedding vector(1536));
INSERT INTO messages SELECT i, i % 7, now(), repeat('日本語', 30), jsonb_build_object('n', i), ARRAY(SELECT random() + i * 0 FROM generate_series(1, 1536))::vector
	FROM generate_series(1, 10000) AS i;
ANALYZE messages`)
	c, err := pgcatalog.Read(ctx, conn, pgcatalog.Filter{})
	if err != nil {
		b.Fatal(err)
	}
	const size = 10000 * (1536*4 + 4 + 400)
	run := func(name string, work func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	query := func(sql string) func() error {
		return func() error {
			var text *string
			return conn.QueryRow(ctx, sql, pgx.QueryExecModeSimpleProtocol).Scan(&text)
		}
	}
	run("pgdigest", func() error {
		_, err := pgdigest.Table(ctx, conn, c.Tables[0])
		return err
	})
	run("serial", func() error {
		if _, err := conn.Exec(ctx, "SET max_parallel_workers_per_gather = 0"); err != nil {
			return err
		}
		_, err := pgdigest.Table(ctx, conn, c.Tables[0])
		return err
	})
	run("printed row", query("SELECT sum(hashtextextended(m::text, 1))::text FROM public.messages AS m"))
	run("printed bytes of the vector alone", query("SELECT sum(hashtextextended(public.vector_send(embedding)::text, 1))::text FROM public.messages"))
	run("reading alone", query("SELECT sum(length(public.vector_send(embedding)))::text FROM public.messages"))
}
