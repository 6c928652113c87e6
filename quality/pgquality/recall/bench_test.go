package recall_test

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkFilteredSearch compares searches among 1 % of the rows: the exact one that [recall.Measure] advises, and an iterative scan of
// the approximate index. Both run on one connection, whose statements are prepared.
func BenchmarkFilteredSearch(b *testing.B) {
	w := newWorld(b, servertest.Count(2000, 15_000), servertest.Count(32, 1536), hnsw)
	probes := w.probes(50)
	for _, c := range []struct{ name, settings, sql string }{
		{"exact", "", `SELECT id, distance FROM (SELECT id, e <=> $1::real[]::vector AS distance FROM message WHERE owner = $2 OFFSET 0) r
			ORDER BY distance LIMIT 10`},
		{"iterative", `SET hnsw.iterative_scan = 'relaxed_order'; SET enable_seqscan = off; SET enable_sort = off`,
			`SELECT id, e <=> $1::real[]::vector AS distance FROM message WHERE owner = $2 ORDER BY e <=> $1::real[]::vector LIMIT 10`},
	} {
		b.Run(c.name, func(b *testing.B) {
			ctx := context.Background()
			conn, err := w.pool.Acquire(ctx)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Release()
			if _, err := conn.Exec(ctx, "SET plan_cache_mode = force_custom_plan; SET jit = off; "+c.settings); err != nil {
				b.Fatal(err)
			}
			n, returned := 0, 0
			for b.Loop() {
				rows, err := conn.Query(ctx, c.sql, probes[n%len(probes)], "hundredth")
				if err != nil {
					b.Fatal(err)
				}
				for rows.Next() {
					returned++
				}
				if rows.Err() != nil {
					b.Fatal(rows.Err())
				}
				n++
			}
			b.ReportMetric(float64(returned)/float64(n), "rows/op")
		})
	}
}
