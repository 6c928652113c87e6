package pgquality

import (
	"fmt"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// coversSQL counts which values of a set occur, and how many others do. %[1]s is the field, %[2]s the table, %[3]s the condition of the
// rows, %[4]s the set.
const coversSQL = `SELECT count(*) FILTER (WHERE listed), count(*) FILTER (WHERE NOT listed)
FROM (SELECT %[1]s = ANY (%[4]s) AS listed FROM %[2]s WHERE %[3]s GROUP BY %[1]s) g`

// askCovers plans a test of which values occur.
func (p *planner) askCovers(check quality.Check, test quality.Covers) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	values := distinct(test.Values)
	sql, args, err := p.onSet(check, col, values, coversSQL)
	if err != nil {
		return question{}, err
	}
	var found, others int64
	s := p.step(fmt.Sprintf("%s: which values of %s occur", p.table.from(), col.name()), sql, args, &found, &others)
	return question{step: s, answer: func() quality.Result {
		missing := int64(len(values)) - found
		r := quality.Result{Method: quality.ByFull, Judged: int64(len(values)), Unexpected: missing,
			Observed: fmt.Sprintf("%d of %d listed values occur, and %d others", found, len(values), others)}
		if test.Exact {
			r.Judged, r.Unexpected = r.Judged+others, r.Unexpected+others
		}
		return r
	}}, nil
}

// distinct returns a set without repetitions: 1 is 1.0, and a time is the same in every zone.
func distinct(values []any) []any {
	var out []any
	found := map[string]bool{}
	for _, v := range values {
		if key := memberKey(v); !found[key] {
			found[key] = true
			out = append(out, v)
		}
	}
	return out
}

// memberKey returns a text that two members of a set share when they are the same value.
func memberKey(v any) string {
	switch v := v.(type) {
	case string, bool:
		return fmt.Sprintf("%T %v", v, v)
	case time.Time:
		return "time " + v.UTC().Format(time.RFC3339Nano)
	}
	r, f := rational(v)
	if r == nil {
		return fmt.Sprint("number ", f)
	}
	return "number " + r.RatString()
}

// onSet fills in a statement about a field and a set.
func (p *planner) onSet(check quality.Check, col column, values []any, format string) (string, []any, error) {
	args := &arguments{}
	c := &compiler{table: p.table, args: args, now: p.now}
	set, err := c.set(col, values)
	if err != nil {
		return "", nil, err
	}
	scope, err := p.scope(check, args, nil)
	if err != nil {
		return "", nil, err
	}
	name := grouped(col)
	if cl := col.class(); cl == other || cl == document {
		name = col.name() + "::text"
	}
	return fmt.Sprintf(format, name, p.table.from(), both(notNull([]string{col.Name}), scope), set), args.values, nil
}

// mostCommonSQL counts the values that occur most often, and those of them that are in a set.
const mostCommonSQL = `SELECT count(*), count(*) FILTER (WHERE listed)
FROM (SELECT %[1]s = ANY (%[4]s) AS listed, count(*) AS n, max(count(*)) OVER () AS most FROM %[2]s WHERE %[3]s GROUP BY %[1]s) g
WHERE n = most`

// askMostCommon plans a test of the most common value.
func (p *planner) askMostCommon(check quality.Check, test quality.MostCommon) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	sql, args, err := p.onSet(check, col, test.Values, mostCommonSQL)
	if err != nil {
		return question{}, err
	}
	var most, listed int64
	s := p.step(fmt.Sprintf("%s: the most common value of %s", p.table.from(), col.name()), sql, args, &most, &listed)
	return question{step: s, answer: func() quality.Result {
		good := listed == most || test.Ties && listed > 0
		return quality.Result{Method: quality.ByFull, Judged: min(most, 1), Unexpected: one(!good && most > 0),
			Observed: fmt.Sprintf("%d values occur most often, %d of them are listed", most, listed)}
	}}, nil
}
