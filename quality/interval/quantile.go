package interval

import "math"

// NormalQuantile is the z below which a standard normal variable stays with probability p; NaN outside of (0, 1).
func NormalQuantile(p float64) float64 {
	switch {
	case !(p > 0 && p < 1):
		return math.NaN()
	case p > 0.5:
		return -NormalQuantile(1 - p)
	}
	z := -math.Sqrt(-2 * math.Log(2*p)) // the tail's leading term
	for range 20 {                      // Newton's method on the logarithm, which is concave: the steps come from one side
		below := math.Erfc(-z/math.Sqrt2) / 2
		step := math.Log(below/p) * below * math.Sqrt(2*math.Pi) * math.Exp(z*z/2)
		if !(math.Abs(step) > 1e-16*math.Abs(z)) { // or nothing is left of p
			break
		}
		z -= step
	}
	return z
}

// StudentQuantile is the t below which a variable of Student's distribution with df degrees of freedom, which need not be
// whole, stays with probability p; NaN for p outside of (0, 1) and df not above 0. It inverts DLMF 8.17's
// P(|T| > t) = I_x(df/2, 1/2) with x = df/(df+t²).
func StudentQuantile(p, df float64) float64 {
	switch {
	case !(p > 0 && p < 1 && df > 0):
		return math.NaN()
	case p > 0.5:
		return -StudentQuantile(1-p, df)
	case p == 0.5:
		return 0
	case df > 1e10: // differs from the normal quantile by less than its rounding
		return NormalQuantile(p)
	}
	tail := func(logT float64) float64 {
		t := math.Exp(logT)
		x, rest := 1/(1+t*t/df), 1/(1+df/(t*t))
		outside, _ := betaCDF(x, rest, df/2, 0.5)
		return 2*p - outside
	}
	return -math.Exp(root(tail, -40, 350))
}

// root is where a rising function reaches zero between low and high, to the last bit: by bisection, which no shape defeats.
func root(rising func(float64) float64, low, high float64) float64 {
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return middle
		}
		if rising(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
}
