package quality_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func ExampleMoments() {
	var table, removed quality.Moments
	for _, x := range []float64{1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 100} {
		table.Add(x)
	}
	removed.Add(1e9 + 100)
	if err := table.Subtract(&removed); err != nil {
		fmt.Println(err)
	}
	_, _, known := table.Range()
	fmt.Println(table.Mean(), table.Variance(), known)
	// Output: 1.000000002e+09 1 false
}

func momentsOf(values []float64) *quality.Moments {
	var m quality.Moments
	for _, x := range values {
		m.Add(x)
	}
	return &m
}

// moments are what Moments derive, to compare.
type moments struct {
	Count                          int64
	Sum, Mean                      string
	Variance, PopulationVariance   string
	Deviation, PopulationDeviation string
	Least, Greatest                string
	Known                          bool
}

func derived(m *quality.Moments) moments {
	least, greatest, known := m.Range()
	return moments{
		Count: m.Count(), Sum: hex(m.Sum()), Mean: hex(m.Mean()),
		Variance: hex(m.Variance()), PopulationVariance: hex(m.PopulationVariance()),
		Deviation: hex(m.StandardDeviation()), PopulationDeviation: hex(m.PopulationStandardDeviation()),
		Least: hex(least), Greatest: hex(greatest), Known: known,
	}
}

func hex(x float64) string { return fmt.Sprintf("%x", x) }

// bigMoments derives the moments from the values in two passes: the deviations from the exact mean, as a fraction, squared.
func bigMoments(values []float64) moments {
	var finite []float64
	least, greatest := math.Inf(1), math.Inf(-1)
	total := new(big.Rat)
	for _, x := range values {
		if x-x == 0 {
			finite = append(finite, x)
			least, greatest = min(least, x+0), max(greatest, x+0)
			total.Add(total, new(big.Rat).SetFloat64(x))
		}
	}
	n := int64(len(finite))
	want := moments{Count: n, Sum: hex(nearest(total)), Least: hex(least), Greatest: hex(greatest), Known: true}
	want.Mean, want.Variance, want.PopulationVariance = "NaN", "NaN", "NaN"
	want.Deviation, want.PopulationDeviation = "NaN", "NaN"
	if n == 0 {
		return want
	}
	mean := new(big.Rat).Quo(total, big.NewRat(n, 1))
	squares := new(big.Rat)
	for _, x := range finite {
		d := new(big.Rat).Sub(new(big.Rat).SetFloat64(x), mean)
		squares.Add(squares, d.Mul(d, d))
	}
	want.Mean = hex(nearest(mean))
	population := new(big.Rat).Quo(squares, big.NewRat(n, 1))
	want.PopulationVariance, want.PopulationDeviation = hex(nearest(population)), hex(root(population))
	if n > 1 {
		sample := new(big.Rat).Quo(squares, big.NewRat(n-1, 1))
		want.Variance, want.Deviation = hex(nearest(sample)), hex(root(sample))
	}
	return want
}

func nearest(x *big.Rat) float64 {
	f, _ := x.Float64()
	return f
}

func root(x *big.Rat) float64 {
	f := new(big.Float).SetPrec(600).SetRat(x)
	f64, _ := f.Sqrt(f).Float64()
	return f64
}

func TestMomentsAreExact(t *testing.T) {
	t.Parallel()
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(3, 4))
			for range long(10, 300) {
				values := draw(r, r.IntN(30), stream)
				if diff := cmp.Diff(bigMoments(values), derived(momentsOf(values))); diff != "" {
					t.Fatalf("moments of %v differ (-want +got):\n%s", values, diff)
				}
			}
		})
	}
}

