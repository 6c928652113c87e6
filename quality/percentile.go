package quality

import (
	"fmt"
	"math"
)

// percentile is a quantile, as percentile_cont of SQL, with bounds that always hold: those of the sketch, of both values between which
// it lies. Infinite values take their place, and NaN is above every number.
type percentile struct {
	share  float64
	sketch Quantiles
}

func (p *percentile) add(value any) bool {
	f, ok := float(value)
	if ok {
		p.sketch.Add(f)
	}
	return ok
}

func (p *percentile) estimate() estimate {
	odd := p.sketch.NonFinite()
	count := p.sketch.Count() + odd.NaN + odd.PositiveInfinity + odd.NegativeInfinity
	rank := p.share * float64(count-1)
	a, b := p.at(int64(rank)), p.at(int64(math.Ceil(rank)))
	low, _ := spread(a)
	_, high := spread(b)
	value := a
	if a != b { // between infinite values of one sign there is no difference to share
		value += (b - a) * (rank - math.Floor(rank))
	}
	return estimate{value: value, low: low, high: high, level: 1}
}

// at returns about the value at a rank, from 0.
func (p *percentile) at(rank int64) float64 {
	odd, finite := p.sketch.NonFinite(), p.sketch.Count()
	switch rank -= odd.NegativeInfinity; {
	case rank < 0:
		return math.Inf(-1)
	case rank < finite:
		return p.sketch.Quantile(min(1, (float64(rank)+0.5)/float64(finite-1)))
	case rank < finite+odd.PositiveInfinity:
		return math.Inf(1)
	}
	return math.NaN()
}

// spread returns bounds of a value of which a sketch gives x.
func spread(x float64) (low, high float64) {
	if math.IsInf(x, 0) || x == 0 {
		return x, x
	}
	low, high = x/(1+QuantileAccuracy), x/(1-QuantileAccuracy)
	return min(low, high), max(low, high)
}

// zScoreGauge counts values far from the mean: in a sketch, since the mean is known only at the end of the stream.
type zScoreGauge struct {
	test    ZScore
	moments Moments
	sketch  Quantiles
	misfits int64 // values that are not numbers
}

func (g *zScoreGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil {
		return Unknown
	}
	f, ok := float(value)
	if !ok {
		g.misfits++
		return Bad
	}
	g.moments.Add(f)
	g.sketch.Add(f)
	return Unknown
}

func (g *zScoreGauge) result() Result {
	if odd := g.moments.NonFinite(); odd != (NonFinite{}) {
		n := odd.NaN + odd.PositiveInfinity + odd.NegativeInfinity
		return Result{Verdict: NotAssessed, Reason: fmt.Sprintf("%d values are not finite: there is no deviation", n)}
	}
	count := g.moments.Count()
	r := Result{Judged: count + g.misfits, Unexpected: g.misfits, Method: BySketch}
	deviation := g.moments.StandardDeviation()
	if !(deviation > 0) {
		r.Method = ByFull
		return r
	}
	reach := g.test.Limit() * deviation
	low, high := g.sketch.Rank(g.moments.Mean() + reach)
	least, most := count-high, count-low
	if !g.test.Above {
		low, high = g.sketch.Rank(g.moments.Mean() - reach)
		least, most = least+low, most+high
	}
	r.Unexpected += (least + most) / 2
	share := func(bad int64) float64 { return float64(r.Judged-bad-g.misfits) / float64(r.Judged) }
	r.Interval = &Interval{Low: share(min(most, count)), High: share(least), Level: 1}
	return r
}
