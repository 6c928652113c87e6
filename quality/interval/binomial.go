package interval

import "math"

// Wilson is the score interval of Wilson (1927) for rows drawn independently. Its coverage is near the level on average
// over shares, and may be below it for one (Brown, Cai and DasGupta 2001).
func Wilson(defects, rows int64, level float64) (Interval, error) {
	if err := checkSome(defects, rows, level); err != nil {
		return Interval{}, err
	}
	x, n, z := float64(defects), float64(rows), -NormalQuantile((1-level)/2)
	center := (x + z*z/2) / (n + z*z)
	half := z / (n + z*z) * math.Sqrt(x*(n-x)/n+z*z/4)
	return bounded(x/n, center-half, center+half), nil
}

// ClopperPearson is the interval of Clopper and Pearson (1934) for rows drawn independently. Its coverage is at least the
// level for every share, and mostly above it.
func ClopperPearson(defects, rows int64, level float64) (Interval, error) {
	if err := checkSome(defects, rows, level); err != nil {
		return Interval{}, err
	}
	x, n, tail := float64(defects), float64(rows), (1-level)/2
	low, high := 0.0, 1.0
	if defects > 0 {
		low = betaQuantile(tail, x, n-x+1)
	}
	if defects < rows {
		high = 1 - betaQuantile(tail, n-x, x+1)
	}
	return bounded(x/n, low, high), nil
}

// Jeffreys is the interval between the quantiles of Beta(defects+1/2, rows-defects+1/2), for rows drawn independently, with
// the bounds 0 and 1 where there is no defect and nothing else (Brown, Cai and DasGupta 2001). It is shorter than
// ClopperPearson, and its coverage is near the level on average over shares.
func Jeffreys(defects, rows int64, level float64) (Interval, error) {
	if err := checkSome(defects, rows, level); err != nil {
		return Interval{}, err
	}
	x, n, tail := float64(defects), float64(rows), (1-level)/2
	low, high := 0.0, 1.0
	if defects > 0 {
		low = betaQuantile(tail, x+0.5, n-x+0.5)
	}
	if defects < rows {
		high = 1 - betaQuantile(tail, n-x+0.5, x+0.5)
	}
	return bounded(x/n, low, high), nil
}

func checkSome(defects, rows int64, level float64) error {
	if err := check(defects, rows, level); err != nil {
		return err
	}
	if rows == 0 {
		return ErrNoRows
	}
	return nil
}

// bounded is an interval whose bounds keep their order, whatever the last bit says. At very low levels the beta quantiles may
// lie on one side of the estimate.
func bounded(share, low, high float64) Interval {
	return Interval{Share: share, Low: max(0, min(low, share)), High: min(1, max(high, share))}
}
