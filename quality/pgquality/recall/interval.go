package recall

import (
	"math"

	"github.com/shugo-data/shugo/quality"
)

// estimate returns the mean of the recalls of probes, and its interval of 95 %: Wilson's with the effective number of trials, which is
// the number of probes if all neighbours of a probe are found or lost together, and up to k times as many otherwise. The variance that
// says so is taken as if there were two more probes, one that found everything and one that found nothing: a sample without such
// probes does not show that there are none.
func estimate(recalls []float64, k int) (mean float64, interval quality.Interval) {
	n := float64(len(recalls))
	for _, r := range recalls {
		mean += r
	}
	mean /= n
	var squares float64
	for _, r := range recalls {
		squares += (r - mean) * (r - mean)
	}
	squares += mean*mean + (1-mean)*(1-mean)
	trials := min(max(mean*(1-mean)*n*(n+1)/squares, n), n*float64(k))
	z := student(n - 1)
	centre := (mean + z*z/(2*trials)) / (1 + z*z/trials)
	half := z / (1 + z*z/trials) * math.Sqrt(mean*(1-mean)/trials+z*z/(4*trials*trials))
	return mean, quality.Interval{Low: max(centre-half, 0), High: min(centre+half, 1), Level: 0.95}
}

// student approximates the quantile 0.975 of Student's distribution, by the series of Cornish and Fisher (Abramowitz and Stegun 1964,
// 26.7.5): within 1 % from 4 degrees of freedom on.
func student(freedom float64) float64 {
	const z = 1.959963984540054
	f := max(freedom, 4)
	return z + (z*z*z+z)/(4*f) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*f*f) +
		(3*math.Pow(z, 7)+19*math.Pow(z, 5)+17*z*z*z-15*z)/(384*f*f*f)
}
