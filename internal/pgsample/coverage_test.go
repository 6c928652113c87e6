package pgsample_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgsample"
	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/interval"
)

// planted are the defects of person that coverage is tested with.
func planted() []string {
	return []string{
		"noise < 0.001", "noise < 0.02", "noise < 0.3", // independent rows
		"batch_noise < 0.004", "batch_noise < 0.03", "batch_noise < 0.2", // whole loads
		"batch BETWEEN 1000 AND 1049", "batch BETWEEN 500 AND 899", // one run of them
		"batch_noise < 0.05 AND noise < 0.5", "batch_noise < 0.5 AND noise < 0.1", // half-bad ones
		"noise < 0.01 OR batch_noise < 0.01", "noise < 0.05 OR batch BETWEEN 2000 AND 2199", // few loads behind many rows
	}
}

// TestCoverage draws samples of one table, with another seed each, and looks how often the share of the whole table is in the
// interval of the sample.
func TestCoverage(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.Database(t), 1)
	if _, err := pool.Exec(t.Context(), fmt.Sprintf(personSQL, 200_000)); err != nil {
		t.Fatal(err)
	}
	defects := planted()
	all := draw(t, pool, pgsample.Request{Table: pgx.Identifier{"person"}, Defects: defects, Fraction: 1})
	draws := servertest.Count(60, 2000)
	clustered, plain := make([]int, len(defects)), make([]int, len(defects))
	for seed := range draws {
		pages := []int64{50, 100, 200, 400}[seed%4]
		sample := draw(t, pool, pgsample.Request{Table: pgx.Identifier{"person"}, Defects: defects, Pages: pages, Seed: uint64(seed)})
		for i := range defects {
			truth := share(all.Pages[i])
			e, err := interval.Clustered(sample.Pages[i], sample.TablePages, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			w, err := interval.Wilson(e.Defects, e.Rows, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			clustered[i] += covers(e.Interval, truth)
			plain[i] += covers(w, truth)
		}
	}
	sum, noise := 0, 3*100*math.Sqrt(0.07*0.93/float64(draws))
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(of) }
	for i, d := range defects {
		t.Logf("%-45s %6.2f %% bad, covered %5.1f %%; plain Wilson %5.1f %%", d, 100*share(all.Pages[i]), percent(clustered[i], draws), percent(plain[i], draws))
		if got := percent(clustered[i], draws); got < 91-noise { // whole loads: discrete
			t.Errorf("%s: covered %.1f %%", d, got)
		}
		sum += clustered[i]
	}
	overall := percent(sum, draws*len(defects))
	t.Logf("%d samples of %d pages' table: covered %.2f %%", draws, all.TablePages, overall)
	if overall < 93-noise/3 || overall > 97+noise/3 {
		t.Errorf("covered %.2f %%: want 93 to 97 %%, give or take %.1f", overall, noise/3)
	}
	if least := percent(slices.Min(plain), draws); least > 50 {
		t.Errorf("plain Wilson covers %.1f %% at least: this table is too easy", least)
	}
}

// share is the part of the rows that is bad.
func share(pages []interval.Page) float64 {
	var rows, defects int64
	for _, p := range pages {
		rows, defects = rows+p.Rows, defects+p.Defects
	}
	return float64(defects) / float64(rows)
}

func covers(i interval.Interval, truth float64) int {
	if i.Low <= truth && truth <= i.High {
		return 1
	}
	return 0
}
