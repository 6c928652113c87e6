package drift_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
)

// regime is a world and what changes in it.
type regime struct {
	name        string
	dim         int
	topics      int
	noise       float64
	change      change
	small, long int             // runs
	power       float64         // that the test must have; 0 where it is only reported
	lead        drift.Component // of most alarms; empty where there may be several
}

// alarms counts those of the test and, in the long run, of plain MMD on the same samples of 400 against 400.
func (r regime) alarms(t *testing.T, runs int) (ours, plain int, leads map[drift.Component]int) {
	t.Helper()
	leads = map[drift.Component]int{}
	compare := servertest.Count(0, 1) == 1
	for run := range runs {
		w := newWorld(uint64(run), r.dim, r.topics, r.noise)
		w.raw = r.change.Normalise
		reference, current := w.draw(400, change{}), w.draw(400, r.change)
		cfg := drift.Config{Seed: uint64(run), Permutations: servertest.Count(99, 999)}
		result, err := drift.Test(context.Background(), cfg, reference, current)
		if err != nil {
			t.Fatal(err)
		}
		if result.Drifted {
			ours++
			leads[result.Findings[0].Component]++
		}
		if compare && mmd(rand.New(rand.NewPCG(uint64(run), 2)), reference, current, 99) <= 0.05 {
			plain++
		}
	}
	return ours, plain, leads
}

// margin is how far a share among n runs may lie from its expectation by chance, at three standard errors.
func margin(p float64, n int) float64 { return 3 * math.Sqrt(p*(1-p)/float64(n)) }

func TestPower(t *testing.T) {
	t.Parallel()
	for _, r := range []regime{
		{"new topic 5 %, tight", 64, 10, 0.5, change{Fresh: 0.05}, 4, 100, 0.85, drift.Local},
		{"new topic 5 %", 64, 10, 1, change{Fresh: 0.05}, 0, 100, 0.85, drift.Local},
		{"new topic 5 %, diffuse", 64, 10, 1.5, change{Fresh: 0.05}, 0, 100, 0.85, drift.Local},
		{"new topic 5 %, very diffuse", 64, 10, 2, change{Fresh: 0.05}, 0, 100, 0.5, drift.Local},
		{"new topic 5 % beside 40", 64, 40, 1, change{Fresh: 0.05}, 0, 100, 0.85, drift.Local},
		{"new topic 10 %", 64, 10, 1, change{Fresh: 0.1}, 2, 100, 1, drift.Local},
		{"new topic 2 %", 64, 10, 1, change{Fresh: 0.02}, 0, 100, 0, ""},
		{"mean shift", 64, 10, 1, change{Shift: 0.08}, 0, 100, 0.6, drift.Axes},
		{"variance + 5 %", 64, 10, 1, change{Widen: 0.05}, 0, 100, 0.4, ""},
		{"one topic + 10 %", 64, 10, 1, change{Reweight: 0.1}, 0, 100, 0.5, ""},
		{"20 topics in new proportions", 64, 20, 2, change{Pairs: 0.35}, 0, 100, 0.35, ""},
		{"model swap", 64, 10, 1, change{Swap: true}, 2, 100, 1, ""},
		{"rescaled by 1 %", 64, 10, 1, change{Rescale: 0.01}, 2, 100, 1, drift.Norm},
		{"normalised", 64, 10, 1, change{Normalise: true}, 2, 100, 1, drift.Norm},
		{"1536 dimensions, new topic 5 %, tight", 1536, 10, 0.5, change{Fresh: 0.05}, 0, 16, 0.85, drift.Local},
		{"1536 dimensions, new topic 5 %, diffuse", 1536, 10, 1.5, change{Fresh: 0.05}, 0, 16, 0.85, drift.Local},
		{"1536 dimensions, new topic 3 %, diffuse", 1536, 10, 1.5, change{Fresh: 0.03}, 0, 16, 0, ""},
		{"1536 dimensions, mean shift", 1536, 10, 1, change{Shift: 0.08}, 0, 16, 0.6, ""},
		{"1536 dimensions, variance + 2 %", 1536, 10, 1, change{Widen: 0.02}, 0, 16, 0.6, ""},
		{"1536 dimensions, one topic + 10 %", 1536, 10, 1, change{Reweight: 0.1}, 0, 16, 0.4, ""},
		{"1536 dimensions, model swap", 1536, 10, 1, change{Swap: true}, 1, 16, 1, ""},
	} {
		runs := servertest.Count(r.small, r.long)
		if runs == 0 { // few runs prove nothing, many take minutes: SHUGO_LONG=1
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t, runs)
		})
	}
}

// test reports power beside plain MMD, and fails where it is further below what was promised than chance explains.
func (r regime) test(t *testing.T, runs int) {
	t.Helper()
	ours, plain, leads := r.alarms(t, runs)
	power := float64(ours) / float64(runs)
	t.Logf("power %.2f (plain MMD %.2f) in %d runs; alarms led by %v", power, float64(plain)/float64(runs), runs, leads)
	if power < r.power-margin(r.power, runs) {
		t.Errorf("power %.2f, want %.2f", power, r.power)
	}
	if r.lead != "" && leads[r.lead]*2 < ours {
		t.Errorf("alarms led by %v, want most by %s", leads, r.lead)
	}
}

// TestLargeReference has few current rows among many, of which a new topic is 0.3 %.
func TestLargeReference(t *testing.T) {
	t.Parallel()
	runs := servertest.Count(2, 40)
	alarms := 0
	for run := range runs {
		w := newWorld(uint64(run), 64, 10, 1)
		cfg := drift.Config{Seed: uint64(run), Permutations: 199}
		result, err := drift.Test(context.Background(), cfg, w.draw(6400, change{}), w.draw(400, change{Fresh: 0.05}))
		if err != nil {
			t.Fatal(err)
		}
		if result.Drifted {
			alarms++
		}
	}
	t.Logf("%d of %d runs alarm", alarms, runs)
	if want := (0.9 - margin(0.9, runs)) * float64(runs); float64(alarms) < want {
		t.Errorf("%d of %d runs alarm, want %.0f", alarms, runs, want)
	}
}
