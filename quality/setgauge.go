package quality

import "fmt"

// coversGauge notes which values of a set have occurred.
type coversGauge struct {
	test     Covers
	occurred map[string]bool // members of the set
	missing  int
	judged   int64
	others   int64 // rows with another value
	room     []byte
}

func newCoversGauge(t Covers) *coversGauge {
	g := &coversGauge{test: t, occurred: map[string]bool{}}
	for member := range setOf(t.Values).members {
		g.occurred[member] = false
	}
	g.missing = len(g.occurred)
	return g
}

func (g *coversGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil {
		return Unknown
	}
	g.judged++
	g.room, _ = appendValue(g.room[:0], value)
	occurred, member := g.occurred[string(g.room)]
	switch {
	case !member:
		g.others++
		return truth(!g.test.Exact)
	case !occurred:
		g.occurred[string(g.room)] = true
		g.missing--
	}
	return Good
}

func (g *coversGauge) result() Result {
	if g.judged == 0 {
		return Result{}
	}
	observed := fmt.Sprintf("%d of %d values occur", len(g.occurred)-g.missing, len(g.occurred))
	if g.test.Exact {
		observed += fmt.Sprintf(", %d rows have another", g.others)
	}
	return ofWhole(g.missing == 0 && (g.others == 0 || !g.test.Exact), observed)
}

// mostCommonGauge counts values, while there are few different ones.
type mostCommonGauge struct {
	test    MostCommon
	set     set
	hasher  *hasher
	limit   int
	counts  map[fingerprint]*occurrences
	judged  int64
	misfits int64
	full    bool // there are more different values than can be kept
}

type occurrences struct {
	n      int64
	member bool // of the set
}

func newMostCommonGauge(t MostCommon, limit int) *mostCommonGauge {
	return &mostCommonGauge{
		test: t, set: setOf(t.Values), hasher: newHasher(), limit: limit, counts: map[fingerprint]*occurrences{},
	}
}

func (g *mostCommonGauge) take(row Row) Truth {
	value := row.Value(g.test.Field)
	if value == nil || g.full {
		return Unknown
	}
	mark, ok := g.hasher.value(value)
	if !ok {
		g.misfits++
		return Unknown
	}
	g.judged++
	if known := g.counts[mark]; known != nil {
		known.n++
		return Unknown
	}
	if len(g.counts) == g.limit {
		g.counts, g.full = nil, true
		return Unknown
	}
	g.counts[mark] = &occurrences{n: 1, member: g.set.has(value)}
	return Unknown
}

func (g *mostCommonGauge) result() Result {
	switch {
	case g.full:
		return Result{Verdict: NotAssessed, Reason: fmt.Sprintf("there are more than %d different values", g.limit)}
	case g.misfits > 0:
		return misfit(g.misfits, "text, numbers, booleans or times")
	case g.judged == 0:
		return Result{}
	}
	var most, members, others int64
	for _, o := range g.counts {
		if o.n > most {
			most, members, others = o.n, 0, 0
		}
		switch {
		case o.n < most:
		case o.member:
			members++
		default:
			others++
		}
	}
	observed := fmt.Sprintf("the most common value has %.3g %% of %d rows", 100*float64(most)/float64(g.judged), g.judged)
	if ties := members + others; ties > 1 {
		observed = fmt.Sprintf("%d values are equally common, with %d of %d rows each", ties, most, g.judged)
	}
	return ofWhole(others == 0 || g.test.Ties && members > 0, observed)
}
