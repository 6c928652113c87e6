package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Reservoir draws a uniform sample without replacement from a stream of unknown length, in memory for the sample alone: after
// every value, each set of as many values seen has the same chance to be the one kept. It is algorithm L (Li, 1994), which
// draws random numbers only for values that it keeps. It is not for concurrent use.
type Reservoir[T any] struct {
	rng  *rand.Rand
	kept []T
	seen int
	next int     // the index of the next value to keep
	w    float64 // the largest of the random keys of what is kept, as if each value had one
}

// NewReservoir returns an empty reservoir for size values, at least 1. The same seed and stream give the same sample.
func NewReservoir[T any](size int, seed uint64) (*Reservoir[T], error) {
	if size < 1 {
		return nil, fmt.Errorf("drift: size of a reservoir is %d, want at least 1", size)
	}
	return &Reservoir[T]{rng: rand.New(rand.NewPCG(seed, 0)), kept: make([]T, 0, size), w: 1}, nil
}

// Add offers the next value of the stream and reports whether it was kept. A slice that was kept, such as an embedding
// vector, belongs to the reservoir; one that was not may be used again.
func (r *Reservoir[T]) Add(v T) bool {
	at := r.seen
	r.seen++
	if len(r.kept) < cap(r.kept) {
		r.kept = append(r.kept, v)
		if len(r.kept) == cap(r.kept) {
			r.skip(at)
		}
		return true
	}
	if at < r.next {
		return false
	}
	r.kept[r.rng.IntN(len(r.kept))] = v
	r.skip(at)
	return true
}

// skip draws how many values after the one at an index go by.
func (r *Reservoir[T]) skip(at int) {
	r.w *= math.Exp(math.Log(1-r.rng.Float64()) / float64(cap(r.kept)))
	gap := math.Floor(math.Log(1-r.rng.Float64()) / math.Log1p(-r.w))
	r.next = math.MaxInt
	if left := float64(math.MaxInt - at - 1); gap < left {
		r.next = at + 1 + int(gap)
	}
}

// Sample returns what is kept, in no particular order: at most size values, all of them if fewer were seen. The slice is a
// copy, its elements are not.
func (r *Reservoir[T]) Sample() []T { return slices.Clone(r.kept) }

// Seen is how many values were offered.
func (r *Reservoir[T]) Seen() int { return r.seen }
