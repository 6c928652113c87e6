package peers

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkVersus measures each engine on the same mixed requests. Shugo/Afresh makes a new caller for each decision,
// Shugo/Wrapped runs a whole governed call; what the other engines are asked is always made beforehand.
func BenchmarkVersus(b *testing.B) {
	s := tutor()
	ours := newShugo(b, s.manifest)
	own := []peer{{"Shugo", ours}, {"ShugoAfresh", shugoAfresh{ours}}, {"ShugoWrapped", shugoWrapped{ours}}}
	list := s.requests(1, 1000)
	for _, p := range append(own, others(b, s.manifest)...) {
		decide := p.prepare(b, list)
		b.Run(p.name, func(b *testing.B) { each(b, decide, len(list)) })
	}
}

// BenchmarkRules measures the engines under 10, 1,000 and 10,000 rules. With -short the other engines are not asked about
// 10,000.
func BenchmarkRules(b *testing.B) {
	for _, n := range []int{10, 1000, 10_000} {
		s := large(n)
		list := s.requests(1, 1000)
		engines := []peer{{"Shugo", newShugo(b, s.manifest)}}
		if n < 10_000 || !testing.Short() {
			engines = append(engines, others(b, s.manifest)...)
		}
		for _, p := range engines {
			decide := p.prepare(b, list)
			b.Run(fmt.Sprintf("%s/%d", p.name, n), func(b *testing.B) { each(b, decide, len(list)) })
		}
	}
}

// each decides one request after the other, so that one operation is one decision.
func each(b *testing.B, decide func(i int) bool, requests int) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		decide(i)
		if i++; i == requests {
			i = 0
		}
	}
}

// BenchmarkRatio measures all engines by turns, so that whatever else the machine does falls on all of them, and reports
// the median over the rounds of how many times slower than Shugo each is, and the median time of a decision. Under many
// rules the other engines get fewer requests of the same mix in a round.
func BenchmarkRatio(b *testing.B) {
	scenarios := []struct {
		name     string
		scenario scenario
		requests int // of the other engines, in one round
	}{{"tutor", tutor(), 1000}, {"10rules", large(10), 1000}, {"1000rules", large(1000), 50}}
	if !testing.Short() {
		scenarios = append(scenarios, struct {
			name     string
			scenario scenario
			requests int
		}{"10000rules", large(10_000), 10})
	}
	for _, c := range scenarios {
		b.Run(c.name, func(b *testing.B) { ratio(b, c.scenario, mix{1000, 20, c.requests, 1}, engine.prepare) })
	}
}

// BenchmarkRatioInUse is BenchmarkRatio as a host meets it: who calls is known when a request comes in and is made ready
// once, for every engine; whose record it is about is known only at the call, so that what an engine needs to know of the
// record is made for each decision.
func BenchmarkRatioInUse(b *testing.B) {
	b.Run("tutor", func(b *testing.B) { ratio(b, tutor(), mix{1000, 20, 1000, 1}, engine.inUse) })
	b.Run("10rules", func(b *testing.B) { ratio(b, large(10), mix{1000, 20, 1000, 1}, engine.inUse) })
}

// BenchmarkRatioWarm is BenchmarkRatio over few requests: a caller who has just come in asks more than once, and what is
// kept of the caller is in the processor's caches then. A thousand callers by turns, as in BenchmarkRatio, push one
// another out, which weighs more the shorter a decision is.
func BenchmarkRatioWarm(b *testing.B) {
	b.Run("tutor/ready", func(b *testing.B) { ratio(b, tutor(), mix{16, 1000, 16, 60}, engine.prepare) })
	b.Run("tutor/inUse", func(b *testing.B) { ratio(b, tutor(), mix{16, 1000, 16, 60}, engine.inUse) })
}

// BenchmarkRatioOutcome is BenchmarkRatio over requests that are all allowed, and all refused: three in four of the mix
// are refused, and what an outcome costs differs.
func BenchmarkRatioOutcome(b *testing.B) {
	s := tutor()
	allowed, refused := split(b, s, s.requests(1, 5000))
	m := mix{1000, 20, 1000, 1}
	b.Run("allowed", func(b *testing.B) { compare(b, s, allowed[:m.ours], allowed[:m.theirs], m, engine.prepare) })
	b.Run("refused", func(b *testing.B) { compare(b, s, refused[:m.ours], refused[:m.theirs], m, engine.prepare) })
}

// split parts requests by their outcome.
func split(tb testing.TB, s scenario, list []request) (allowed, refused []request) {
	tb.Helper()
	decide := newShugo(tb, s.manifest).prepare(tb, list)
	for i, q := range list {
		if decide(i) {
			allowed = append(allowed, q)
		} else {
			refused = append(refused, q)
		}
	}
	return allowed, refused
}

// mix says how many requests a round has, and how often each, for the library and for the other engines.
type mix struct{ ours, times, theirs, theirTimes int }

// leastRounds is how many rounds a median is taken over at least.
const leastRounds = 11

// form turns requests into what an engine is asked with: its method prepare or inUse.
type form func(engine, testing.TB, []request) func(i int) bool

func ratio(b *testing.B, s scenario, m mix, as form) {
	compare(b, s, s.requests(1, m.ours), s.requests(1, m.theirs), m, as)
}

func compare(b *testing.B, s scenario, list, theirs []request, m mix, as form) {
	ours := as(newShugo(b, s.manifest), b, list)
	rivals := others(b, s.manifest)
	decides := make([]func(int) bool, len(rivals))
	for i, p := range rivals {
		decides[i] = as(p.engine, b, theirs)
		perDecision(decides[i], m.theirs, 1) // whatever an engine keeps, it has before the first round
	}
	var own []float64
	times, ratios := make([][]float64, len(rivals)), make([][]float64, len(rivals))
	b.ResetTimer()
	for range max(b.N, leastRounds) {
		base := perDecision(ours, m.ours, m.times)
		own = append(own, base)
		for i, decide := range decides {
			t := perDecision(decide, m.theirs, m.theirTimes)
			times[i], ratios[i] = append(times[i], t), append(ratios[i], t/base)
		}
	}
	b.ReportMetric(0, "ns/op") // a round says nothing
	b.ReportMetric(median(own), "Shugo-ns")
	for i, p := range rivals {
		b.ReportMetric(median(times[i]), p.name+"-ns")
		b.ReportMetric(median(ratios[i]), p.name+"-x-slower")
	}
}

// perDecision returns the mean time of a decision in nanoseconds.
func perDecision(decide func(i int) bool, requests, repeats int) float64 {
	start := time.Now()
	for range repeats {
		for i := range requests {
			decide(i)
		}
	}
	return float64(time.Since(start).Nanoseconds()) / float64(requests*repeats)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
