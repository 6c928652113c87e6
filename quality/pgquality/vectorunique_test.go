package pgquality_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
)

func copySuite(within float64) quality.Suite {
	return quality.Suite{Dataset: "embedding", Example: 10_000, Checks: []quality.Check{{Test: quality.VectorUnique{Field: "e", Within: within}}}}
}

// TestExactCopies asks for copies among vectors that share their length and are nearly equal.
func TestExactCopies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, typ string
		vectors   [][]float32
		want      quality.Duplicates
		judged    int64
		keys      []string
	}{
		{"none", "vector(2)", [][]float32{{1, 0}, {0, 1}, {-1, 0}}, quality.Duplicates{Singletons: 3}, 3, nil},
		{"copies", "vector(2)", [][]float32{{1, 2}, {2, 1}, {1, 2}, nil, {1, 2}, {3, 3}, {0, 0}, {0, 0}, {3, 3}},
			quality.Duplicates{AffectedRows: 5, ExcessRows: 3, Groups: 2, Singletons: 1}, 6, []string{"1", "3", "5", "6", "9"}},
		{"rescaled", "vector(2)", [][]float32{{1, 2}, {2, 4}}, quality.Duplicates{Singletons: 2}, 2, nil},
		{"other dimensions", "vector", [][]float32{{3, 4}, {3, 4, 0}, {3, 4, 0}},
			quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 1}, 3, []string{"2", "3"}},
		{"half", "halfvec(2)", [][]float32{{1, 2}, {2, 1}, {1, 2}},
			quality.Duplicates{AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 1}, 3, []string{"1", "3"}},
		{"empty", "vector(2)", nil, quality.Duplicates{}, 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := assess(t, vectorTable(t, test.typ, test.vectors), copySuite(0)).Results[0]
			slices.Sort(r.Examples)
			if diff := cmp.Diff([]any{&test.want, test.judged, test.keys}, []any{r.Duplicates, r.Judged, r.Examples}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// planted is a table of clustered vectors with near duplicates whose truth is known by comparing all pairs.
func planted(r *rand.Rand, n, dimensions int, within float64) (vectors [][]float32, twins int) {
	vectors = clustered(r, n, dimensions, 12)
	scales := []float64{0.001, 0.03, 1, 40, 1000}
	for i := range n / 20 {
		v := vectors[i*7%n]
		distance := []float64{0, within * 0.5, within * 0.95, within * 1.2}[i%4]
		if distance > 0 {
			v = beside(r, v, distance)
		}
		vectors = append(vectors, times(v, scales[i%len(scales)]))
	}
	for range 40 {
		vectors = append(vectors, vectors[3], nil, make([]float32, dimensions))
	}
	r.Shuffle(len(vectors), func(i, j int) { vectors[i], vectors[j] = vectors[j], vectors[i] })
	return vectors, n/20 + 40
}

// groupsOf groups vectors by comparing all pairs in double precision. Undecided are pairs that rounding may judge either way.
func groupsOf(vectors [][]float32, within float64) (found quality.Duplicates, keys []string, undecided int) {
	group := make([]int, len(vectors))
	var kept []int
	for i, v := range vectors {
		if group[i] = i; v != nil && length(v) > 0 {
			kept = append(kept, i)
		}
	}
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for n, i := range kept {
		for _, j := range kept[:n] {
			d := cosine(vectors[i], vectors[j])
			if math.Abs(d-within) < 1e-9 {
				undecided++
			}
			if d <= within {
				group[root(i)] = root(j)
			}
		}
	}
	size := map[int]int64{}
	for _, i := range kept {
		size[root(i)]++
	}
	for _, n := range size {
		if n == 1 {
			found.Singletons++
			continue
		}
		found.Groups, found.AffectedRows, found.ExcessRows = found.Groups+1, found.AffectedRows+n, found.ExcessRows+n-1
	}
	for _, i := range kept {
		if size[root(i)] > 1 {
			keys = append(keys, fmt.Sprint(i+1))
		}
	}
	return found, keys, undecided
}

// TestNearCopies compares the search with a comparison of all pairs.
func TestNearCopies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		typ        string
		dimensions int
		within     float64
	}{
		{"vector(8)", 8, 1e-3}, {"vector(64)", 64, 1e-6}, {"vector(64)", 64, 1e-4}, {"vector(64)", 64, 0.01}, {"vector", 256, 0.01},
		{"vector(1536)", 1536, 1e-6},
	}
	for i, test := range tests[:servertest.Count(5, 6)] {
		t.Run(fmt.Sprintf("%s within %g", test.typ, test.within), func(t *testing.T) {
			t.Parallel()
			vectors, twins := planted(rand.New(rand.NewPCG(7, uint64(i))), servertest.Count(500, 4000), test.dimensions, test.within)
			want, keys, undecided := groupsOf(vectors, test.within)
			if undecided > 0 || want.AffectedRows < int64(twins) {
				t.Fatalf("the truth is not certain: %d pairs, %d affected rows", undecided, want.AffectedRows)
			}
			r := assess(t, vectorTable(t, test.typ, vectors), copySuite(test.within)).Results[0]
			slices.Sort(r.Examples)
			slices.Sort(keys)
			if diff := cmp.Diff([]any{&want, keys}, []any{r.Duplicates, r.Examples}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestNearCopiesOfOtherDimensions searches a column that holds vectors of several dimensions, and one with a condition.
func TestNearCopiesOfOtherDimensions(t *testing.T) {
	t.Parallel()
	pool := vectorTable(t, "vector", [][]float32{{3, 4}, {6, 8}, {3, 4, 0}, {30, 40, 0}, {1, 1, 1}, {0, 0, 0}, {-3, -4}})
	suite := copySuite(1e-6)
	suite.Checks = append(suite.Checks, quality.Check{Name: "scoped", Test: quality.VectorUnique{Field: "e", Within: 1e-6},
		When: quality.Range{Field: "id", Max: 3}})
	got := assess(t, pool, suite)
	want := []*quality.Duplicates{{AffectedRows: 4, ExcessRows: 2, Groups: 2, Singletons: 2}, {AffectedRows: 2, ExcessRows: 1, Groups: 1, Singletons: 1}}
	if diff := cmp.Diff(want, []*quality.Duplicates{got.Results[0].Duplicates, got.Results[1].Duplicates}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestNearCopiesOfOne searches a table in which nearly all vectors are copies of one, which makes every pair a candidate.
func TestNearCopiesOfOne(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	one := gaussian(r, 32, 1)
	vectors := clustered(r, 20, 32, 3)
	n := servertest.Count(1500, 20_000)
	for i := range n {
		vectors = append(vectors, times(one, float64(i%100+1)))
	}
	got := assess(t, vectorTable(t, "vector(32)", vectors), copySuite(1e-6)).Results[0]
	want := &quality.Duplicates{AffectedRows: int64(n), ExcessRows: int64(n) - 1, Groups: 1, Singletons: 20}
	if diff := cmp.Diff(want, got.Duplicates); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
