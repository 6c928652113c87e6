package interval

import "math"

// term is a gamma variable with a shape and scale 1, times a value.
type term struct{ shape, value float64 }

// signedRoot is r* of Barndorff-Nielsen (1986): the probability that the sum of the terms is at most 0 is about the standard
// normal probability below r*. It rises from -Inf when no term can be below 0 to +Inf when none can be above. It returns the
// solution of the saddlepoint equation too, and begins its search at one.
func signedRoot(terms []term, begin float64) (r, solution float64) {
	least, most := 0.0, 0.0
	for _, t := range terms {
		least, most = min(least, t.value), max(most, t.value)
	}
	switch {
	case least == 0:
		return math.Inf(-1), 0
	case most == 0:
		return math.Inf(1), 0
	}
	at, curvature := saddlepoint(terms, 1/least, 1/most, begin)
	generating := 0.0 // the cumulant generating function
	for _, t := range terms {
		generating -= t.shape * math.Log1p(-at*t.value)
	}
	r = math.Copysign(math.Sqrt(-2*min(generating, 0)), at)
	if math.Abs(r) < 1e-4 { // r* is a difference of nearly equal terms here, and near 0 itself
		return r, at
	}
	return r + math.Log(at*math.Sqrt(curvature)/r)/r, at
}

// saddlepoint is where the cumulant generating function of the terms has its minimum between two ends, and its second
// derivative there: by Newton's method, kept within a bracket.
func saddlepoint(terms []term, low, high, begin float64) (at, curvature float64) {
	at = begin
	if !(at > low && at < high) {
		at = 0
	}
	for range 200 {
		slope := 0.0
		curvature = 0
		for _, t := range terms {
			q := t.value / (1 - at*t.value)
			slope += t.shape * q
			curvature += t.shape * q * q
		}
		if slope > 0 {
			high = at
		} else {
			low = at
		}
		next := at - slope/curvature
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-at) <= 1e-12*math.Abs(next) {
			break
		}
		at = next
	}
	return at, curvature
}
