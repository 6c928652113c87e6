package quality_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func ExampleSum() {
	var first, second quality.Sum // of two writers
	first.Add(1e100)
	first.Add(1)
	second.Add(-1e100)
	second.Add(math.NaN())
	if err := first.Merge(&second); err != nil {
		fmt.Println(err)
	}
	fmt.Println(first.Float64(), first.Count(), first.NonFinite().NaN)
	// Output: 1 3 1
}

// streams are the kinds of values that tests of sums are run on.
func streams() map[string]func(r *rand.Rand) float64 {
	return map[string]func(r *rand.Rand) float64{
		"money":     func(r *rand.Rand) float64 { return float64(r.IntN(1e6)) / 100 },
		"normal":    func(r *rand.Rand) float64 { return r.NormFloat64() },
		"shifted":   func(r *rand.Rand) float64 { return 1e9 + r.Float64()*1e-6 },
		"subnormal": func(r *rand.Rand) float64 { return math.Float64frombits(r.Uint64() &^ (0x7ff << 52)) },
		"huge":      func(r *rand.Rand) float64 { return math.Copysign(math.MaxFloat64*r.Float64(), r.NormFloat64()) },
		"cancelling": func(r *rand.Rand) float64 {
			return math.Copysign(math.Ldexp(1, r.IntN(4)*300-400), r.NormFloat64()) + float64(r.IntN(3))
		},
		"any finite": func(r *rand.Rand) float64 {
			for {
				if x := math.Float64frombits(r.Uint64()); x-x == 0 {
					return x
				}
			}
		},
		"any bits": func(r *rand.Rand) float64 {
			switch r.IntN(12) {
			case 0:
				return math.NaN()
			case 1:
				return math.Inf(r.IntN(2) - 1)
			case 2:
				return math.Copysign(0, -1)
			}
			return math.Float64frombits(r.Uint64())
		},
	}
}

// bigSum is the exact sum of the finite values, which 2,200 bits hold, as the nearest float64.
func bigSum(values []float64) float64 {
	total := new(big.Float).SetPrec(2200)
	for _, x := range values {
		if x-x == 0 {
			total.Add(total, new(big.Float).SetFloat64(x))
		}
	}
	sum, _ := total.Float64()
	return sum
}

func draw(r *rand.Rand, n int, from func(r *rand.Rand) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = from(r)
	}
	return values
}

func sumOf(values []float64) *quality.Sum {
	var s quality.Sum
	for _, x := range values {
		s.Add(x)
	}
	return &s
}

func TestSumIsExact(t *testing.T) {
	t.Parallel()
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			for range long(60, 2000) {
				values := draw(r, r.IntN(300), stream)
				if got, want := sumOf(values).Float64(), bigSum(values); got != want {
					t.Fatalf("sum of %d values is %v, want %v", len(values), got, want)
				}
			}
		})
	}
}

func TestSumRounding(t *testing.T) {
	t.Parallel()
	ulp := math.Ldexp(1, -52)
	for name, test := range map[string]struct {
		values []float64
		want   float64
	}{
		"nothing":            {nil, 0},
		"minus zero":         {[]float64{math.Copysign(0, -1)}, 0},
		"least":              {[]float64{5e-324, 5e-324}, 1e-323},
		"tie down to even":   {[]float64{1, ulp / 2}, 1},
		"tie up to even":     {[]float64{1 + ulp, ulp / 2}, 1 + 2*ulp},
		"above a tie":        {[]float64{1, ulp / 2, 5e-324}, 1 + ulp},
		"below a tie":        {[]float64{1, ulp / 2, -5e-324}, 1},
		"negative tie":       {[]float64{-1, -ulp / 2}, -1},
		"carry of the ulp":   {[]float64{2 - ulp, ulp / 2}, 2},
		"to the least 1022":  {[]float64{0x1p-1022, -5e-324}, 0x0.fffffffffffffp-1022},
		"beyond the range":   {[]float64{math.MaxFloat64, math.MaxFloat64}, math.Inf(1)},
		"just beyond":        {[]float64{math.MaxFloat64, math.Ldexp(1, 970)}, math.Inf(1)},
		"just within":        {[]float64{math.MaxFloat64, math.Ldexp(1, 970), -5e-324}, math.MaxFloat64},
		"below the range":    {[]float64{-math.MaxFloat64, -math.MaxFloat64}, math.Inf(-1)},
		"back in the range":  {[]float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}, math.MaxFloat64},
		"textbook":           {[]float64{1, 1e100, 1, -1e100}, 2},
		"cancelled to least": {[]float64{1e308, 5e-324, -1e308}, 5e-324},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := sumOf(test.values).Float64()
			if math.Float64bits(got) != math.Float64bits(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSumNonFinite(t *testing.T) {
	t.Parallel()
	s := sumOf([]float64{1, math.NaN(), math.Inf(1), math.Inf(-1), math.Inf(1), -math.NaN(), 2, math.NaN()})
	if diff := cmp.Diff(quality.NonFinite{NaN: 3, PositiveInfinity: 2, NegativeInfinity: 1}, s.NonFinite()); diff != "" {
		t.Errorf("other values differ (-want +got):\n%s", diff)
	}
	if s.Float64() != 3 || s.Count() != 2 {
		t.Errorf("got a sum of %v of %d values, want 3 of 2", s.Float64(), s.Count())
	}
}

// TestSumOfMany passes the number of additions after which carries are due.
func TestSumOfMany(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{math.MaxFloat64, -math.MaxFloat64, 5e-324, -0x1.fffffffffffffp-991, 0.1} {
		const n = 100_000
		var s quality.Sum
		for range n {
			s.Add(x)
		}
		want, _ := new(big.Float).SetPrec(200).Mul(big.NewFloat(x), big.NewFloat(n)).Float64()
		if got := s.Float64(); got != want {
			t.Errorf("%d times %v is %v, want %v", n, x, got, want)
		}
	}
}

func TestSumDoesNotAllocate(t *testing.T) {
	var s quality.Sum
	x := 0.0
	if n := testing.AllocsPerRun(5000, func() { x += 0.1; s.Add(x); x += s.Float64() * 1e-9 }); n != 0 {
		t.Errorf("an addition allocates %v times", n)
	}
}

func BenchmarkSumAdd(b *testing.B) {
	for name, stream := range streams() {
		b.Run(name, func(b *testing.B) {
			values := draw(rand.New(rand.NewPCG(1, 2)), 4096, stream)
			var s quality.Sum
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Add(values[i%4096])
			}
			reportSize(b, &s)
		})
	}
}

func BenchmarkSumMerge(b *testing.B) {
	one := sumOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	var s quality.Sum
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Merge(one); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSumFloat64(b *testing.B) {
	s := sumOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	b.ReportAllocs()
	for b.Loop() {
		if s.Float64() == 0 {
			b.Fatal("no sum")
		}
	}
}
