package interval

import (
	"math"
	"testing"
)

// Known values are of mpmath 1.3 with 50 digits (the first four), and of SciPy 1.17's betaincinv.
func TestBetaQuantile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ p, a, b, want float64 }{
		{0.025, 1, 10, 0.00252857854446178464}, {0.025, 0.5, 10.5, 0.0000478904331575818952},
		{0.025, 1, 10000, 2.53177759347468678e-6}, {0.975, 3, 7, 0.600093573716312101},
		{0.025, 3e4, 7e4, 0.297163553035795}, {1e-10, 2, 5, 2.581997786411184e-6}, {0.5, 0.5, 0.5, 0.5},
		{0.025, 1e6, 1e9, 0.000997044915780893}, {0.025, 0.01, 5, 7.803601735629069e-162}, {0.3, 200, 0.3, 0.9987157533699448},
		{0, 1, 1, 0}, {1, 1, 1, 1},
	} {
		got := betaQuantile(c.p, c.a, c.b)
		if math.Abs(got-c.want) > 5e-12*c.want {
			t.Errorf("betaQuantile(%v, %v, %v) = %.17g: want %.17g", c.p, c.a, c.b, got, c.want)
		}
	}
}

// FuzzBetaQuantile goes there and back.
func FuzzBetaQuantile(f *testing.F) {
	f.Add(0.025, 0.5, 100.5)
	f.Add(1e-9, 1e5, 3.0)
	f.Add(2.5e-11, 0.13988662131519278, 82.0)
	f.Fuzz(func(t *testing.T, p, a, b float64) {
		if !(p > 1e-12 && p <= 0.5 && a >= 0.1 && a < 1e7 && b >= 0.1 && b < 1e7) {
			return
		}
		x := betaQuantile(p, a, b)
		if x == 1 { // the true one is nearer to 1 than a number can be
			return
		}
		// The function is steep where a is tiny or huge: one step of x is what it can be off by, and rounding grows with a and b.
		below, _ := betaCDF(x, 1-x, a, b)
		before, _ := betaCDF(x*(1-4e-16), 1-x*(1-4e-16), a, b)
		after, _ := betaCDF(x*(1+4e-16), 1-x*(1+4e-16), a, b)
		if tolerance := p * (1e-11 + 1e-14*(a+b)); below < p-tolerance-(after-before) || below > p+tolerance+(after-before) {
			t.Errorf("betaQuantile(%v, %v, %v) = %v, which is the quantile of %v", p, a, b, x, below)
		}
	})
}
