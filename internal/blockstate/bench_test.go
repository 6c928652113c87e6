package blockstate

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A row of some 330 bytes: a million are about 340 MB.
const eventsSQL = `
CREATE TABLE events (id bigint, a text, pad text, created_at timestamptz, v float8, n numeric) WITH (autovacuum_enabled = off);
CREATE FUNCTION fill(low bigint, high bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO events SELECT i, md5(i::text), repeat('x', 250), '2026-01-01Z'::timestamptz + i * interval '1 second',
		CASE WHEN i % 7 > 0 THEN i::float8 / 3 END, (i % 100)::numeric / 10
	FROM generate_series(low, high) i $$;`

func eventsRequest() Request {
	r := Request{Table: pgx.Identifier{"public", "events"}}
	for _, condition := range []string{"true", "id IS NULL", "a IS NULL", "pad IS NULL", "created_at IS NULL", "v IS NULL", "n IS NULL",
		"id < 0", "v < 0", "n > 5", "length(a) <> 32", "octet_length(pad) > 1000", "a < '1'", "a ~ '^0'", "v > 10", "id % 2 = 0",
		"created_at > '2026-02-01Z'", "n <> 0", "a = pad", "v > n::float8"} {
		r.Aggregates = append(r.Aggregates, Aggregate{Count, "count(*) FILTER (WHERE " + condition + ")"})
	}
	return r
}

// BenchmarkRefresh reports the processor time that the server spends on a table of 1,000,000 rows and 20 counts: for one plain
// statement, the first reading, and refreshes after nothing, after 1 % appended rows, after the same once they were
// read twice, after VACUUM came by, and after updates all over. The ratio is that of the plain statement to it.
func BenchmarkRefresh(b *testing.B) {
	pool := newDatabase(b, eventsSQL+"SELECT fill(1, 1000000)")
	run(b, pool, "VACUUM (FREEZE, ANALYZE) events", "CHECKPOINT")
	full := 0.0
	b.Run("plain", func(b *testing.B) {
		full = measure(b, pool, func(tx pgx.Tx) Account { scan(b, tx, eventsRequest()); return Account{} }, 0)
	})
	var state []byte
	bring := func(tx pgx.Tx) Account {
		_, _, account, err := Refresh(b.Context(), tx, eventsRequest(), state)
		if err != nil {
			b.Fatal(err)
		}
		return account
	}
	b.Run("first", func(b *testing.B) { measure(b, pool, bring, full) })
	state, _ = refreshed(b, pool, eventsRequest(), nil)
	b.Run("unchanged", func(b *testing.B) { measure(b, pool, bring, full) })
	run(b, pool, "SELECT fill(1000001, 1010000)")
	b.Run("appended", func(b *testing.B) { measure(b, pool, bring, full) })
	kept := state
	state, _ = refreshed(b, pool, eventsRequest(), state)
	state, _ = refreshed(b, pool, eventsRequest(), state)
	b.Run("appendedBefore", func(b *testing.B) { measure(b, pool, bring, full) })
	state = kept
	run(b, pool, "VACUUM events")
	b.Run("appendedVacuum", func(b *testing.B) { measure(b, pool, bring, full) })
	state, _ = refreshed(b, pool, eventsRequest(), state)
	run(b, pool, "UPDATE events SET n = n + 1 WHERE id % 50000 = 7")
	b.Run("updated20", func(b *testing.B) { measure(b, pool, bring, full) })
	run(b, pool, "VACUUM events")
	b.Run("updated20Vacuum", func(b *testing.B) { measure(b, pool, bring, full) })
	run(b, pool, "VACUUM FREEZE events")
	b.Run("updated20Freeze", func(b *testing.B) { measure(b, pool, bring, full) })
}

// measure runs f, each time in a transaction of its own on one connection, and returns the seconds that its server process
// was on a processor for one.
func measure(b *testing.B, pool *pgxpool.Pool, f func(pgx.Tx) Account, full float64) float64 {
	b.Helper()
	conn, err := pool.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	pid := conn.Conn().PgConn().PID()
	if _, err := conn.Exec(b.Context(), "SET max_parallel_workers_per_gather = 0; SET jit = off"); err != nil {
		b.Fatal(err)
	}
	var account Account
	once := func() {
		tx, err := conn.BeginTx(b.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			b.Fatal(err)
		}
		account = f(tx)
		if err := tx.Rollback(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	once() // the caches of the session
	before := onProcessor(b, pid)
	for b.Loop() {
		once()
	}
	spent := (onProcessor(b, pid) - before).Seconds() / float64(b.N)
	b.ReportMetric(spent*1e3, "server-ms/op")
	if full > 0 {
		b.ReportMetric(full/spent, "ratio")
		b.ReportMetric(float64(account.PagesRead), "pages-read")
		b.ReportMetric(float64(account.PagesExamined), "pages-examined")
		b.ReportMetric(float64(account.StateBytes), "state-bytes")
	}
	return spent
}

// onProcessor returns how long a process was on a processor, as Linux counts it in nanoseconds.
func onProcessor(b *testing.B, pid uint32) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		b.Skipf("the server of SHUGO_POSTGRES_URL is not on this machine, or this is not Linux: %v", err)
	}
	n, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(n)
}
