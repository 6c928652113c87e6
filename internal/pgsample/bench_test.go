package pgsample_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgsample"
	"github.com/shugo-data/shugo/internal/servertest"
)

// bySystemSQL is the same count with TABLESAMPLE SYSTEM, grouped by page.
const bySystemSQL = `
SELECT (ctid::text::point)[0], count(*), count(*) FILTER (WHERE noise < 0.01), count(*) FILTER (WHERE batch_noise < 0.01)
FROM person TABLESAMPLE SYSTEM (%v) REPEATABLE (%d)
GROUP BY 1`

func BenchmarkDraw(b *testing.B) {
	pool := servertest.Pool(b, servertest.Database(b), 1)
	ctx := b.Context()
	if _, err := pool.Exec(ctx, fmt.Sprintf(personSQL, 2_000_000)); err != nil {
		b.Fatal(err)
	}
	request := pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"noise < 0.01", "batch_noise < 0.01"}}
	total := int64(0)
	for _, pages := range []int64{100, 1000, 10000} {
		request.Pages = pages
		b.Run(fmt.Sprintf("ranges/%d", pages), func(b *testing.B) {
			for b.Loop() {
				request.Seed++
				s := draw(b, pool, request)
				total = s.TablePages
			}
		})
		b.Run(fmt.Sprintf("system/%d", pages), func(b *testing.B) {
			for b.Loop() {
				request.Seed++
				sql := fmt.Sprintf(bySystemSQL, 100*float64(pages)/float64(total), request.Seed)
				if _, err := pool.Exec(ctx, sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
