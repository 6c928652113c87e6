package quality

import "math/big"

// mean is a weighted mean of scores, exact until it is rounded once: the mean of scores that equal a threshold is that threshold.
type mean struct {
	score, low, high, weight big.Rat
	level                    float64 // the lowest of the intervals; 0: there is none
}

// add adds a score, whose interval is nil when it is known.
func (m *mean) add(weight, score float64, interval *Interval) {
	i := Interval{Low: score, High: score}
	if interval != nil {
		i, m.level = *interval, lower(m.level, interval.Level)
	}
	var w big.Rat
	w.SetFloat64(weight)
	m.weight.Add(&m.weight, &w)
	for _, part := range []struct {
		sum *big.Rat
		of  float64
	}{{&m.score, score}, {&m.low, i.Low}, {&m.high, i.High}} {
		var product big.Rat
		product.SetFloat64(part.of)
		part.sum.Add(part.sum, product.Mul(&product, &w))
	}
}

// of returns the mean, and its interval when one of the scores has one. There must be a score, with a weight above 0.
func (m *mean) of() (float64, *Interval) {
	share := func(sum *big.Rat) float64 {
		if m.weight.Sign() == 0 {
			return 0
		}
		f, _ := new(big.Rat).Quo(sum, &m.weight).Float64()
		return f
	}
	if m.level == 0 {
		return share(&m.score), nil
	}
	return share(&m.score), &Interval{Low: share(&m.low), High: share(&m.high), Level: m.level}
}