func TestMomentsOfFew(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]float64{
		"nothing":       nil,
		"only NaN":      {math.NaN(), math.Inf(1)},
		"one":           {3},
		"minus zero":    {math.Copysign(0, -1)},
		"both zeros":    {math.Copysign(0, -1), 0, math.Copysign(0, -1)},
		"equal":         {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1},
		"greatest":      {math.MaxFloat64, -math.MaxFloat64},
		"least":         {5e-324, -5e-324, 1e-323},
		"root in range": {1e200, 3e200},
		"below root":    {1e-200, 3e-200},
		"close":         {1e9 + 1e-6, 1e9 + 2e-6, 1e9 + 3e-6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(bigMoments(values), derived(momentsOf(values))); diff != "" {
				t.Errorf("moments differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMomentsOfMany passes the number of additions after which carries are due: 2^23 of a square that fills its limbs.
func TestMomentsOfMany(t *testing.T) {
	t.Parallel()
	const x = 0x1.fffffffffffffp1009
	n := long(1<<20, 9<<20)
	var m quality.Moments
	for i := range n {
		m.Add(math.Copysign(x, float64(i%2)-0.5))
	}
	if m.Mean() != 0 || m.PopulationStandardDeviation() != x {
		t.Errorf("got mean %v, deviation %v", m.Mean(), m.PopulationStandardDeviation())
	}
}

func TestMomentsSubtract(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range long(50, 1000) {
		left, right := draw(r, r.IntN(20), streams()["any bits"]), draw(r, r.IntN(20), streams()["any bits"])
		m := momentsOf(append(left[:len(left):len(left)], right...))
		if err := m.Subtract(momentsOf(right)); err != nil {
			t.Fatal(err)
		}
		want := bigMoments(left)
		if bigMoments(right).Count > 0 {
			want.Least, want.Greatest, want.Known = "NaN", "NaN", false
		}
		if diff := cmp.Diff(want, derived(m)); diff != "" {
			t.Fatalf("moments differ (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(momentsOf(left).NonFinite(), m.NonFinite()); diff != "" {
			t.Fatalf("other values differ (-want +got):\n%s", diff)
		}
	}
}

// TestMomentsOfAChange asks states that are no multiset of values.
func TestMomentsOfAChange(t *testing.T) {
	t.Parallel()
	undefined := moments{Mean: "NaN", Variance: "NaN", PopulationVariance: "NaN", Deviation: "NaN", PopulationDeviation: "NaN",
		Least: "NaN", Greatest: "NaN"}
	negative, negativeSpread := undefined, undefined
	negative.Count, negative.Sum = -2, hex(-3)
	negativeSpread.Count, negativeSpread.Sum, negativeSpread.Mean = 2, hex(14), hex(7)
	for name, test := range map[string]struct {
		added, removed []float64
		want           moments
	}{
		"negative count":    {nil, []float64{1, 2}, negative},
		"negative variance": {[]float64{5, 5, 5}, []float64{1}, negativeSpread},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := momentsOf(test.added)
			if err := change.Subtract(momentsOf(test.removed)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, derived(change)); diff != "" {
				t.Errorf("moments differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMomentsOverflow doubles a state until its count is at the limit: no sum of so many values is beyond its own.
func TestMomentsOverflow(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]float64{"greatest": math.MaxFloat64, "least": -math.MaxFloat64, "one": 1, "NaN": math.NaN()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := momentsOf([]float64{x})
			for i := range 62 {
				if err := m.Merge(m); err != nil {
					t.Fatalf("merge %d: %v", i, err)
				}
			}
			before := bytesOf(t, m)
			for _, merge := range []func(*quality.Moments) error{m.Merge, func(o *quality.Moments) error {
				var negative quality.Moments
				return errors.Join(negative.Subtract(o), m.Subtract(&negative))
			}} {
				if err := merge(m); !errors.Is(err, quality.ErrOverflow) {
					t.Errorf("got %v, want %v", err, quality.ErrOverflow)
				}
			}
			if after := bytesOf(t, m); before != after {
				t.Errorf("a merge that fails changes the state")
			}
		})
	}
}

func BenchmarkMomentsAdd(b *testing.B) {
	for name, stream := range streams() {
		b.Run(name, func(b *testing.B) {
			values := draw(rand.New(rand.NewPCG(1, 2)), 4096, stream)
			var m quality.Moments
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m.Add(values[i%4096])
			}
			reportSize(b, &m)
		})
	}
}

func BenchmarkMomentsMerge(b *testing.B) {
	one := momentsOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	var m quality.Moments
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Merge(one); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMomentsVariance(b *testing.B) {
	m := momentsOf(draw(rand.New(rand.NewPCG(1, 2)), 1000, streams()["normal"]))
	b.ReportAllocs()
	for b.Loop() {
		if m.Variance() == 0 {
			b.Fatal("no variance")
		}
	}
}
