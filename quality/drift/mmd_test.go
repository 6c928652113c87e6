package drift_test

import (
	"math"
	"math/rand/v2"
	"slices"
)

// mmd is the p-value of the plain permutation test of the maximum mean discrepancy (Gretton and others, 2012) with a Gaussian
// kernel of median bandwidth: the comparison.
func mmd(rng *rand.Rand, reference, current [][]float32, permutations int) float64 {
	kernel := gram(slices.Concat(reference, current))
	sign := make([]float32, len(kernel))
	for i := range sign {
		sign[i] = 1
		if i >= len(reference) {
			sign[i] = -float32(len(reference)) / float32(len(current))
		}
	}
	observed, n := discrepancy(kernel, sign), 1
	for range permutations {
		rng.Shuffle(len(sign), func(i, j int) { sign[i], sign[j] = sign[j], sign[i] })
		if discrepancy(kernel, sign) >= observed {
			n++
		}
	}
	return float64(n) / float64(1+permutations)
}

// gram returns the lower triangle without the diagonal, which no permutation changes.
func gram(rows [][]float32) [][]float32 {
	out := make([][]float32, len(rows))
	var all []float32
	for i, x := range rows {
		out[i] = make([]float32, i)
		for j := range i {
			out[i][j] = gap(x, rows[j])
		}
		if i%8 == 0 { // enough for a median
			all = append(all, out[i]...)
		}
	}
	slices.Sort(all)
	bandwidth := float64(all[len(all)/2])
	for _, row := range out {
		for j, d := range row {
			row[j] = float32(math.Exp(-float64(d) / bandwidth))
		}
	}
	return out
}

func discrepancy(kernel [][]float32, sign []float32) float64 {
	total := 0.0
	for i, row := range kernel {
		var a, b float32
		j := 0
		for ; j+2 <= len(row); j += 2 {
			a += row[j] * sign[j]
			b += row[j+1] * sign[j+1]
		}
		if j < len(row) {
			a += row[j] * sign[j]
		}
		total += float64(sign[i]) * float64(a+b)
	}
	return total
}

// gap is the squared distance.
func gap(x, y []float32) float32 {
	var a, b float32
	y = y[:len(x)]
	for j := 0; j+2 <= len(x); j += 2 { // dimensions are even here
		d, e := x[j]-y[j], x[j+1]-y[j+1]
		a += d * d
		b += e * e
	}
	return a + b
}
