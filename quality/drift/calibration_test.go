package drift_test

import (
	"context"
	"math"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
)

// TestCalibration counts false alarms. The p-value is exact for any distribution and any sizes, so each regime must come within
// three standard errors of the level, whatever it is.
func TestCalibration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		reference, current int
		dim, topics        int
		noise              float64
		raw                bool
		level              float64
		small, long        int
	}{
		{"400 v 400, 64 dimensions", 400, 400, 64, 10, 1, false, 0.05, 0, 1000},
		{"tight clusters", 200, 200, 16, 5, 0.2, false, 0.05, 0, 1000},
		{"norms vary", 100, 100, 8, 3, 1, true, 0.05, 40, 2000},
		{"unequal sizes", 300, 30, 8, 3, 1, false, 0.05, 25, 2000},
		{"unequal the other way, 10 %", 15, 200, 8, 3, 1, false, 0.1, 40, 2000},
		{"few rows, 1 %", 12, 12, 4, 2, 1, false, 0.01, 150, 4000},
		{"1536 dimensions", 60, 60, 1536, 3, 1, false, 0.05, 0, 300},
	} {
		runs, alarms := servertest.Count(c.small, c.long), 0
		if runs == 0 { // it takes a minute: SHUGO_LONG=1
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for run := range runs {
				w := newWorld(uint64(run), c.dim, c.topics, c.noise)
				w.raw = c.raw
				cfg := drift.Config{Level: c.level, Permutations: 199, Seed: uint64(run)}
				result, err := drift.Test(context.Background(), cfg, w.draw(c.reference, change{}), w.draw(c.current, change{}))
				if err != nil {
					t.Fatal(err)
				}
				if result.Drifted {
					alarms++
				}
			}
			rate := float64(alarms) / float64(runs)
			t.Logf("%.4f of %d runs alarm at level %g", rate, runs, c.level)
			if off := rate - c.level; math.Abs(off) > margin(c.level, runs) {
				t.Errorf("%.4f of %d runs alarm, want %g within %.4f", rate, runs, c.level, margin(c.level, runs))
			}
		})
	}
}
