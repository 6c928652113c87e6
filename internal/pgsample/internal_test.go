package pgsample

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/internal/servertest"
)

// Each block is as likely as any other, and each pair of neighbours too: counts of 20,000 samples of 5 out of 20 lie within 5
// standard deviations.
func TestChooseIsUniform(t *testing.T) {
	t.Parallel()
	const samples, n, total = 20_000, 5, 20
	var single, pair [total]int
	for seed := range uint64(samples) {
		blocks := choose(n, total, seed)
		for _, b := range blocks {
			single[b]++
			if slices.Contains(blocks, (b+1)%total) {
				pair[b]++
			}
		}
	}
	for _, c := range []struct {
		counts      [total]int
		probability float64
	}{{single, 5.0 / 20}, {pair, 5.0 / 20 * 4 / 19}} {
		mean, deviation := samples*c.probability, math.Sqrt(samples*c.probability*(1-c.probability))
		for b, got := range c.counts {
			if math.Abs(float64(got)-mean) > 5*deviation {
				t.Errorf("block %d: %d times: want %.0f, give or take %.0f", b, got, mean, deviation)
			}
		}
	}
}

func FuzzChoose(f *testing.F) {
	f.Add(int64(3), int64(10), uint64(1))
	f.Add(int64(10), int64(10), uint64(2))
	f.Add(int64(100), int64(math.MaxUint32), uint64(3))
	f.Fuzz(func(t *testing.T, n, total int64, seed uint64) {
		if n < 0 || n > total || n > 1000 || total > math.MaxUint32 {
			return
		}
		blocks := choose(n, total, seed)
		if int64(len(blocks)) != n || !slices.IsSorted(blocks) || len(slices.Compact(slices.Clone(blocks))) != len(blocks) {
			t.Errorf("choose(%d, %d, %d) = %v: want that many, in order, each once", n, total, seed, blocks)
		}
		if n > 0 && int64(blocks[n-1]) >= total {
			t.Errorf("choose(%d, %d, %d) has block %d", n, total, seed, blocks[n-1])
		}
	})
}

// Pages are found by TID range scans: a sequential scan for each would read the table as often as it has pages in the sample.
func TestPlan(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.Database(t), 1)
	if _, err := pool.Exec(t.Context(), `CREATE TABLE person AS SELECT id, 'x' || id AS name FROM generate_series(1, 20000) AS id`); err != nil {
		t.Fatal(err)
	}
	r := Request{Table: pgx.Identifier{"person"}, Defects: []string{"name < $1", "id = $2"}, Args: []any{"y", 3}}
	tids := []pgtype.TID{{BlockNumber: 1, Valid: true}}
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		for _, analyzed := range []string{"SELECT", "ANALYZE person"} {
			var plan []string
			err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				for _, sql := range []string{analyzed, fmt.Sprintf("SET LOCAL plan_cache_mode = %s", mode)} {
					if _, err := tx.Exec(t.Context(), sql); err != nil {
						return err
					}
				}
				rows, err := tx.Query(t.Context(), "EXPLAIN "+r.statement(), append(slices.Clone(r.Args), tids, tids)...)
				if err != nil {
					return err
				}
				plan, err = pgx.CollectRows(rows, pgx.RowTo[string])
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "\n"); !strings.Contains(text, "Tid Range Scan on person") || strings.Contains(text, "Seq Scan") {
				t.Errorf("%s, %s: the plan is\n%s", mode, analyzed, text)
			}
		}
	}
}
