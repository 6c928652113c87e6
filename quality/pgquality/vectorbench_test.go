package pgquality_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// cpuSQL reads the processor time of the session, in hundredths of a second (proc(5): fields 14 and 15, after the name in parentheses).
const cpuSQL = `SELECT f[12]::int8 + f[13]::int8 FROM (SELECT string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' ')) s(f)`

// BenchmarkEmbeddings measures the processor time that the database spends, as cpu-s/op, on one connection.
func BenchmarkEmbeddings(b *testing.B) {
	n := servertest.Count(2000, 50_000)
	pool := messages(b, "vector(1536)", n, 1536, 1)
	execute(b, pool, "SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '64MB'")
	statement := func(sql string) func(testing.TB) { return func(t testing.TB) { execute(t, pool, sql) } }
	for _, c := range []struct {
		name string
		run  func(testing.TB)
	}{
		{"norm alone", statement("SELECT count(*) FILTER (WHERE vector_norm(embedding) > 0) FROM message")},
		{"one pass", func(t testing.TB) { judged(t, pool, embeddingSuite(1536)) }},
		{"copies", func(t testing.TB) { judged(t, pool, uniqueSuite(0)) }},
		{"copies by GROUP BY", statement("SELECT count(*) FROM (SELECT FROM message GROUP BY embedding HAVING count(*) > 1) g")},
		{"near 1e-6", func(t testing.TB) { judged(t, pool, uniqueSuite(1e-6)) }},
		{"near 0.01", func(t testing.TB) { judged(t, pool, uniqueSuite(0.01)) }},
	} {
		b.Run(fmt.Sprintf("%s of %d", c.name, n), func(b *testing.B) {
			before := spent(b, pool)
			for b.Loop() {
				c.run(b)
			}
			b.ReportMetric(float64(spent(b, pool)-before)/100/float64(b.N), "cpu-s/op")
		})
	}
}

func uniqueSuite(within float64) quality.Suite {
	return quality.Suite{Dataset: "message", Checks: []quality.Check{{Test: quality.VectorUnique{Field: "embedding", Within: within}}}}
}

func spent(t testing.TB, pool *pgxpool.Pool) (hundredths int64) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), cpuSQL).Scan(&hundredths); err != nil {
		t.Fatal(err)
	}
	return hundredths
}

// judged assesses, with the memory that large tables take, and sees that every check is.
func judged(t testing.TB, pool *pgxpool.Pool, suite quality.Suite) {
	t.Helper()
	a, err := pgquality.New(pgquality.Config{Database: pool, WorkMemory: 256})
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Assess(context.Background(), suite)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		if r.Verdict == quality.NotAssessed {
			t.Fatalf("%s: %s", r.Check, r.Reason)
		}
	}
}
