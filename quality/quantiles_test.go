package quality_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func ExampleQuantiles() {
	var latency quality.Quantiles
	for i := range 1000 {
		latency.Add(float64(i + 1)) // 1 to 1000 ms
	}
	median := latency.Quantile(0.5)
	fmt.Println(math.Abs(median-500) <= 500*quality.QuantileAccuracy)
	low, high := latency.Rank(500)
	fmt.Println(low <= 500 && 500 <= high, high-low)
	// Output:
	// true
	// true 4
}

func quantilesOf(values []float64) *quality.Quantiles {
	var q quality.Quantiles
	for _, x := range values {
		q.Add(x)
	}
	return &q
}

func shares() []float64 {
	return []float64{0, 5e-324, 0.001, 0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 - 0x1p-53, 1}
}

// TestQuantilesAreAccurate compares with the sorted values, at ranks that fractions give exactly.
func TestQuantilesAreAccurate(t *testing.T) {
	t.Parallel()
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, 12))
			for range long(20, 300) {
				values := draw(r, 1+r.IntN(3000), stream)
				q := quantilesOf(values)
				values = slices.DeleteFunc(values, func(x float64) bool { return x-x != 0 })
				slices.Sort(values)
				for _, share := range append(shares(), r.Float64(), r.Float64()) {
					if len(values) > 0 {
						requireClose(t, q.Quantile(share), values[exactRank(share, len(values))])
					}
				}
			}
		})
	}
}

func exactRank(share float64, n int) int {
	rank := new(big.Rat).SetFloat64(share)
	rank.Mul(rank, big.NewRat(int64(n-1), 1))
	return int(new(big.Int).Quo(rank.Num(), rank.Denom()).Int64())
}

func requireClose(t *testing.T, got, want float64) {
	t.Helper()
	difference := new(big.Float).SetPrec(2200).SetFloat64(got)
	difference.Sub(difference, big.NewFloat(want))
	limit := new(big.Float).SetPrec(2200).SetFloat64(math.Abs(want))
	limit.Mul(limit, big.NewFloat(quality.QuantileAccuracy))
	if difference.Abs(difference).Cmp(limit) > 0 {
		t.Fatalf("got %v (%x), want %v (%x) within %v of it", got, got, want, want, quality.QuantileAccuracy)
	}
}

// TestQuantilesOfOne puts single values through, at the edges of buckets and of the range, and among subnormals.
func TestQuantilesOfOne(t *testing.T) {
	t.Parallel()
	values := []float64{0, math.MaxFloat64, 0x1p1023, 0x1p-1022, math.Nextafter(0x1p-1022, 0), 1, math.Nextafter(1, 0)}
	for units := range uint64(1 << 12) {
		values = append(values, math.Float64frombits(units))
	}
	for low := range 64 {
		edge := 1 + float64(low)/64
		for _, power := range []int{-1074, -1070, -1060, -1030, -1022, -1, 0, 1, 500, 1023} {
			x := math.Ldexp(edge, power)
			values = append(values, x, math.Nextafter(x, 0), math.Nextafter(x, 1e308))
		}
	}
	for _, x := range values {
		for _, x := range []float64{x, -x} {
			q := quantilesOf([]float64{x})
			requireClose(t, q.Quantile(0.5), x)
			low, high := q.Rank(x)
			if low > 1 || high != 1 || x == 0 && low != 1 {
				t.Errorf("rank of %v is %d to %d", x, low, high)
			}
			var again quality.Quantiles
			if err := again.UnmarshalBinary([]byte(bytesOf(t, q))); err != nil || bytesOf(t, &again) != bytesOf(t, q) {
				t.Errorf("bytes of %v: %v", x, err)
			}
		}
	}
}

