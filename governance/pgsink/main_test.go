package pgsink_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestMain lets the test binary be the process that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv("SHUGO_TEST_WRITER") != "" {
		os.Exit(writerMain())
	}
	os.Exit(m.Run())
}

// newPool returns a pool of the server that the test names, with at most conns connections.
func newPool(tb testing.TB, conns int32, change ...func(*pgxpool.Config)) *pgxpool.Pool {
	tb.Helper()
	config, err := pgxpool.ParseConfig(servertest.Postgres(tb))
	if err != nil {
		tb.Fatalf("SHUGO_POSTGRES_URL: %v", err)
	}
	config.MaxConns = conns
	for _, f := range change {
		f(config)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

// bench is a schema of its own with an audit trail and a table to write to.
type bench struct {
	pool   *pgxpool.Pool
	schema string
	sink   *pgsink.Sink
}

// newBench makes a schema that is dropped when the test ends.
func newBench(tb testing.TB, conns int32, change ...func(*pgxpool.Config)) *bench {
	tb.Helper()
	pool := newPool(tb, conns, change...)
	suffix := make([]byte, 6)
	rand.Read(suffix)
	schema := "shugo test " + hex.EncodeToString(suffix) // a space, so that every use of the name has to quote it
	if err := pgsink.Migrate(context.Background(), pool, schema); err != nil {
		tb.Fatalf("Migrate: %v", err)
	}
	tb.Cleanup(func() { pool.Exec(context.Background(), `DROP SCHEMA "`+schema+`" CASCADE`) })
	b := openBench(tb, pool, schema)
	b.exec(tb, `CREATE TABLE {s}.note ("id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "body" text NOT NULL UNIQUE,
		"tx" xid8 NOT NULL DEFAULT pg_current_xact_id())`)
	b.exec(tb, `CREATE VIEW {s}.event AS SELECT "tx", encode(substring("leaf" FROM 2 FOR 16), 'hex')::uuid AS "id",
		convert_from(substring("leaf" FROM 35 FOR get_byte("leaf", 33)), 'UTF8') AS "kind" FROM {s}.audit_record`)
	return b
}

// openBench is a bench in a schema that exists.
func openBench(tb testing.TB, pool *pgxpool.Pool, schema string) *bench {
	tb.Helper()
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Schema: schema, Pseudonyms: pseudonyms(tb)})
	if err != nil {
		tb.Fatalf("New: %v", err)
	}
	return &bench{pool: pool, schema: schema, sink: sink}
}

func pseudonyms(tb testing.TB) governance.Pseudonyms {
	tb.Helper()
	p, err := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
