package interval_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality/interval"
)

// Known values are of mpmath 1.3 with 50 digits or SciPy 1.17's ndtri and t.ppf.
func TestNormalQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ p, want float64 }{
		{0.5, 0}, {0.025, -1.9599639845400545}, {0.975, 1.9599639845400545}, {0.3, -0.5244005127080409},
		{1e-20, -9.262340089798409}, {1e-300, -37.0470962993612},
	} {
		near(t, interval.NormalQuantile(c.p), c.want, 1e-14)
	}
	for _, p := range []float64{0, 1, -1, 2, math.NaN()} {
		if got := interval.NormalQuantile(p); !math.IsNaN(got) {
			t.Errorf("NormalQuantile(%v) = %v: want NaN", p, got)
		}
	}
}

func TestStudentQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ p, df, want float64 }{
		{0.025, 1, -12.706204736174705}, {0.025, 2, -4.302652729749464}, {0.025, 10, -2.2281388519862744},
		{0.975, 29, 2.045229642132704}, {0.025, 999, -1.9623414611334498}, {0.025, 1e6, -1.9599663568141072},
		{0.4, 5, -0.2671808657041451}, {1e-8, 3, -479.5250695797382}, {0.025, 0.5, -164.55767348048846},
		{0.3, 1e5, -0.5244021842335457}, {1e-12, 1000, -7.124228925314409}, {0.5, 3, 0}, {0.025, 1e12, -1.9599639845400545},
	} {
		near(t, interval.StudentQuantile(c.p, c.df), c.want, 1e-10)
	}
	for _, c := range [][2]float64{{0, 1}, {1, 1}, {0.5, 0}, {0.5, -1}, {math.NaN(), 1}, {0.5, math.NaN()}} {
		if got := interval.StudentQuantile(c[0], c[1]); !math.IsNaN(got) {
			t.Errorf("StudentQuantile(%v, %v) = %v: want NaN", c[0], c[1], got)
		}
	}
}

// near compares relatively, and absolutely below 1e-3 of the tolerance.
func near(t *testing.T, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*max(math.Abs(want), 1e-3) {
		t.Errorf("got %.17g, want %.17g", got, want)
	}
}

// diff compares intervals to a tolerance.
func diff(want, got interval.Interval, tolerance float64) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= tolerance }))
}