func TestQuantilesRank(t *testing.T) {
	t.Parallel()
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(13, 14))
			for range long(20, 300) {
				values := draw(r, 1+r.IntN(1000), stream)
				q := quantilesOf(values)
				for _, x := range append(draw(r, 10, stream), 0, math.Inf(1), math.Inf(-1), math.NaN()) {
					var want, near int64
					for _, v := range values {
						if v-v == 0 && v <= x {
							want++
						}
						if v-v == 0 && x-x == 0 && math.Abs(v-x) <= math.Abs(x)/64 {
							near++
						}
					}
					low, high := q.Rank(x)
					if low > want || want > high || high-low > near {
						t.Fatalf("rank of %v is %d to %d, want %d, of %d near", x, low, high, want, near)
					}
				}
			}
		})
	}
}

func TestQuantilesOutside(t *testing.T) {
	t.Parallel()
	var change quality.Quantiles
	if err := change.Subtract(quantilesOf([]float64{1, 2})); err != nil {
		t.Fatal(err)
	}
	if err := change.Merge(quantilesOf([]float64{3, 4, 5})); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]float64{
		"nothing":      new(quality.Quantiles).Quantile(0.5),
		"only NaN":     quantilesOf([]float64{math.NaN()}).Quantile(0.5),
		"below":        quantilesOf([]float64{1}).Quantile(-5e-324),
		"above":        quantilesOf([]float64{1}).Quantile(math.Nextafter(1, 2)),
		"not a number": quantilesOf([]float64{1}).Quantile(math.NaN()),
		"a change":     change.Quantile(1),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s: got %v, want NaN", name, got)
		}
	}
	if change.Count() != 1 {
		t.Errorf("a change counts %d, want 1", change.Count())
	}
}

// TestQuantilesOfMost has as many values as a state holds: a rank is floor(share * (2^62-1)).
func TestQuantilesOfMost(t *testing.T) {
	t.Parallel()
	q := quantilesOf([]float64{1, 1, 2, 1000})
	for range 60 {
		if err := q.Merge(q); err != nil {
			t.Fatal(err)
		}
	}
	before := bytesOf(t, q)
	if err := q.Merge(quantilesOf([]float64{-7})); !errors.Is(err, quality.ErrOverflow) {
		t.Errorf("got %v, want %v", err, quality.ErrOverflow)
	}
	if bytesOf(t, q) != before {
		t.Error("a merge that fails changes the state")
	}
	for share, want := range map[float64]float64{0: 1, 0.5 - 0x1p-54: 1, 0.5: 1, 0.5 + 0x1p-53: 2, 0.75: 2, 0.75 + 0x1p-53: 1000, 1: 1000} {
		requireClose(t, q.Quantile(share), want)
	}
}

func TestQuantilesNonFinite(t *testing.T) {
	t.Parallel()
	q := quantilesOf([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 5, math.Inf(1)})
	if diff := cmp.Diff(quality.NonFinite{NaN: 1, PositiveInfinity: 2, NegativeInfinity: 1}, q.NonFinite()); diff != "" {
		t.Errorf("other values differ (-want +got):\n%s", diff)
	}
	if q.Count() != 1 {
		t.Errorf("got %d values, want 1", q.Count())
	}
}

func BenchmarkQuantilesAdd(b *testing.B) {
	all := streams()
	all["latency"] = func(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) * 20 }
	for name, stream := range all {
		b.Run(name, func(b *testing.B) {
			values := draw(rand.New(rand.NewPCG(1, 2)), 4096, stream)
			q := quantilesOf(values)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q.Add(values[i%4096])
			}
			reportSize(b, q)
		})
	}
}

func BenchmarkQuantilesMerge(b *testing.B) {
	one := quantilesOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	var q quality.Quantiles
	b.ReportAllocs()
	for b.Loop() {
		if err := q.Merge(one); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuantilesQuantile(b *testing.B) {
	q := quantilesOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	b.ReportAllocs()
	for b.Loop() {
		if q.Quantile(0.99) == 0 {
			b.Fatal("no quantile")
		}
	}
}
