package drift

import (
	"context"
	"math"
	"math/rand/v2"
)

// study is a pool with its splits and what was learned from it without labels.
type study struct {
	rng    *rand.Rand
	pool   *pool
	splits splits
	scores matrix // the rows in the subspace
}

// component is one statistic under every split; the first split is the one that happened. Larger is more unusual.
type component struct {
	name   Component
	weight float64
	values []float64
}

// localWeight is the vote of the region scan beside 1 for each other component. Chosen by simulation: it is the one with power
// against a new topic, and costs the others little.
const localWeight = 3

func newStudy(ctx context.Context, rng *rand.Rand, p *pool, permutations int) (*study, error) {
	space, err := newSubspace(ctx, rng, p)
	if err != nil {
		return nil, err
	}
	s := &study{rng: rng, pool: p}
	if s.scores, err = space.scores(ctx, p); err != nil {
		return nil, err
	}
	s.splits, err = newSplits(ctx, rng, p, permutations)
	return s, err
}

// components computes all statistics under all splits, and describes the region that differs most.
func (s *study) components(ctx context.Context) ([]component, Region, error) {
	folded, err := s.fold(ctx)
	if err != nil {
		return nil, Region{}, err
	}
	white := whiten(s.scores)
	var out []component
	for _, quadratic := range []struct {
		name Component
		m    matrix
	}{{Mean, folded}, {Axes, white}, {Spread, whiten(squares(white))}} {
		c := s.component(quadratic.name)
		err := s.splits.sums(ctx, quadratic.m, func(split int, sum []float32) { c.values[split] = squaredNorm(sum) })
		if err != nil {
			return nil, Region{}, err
		}
		out = append(out, c)
	}
	forest, gaps, err := s.forest(ctx)
	if err != nil {
		return nil, Region{}, err
	}
	for _, counted := range []struct {
		name  Component
		cells []cell
	}{{Distance, cuts(gaps)}, {Norm, cuts(s.roundedNorms())}, {Shares, forest}} {
		c := s.component(counted.name)
		if err := s.sum(ctx, c, counted.cells); err != nil {
			return nil, Region{}, err
		}
		out = append(out, c)
	}
	local := s.component(Local)
	local.weight = localWeight
	region, err := s.scan(ctx, local, forest)
	return append(out, local), region, err
}

func (s *study) component(name Component) component {
	return component{name: name, weight: 1, values: make([]float64, len(s.splits))}
}

// roundedNorms counts in thousandths of the typical norm: differences below are those of number formats.
func (s *study) roundedNorms() []float64 {
	out := make([]float64, len(s.pool.norms))
	for i, v := range s.pool.norms {
		out[i] = math.Round(v / s.pool.unit * 1000)
	}
	return out
}

// work bounds rows x columns x splits in the sums behind Mean.
const work = 1.2e9

// fold returns the scaled rows about their mean. Where that would be too much work, coordinates are added up with random signs
// into fewer columns, which keeps inner products in expectation (Weinberger and others, 2009).
func (s *study) fold(ctx context.Context) (matrix, error) {
	p := s.pool
	n := len(p.rows)
	cols := min(p.dim, max(strip, int(work/float64(n)/float64(len(s.splits)))))
	to, sign := make([]int32, p.dim), make([]float32, p.dim)
	for j, at := range s.rng.Perm(p.dim) {
		to[j], sign[j] = int32(at%cols), float32(1-2*s.rng.IntN(2))
	}
	out := newMatrix(n, cols)
	mean := make([]float32, cols)
	for i, x := range p.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return out, ctx.Err()
		}
		y := out.row(i)
		for j, v := range x {
			y[to[j]] += v * sign[j] * p.scales[i]
		}
		add(mean, 1/float32(n), y)
	}
	for i := range n {
		y := out.row(i)
		add(y, -1, mean)
		dropRounding(y)
	}
	return out, nil
}

// dropRounding clears what is no more than rounding, so that equal rows are equal.
func dropRounding(y []float32) {
	for j, v := range y {
		if v < rounding && v > -rounding {
			y[j] = 0
		}
	}
}

func squares(m matrix) matrix {
	out := newMatrix(m.rows, m.cols)
	for i, v := range m.data {
		out.data[i] = v * v
	}
	return out
}
