package drift

import (
	"context"
	"slices"
)

// cell is a region of the space, known by the rows of the pool inside it.
type cell struct {
	members bits
	size    int
}

// partition gives every row to its nearest centre, and returns the squared distances to it.
func partition(ctx context.Context, m, centres matrix) ([]cell, []float64, error) {
	cells, gaps := make([]cell, centres.rows), make([]float64, m.rows)
	for k := range cells {
		cells[k].members = newBits(m.rows)
	}
	for i := range m.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		k, gap := centres.nearest(m.row(i))
		cells[k].members.set(i)
		cells[k].size++
		gaps[i] = float64(gap)
	}
	return slices.DeleteFunc(cells, func(c cell) bool { return c.size == 0 }), gaps, nil
}

// node is a cell of a tree that no union has taken in yet.
type node struct {
	cell
	mean []float32
}

// tree joins the cells two by two, those first that are nearest in Ward's sense (Ward, 1963), and returns them with all unions on
// the way: the regions of a tree scan (Kulldorff and others, 2003).
func tree(cells []cell, m matrix) []cell {
	open := make([]node, len(cells))
	for k, c := range cells {
		open[k] = node{c, c.mean(m)}
	}
	all := slices.Clone(cells)
	for len(open) > 2 {
		a, b := closest(open)
		u := open[a].join(open[b])
		open[a] = u
		open = slices.Delete(open, b, b+1)
		all = append(all, u.cell)
	}
	return all
}

// closest returns the two nodes whose union adds least to the variance within nodes, the lower index first.
func closest(open []node) (int, int) {
	a, b, least := 0, 1, open[0].cost(open[1])
	for j := 2; j < len(open); j++ {
		for i := range j {
			if cost := open[i].cost(open[j]); cost < least {
				a, b, least = i, j, cost
			}
		}
	}
	return a, b
}

func (n node) cost(o node) float32 {
	x, y := float32(n.size), float32(o.size)
	return x * y / (x + y) * squaredDistance(n.mean, o.mean)
}

func (n node) join(o node) node {
	u := node{cell{members: slices.Clone(n.members), size: n.size + o.size}, make([]float32, len(n.mean))}
	for i, w := range o.members {
		u.members[i] |= w
	}
	add(u.mean, float32(n.size)/float32(u.size), n.mean)
	add(u.mean, float32(o.size)/float32(u.size), o.mean)
	return u
}

func (c cell) mean(m matrix) []float32 {
	mean := make([]float32, m.cols)
	for i := range m.rows {
		if c.members.has(i) {
			add(mean, 1/float32(c.size), m.row(i))
		}
	}
	return mean
}

// ranges is how many parts of equal share a scalar is cut into.
const ranges = 16

// cuts returns the rows below and up to each of the quantiles of a scalar.
func cuts(values []float64) []cell {
	n := len(values)
	sorted := slices.Sorted(slices.Values(values))
	var out []cell
	for q := 1; q < ranges; q++ {
		at := sorted[q*n/ranges]
		for _, inside := range []func(float64) bool{
			func(v float64) bool { return v < at }, func(v float64) bool { return v <= at },
		} {
			c := cell{members: newBits(n)}
			for i, v := range values {
				if inside(v) {
					c.members.set(i)
					c.size++
				}
			}
			if c.size > 0 && c.size < n && (len(out) == 0 || c.size > out[len(out)-1].size) {
				out = append(out, c)
			}
		}
	}
	return out
}
