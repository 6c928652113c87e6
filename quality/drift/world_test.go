package drift_test

import (
	"math"
	"math/rand/v2"
	"slices"
)

// world draws rows as text embeddings lie: around one centre for each topic. All centres have length 1.
type world struct {
	rng     *rand.Rand
	centres [][]float64 // the last one is the new topic
	noise   float64     // root of the mean squared distance from the centre
	raw     bool        // rows are not normalised
}

// change is what drifts.
type change struct {
	Fresh     float64 // share of rows about a topic that was not there
	Shift     float64 // added to the first coordinate
	Widen     float64 // relative growth of the noise
	Reweight  float64 // share of rows moved to the first topic
	Pairs     float64 // share of the rows of each second topic moved to the next
	Swap      bool    // another model: coordinates in another order and with other signs, which is a rotation
	Rescale   float64 // relative growth of the norms
	Normalise bool    // the norms, which varied before, become 1
}

func newWorld(seed uint64, dim, topics int, noise float64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 1)), noise: noise}
	for range topics + 1 {
		w.centres = append(w.centres, w.gaussian(dim, 1))
	}
	for _, c := range w.centres {
		scale(c, 1/length(c))
	}
	return w
}

// gaussian draws a vector of the given expected squared length.
func (w *world) gaussian(dim int, length float64) []float64 {
	v := make([]float64, dim)
	for j := range v {
		v[j] = w.rng.NormFloat64() * length / math.Sqrt(float64(dim))
	}
	return v
}

func (w *world) draw(n int, c change) [][]float32 {
	out := make([][]float32, n)
	for i := range out {
		x := w.gaussian(len(w.centres[0]), w.noise*(1+c.Widen))
		for j, v := range w.centres[w.topic(c)] {
			x[j] += v
		}
		x[0] += c.Shift
		if !w.raw || c.Normalise {
			scale(x, 1/length(x))
		}
		scale(x, 1+c.Rescale)
		if c.Swap {
			slices.Reverse(x)
			for j := 0; j < len(x); j += 2 {
				x[j] = -x[j]
			}
		}
		out[i] = make([]float32, len(x))
		for j, v := range x {
			out[i][j] = float32(v)
		}
	}
	return out
}

func (w *world) topic(c change) int {
	known := len(w.centres) - 1
	switch u := w.rng.Float64(); {
	case u < c.Fresh:
		return known
	case u < c.Fresh+c.Reweight:
		return 0
	}
	k := w.rng.IntN(known)
	if k%2 == 0 && k+1 < known && w.rng.Float64() < c.Pairs {
		k++
	}
	return k
}

func length(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}

func scale(v []float64, f float64) {
	for j := range v {
		v[j] *= f
	}
}
