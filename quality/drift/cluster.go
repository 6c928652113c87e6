package drift

import "math/rand/v2"

// rounds bounds Lloyd's algorithm: regions need no optimum, only to be drawn without labels.
const rounds = 8

// cluster finds at most k centres of the rows: drawn far apart (k-means++, Arthur and Vassilvitskii, 2007), then moved to the
// means of the rows nearest to them (Lloyd, 1982).
func cluster(rng *rand.Rand, m matrix, k int) matrix {
	c := drawCentres(rng, m, k)
	nearest := make([]int, m.rows)
	for range rounds {
		moved := false
		for i := range nearest {
			if best, _ := c.nearest(m.row(i)); best != nearest[i] {
				nearest[i], moved = best, true
			}
		}
		if !moved {
			break
		}
		c.move(m, nearest)
	}
	return c
}

// move puts each centre at the mean of its rows; a centre without rows stays.
func (c matrix) move(m matrix, nearest []int) {
	sums, sizes := newMatrix(c.rows, c.cols), make([]int, c.rows)
	for i, k := range nearest {
		add(sums.row(k), 1, m.row(i))
		sizes[k]++
	}
	for k, size := range sizes {
		if size > 0 {
			clear(c.row(k))
			add(c.row(k), 1/float32(size), sums.row(k))
		}
	}
}

// drawCentres draws rows, each with a chance in proportion to its squared distance from those drawn before. It stops where
// every row has been drawn or equals one that was.
func drawCentres(rng *rand.Rand, m matrix, k int) matrix {
	c := newMatrix(k, m.cols)
	gaps := make([]float64, m.rows)
	pick := rng.IntN(m.rows)
	for n := range k {
		copy(c.row(n), m.row(pick))
		total := 0.0
		for i := range gaps {
			if d := float64(squaredDistance(m.row(i), c.row(n))); n == 0 || d < gaps[i] {
				gaps[i] = d
			}
			total += gaps[i]
		}
		if total == 0 {
			return c.head(n + 1)
		}
		pick = 0
		for left := rng.Float64() * total; pick < len(gaps)-1 && left >= gaps[pick]; pick++ {
			left -= gaps[pick]
		}
	}
	return c
}

// nearest returns the row of c that is nearest to x, and its squared distance.
func (c matrix) nearest(x []float32) (int, float32) {
	best, least := 0, squaredDistance(x, c.row(0))
	for k := 1; k < c.rows; k++ {
		if d := squaredDistance(x, c.row(k)); d < least {
			best, least = k, d
		}
	}
	return best, least
}
