package drift

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func near(margin float64) cmp.Option { return cmpopts.EquateApprox(margin, margin) }

// TestSurprises compares with a hand count: of 5 current and 3 reference rows, 56 draws of 3 hold 1, 15, 30 and 10 with 0 to 3
// current ones.
func TestSurprises(t *testing.T) {
	t.Parallel()
	want := []float64{-math.Log(2 * 0.5 / 56), -math.Log(2 * 8.5 / 56), -math.Log(2 * 25. / 56), -math.Log(2 * 5. / 56)}
	if diff := cmp.Diff(want, surprises(3, 5, 3), near(1e-12)); diff != "" {
		t.Errorf("surprises (-want +got):\n%s", diff)
	}
}

// TestDeviations holds the mean of the deviations under the distribution to 1.
func TestDeviations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ size, current, reference int }{{3, 5, 3}, {20, 30, 70}, {60, 50, 50}} {
		total := 0.0
		for k, d := range deviations(c.size, c.current, c.reference) {
			if k <= c.current && c.size-k <= c.reference {
				total += d * math.Exp(logChoose(c.current, k)+logChoose(c.reference, c.size-k)-logChoose(c.current+c.reference, c.size))
			}
		}
		if math.Abs(total-1) > 1e-9 {
			t.Errorf("%+v: mean %g, want 1", c, total)
		}
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, 1000)
	for i := range values {
		values[i] = rng.ExpFloat64()
	}
	values[0] = 30
	got := shares(values)
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, values[a]-values[b])) })
	for k := 1; k < len(order); k++ {
		if got[order[k]] > got[order[k-1]] {
			t.Fatalf("the share of %g is above that of %g", values[order[k]], values[order[k-1]])
		}
	}
	for i, v := range values { // an exponential's tail is exp(-v)
		if want := math.Exp(-v); v > 1 && v < 5 && math.Abs(got[i]/want-1) > 0.5 {
			t.Errorf("the share of %g is %g, want about %g", v, got[i], want)
		}
	}
	if got[0] > 1e-9 {
		t.Errorf("the share of a value far beyond all is %g", got[0])
	}
	if diff := cmp.Diff([]float64{1, 1, 1}, shares([]float64{2, 2, 2})); diff != "" {
		t.Errorf("equal values (-want +got):\n%s", diff)
	}
}

func TestProbability(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{5, 1, 2, 3}, 0.25}, {[]float64{2, 1, 2, 3}, 0.75}, {[]float64{0, 1, 2, 3}, 1}} {
		if got := probability(c.values); got != c.want {
			t.Errorf("%v: %g, want %g", c.values, got, c.want)
		}
	}
}

// TestSums compares the tables of eight rows with adding row by row, past every block and strip.
func TestSums(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	for _, c := range []struct{ reference, current, cols, permutations int }{{3, 4, 1, 9}, {70, 31, 70, 20}, {9, 90, 3, block + 5}} {
		n := c.reference + c.current
		p := &pool{rows: make([][]float32, n), current: newBits(n), reference: c.reference, now: c.current}
		for i := range c.current {
			p.current.set(i)
		}
		m := newMatrix(n, c.cols)
		for i := range m.data {
			m.data[i] = float32(rng.NormFloat64())
		}
		all, err := newSplits(context.Background(), rng, p, c.permutations)
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		err = all.sums(context.Background(), m, func(split int, sum []float32) {
			calls++
			want := make([]float32, c.cols)
			for i := range n {
				if all[split].has(i) {
					add(want, 1, m.row(i))
				}
			}
			if diff := cmp.Diff(want, sum, cmpopts.EquateApprox(1e-4, 1e-4)); diff != "" {
				t.Fatalf("%+v, split %d (-want +got):\n%s", c, split, diff)
			}
			if got := all[split].common(all[split]); got != c.current {
				t.Fatalf("%+v, split %d has %d current rows", c, split, got)
			}
		})
		if err != nil || calls != c.permutations+1 {
			t.Errorf("%d splits of %d, %v", calls, c.permutations+1, err)
		}
	}
}

