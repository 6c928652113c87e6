package drift

import (
	"context"
	"math"
	"math/rand/v2"
)

const (
	trainingRows = 1024 // rows of the pool that a subspace and centres are learned from
	axes         = 32   // dimensions of the subspace
	sweeps       = 3    // rounds of subspace iteration
)

// subspace is spanned by about the leading principal directions of the pool.
type subspace struct {
	basis  matrix // axes x dim, orthonormal
	offset []float32
}

// newSubspace finds the subspace by randomised subspace iteration (Halko, Martinsson, Tropp, 2011) on the first rows.
func newSubspace(ctx context.Context, rng *rand.Rand, p *pool) (*subspace, error) {
	n := min(len(p.rows), trainingRows)
	train := newMatrix(n, p.dim)
	mean := make([]float32, p.dim)
	for i := range n {
		add(train.row(i), p.scales[i], p.rows[i])
		add(mean, 1/float32(n), train.row(i))
	}
	for i := range n {
		add(train.row(i), -1, mean)
	}
	q := newMatrix(min(axes, p.dim), p.dim)
	for i := range q.data {
		q.data[i] = float32(rng.NormFloat64())
	}
	q.orthonormalise()
	scores := make([]float32, q.rows)
	for range sweeps {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		next := newMatrix(q.rows, p.dim)
		for i := range n {
			x := train.row(i)
			q.dots(x, scores)
			next.addOuter(scores, x)
		}
		q = next
		q.orthonormalise()
	}
	s := &subspace{basis: q, offset: make([]float32, q.rows)}
	q.dots(mean, s.offset)
	return s, nil
}

// addOuter adds the outer product of f and x.
func (m matrix) addOuter(f, x []float32) {
	k := 0
	for ; k+2 <= m.rows; k += 2 {
		a, b := m.row(k)[:len(x)], m.row(k + 1)[:len(x)]
		f0, f1 := f[k], f[k+1]
		for j, v := range x {
			a[j] += f0 * v
			b[j] += f1 * v
		}
	}
	for ; k < m.rows; k++ {
		add(m.row(k), f[k], x)
	}
}

// orthonormalise is Gram-Schmidt, done twice for the rounding; a row without a direction of its own becomes 0.
func (m matrix) orthonormalise() {
	for i := range m.rows {
		row := m.row(i)
		before := squaredNorm(row)
		for range 2 {
			for k := range i {
				add(row, -dot(row, m.row(k)), m.row(k))
			}
		}
		after := squaredNorm(row)
		f := float32(0)
		if after > 1e-10*before {
			f = float32(1 / math.Sqrt(after))
		}
		for j := range row {
			row[j] *= f
		}
	}
}

// scores projects every row of the pool.
func (s *subspace) scores(ctx context.Context, p *pool) (matrix, error) {
	out := newMatrix(len(p.rows), s.basis.rows)
	for i, x := range p.rows {
		if i%256 == 0 && ctx.Err() != nil {
			return out, ctx.Err()
		}
		y := out.row(i)
		s.basis.dots(x, y)
		for k := range y {
			y[k] = y[k]*p.scales[i] - s.offset[k]
		}
		dropRounding(y)
	}
	return out, nil
}
