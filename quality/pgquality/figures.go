package pgquality

import (
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/quality"
)

// leastShown is the number of rows below which a figure of them is not shown, since it would tell too much about each.
const leastShown = 5

// askFigure plans a test of the table as a whole. One that cannot be asked leaves nothing in the pass: a statement must use every
// argument that it has.
func (p *planner) askFigure(check quality.Check, shared *pass) (question, error) {
	if test, ok := check.Test.(quality.Statistic); ok && (test.Of == quality.DistinctCount || test.Of == quality.DistinctShare) {
		return p.askDistinct(check, test)
	}
	before := *shared
	q, err := p.addFigure(check, shared)
	if err != nil {
		*shared = before
	}
	return q, err
}

func (p *planner) addFigure(check quality.Check, shared *pass) (question, error) {
	scope, err := p.scope(check, &shared.args, shared)
	if err != nil {
		return question{}, err
	}
	shared.columns = append(shared.columns, check.Columns()...)
	switch test := check.Test.(type) {
	case quality.RowCount:
		rows := shared.count(scope)
		return question{step: shared.step, answer: func() quality.Result {
			return quality.Result{Method: shared.method(), Judged: 1, Unexpected: one(!test.Within(*rows)),
				Observed: fmt.Sprintf("%d rows", *rows)}
		}}, nil
	case quality.Fresh:
		return p.askFresh(test, scope, shared)
	case quality.Statistic:
		return p.askStatistic(check, test, scope, shared)
	}
	return question{}, unable("not a figure")
}

// askFresh plans the age of the newest time.
func (p *planner) askFresh(test quality.Fresh, scope string, shared *pass) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	sql := "max(" + instant(col) + ")" + filter(scope)
	if c := col.class(); c != moment && c != wall {
		return question{}, col.expected("times")
	}
	newest := aggregate[pgtype.Timestamptz](shared, sql)
	return question{step: shared.step, answer: func() quality.Result {
		if newest.InfinityModifier == pgtype.Infinity { // it would be the newest for ever
			return quality.Result{Verdict: quality.NotAssessed, Reason: "the newest time is infinity", Method: shared.method()}
		}
		at, ok := momentOf(*newest).(time.Time)
		if !ok {
			return quality.Result{Verdict: quality.NotAssessed, Reason: "there is no time that is not NULL", Method: shared.method()}
		}
		age := p.now.Sub(at)
		return quality.Result{Method: shared.method(), Judged: 1, Unexpected: one(age > test.Age),
			Observed: "the newest is " + age.Round(time.Second).String() + " old"}
	}}, nil
}

// instant returns a time as a timestamp with time zone; times without a zone are taken as UTC.
func instant(col column) string {
	if col.class() == wall {
		return "(" + col.name() + "::timestamp AT TIME ZONE 'UTC')"
	}
	return col.name()
}

func filter(scope string) string {
	if scope == "" {
		return ""
	}
	return " FILTER (WHERE " + scope + ")"
}

// askStatistic plans a figure.
func (p *planner) askStatistic(check quality.Check, test quality.Statistic, scope string, shared *pass) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	observe, err := observer(col, test, filter(scope), shared)
	if err != nil {
		return question{}, err
	}
	count := aggregate[int64](shared, "count("+col.name()+")"+filter(scope))
	return question{step: shared.step, answer: func() quality.Result {
		value := observe()
		if value == nil {
			return quality.Result{Verdict: quality.NotAssessed, Method: shared.method(),
				Reason: pick(*count == 0, "there is no value that is not NULL", "the figure needs more values")}
		}
		return quality.Result{Method: shared.method(), Judged: 1, Unexpected: one(!test.Within(value, p.now)),
			Observed: shown(check, test, value, *count)}
	}}, nil
}

// observer adds the aggregate of a figure, and returns a function that reads it: nil when there is none.
func observer(col column, test quality.Statistic, filter string, shared *pass) (func() any, error) {
	name := col.name()
	switch cl := col.class(); {
	case test.Of == quality.Minimum || test.Of == quality.Maximum:
		return extreme(col, pick(test.Of == quality.Minimum, "min", "max"), filter, shared)
	case !col.numeric():
		return nil, col.expected("numbers")
	case test.Of == quality.TotalSum && cl != double:
		return exactly(aggregate[pgtype.Numeric](shared, "sum("+name+")"+filter+"::numeric")), nil
	case test.Of == quality.TotalSum:
		return floating(aggregate[*float64](shared, "sum("+name+"::float8)"+filter)), nil
	case test.Of == quality.Mean && cl != double:
		sum := exactly(aggregate[pgtype.Numeric](shared, "sum("+name+")"+filter+"::numeric"))
		count := aggregate[int64](shared, "count("+name+")"+filter)
		return func() any { return quotient(sum(), *count) }, nil
	case test.Of == quality.Mean:
		return floating(aggregate[*float64](shared, "avg("+name+"::float8)"+filter)), nil
	case test.Of == quality.Deviation:
		return floating(aggregate[*float64](shared, "stddev_samp("+name+"::float8)"+filter)), nil
	}
	q := test.Q
	if test.Of == quality.Median {
		q = 0.5
	}
	at := shared.args.add(q, "float8")
	return floating(aggregate[*float64](shared, "percentile_cont("+at+") WITHIN GROUP (ORDER BY "+name+"::float8)"+filter)), nil
}

// extreme adds a minimum or a maximum.
func extreme(col column, function, filter string, shared *pass) (func() any, error) {
	switch col.class() {
	case whole:
		at := aggregate[*int64](shared, function+"("+col.name()+"::int8)"+filter)
		return func() any {
			if *at == nil {
				return nil
			}
			return **at
		}, nil
	case exact:
		return exactly(aggregate[pgtype.Numeric](shared, function+"("+col.name()+")"+filter)), nil
	case double:
		return floating(aggregate[*float64](shared, function+"("+col.name()+"::float8)"+filter)), nil
	case moment, wall:
		at := aggregate[pgtype.Timestamptz](shared, function+"("+instant(col)+")"+filter)
		return func() any { return momentOf(*at) }, nil
	case text, other:
		at := aggregate[*string](shared, function+"("+ordering(col)+")"+filter)
		return func() any {
			if *at == nil {
				return nil
			}
			return **at
		}, nil
	}
	return nil, col.expected("numbers, times or text")
}

func exactly(n *pgtype.Numeric) func() any {
	return func() any {
		r, finite := ratOf(*n)
		if !finite {
			f, _ := n.Float64Value()
			return f.Float64
		}
		return r
	}
}

func floating(f **float64) func() any {
	return func() any {
		if *f == nil {
			return nil
		}
		return **f
	}
}

// quotient returns the mean of a sum.
func quotient(sum any, count int64) any {
	r, ok := sum.(*big.Rat)
	if !ok || count == 0 {
		return sum
	}
	return new(big.Rat).Quo(r, new(big.Rat).SetInt64(count))
}

// shown says what was observed, as far as it may be shown.
func shown(check quality.Check, test quality.Statistic, value any, count int64) string {
	switch {
	case test.OfRow() && !check.Reveal:
		return "a value of a row: not shown"
	case count < leastShown && !check.Reveal:
		return fmt.Sprintf("of fewer than %d values: not shown", leastShown)
	}
	switch v := value.(type) {
	case *big.Rat:
		f, _ := v.Float64()
		return strconv.FormatFloat(f, 'g', 10, 64)
	case float64:
		return strconv.FormatFloat(v, 'g', 10, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}
