package interval_test

import (
	"math"
	"testing"

	"github.com/shugo-data/shugo/quality/interval"
)

// TestWholePages computes, without a simulation, how often intervals cover the share of wholly bad pages in a table too long
// to be exhausted, for each of many shares.
func TestWholePages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{30, 100, 400} {
		intervals := make([]interval.Interval, n+1)
		for bad := range intervals {
			e, err := interval.Clustered(wholePages(bad, n, 40), 1e12, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			intervals[bad] = e.Interval
		}
		least, sum, shares := 1.0, 0.0, 0
		for share := 0.2 / float64(n); share < 0.5; share *= 1.01 {
			covered := 0.0
			for bad, i := range intervals {
				if i.Low <= share && share <= i.High {
					covered += probability(bad, n, share)
				}
			}
			least, sum, shares = min(least, covered), sum+covered, shares+1
		}
		mean := sum / float64(shares)
		t.Logf("%d pages: covered %.1f %% on average over shares, %.1f %% at least", n, 100*mean, 100*least)
		if mean < 0.94 || mean > 0.97 || least < 0.88 {
			t.Errorf("%d pages: covered %.3f on average, %.3f at least: want 0.94 to 0.97, and 0.88", n, mean, least)
		}
	}
}

// wholePages is n pages, some of them wholly bad and the others wholly good.
func wholePages(bad, n int, rows int64) []interval.Page {
	pages := make([]interval.Page, n)
	for i := range pages {
		pages[i].Rows = rows
		if i < bad {
			pages[i].Defects = rows
		}
	}
	return pages
}

// probability is the binomial distribution.
func probability(k, n int, p float64) float64 {
	gamma := func(v int) float64 { g, _ := math.Lgamma(float64(v) + 1); return g }
	return math.Exp(gamma(n) - gamma(k) - gamma(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}
