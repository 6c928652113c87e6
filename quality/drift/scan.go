package drift

import (
	"cmp"
	"context"
	"slices"
)

// Region is where the shares of the two samples differ most, among the clusters of the pooled rows and their unions.
type Region struct {
	// ReferenceShare and CurrentShare are the parts of the samples inside, from 0 to 1.
	ReferenceShare, CurrentShare float64
	// Sample is the one with the larger share: Current where something came up, Reference where something vanished.
	Sample Sample
	// Rows are indices into Sample of its rows nearest to the middle of the region, at most 5, the nearest first: the
	// texts behind them say what the region is about.
	Rows []int
}

// clusterRows is how many rows of the pool the centres are learned from.
const clusterRows = 8192

// shown is how many rows tell what a region is about.
const shown = 5

// forest returns the regions of three trees, from coarse to fine, and each row's distance to the finest centres.
func (s *study) forest(ctx context.Context) ([]cell, []float64, error) {
	var out []cell
	var gaps []float64
	train := s.scores.head(min(s.scores.rows, clusterRows))
	for _, k := range []int{12, 24, 48} {
		cells, g, err := partition(ctx, s.scores, cluster(s.rng, train, min(k, train.rows)))
		if err != nil {
			return nil, nil, err
		}
		out, gaps = append(out, tree(cells, s.scores)...), g
	}
	return out, gaps, nil
}

// scan keeps, for every split, the least likely count of current rows in any region (Kulldorff, 1997), and describes the region
// of the split that happened.
func (s *study) scan(ctx context.Context, c component, regions []cell) (Region, error) {
	var best cell
	for _, r := range regions {
		if ctx.Err() != nil {
			return Region{}, ctx.Err()
		}
		surprise := surprises(r.size, s.pool.now, s.pool.reference)
		for i, split := range s.splits {
			if v := surprise[split.common(r.members)]; v > c.values[i] {
				c.values[i] = v
				if i == 0 {
					best = r
				}
			}
		}
	}
	return s.describe(best), nil
}

// sum adds up, for every split, the squared deviations of the counts of current rows in all cells.
func (s *study) sum(ctx context.Context, c component, cells []cell) error {
	for _, r := range cells {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		deviation := deviations(r.size, s.pool.now, s.pool.reference)
		for i, split := range s.splits {
			c.values[i] += deviation[split.common(r.members)]
		}
	}
	return nil
}

// describe says what a host can look up of a region; of none, nothing.
func (s *study) describe(c cell) Region {
	if c.size == 0 {
		return Region{}
	}
	p := s.pool
	now := p.current.common(c.members)
	r := Region{
		ReferenceShare: float64(c.size-now) / float64(p.reference), CurrentShare: float64(now) / float64(p.now), Sample: Reference,
	}
	if r.CurrentShare > r.ReferenceShare {
		r.Sample = Current
	}
	mean := c.mean(s.scores)
	var rows []int
	for i := range p.rows {
		if c.members.has(i) && p.current.has(i) == (r.Sample == Current) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		return cmp.Compare(squaredDistance(s.scores.row(a), mean), squaredDistance(s.scores.row(b), mean))
	})
	for _, i := range rows[:min(len(rows), shown)] {
		r.Rows = append(r.Rows, p.origin[i])
	}
	return r
}
