package quality

import "fmt"

// uniqueGauge counts duplicates: exactly, while what it has seen fits in memory. From then on it still recognizes what it has seen by
// then, which bounds the duplicates from below, and estimates how many different values there are.
type uniqueGauge struct {
	test       Unique
	limit      int
	hasher     *hasher
	seen       map[fingerprint]bool // true: more than once
	beyond     *Distinct            // nil: exact
	counted    Duplicates           // among what is recognized
	judged     int64
	unreadable int64
}

func (g *uniqueGauge) take(row Row) Truth {
	mark, state := g.hasher.of(row, g.test.Fields)
	switch state {
	case isNull:
		return Unknown
	case isUnreadable:
		g.unreadable++
		return Unknown
	}
	g.judged++
	repeated, known := g.seen[mark]
	switch {
	case known:
		g.again(mark, repeated)
		return Bad
	case len(g.seen) < g.limit:
		g.seen[mark] = false
		g.counted.Singletons++
	default:
		g.estimate(mark)
	}
	return Good
}

func (g *uniqueGauge) again(mark fingerprint, repeated bool) {
	g.counted.AffectedRows++
	g.counted.ExcessRows++
	if repeated {
		return
	}
	g.seen[mark] = true
	g.counted.AffectedRows++ // the first of them
	g.counted.Groups++
	g.counted.Singletons--
}

func (g *uniqueGauge) estimate(mark fingerprint) {
	if g.beyond == nil {
		g.beyond = &Distinct{}
		for known := range g.seen {
			g.beyond.AddHash(known.low)
		}
	}
	g.beyond.AddHash(mark.low)
}

func (g *uniqueGauge) result() Result {
	switch {
	case g.unreadable > 0:
		return Result{Verdict: NotAssessed, Reason: fmt.Sprintf("%d rows hold values of a type that no row has", g.unreadable)}
	case g.judged == 0:
		return Result{}
	case g.beyond != nil:
		return g.estimated()
	}
	d := g.counted
	r := Result{Judged: g.judged, Duplicates: &d}
	switch g.test.Count {
	case ExcessRows:
		r.Unexpected = d.ExcessRows
	case Groups:
		r.Judged, r.Unexpected = d.Groups+d.Singletons, d.Groups
	default:
		r.Unexpected = d.AffectedRows
	}
	return r
}

// estimated derives what follows from an estimate of how many different values there are. A row too many affects itself, and at most
// one other that no other row too many affects.
func (g *uniqueGauge) estimated() Result {
	low, different, high := g.different()
	known := g.counted
	extra := func(different int64) int64 { return g.judged - different - known.ExcessRows } // rows too many, but for the known
	most, likely, least := extra(low), extra(different), extra(high)
	affected := min(known.AffectedRows+2*likely, g.judged)
	groups := min(known.Groups+likely, different)
	r := Result{
		Judged: g.judged, Method: BySketch, Reason: fmt.Sprintf("estimated: there are more than %d different values", g.limit),
		Duplicates: &Duplicates{
			AffectedRows: affected, ExcessRows: known.ExcessRows + likely, Groups: groups, Singletons: different - groups,
		},
	}
	good := func(bad, of int64) float64 { return float64(max(of-bad, 0)) / float64(of) }
	switch g.test.Count {
	case ExcessRows:
		r.Unexpected = known.ExcessRows + likely
		r.Interval = &Interval{Low: good(known.ExcessRows+most, g.judged), High: good(known.ExcessRows+least, g.judged)}
	case Groups:
		r.Judged, r.Unexpected = different, groups
		r.Interval = &Interval{Low: good(known.Groups+most, low), High: good(known.Groups, high)}
	default:
		r.Unexpected = affected
		r.Interval = &Interval{Low: good(known.AffectedRows+2*most, g.judged), High: good(known.AffectedRows+least, g.judged)}
	}
	r.Interval.Level = sketchLevel
	return r
}

// different returns how many different values there are, and bounds: from the sketch, and from what was counted.
func (g *uniqueGauge) different() (low, likely, high int64) {
	counted, all := int64(len(g.seen))+1, g.judged-g.counted.ExcessRows // one is beyond what is kept
	clamp := func(n float64) int64 { return min(max(int64(n), counted), all) }
	n, e := g.beyond.Estimate()
	width := sketchWidth * e
	return clamp(float64(n) * (1 - width)), clamp(float64(n)), clamp(float64(n) * (1 + width))
}

// sketchWidth is how many standard errors the interval of an estimate reaches to either side: the estimate of a sketch of 16,384
// registers is close to normal.
const (
	sketchWidth = 1.96
	sketchLevel = 0.95
)
