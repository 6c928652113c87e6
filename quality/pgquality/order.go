package pgquality

import (
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// orderedSQL judges rows by the one before. %[1]s is the field, %[2]s the groups, %[3]s the order, %[4]s the table, %[5]s the condition
// of the rows, %[6]s what is selected, %[7]s what else is carried, with a comma.
const orderedSQL = `SELECT %[6]s
FROM (SELECT %[7]s%[1]s AS value, lag(%[1]s) OVER (%[2]sORDER BY %[3]s) AS before, row_number() OVER (%[2]sORDER BY %[3]s) AS place
  FROM %[4]s WHERE %[5]s) w`

// ordered adds a statement that judges rows by the one before, in an order given in SQL.
func (p *planner) ordered(check quality.Check, field column, within []string, by string, args *arguments, good string) (question, error) {
	scope, err := p.scope(check, args, nil)
	if err != nil {
		return question{}, err
	}
	var parts []string
	for _, name := range within {
		parts = append(parts, quoted(name))
	}
	if field.class() == double || field.class() == exact { // NaN is nobody's neighbour
		parts = append(parts, field.name()+" = 'NaN'")
	}
	groups := ""
	if len(parts) > 0 {
		groups = "PARTITION BY " + strings.Join(parts, ", ") + " "
	}
	where := both(notNull(check.Test.Columns()), scope)
	sql := fmt.Sprintf(orderedSQL, ordering(field), groups, by, p.table.from(), where,
		"count(*), count(*) FILTER (WHERE NOT ("+good+"))", "")
	var judged, bad int64
	s := p.step(fmt.Sprintf("%s: the order of %s", p.table.from(), field.name()), sql, args.values, &judged, &bad)
	show := func(keys func(string) string, limit int) (string, []any, error) {
		rows := fmt.Sprintf(orderedSQL, ordering(field), groups, by, p.table.from(), where, "*", keys("")+", ")
		return fmt.Sprintf("%s WHERE NOT (%s) LIMIT %d", rows, good, limit), args.values, nil
	}
	return question{step: s, show: show, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: judged, Unexpected: bad}
	}}, nil
}

// askSequence plans a test for gaps and repeats.
func (p *planner) askSequence(check quality.Check, test quality.Sequence) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	if !col.numeric() {
		return question{}, col.expected("whole numbers")
	}
	args := &arguments{}
	good := fmt.Sprintf("value = CASE WHEN place = 1 THEN %s ELSE before + 1 END", args.add(test.First, "int8"))
	return p.ordered(check, col, test.Within, col.name(), args, good)
}

// askMonotone plans a test of rising or falling values. Rows of one place have no order among them: they are taken in the one that is
// asked for, so that the answer does not depend on how the server happens to sort. NaN neither rises nor falls.
func (p *planner) askMonotone(check quality.Check, test quality.Monotone) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	by := make([]string, len(test.By), len(test.By)+1)
	for i, name := range test.By {
		place, err := p.table.column(name)
		if err != nil {
			return question{}, err
		}
		by[i] = grouped(place)
	}
	by = append(by, ordering(col)+pick(test.Falling, " DESC", ""))
	good := "place = 1 OR value " + pick(test.Falling, "<", ">") + pick(test.Strict, "", "=") + " before"
	if col.class() == double || col.class() == exact {
		good = "value <> 'NaN' AND (" + good + ")"
	}
	return p.ordered(check, col, test.Within, strings.Join(by, ", "), &arguments{}, good)
}

// zScoreSQL computes mean and deviation, and then judges. %[1]s is the field, %[2]s the table, %[3]s the condition of the rows, %[4]s what
// is selected, %[5]s what else is carried, with a comma.
const zScoreSQL = `WITH chosen AS (SELECT %[5]s%[1]s::float8 AS value FROM %[2]s WHERE %[3]s),
  figures AS (SELECT avg(value) AS mean, stddev_samp(value) AS deviation FROM chosen)
SELECT %[4]s
FROM chosen, figures`

// askZScore plans a test of the distance from the mean.
func (p *planner) askZScore(check quality.Check, test quality.ZScore) (question, error) {
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	if !col.numeric() {
		return question{}, col.expected("numbers")
	}
	args := &arguments{}
	distance := "abs(value - mean)"
	if test.Above {
		distance = strings.TrimPrefix(distance, "abs")
	}
	far := fmt.Sprintf("%s / deviation > %s", distance, args.add(test.Limit(), "float8"))
	scope, err := p.scope(check, args, nil)
	if err != nil {
		return question{}, err
	}
	where := both(notNull([]string{test.Field}), scope)
	sql := fmt.Sprintf(zScoreSQL, col.name(), p.table.from(), where, "count(*), count(*) FILTER (WHERE deviation > 0 AND "+far+")", "")
	var judged, bad int64
	s := p.step(fmt.Sprintf("%s: distance of %s from its mean", p.table.from(), col.name()), sql, args.values, &judged, &bad)
	show := func(keys func(string) string, limit int) (string, []any, error) {
		rows := fmt.Sprintf(zScoreSQL, col.name(), p.table.from(), where, "*", keys("")+", ")
		return fmt.Sprintf("%s WHERE deviation > 0 AND %s LIMIT %d", rows, far, limit), args.values, nil
	}
	return question{step: s, show: show, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: judged, Unexpected: bad}
	}}, nil
}
