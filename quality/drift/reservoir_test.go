package drift_test

import (
	"slices"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/drift"
)

// TestReservoirUniform counts how often each value, and each pair of neighbours, is kept.
func TestReservoirUniform(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ size, stream int }{{1, 10}, {5, 6}, {5, 40}, {20, 200}} {
		runs := servertest.Count(4_000, 200_000)
		kept, pairs := make([]int, c.stream), make([]int, c.stream)
		for run := range runs {
			sample := fill(t, c.size, c.stream, uint64(run))
			slices.Sort(sample)
			for k, v := range sample {
				kept[v]++
				if k > 0 && sample[k-1] == v-1 {
					pairs[v]++
				}
			}
		}
		share := float64(c.size) / float64(c.stream)
		pair := share * float64(c.size-1) / float64(c.stream-1)
		for v := range c.stream {
			within(t, "kept", c.size, c.stream, v, kept[v], share, runs)
			if v > 0 {
				within(t, "kept with the one before", c.size, c.stream, v, pairs[v], pair, runs)
			}
		}
	}
}

// within fails at five standard errors: some hundred counts are looked at.
func within(t *testing.T, what string, size, stream, v, count int, want float64, runs int) {
	t.Helper()
	got := float64(count) / float64(runs)
	if off := got - want; off > margin(want, runs)*5/3 || off < -margin(want, runs)*5/3 {
		t.Errorf("%d of %d: value %d is %s in %.4f of runs, want %.4f", size, stream, v, what, got, want)
	}
}

func fill(t *testing.T, size, stream int, seed uint64) []int {
	t.Helper()
	r, err := drift.NewReservoir[int](size, seed)
	if err != nil {
		t.Fatal(err)
	}
	for v := range stream {
		if kept := r.Add(v); kept != slices.Contains(r.Sample(), v) {
			t.Fatalf("value %d: Add says kept %t", v, kept)
		}
	}
	if r.Seen() != stream {
		t.Fatalf("saw %d, want %d", r.Seen(), stream)
	}
	return r.Sample()
}

func TestReservoirSize(t *testing.T) {
	t.Parallel()
	if _, err := drift.NewReservoir[int](0, 1); err == nil {
		t.Error("a reservoir for nothing was made")
	}
	if got := fill(t, 8, 3, 1); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("a short stream keeps %v, want all of it", got)
	}
	if got := fill(t, 8, 1000, 1); len(got) != 8 || !slices.Equal(got, fill(t, 8, 1000, 1)) {
		t.Errorf("the sample is %v, want the same 8 each time", got)
	}
}

func BenchmarkReservoir(b *testing.B) {
	r, err := drift.NewReservoir[int](1000, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := range b.N {
		r.Add(i)
	}
}
