package neoquality

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// only narrows a value to records for which a condition is true.
func only(value, when string) string {
	if when == "" {
		return value
	}
	return "CASE WHEN " + when + " THEN " + value + " END"
}

// whole is a result of a test of all records.
func whole(good bool, observed string) quality.Result {
	r := quality.Result{Judged: 1, Method: quality.ByFull, Observed: observed}
	if !good {
		r.Unexpected = 1
	}
	return r
}

// fresh adds the newest time to the pass.
func (s *sheet) fresh(check int, c quality.Check, t quality.Fresh, when string) quality.Result {
	s.columns = append(s.columns, column{check: check, value: only(stamp(t.Field), when), fold: []string{"max(VALUE)"},
		settle: func(cells []any) (quality.Result, error) {
			newest, ok := unstamped(cells[0])
			if !ok {
				return notAssessed("no record has a time"), nil
			}
			age := s.server.now.Sub(newest)
			observed := "newest is as new as expected"
			if age > t.Age {
				observed = "newest is older than expected"
			}
			if c.Reveal {
				observed = age.Round(time.Second).String()
			}
			return whole(age <= t.Age, observed), nil
		}})
	return quality.Result{}
}

func unstamped(cell any) (time.Time, bool) {
	pair, ok := cell.([]any)
	if !ok || len(pair) != 2 {
		return time.Time{}, false
	}
	seconds, okSeconds := pair[0].(int64)
	nanos, okNanos := pair[1].(int64)
	return time.Unix(seconds, nanos).UTC(), okSeconds && okNanos
}

// statistic adds a figure to the pass. What is no number, or no time or text where the bounds are, has no figure.
func (s *sheet) statistic(check int, c quality.Check, t quality.Statistic, when string) quality.Result {
	kind := number
	for _, b := range []any{t.Min, t.Max} {
		if _, k, _ := s.writer.value(b); k != "" {
			kind = k
		}
	}
	p := property(t.Field)
	value := "CASE WHEN " + p + " IS :: " + kind + " THEN " + p + " END"
	if kind == moment {
		value = stamp(t.Field)
	}
	if counts := t.Of == quality.DistinctCount || t.Of == quality.DistinctShare; counts {
		value = p
	}
	fold := map[quality.Figure]string{
		quality.Mean: "avg(toFloat(VALUE))", quality.Deviation: "stDev(VALUE)", quality.TotalSum: "sum(toFloat(VALUE))",
		quality.Minimum: "min(VALUE)", quality.Maximum: "max(VALUE)", quality.Median: "percentileCont(VALUE, 0.5)",
		quality.Quantile: "percentileCont(VALUE, " + s.writer.param(t.Q) + ")", quality.DistinctCount: "count(DISTINCT VALUE)",
		quality.DistinctShare: "toFloat(count(DISTINCT VALUE)) / CASE count(VALUE) WHEN 0 THEN 1 ELSE count(VALUE) END",
	}[t.Of]
	all := column{check: check, value: only(p, when), fold: []string{"count(VALUE)"}}
	var present int64
	all.settle = func(cells []any) (quality.Result, error) {
		present, _ = cells[0].(int64)
		return quality.Result{}, nil
	}
	figure := column{check: check, value: only(value, when), fold: []string{"count(VALUE)", fold}}
	figure.settle = func(cells []any) (quality.Result, error) {
		n, _ := cells[0].(int64)
		switch {
		case n != present:
			return notAssessed(fmt.Sprintf("%d of %d values are not of a type that has the figure", present-n, present)), nil
		case n == 0 || n == 1 && t.Of == quality.Deviation:
			return notAssessed("too few records have the property"), nil
		}
		return s.figure(c, t, cells[1]), nil
	}
	s.columns = append(s.columns, all, figure)
	return quality.Result{}
}

// figure judges an observed figure.
func (s *sheet) figure(c quality.Check, t quality.Statistic, observed any) quality.Result {
	if at, ok := unstamped(observed); ok {
		observed = at
	}
	good := t.Within(observed, s.server.now)
	if t.OfRow() && !c.Reveal {
		return whole(good, map[bool]string{true: "within the bounds", false: "outside the bounds"}[good])
	}
	return whole(good, keyText(observed))
}

// hasColumns plans the statement that lists the names of properties.
func (s *sheet) hasColumns(check int, t quality.HasColumns) quality.Result {
	if t.Ordered {
		return notAssessed("the properties of a record have no order")
	}
	s.works = append(s.works, work{
		statement: statement{stage: s.suite.ID() + ": " + s.suite.Checks[check].ID(),
			cypher: "MATCH " + s.element.pattern() + "\nUNWIND keys(n) AS k\nRETURN DISTINCT k"},
		checks: []int{check}, reads: s.rows,
		run: func(ctx context.Context, st store, w work) error {
			var have []string
			err := st.each(ctx, w.statement, func(cells []any) error {
				have = append(have, text(cells[0]))
				return nil
			})
			if err != nil {
				return err
			}
			slices.Sort(have)
			s.results[check] = whole(t.Within(have), fmt.Sprintf("%d properties: %q", len(have), have))
			return nil
		},
	})
	return quality.Result{}
}
