package pgquality

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// points are the projections of vectors, in memory: what a search for near duplicates keeps of each row.
type points struct {
	width  int // projections of each, and zeros up to a multiple of 8
	places []place
	flat   []float32 // width for each place
}

// newPoints returns no points, of some projections.
func newPoints(projections int) *points { return &points{width: (max(projections, 1) + 7) / 8 * 8} }

// bytes returns the memory that a point takes, with its place among groups.
func (p *points) bytes() int { return 2*(4*p.width+12) + 8 }

func (p *points) add(at place, values []float64) {
	p.places = append(p.places, at)
	for _, v := range values {
		p.flat = append(p.flat, float32(v))
	}
	for len(p.flat) < p.width*len(p.places) {
		p.flat = append(p.flat, 0)
	}
}

func (p *points) of(i int) []float32 { return p.flat[i*p.width : (i+1)*p.width] }

// sort puts the directions in which the points differ most first, and the points in the order of the first.
func (p *points) sort() {
	spread := make([]float64, p.width)
	for k := range spread {
		var sum, squares float64
		for i := k; i < len(p.flat); i += p.width {
			x := float64(p.flat[i])
			sum, squares = sum+x, squares+x*x
		}
		spread[k] = squares - sum*sum/float64(max(len(p.places), 1))
	}
	axes, order := counting(p.width), counting(len(p.places))
	slices.SortFunc(axes, func(a, b int) int { return cmp.Compare(spread[b], spread[a]) })
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p.of(a)[axes[0]], p.of(b)[axes[0]]) })
	sorted := points{width: p.width, places: make([]place, 0, len(p.places)), flat: make([]float32, 0, len(p.flat))}
	for _, i := range order {
		sorted.places = append(sorted.places, p.places[i])
		for _, axis := range axes {
			sorted.flat = append(sorted.flat, p.of(i)[axis])
		}
	}
	*p = sorted
}

func counting(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// close says whether two points lie within a distance whose square is given. Four sums that do not wait for each other are added up.
func (p *points) close(i, j int, square float32) bool {
	a, b := p.of(i), p.of(j)
	var s0, s1, s2, s3 float32
	for len(a) >= 8 && len(b) >= 8 {
		d0, d1, d2, d3 := a[0]-b[0], a[1]-b[1], a[2]-b[2], a[3]-b[3]
		d4, d5, d6, d7 := a[4]-b[4], a[5]-b[5], a[6]-b[6], a[7]-b[7]
		s0, s1, s2, s3 = s0+d0*d0+d4*d4, s1+d1*d1+d5*d5, s2+d2*d2+d6*d6, s3+d3*d3+d7*d7
		if (s0+s1)+(s2+s3) > square {
			return false
		}
		a, b = a[8:], b[8:]
	}
	return true
}

// forest holds which points are connected.
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

// root returns the point that stands for a point's group.
func (f forest) root(i int32) int32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) join(a, b int32) { f[f.root(a)] = f.root(b) }

// search connects points by pairs that are verified in the database.
type search struct {
	copies  *copies
	points  *points
	groups  forest
	limit   float32 // of the distance of two points
	pending []pair
	refuted map[pair]bool // pairs that turned out not to be near duplicates
}

type pair struct{ a, b int32 }

// verifiedTogether is how many pairs a statement verifies.
const verifiedTogether = 4096

// connect returns the groups of near duplicates. Pairs within a group are not verified: in each round a row is compared with few of
// those that it is not connected with yet, and what is left over is looked at again in the next.
func (c *copies) connect(ctx context.Context, p *points) (forest, error) {
	p.sort()
	s := &search{copies: c, points: p, groups: newForest(len(p.places)), refuted: map[pair]bool{},
		limit: float32(math.Sqrt(2*c.within) + slack)}
	todo := counting(len(p.places))
	for round := 0; len(todo) > 0; round++ {
		var again []int
		for n, i := range todo {
			if n%256 == 0 {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
			}
			if n%progressEvery == 0 {
				c.progress(fmt.Sprintf("round %d", round+1), n, len(todo), "rows")
			}
			if s.propose(i, 1<<min(round, 6)) {
				again = append(again, i)
			}
			if err := s.verify(ctx, verifiedTogether); err != nil {
				return nil, err
			}
		}
		if err := s.verify(ctx, 1); err != nil {
			return nil, err
		}
		todo = again
	}
	return s.groups, nil
}

