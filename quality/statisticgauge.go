package quality

import (
	"math"
	"time"
)

// statisticGauge computes a figure.
type statisticGauge struct {
	test    Statistic
	now     time.Time
	reveal  bool
	figure  figure
	values  int64
	misfits int64 // values that have no such figure
}

// figure is a number that is computed from values, or one of them.
type figure interface {
	// add takes in a value, or says that it has the wrong type.
	add(value any) bool
	// estimate returns the figure of the values so far, of which there is at least one.
	estimate() estimate
}

// estimate is a figure, or what is known of it.
type estimate struct {
	value     any     // the figure
	low, high any     // that bound it; nil: it is exact
	level     float64 // how often they do
	missing   string  // why there is no figure
}

func newStatisticGauge(t Statistic, now time.Time, reveal bool) *statisticGauge {
	return &statisticGauge{test: t, now: now, reveal: reveal, figure: t.figure()}
}

func (t Statistic) figure() figure {
	switch t.Of {
	case Minimum:
		return &extreme{sign: -1}
	case Maximum:
		return &extreme{sign: 1}
	case Median:
		return &percentile{share: 0.5}
	case Quantile:
		return &percentile{share: t.Q}
	case DistinctCount, DistinctShare:
		return &distinctFigure{share: t.Of == DistinctShare, hasher: newHasher()}
	}
	return &momentFigure{of: t.Of}
}

func (g *statisticGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil {
		return Unknown
	}
	g.values++
	if !g.figure.add(value) {
		g.misfits++
	}
	return Unknown
}

func (g *statisticGauge) result() Result {
	switch {
	case g.values == 0:
		return Result{}
	case g.misfits > 0:
		return misfit(g.misfits, "of a type that has a "+string(g.test.Of))
	}
	e := g.figure.estimate()
	if e.missing != "" {
		return Result{Verdict: NotAssessed, Reason: e.missing}
	}
	place := g.side(e.value)
	r := ofWhole(place == inside, g.observed(e, place))
	if e.low == nil {
		return r
	}
	r.Method = BySketch
	r.Interval = &Interval{Low: 1 - float64(r.Unexpected), High: 1 - float64(r.Unexpected), Level: e.level}
	if low, high := g.side(e.low), g.side(e.high); low != high {
		r.Interval.Low, r.Interval.High = 0, 1
		r.Reason = "a bound lies within the error of the estimate"
	}
	return r
}

func (g *statisticGauge) side(value any) int {
	return side(value, g.test.Min, g.test.Max, g.test.OpenMin, g.test.OpenMax, g.now)
}

// few is how many values must lie behind a mean or a sum that a report shows: those of fewer tell too much of each.
const few = 5

// observed says the figure, unless it is the value of a row or close to one.
func (g *statisticGauge) observed(e estimate, place int) string {
	if g.reveal || !g.test.OfRow() && !g.telling() {
		text := literal(e.value)
		if f, ok := e.value.(float64); ok && e.low != nil {
			text = "about " + roughly(f)
		}
		return text
	}
	switch place {
	case below:
		return "below the bounds"
	case above:
		return "above the bounds"
	case inside:
		return "within the bounds"
	}
	return "does not compare with the bounds"
}

// telling says whether a mean or a sum tells the values that it is made of: these are few, or all the same.
func (g *statisticGauge) telling() bool {
	m, ok := g.figure.(*momentFigure)
	if !ok || m.of == Deviation {
		return false
	}
	least, greatest, _ := m.moments.Range()
	return g.values < few || least == greatest
}

// momentFigure is a mean, a deviation or a sum.
type momentFigure struct {
	of      Figure
	moments Moments
}

func (m *momentFigure) add(value any) bool {
	f, ok := float(value)
	if ok {
		m.moments.Add(f)
	}
	return ok
}

func (m *momentFigure) estimate() estimate {
	odd := m.moments.NonFinite()
	switch {
	case m.of == Deviation && m.moments.Count() < 2 && odd == NonFinite{}:
		return estimate{missing: "a deviation takes at least two values"}
	case odd.NaN > 0, odd.PositiveInfinity > 0 && odd.NegativeInfinity > 0, m.of == Deviation && odd != NonFinite{}:
		return estimate{value: math.NaN()}
	case odd.PositiveInfinity > 0:
		return estimate{value: math.Inf(1)}
	case odd.NegativeInfinity > 0:
		return estimate{value: math.Inf(-1)}
	case m.of == Deviation:
		return estimate{value: m.moments.StandardDeviation()}
	case m.of == TotalSum:
		return estimate{value: m.moments.Sum()}
	}
	return estimate{value: m.moments.Mean()}
}

// extreme is the least or the greatest value. NaN is above every number, as in PostgreSQL.
type extreme struct {
	sign  int // 1: the greatest
	value any // nil: none but NaN so far
	nan   any
}

func (x *extreme) add(value any) bool {
	if !ordered(value) {
		x.nan = value
		_, ok := float(value)
		return ok
	}
	if x.value == nil {
		x.value = value
		return true
	}
	order, ok := compare(value, x.value)
	if ok && order*x.sign > 0 {
		x.value = value
	}
	return ok
}

func (x *extreme) estimate() estimate {
	if x.nan != nil && (x.sign > 0 || x.value == nil) {
		return estimate{value: x.nan}
	}
	return estimate{value: x.value}
}

// distinctFigure counts different values.
type distinctFigure struct {
	share    bool // of all values
	hasher   *hasher
	distinct Distinct
	values   int64
}

func (d *distinctFigure) add(value any) bool {
	mark, ok := d.hasher.value(value)
	if ok {
		d.distinct.AddHash(mark.low)
		d.values++
	}
	return ok
}

func (d *distinctFigure) estimate() estimate {
	n, e := d.distinct.Estimate()
	figure := func(n float64) any {
		n = min(n, float64(d.values))
		if d.share {
			return n / float64(d.values)
		}
		return math.Round(n)
	}
	found := estimate{value: figure(float64(n))}
	if width := sketchWidth * e; e > 0 {
		found.low, found.high, found.level = figure(float64(n)*(1-width)), figure(float64(n)*(1+width)), sketchLevel
	}
	return found
}
