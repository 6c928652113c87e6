package drift

import (
	"context"
	"math/rand/v2"
)

// splits holds ways to tell current rows from reference rows: the first is the one that happened, the rest are drawn.
type splits []bits

// newSplits draws b ways, each a uniform choice of as many current rows as there are.
func newSplits(ctx context.Context, rng *rand.Rand, p *pool, b int) (splits, error) {
	n := len(p.rows)
	out := make(splits, 1, b+1)
	out[0] = p.current
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	few := min(p.now, p.reference)
	for range b {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := newBits(n)
		for i := range few {
			j := i + rng.IntN(n-i)
			order[i], order[j] = order[j], order[i]
			s.set(int(order[i]))
		}
		if few < p.now {
			s.invert(n)
		}
		out = append(out, s)
	}
	return out, nil
}

// block is how many splits are summed at a time: their sums stay in the cache.
const (
	block = 1024
	strip = 64 // columns at a time
)

// sums calls done with the sum of the current rows of m under each split.
func (s splits) sums(ctx context.Context, m matrix, done func(split int, sum []float32)) error {
	for from := 0; from < len(s); from += block {
		part := s[from:min(from+block, len(s))]
		acc := newMatrix(len(part), m.cols)
		for left := 0; left < m.cols; left += strip {
			if err := part.accumulate(ctx, m, acc, left, min(left+strip, m.cols)); err != nil {
				return err
			}
		}
		for i := range part {
			done(from+i, acc.row(i))
		}
	}
	return nil
}

// accumulate adds up columns left to right by the method of four Russians (Arlazarov and others, 1970): the 256 sums of the
// subsets of eight rows are made once, then each split looks its own up.
func (s splits) accumulate(ctx context.Context, m, acc matrix, left, right int) error {
	width := right - left
	table := newMatrix(256, width)
	for first := 0; first < m.rows; first += 8 {
		if first%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for k := range 8 {
			for subset := 1 << k; subset < 2<<k; subset++ {
				t := table.row(subset)
				copy(t, table.row(subset-1<<k))
				if first+k < m.rows {
					add(t, 1, m.row(first + k)[left:right])
				}
			}
		}
		for i, b := range s {
			plus(acc.row(i)[left:right], table.row(int(b.octet(first/8))))
		}
	}
	return nil
}

// plus adds x to y.
func plus(y, x []float32) {
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a, b := y[i:i+4:i+4], x[i:i+4:i+4]
		a[0] += b[0]
		a[1] += b[1]
		a[2] += b[2]
		a[3] += b[3]
	}
	for ; i < len(x); i++ {
		y[i] += x[i]
	}
}