// propose adds pairs of a point and others before it, at most some, each with another group. It says whether any were left out.
func (s *search) propose(i, most int) (left bool) {
	p, square := s.points, s.limit*s.limit
	var proposed []int32
	for j := i - 1; j >= 0 && p.flat[i*p.width]-p.flat[j*p.width] <= s.limit; j-- {
		if !p.close(i, j, square) {
			continue
		}
		root, one := s.groups.root(int32(j)), pair{int32(i), int32(j)}
		if root == s.groups.root(int32(i)) || s.refuted[one] {
			continue
		}
		if slices.Contains(proposed, root) {
			left = true
			continue
		}
		if len(proposed) == most {
			return true
		}
		proposed = append(proposed, root)
		s.pending = append(s.pending, one)
	}
	return left
}

// verifySQL compares pairs of rows by their vectors. %[1]s and %[2]s are the vectors, %[3]s the table. Parameters are the places of
// both, the greatest distance, and how far single precision may be wrong: where that leaves it open, the vectors are returned.
const verifySQL = `SELECT n, CASE WHEN open THEN vector_send(a) END, CASE WHEN open THEN vector_send(b) END
FROM (SELECT n, a, b, distance, distance > $5 - $6::float8 AS open
  FROM (SELECT p.n::int4 - 1 AS n, %[1]s::vector AS a, %[2]s::vector AS b, %[1]s::vector <=> %[2]s::vector AS distance
    FROM unnest($1::oid[], $2::tid[], $3::oid[], $4::tid[]) WITH ORDINALITY p(ra, pa, rb, pb, n)
    JOIN %[3]s a ON a.ctid = p.pa AND a.tableoid = p.ra
    JOIN %[3]s b ON b.ctid = p.pb AND b.tableoid = p.rb OFFSET 0) measured
  WHERE distance <= $5::float8 + $6 OFFSET 0) near`

// doubt is how far a cosine distance that the server computes in single precision may be from the true one.
const doubt = 5e-6

// verify compares the pending pairs, if there are as many as said, and connects those that are near duplicates.
func (s *search) verify(ctx context.Context, least int) error {
	if len(s.pending) < least {
		return nil
	}
	a, b := make([]place, len(s.pending)), make([]place, len(s.pending))
	for n, one := range s.pending {
		a[n], b[n] = s.points.places[one.a], s.points.places[one.b]
		s.refuted[one] = true
	}
	relationsA, placesA := columns(a)
	relationsB, placesB := columns(b)
	name := s.copies.column.Name
	sql := fmt.Sprintf(verifySQL, named("a", name), named("b", name), s.copies.planner.table.from())
	rows, err := s.copies.planner.tx.Query(ctx, sql, relationsA, placesA, relationsB, placesB, s.copies.within, doubt)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var x, y []byte
		if err := rows.Scan(&n, &x, &y); err != nil {
			return err
		}
		if near, err := s.near(x, y); err != nil || !near {
			if err != nil {
				return err
			}
			continue
		}
		delete(s.refuted, s.pending[n])
		s.groups.join(s.pending[n].a, s.pending[n].b)
	}
	s.pending = s.pending[:0]
	return rows.Err()
}

// near judges two vectors in double precision, if the server left it open.
func (s *search) near(x, y []byte) (bool, error) {
	if x == nil {
		return true, nil
	}
	a, err := decode(x)
	if err != nil {
		return false, err
	}
	b, err := decode(y)
	if err != nil {
		return false, err
	}
	return cosineDistance(a, b) <= s.copies.within, nil
}

// cosineDistance returns 1 minus the cosine of the angle between two vectors, by the distance of the normalised ones, which keeps its
// digits when they are near each other.
func cosineDistance(a, b []float32) float64 {
	na, nb := euclidean(a), euclidean(b)
	sum := 0.0
	for i := range a {
		d := float64(a[i])/na - float64(b[i])/nb
		sum += d * d
	}
	return sum / 2
}

func euclidean(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}
