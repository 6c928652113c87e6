package interval

import "math"

// betaCDF is the regularised incomplete beta function I_x(a, b) and its complement, each to full relative precision: the
// smaller of the two is computed, by the continued fraction of DLMF 8.17.22 with the method of Lentz (1976).
// The caller gives x and 1-x, since near 1 only the one who has both knows the second.
func betaCDF(x, rest, a, b float64) (below, above float64) {
	switch {
	case x <= 0:
		return 0, 1
	case rest <= 0:
		return 1, 0
	}
	scale := math.Exp(a*logOf(x, rest) + b*logOf(rest, x) - logBeta(a, b))
	if x < (a+1)/(a+b+2) {
		below = scale / a * betaFraction(x, a, b)
		return below, 1 - below
	}
	above = scale / b * betaFraction(rest, b, a)
	return 1 - above, above
}

// logOf is the logarithm of x, of which 1-x is given too.
func logOf(x, rest float64) float64 {
	if x < 0.5 {
		return math.Log(x)
	}
	return math.Log1p(-rest)
}

// betaFraction is the continued fraction of DLMF 8.17.22. It converges in O(sqrt(max(a, b))) steps where betaCDF uses it.
func betaFraction(x, a, b float64) float64 {
	const tiny = 1e-300
	nonzero := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/nonzero(1-(a+b)*x/(a+1))
	value := d
	for m, most := 1.0, 1000+20*math.Sqrt(a+b); m <= most; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / nonzero(1+even*d)
		c = nonzero(1 + even/c)
		value *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / nonzero(1+odd*d)
		c = nonzero(1 + odd/c)
		value *= d * c
		if math.Abs(d*c-1) < 3e-16 {
			break
		}
	}
	return value
}

// logBeta is the logarithm of the beta function. Where an argument is large the logarithms of the gamma function cancel, so
// there it uses Stirling's series with its remainders kept apart (DLMF 5.11.1).
func logBeta(a, b float64) float64 {
	small, large := min(a, b), max(a, b)
	gamma := func(v float64) float64 { g, _ := math.Lgamma(v); return g }
	switch {
	case large < 10:
		return gamma(small) + gamma(large) - gamma(small+large)
	case small < 10:
		return gamma(small) + small - small*math.Log(small+large) + (large-0.5)*-math.Log1p(small/large) +
			stirlingRest(large) - stirlingRest(small+large)
	}
	return 0.5*math.Log(2*math.Pi) - 0.5*math.Log(large) + (small-0.5)*-math.Log1p(large/small) - large*math.Log1p(small/large) +
		stirlingRest(small) + stirlingRest(large) - stirlingRest(small+large)
}

// stirlingRest is what Stirling's formula for the logarithm of the gamma function leaves out, for v of at least 10.
func stirlingRest(v float64) float64 {
	w := 1 / (v * v)
	return (1.0/12 - w*(1.0/360-w*(1.0/1260-w*(1.0/1680-w*(1.0/1188-w*691.0/360360))))) / v
}

// betaQuantile is the x for which I_x(a, b) is p, for p of at most about 1/2; the upper tail is the complement of the lower
// one with a and b exchanged. It is Newton's method on log x and the logarithm of the probability, kept within a bracket
// that a bisection narrows whenever a step would leave it.
func betaQuantile(p, a, b float64) float64 {
	switch {
	case p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	low, high := math.Inf(-1), 0.0 // of log x
	at := min((math.Log(p)+math.Log(a)+logBeta(a, b))/a, math.Log(a/(a+b)))
	norm := logBeta(a, b)
	for range 200 {
		x := math.Exp(at)
		cdf, _ := betaCDF(x, -math.Expm1(at), a, b)
		if cdf == p {
			break
		}
		if cdf < p {
			low = at
		} else {
			high = at
		}
		slope := math.Exp(a*at+(b-1)*math.Log1p(-x)-norm) / cdf
		next := at - math.Log(cdf/p)/slope
		if math.Abs(next-at) <= 1e-15*max(1, math.Abs(at)) {
			at = next
			break
		}
		switch {
		case next > low && next < high:
		case math.IsInf(low, -1):
			next = 2*min(at, -1) - 1
		default:
			next = low + (high-low)/2
		}
		at = next
	}
	return math.Exp(at)
}
