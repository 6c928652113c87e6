package recall

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestEstimateCovers draws probes whose hits depend on each other, and sees how often the interval holds the truth.
func TestEstimateCovers(t *testing.T) {
	t.Parallel()
	const k = 10
	for _, test := range []struct {
		recall, alike float64 // share of probes whose neighbours are found or lost together
		probes        int
	}{{0.05, 0, 200}, {0.2, 0.5, 200}, {0.5, 1, 50}, {0.9, 0, 100}, {0.95, 0.3, 200}, {0.99, 0, 200}, {0.99, 0.5, 200}, {0.999, 0, 200}} {
		r := rand.New(rand.NewPCG(3, uint64(test.probes)))
		held, width := 0, 0.0
		rounds := servertest.Count(1000, 5000)
		for range rounds {
			recalls := make([]float64, test.probes)
			for i := range recalls {
				recalls[i] = draw(r, test.recall, test.alike, k)
			}
			_, interval := estimate(recalls, k)
			if interval.Low <= test.recall && test.recall <= interval.High {
				held++
			}
			width += (interval.High - interval.Low) / float64(rounds)
		}
		if share := float64(held) / float64(rounds); share < 0.92 {
			t.Errorf("recall %.3f, alike %.1f: the interval of %.3f holds the truth in %.3f: expected 0.95", test.recall, test.alike, width, share)
		}
	}
}

// draw returns the recall of one probe.
func draw(r *rand.Rand, recall, alike float64, k int) float64 {
	if r.Float64() < alike {
		if r.Float64() < recall {
			return 1
		}
		return 0
	}
	hits := 0
	for range k {
		if r.Float64() < recall {
			hits++
		}
	}
	return float64(hits) / float64(k)
}

func TestEstimateEnds(t *testing.T) {
	t.Parallel()
	for _, value := range []float64{0, 1} {
		mean, i := estimate([]float64{value, value, value, value, value}, 10)
		if mean != value || !(i.Low >= 0 && i.Low < i.High && i.High <= 1) || value < i.Low-1e-9 || value > i.High+1e-9 {
			t.Errorf("%v in [%v, %v]: expected the end, and an interval that is not empty", mean, i.Low, i.High)
		}
	}
	if q := student(199); math.Abs(q-1.972) > 0.001 {
		t.Errorf("quantile %.4f: expected 1.972", q)
	}
	if q := student(4); math.Abs(q-2.776) > 0.03 {
		t.Errorf("quantile %.4f: expected 2.776", q)
	}
}
