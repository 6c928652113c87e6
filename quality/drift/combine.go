package drift

import (
	"math"
	"slices"
)

// combine joins components by the weighted harmonic mean of their shares (Good, 1958; Wilson, 2019), inverted, so that the
// largest is the most unusual.
func combine(components []component) []float64 {
	out := make([]float64, len(components[0].values))
	total := 0.0
	for _, c := range components {
		total += c.weight
	}
	for k := range components {
		components[k].weight /= total
		for i, share := range shares(components[k].values) {
			out[i] += components[k].weight / share
		}
	}
	return out
}

// part is what the component contributes to the statistic of the split that happened; combine went before.
func (c component) part(statistic float64) float64 { return c.weight / shares(c.values)[0] / statistic }

// shares returns, for each value, about which share of all values is at least as large. It is the same function of all of them
// and so favours none. Within the largest tenth, shares are read off an exponential tail fitted to the excesses (Pickands,
// 1975, with shape 0), so that a value far beyond all others is far more unusual than the second largest.
func shares(values []float64) []float64 {
	n := len(values)
	sorted := slices.Sorted(slices.Values(values))
	top := min(n, max(2, n/10))
	limit := sorted[n-top]
	mean := (sorted[n-1-(top-1)/2] - limit) / math.Ln2 // an exponential's median is ln 2 of its mean
	out := make([]float64, n)
	for i, v := range values {
		at, _ := slices.BinarySearch(sorted, v)
		out[i] = float64(n-at) / float64(n)
		if v > limit && mean > 0 {
			out[i] = float64(top) / float64(n) * math.Exp(-min((v-limit)/mean, 600))
		}
	}
	return out
}

// probability is (1 + how many permutations are at least as large) / (1 + permutations), Phipson and Smyth, 2010. The first
// value is that of the split that happened, and counts itself.
func probability(values []float64) float64 {
	n := 0
	for _, v := range values {
		if v >= values[0] {
			n++
		}
	}
	return float64(n) / float64(len(values))
}
