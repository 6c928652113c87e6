package quality

import (
	"math/rand/v2"
	"testing"
)

// TestFalseAlarms draws scores from normal noise, whose deviation only the window tells: about one in some thousand is a breach.
func TestFalseAlarms(t *testing.T) {
	t.Parallel()
	const draws, trendDraws, deviations = 40_000, 8_000, 3.5
	for _, n := range []int{10, 11, 15, 20, 30} {
		random := rand.New(rand.NewPCG(1, uint64(n)))
		times, values := make([]float64, n), make([]float64, n)
		drops, naive, volumes := 0, 0, 0
		for i := range draws {
			for j := range values {
				times[j], values[j] = float64(j-n), random.NormFloat64()
			}
			now := random.NormFloat64()
			middle, spread := robust(values)
			if now < middle-deviations*ofFew(n, 10, 110)*spread {
				drops++
			}
			if now < middle-deviations*spread {
				naive++
			}
			if i >= trendDraws {
				continue
			}
			expected, spread := trend(times, values)
			if allowed := deviations * ofFew(n, 1.6, 410) * spread; now < expected-allowed || now > expected+allowed {
				volumes++
			}
		}
		t.Logf("windows of %d: %.3f %% drops, %.3f %% without the correction, %.3f %% changes of volume", n, 100*float64(drops)/draws,
			100*float64(naive)/draws, 100*float64(volumes)/trendDraws)
		if float64(drops)/draws > 0.001 || float64(volumes)/trendDraws > 0.0025 {
			t.Errorf("windows of %d: more false alarms than promised", n)
		}
		if naive < 3*drops {
			t.Errorf("windows of %d: the correction does nothing", n)
		}
	}
}