// TestSplitsUniform draws splits of 2 current rows among 5: ten sets, equally often.
func TestSplitsUniform(t *testing.T) {
	t.Parallel()
	for _, now := range []int{2, 3} {
		p := &pool{rows: make([][]float32, 5), current: newBits(5), reference: 5 - now, now: now}
		all, err := newSplits(context.Background(), rand.New(rand.NewPCG(3, 3)), p, 20_000)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[uint64]int{}
		for _, s := range all[1:] {
			counts[s[0]]++
		}
		if len(counts) != 10 {
			t.Errorf("%d different sets, want 10", len(counts))
		}
		for set, n := range counts {
			if n < 1800 || n > 2200 { // 4.7 standard errors
				t.Errorf("set %05b came %d times of 20000, want about 2000", set, n)
			}
		}
	}
}

func TestWhiten(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	m := newMatrix(500, 4)
	for i := range m.rows {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		copy(m.row(i), []float32{float32(5 * a), float32(a + 0.01*b), float32(5*a + 3), 7}) // the third depends on the first
	}
	w := whiten(m)
	got := covariance(w, columnMeans(w))
	want := []float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-3)); diff != "" {
		t.Errorf("covariance (-want +got):\n%s", diff)
	}
}

// TestSubspace plants three strong directions, and wants them inside.
func TestSubspace(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	reference, norms := make([][]float32, 600), make([]float64, 600)
	for i := range reference {
		reference[i] = make([]float32, 300)
		for j := range reference[i] {
			reference[i][j] = float32(0.1 * rng.NormFloat64())
		}
		for k := range 3 {
			reference[i][100*k] += float32(3 * rng.NormFloat64())
		}
		norms[i] = math.Sqrt(squaredNorm(reference[i]))
	}
	space, err := newSubspace(context.Background(), rng, newPool(rng, reference[:300], reference[300:], norms))
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3 {
		inside := 0.0
		for a := range space.basis.rows {
			inside += float64(space.basis.row(a)[100*k] * space.basis.row(a)[100*k])
		}
		if inside < 0.99 {
			t.Errorf("%.3f of direction %d is in the subspace, want 0.99", inside, k)
		}
	}
}

// TestTree plants two pairs of near clusters, and wants each pair as a region.
func TestTree(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 6))
	m := newMatrix(80, 2)
	for i := range m.rows {
		copy(m.row(i), []float32{float32(100*(i%4/2)) + float32(rng.NormFloat64()), float32(20*(i%2)) + float32(rng.NormFloat64())})
	}
	cells, gaps, err := partition(context.Background(), m, cluster(rng, m, 4))
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, c := range tree(cells, m) {
		sizes = append(sizes, c.size)
	}
	if diff := cmp.Diff([]int{20, 20, 20, 20, 40, 40}, sizes); diff != "" {
		t.Errorf("sizes of regions (-want +got):\n%s", diff)
	}
	if far := slices.Max(gaps); far > 25 {
		t.Errorf("a row lies at squared distance %g from its centre", far)
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		values []float64
		sizes  []int
	}{
		{"equal", []float64{1, 1, 1, 1, 1, 1, 1, 1}, nil},
		{"one more than the others", []float64{1, 1, 1, 1, 1, 1, 1, 2}, []int{7}},
		{"one less than the others", []float64{1, 2, 2, 2, 2, 2, 2, 2}, []int{1}},
	} {
		var sizes []int
		for _, cell := range cuts(c.values) {
			sizes = append(sizes, cell.size)
			if cell.members.count() != cell.size {
				t.Errorf("%s: %d members, size %d", c.name, cell.members.count(), cell.size)
			}
		}
		if diff := cmp.Diff(c.sizes, sizes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestEvidence integrates the calibrator: an e-value has expectation 1 where p is uniform.
func TestEvidence(t *testing.T) {
	t.Parallel()
	total, last := 0.0, math.Inf(1)
	const step = 1e-3
	for x := step / 2; x < 2000; x += step { // p = exp(-x)
		total += evidence(math.Exp(-x)) * math.Exp(-x) * step
		if x > 700 {
			break
		}
	}
	total += 1. / 700 // the tail: e(p) p is about 1/x^2
	if math.Abs(total-1) > 1e-3 {
		t.Errorf("expectation %g, want 1", total)
	}
	for p := 1e-9; p <= 1; p *= 1.001 {
		if e := evidence(p); e > last {
			t.Fatalf("evidence of p = %g is %g, above that of a smaller one", p, e)
		} else {
			last = e
		}
	}
}
