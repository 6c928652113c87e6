package drift

import "math"

// surprises returns, for each count of current rows that a region of size rows can hold, minus the logarithm of its two-sided
// mid-p value (Lancaster, 1961) under the hypergeometric distribution.
func surprises(size, current, reference int) []float64 {
	mass := make([]float64, size+1)
	all := logChoose(current+reference, size)
	for c := max(0, size-reference); c <= min(size, current); c++ {
		mass[c] = math.Exp(logChoose(current, c) + logChoose(reference, size-c) - all)
	}
	out := make([]float64, size+1)
	below := 0.0
	for c, m := range mass {
		out[c] = below + m/2
		below += m
	}
	above := 0.0
	for c := size; c >= 0; c-- {
		tail := min(out[c], above+mass[c]/2)
		above += mass[c]
		out[c] = -math.Log(max(min(1, 2*tail), math.SmallestNonzeroFloat64))
	}
	return out
}

// deviations returns, for each count of current rows, its squared difference from the expected one over its variance.
func deviations(size, current, reference int) []float64 {
	n, k := float64(current+reference), float64(size)
	share := float64(current) / n
	variance := k * share * (1 - share) * (n - k) / (n - 1)
	out := make([]float64, size+1)
	if variance <= 0 {
		return out
	}
	for c := range out {
		d := float64(c) - share*k
		out[c] = d * d / variance
	}
	return out
}

// logChoose is the logarithm of a binomial coefficient.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
