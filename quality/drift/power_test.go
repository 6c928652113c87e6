package drift_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
)

// regime is a world, what changes in it, and the least power that the test must have; 0 where it is only reported.
type regime struct {
	name   string
	dim    int
	topics int
	noise  float64
	raw    bool
	change change
	power  float64
	lead   drift.Component // what must lead in most alarms, if anything
}

// alarms counts those of the test and, in the long run, of plain MMD on the same samples of 400 against 400.
func (r regime) alarms(t *testing.T, runs, permutations int) (ours, plain int, leads map[drift.Component]int) {
	t.Helper()
	leads = map[drift.Component]int{}
	compare := servertest.Count(0, 1) == 1
	for run := range runs {
		w := newWorld(uint64(run), r.dim, r.topics, r.noise)
		w.raw = r.raw
		reference, current := w.draw(400, change{}), w.draw(400, r.change)
		result, err := drift.Test(context.Background(), drift.Config{Seed: uint64(run), Permutations: permutations}, reference, current)
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
		{"new topic 5 %, tight", 64, 10, 0.5, false, change{Fresh: 0.05}, 0.85, drift.Local},
		{"new topic 5 %", 64, 10, 1, false, change{Fresh: 0.05}, 0.85, drift.Local},
		{"new topic 5 %, diffuse", 64, 10, 1.5, false, change{Fresh: 0.05}, 0.80, drift.Local},
		{"new topic 5 %, very diffuse", 64, 10, 2, false, change{Fresh: 0.05}, 0.50, drift.Local},
		{"new topic 5 % beside 40", 64, 40, 1, false, change{Fresh: 0.05}, 0.85, drift.Local},
		{"new topic 10 %", 64, 10, 1, false, change{Fresh: 0.1}, 0.99, drift.Local},
		{"new topic 2 %", 64, 10, 1, false, change{Fresh: 0.02}, 0, ""},
		{"mean shift", 64, 10, 1, false, change{Shift: 0.08}, 0.6, drift.Axes},
		{"variance + 5 %", 64, 10, 1, false, change{Widen: 0.05}, 0.5, ""},
		{"one topic + 10 %", 64, 10, 1, false, change{Reweight: 0.1}, 0.4, ""},
		{"20 topics in new proportions", 64, 20, 2, false, change{Pairs: 0.35}, 0.35, ""},
		{"model swap", 64, 10, 1, false, change{Swap: true}, 1, ""},
		{"normalised rows rescaled by 1 %", 64, 10, 1, false, change{Rescale: 0.01}, 1, drift.Norm},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t, servertest.Count(12, 300), servertest.Count(199, 999))
		})
	}
}

func TestPowerLargeDimension(t *testing.T) {
	t.Parallel()
	for _, r := range []regime{
		{"new topic 5 %, tight", 1536, 10, 0.5, false, change{Fresh: 0.05}, 0.85, drift.Local},
		{"new topic 5 %, diffuse", 1536, 10, 1.5, false, change{Fresh: 0.05}, 0.85, drift.Local},
		{"new topic 3 %, diffuse", 1536, 10, 1.5, false, change{Fresh: 0.03}, 0, ""},
		{"mean shift", 1536, 10, 1, false, change{Shift: 0.08}, 0, ""},
		{"variance + 2 %", 1536, 10, 1, false, change{Widen: 0.02}, 0.8, ""},
		{"one topic + 10 %", 1536, 10, 1, false, change{Reweight: 0.1}, 0.4, ""},
		{"model swap", 1536, 10, 1, false, change{Swap: true}, 1, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t, servertest.Count(2, 100), servertest.Count(99, 999))
		})
	}
}

// test reports power beside plain MMD, and fails where it is further below what was promised than chance explains.
func (r regime) test(t *testing.T, runs, permutations int) {
	t.Helper()
	ours, plain, leads := r.alarms(t, runs, permutations)
	power := float64(ours) / float64(runs)
	t.Logf("power %.2f (plain MMD %.2f) in %d runs; alarms led by %v", power, float64(plain)/float64(runs), runs, leads)
	if power < r.power-margin(r.power, runs) {
		t.Errorf("power %.2f, want %.2f", power, r.power)
	}
	if r.lead != "" && leads[r.lead]*2 < ours {
		t.Errorf("alarms led by %v, want most by %s", leads, r.lead)
	}
}
