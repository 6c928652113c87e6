package blockstate

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
)

// The rows are wide: seven fill a page. The random numbers of -0 and NaN, infinite times, and decimals of different scales
// are where a merge may differ from a scan.
const itemsSQL = `
CREATE TABLE items (id bigint PRIMARY KEY, x bigint, n numeric, v float8, at timestamptz, pad text NOT NULL)
	WITH (autovacuum_enabled = off, fillfactor = 95);
CREATE FUNCTION fill(low bigint, high bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO items SELECT i, nullif(i % 11, 3), (i % 1000)::numeric / (CASE i % 3 WHEN 0 THEN 1 ELSE 8 END),
		CASE i % 13 WHEN 1 THEN NULL WHEN 2 THEN '-0'::float8 WHEN 3 THEN 0 ELSE i % 97 END,
		'2026-01-01Z'::timestamptz + i * interval '1 minute', repeat('x', 1000)
	FROM generate_series(low, high) i $$;`

func itemsRequest() Request {
	return Request{
		Table: pgx.Identifier{"public", "items"},
		Args:  []any{int64(5)},
		Aggregates: []Aggregate{
			{Count, `count(*)`},
			{Count, `count(*) FILTER (WHERE x IS NULL)`},
			{Count, `count(*) FILTER (WHERE x > $1)`},
			{Sum, `sum(n)`}, {Sum, `sum(id)`}, {Sum, `sum(x::int)`},
			{Min, `min(v)`}, {Max, `max(v)`}, {Min, `min(abs(v))`}, {Max, `max(-abs(v))`},
			{Min, `min(at)`}, {Max, `max(at)`}, {Min, `min(id)`}, {Max, `max(octet_length(pad))`},
		},
	}
}

// newDatabase returns a pool of a database with the functions of Schema.
func newDatabase(t testing.TB, sql string) *pgxpool.Pool {
	t.Helper()
	pool := servertest.Pool(t, servertest.Database(t), 8)
	run(t, pool, Schema())
	run(t, pool, sql)
	return pool
}

// inSchema returns a pool whose sessions work in a schema of their own of a database, which is cheaper to make than a database,
// and the request for the table there.
func inSchema(t testing.TB, database *pgxpool.Pool, sql string) (*pgxpool.Pool, Request) {
	t.Helper()
	name := "s" + strings.ToLower(rand.Text())
	run(t, database, "CREATE SCHEMA "+name)
	config := database.Config()
	config.ConnConfig.RuntimeParams["search_path"] = name
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	run(t, pool, sql)
	req := itemsRequest()
	req.Table[0] = name
	return pool, req
}

type executor interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}

// run runs statements one by one with those of VACUUM outside of a transaction block.
func run(t testing.TB, pool *pgxpool.Pool, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%.80s: %v", sql, err)
		}
	}
}

// begin starts a transaction of one snapshot, and takes the snapshot. Scans are serial there and begin at the first block: of
// two equal values, as 0 and -0 are, another order gives another.
func begin(t testing.TB, pool *pgxpool.Pool) pgx.Tx {
	t.Helper()
	tx, err := pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	if _, err := tx.Exec(t.Context(), "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL synchronize_seqscans = off; SELECT 1"); err != nil {
		t.Fatal(err)
	}
	return tx
}

// scan reads the whole table by one plain statement.
func scan(t testing.TB, tx executor, req Request) Totals {
	t.Helper()
	var texts []string
	for _, a := range req.Aggregates {
		if a.Kind == Sum {
			a.SQL += "::text"
		}
		texts = append(texts, a.SQL)
	}
	rows, err := tx.Query(t.Context(), "SELECT "+strings.Join(texts, ", ")+" FROM "+req.Table.Sanitize(), req.Args...)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		switch v := v.(type) {
		case int32:
			values[i] = int64(v)
		case time.Time:
			values[i] = v.UTC()
		}
	}
	return values
}

// bitwise shows a float by its bits, so that -0 is not 0 and NaN is NaN.
func bitwise() cmp.Option {
	return cmp.Transformer("bits", func(v float64) string { return fmt.Sprintf("%v %#x", v, math.Float64bits(v)) })
}

// refreshed refreshes in a transaction of its own and compares with a scan in the same snapshot.
func refreshed(t testing.TB, pool *pgxpool.Pool, req Request, previous []byte) ([]byte, Account) {
	t.Helper()
	tx := begin(t, pool)
	totals, next, account, err := Refresh(t.Context(), tx, req, previous)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(scan(t, tx, req), totals, bitwise()); diff != "" {
		t.Fatalf("%+v: not what a scan gives (-scan +refresh):\n%s", account, diff)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	return next, account
}
