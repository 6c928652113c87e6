package quality

import (
	"fmt"
	"time"
)

// gaugeOf returns what answers a check over a stream.
func gaugeOf(c Check, exact int, now time.Time) gauge {
	switch t := c.Test.(type) {
	case RowCount:
		return &rowCountGauge{test: t}
	case Fresh:
		return &freshGauge{test: t, now: now}
	case Statistic:
		return newStatisticGauge(t, now, c.Reveal)
	case ZScore:
		return &zScoreGauge{test: t}
	case Covers:
		return newCoversGauge(t)
	case MostCommon:
		return newMostCommonGauge(t, exact)
	case Unique:
		return &uniqueGauge{test: t, limit: exact, hasher: newHasher(), seen: map[fingerprint]bool{}}
	case Sequence:
		return &sequenceGauge{test: t, groups: newGroups[int64](t.Within, exact)}
	case Monotone:
		return newMonotoneGauge(t, exact)
	case RowTest:
		return &rowGauge{test: prepared(t)}
	}
	return unanswered(whyNot(c.Test))
}

// unanswered is the gauge of a test that a stream does not answer, and says why.
type unanswered string

func (unanswered) take(Row) Truth { return Unknown }

func (u unanswered) result() Result { return Result{Verdict: NotAssessed, Reason: string(u)} }

func whyNot(t Test) string {
	switch t.(type) {
	case Reference, CountMatches, Joined:
		return "a stream does not hold the other dataset"
	case SQL:
		return "a stream does not evaluate SQL"
	case HasColumns, ColumnCount, ColumnType:
		return "a stream does not tell its columns"
	case VectorUnique:
		return "a stream does not compare vectors with each other"
	}
	return "a stream does not answer tests of this kind"
}

// rowGauge counts the rows that a test judges.
type rowGauge struct {
	test        RowTest
	judged, bad int64
}

func (g *rowGauge) take(row Row) Truth {
	verdict := g.test.Judge(row)
	if verdict != Unknown {
		g.judged++
	}
	if verdict == Bad {
		g.bad++
	}
	return verdict
}

func (g *rowGauge) result() Result { return Result{Judged: g.judged, Unexpected: g.bad} }

// rowCountGauge counts rows.
type rowCountGauge struct {
	test RowCount
	rows int64
}

func (g *rowCountGauge) take(Row) Truth {
	g.rows++
	return Unknown
}

func (g *rowCountGauge) result() Result {
	return ofWhole(g.test.Within(g.rows), fmt.Sprintf("%d rows", g.rows))
}

// ofWhole is the result of a test that judges all rows as one.
func ofWhole(good bool, observed string) Result {
	r := Result{Judged: 1, Observed: observed}
	if !good {
		r.Unexpected = 1
	}
	return r
}

// freshGauge keeps the newest time.
type freshGauge struct {
	test    Fresh
	now     time.Time
	newest  time.Time
	times   int64
	misfits int64 // values that are not times
}

func (g *freshGauge) take(row Row) Truth {
	switch v := row.Value(g.test.Field).(type) {
	case nil:
	case time.Time:
		if g.times == 0 || v.After(g.newest) {
			g.newest = v
		}
		g.times++
	default:
		g.misfits++
	}
	return Unknown
}

func (g *freshGauge) result() Result {
	switch {
	case g.misfits > 0:
		return misfit(g.misfits, "times")
	case g.times == 0:
		return Result{}
	}
	age := g.now.Sub(g.newest)
	return ofWhole(age <= g.test.Age, "newest is "+aged(age))
}

// misfit is the result of a figure of all rows when some values have a type that has no such figure.
func misfit(n int64, expected string) Result {
	r := ofWhole(false, "")
	r.Reason = fmt.Sprintf("%d values are not %s", n, expected)
	return r
}

// aged says an age in one unit, too coarse to tell the moment.
func aged(d time.Duration) string {
	switch {
	case d < 0:
		return "in the future"
	case d < time.Minute:
		return "less than a minute old"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min old", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h old", d/time.Hour)
	}
	return fmt.Sprintf("%d days old", d/(24*time.Hour))
}
