package drift

import (
	"math/rand/v2"
	"slices"
)

// pool holds the rows of both samples in one random order, in which no later step can tell a sample from the other. Whatever is
// learned from it is learned without labels, and even rounding treats the two samples alike: this is what makes the level exact.
type pool struct {
	rows      [][]float32
	origin    []int // the row's index in its sample
	current   bits  // the rows that are of the current sample
	reference int   // how many rows each sample has
	now       int
	dim       int
	norms     []float64
	unit      float64   // the typical norm
	scales    []float32 // what a row is multiplied with before any arithmetic
}

const (
	// reach is how many times the typical norm a row may be long in the arithmetic: one absurd row must not drown the rest.
	reach = 100
	// rounding is what a difference, in typical norms, must exceed to be one.
	rounding = 1e-6
)

// newPool shuffles the two samples, which were checked, into one.
func newPool(rng *rand.Rand, reference, current [][]float32, norms []float64) *pool {
	n := len(reference) + len(current)
	p := &pool{
		rows: make([][]float32, n), origin: make([]int, n), current: newBits(n), reference: len(reference), now: len(current),
		dim: len(reference[0]), norms: make([]float64, n), scales: make([]float32, n),
	}
	for i, from := range rng.Perm(n) {
		p.norms[i] = norms[from]
		if from < len(reference) {
			p.rows[i], p.origin[i] = reference[from], from
		} else {
			p.rows[i], p.origin[i] = current[from-len(reference)], from-len(reference)
			p.current.set(i)
		}
	}
	p.unit = typical(p.norms)
	for i := range p.rows {
		p.scale(i)
	}
	return p
}

// scale chooses a row's factor. Rows near the ends of what a float32 holds are copied, so that no product leaves it.
func (p *pool) scale(i int) {
	norm := p.norms[i]
	f := 1 / max(p.unit, norm/reach)
	if norm >= 1e-15 && norm <= 1e15 {
		p.scales[i] = float32(f)
		return
	}
	row := make([]float32, p.dim)
	for j, v := range p.rows[i] {
		row[j] = float32(float64(v) * f)
	}
	p.rows[i], p.scales[i] = row, 1
}

// typical is the median of the norms, or their mean where the median is 0, or 1 where all are.
func typical(norms []float64) float64 {
	if m := median(norms); m > 0 {
		return m
	}
	sum := 0.0
	for _, v := range norms {
		sum += v
	}
	if sum > 0 {
		return sum / float64(len(norms))
	}
	return 1
}

// median is the upper one of an even number of values.
func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}
