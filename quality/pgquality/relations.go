package pgquality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// referenceSQL counts rows whose reference is not NULL, and those of them that lead nowhere. %[1]s is the chosen rows, %[2]s the other with
// each key once, %[3]s the comparison, %[4]s the condition of the rows.
const referenceSQL = `SELECT count(*), count(*) FILTER (WHERE o.found IS NULL)
FROM %[1]s t LEFT JOIN %[2]s o ON %[3]s
WHERE %[4]s`

// askReference plans a reference: a foreign key, or a join.
func (p *planner) askReference(ctx context.Context, check quality.Check, test quality.Reference) (question, error) {
	target, err := p.other(ctx, test.ToSchema, test.To, test.Targets())
	if err != nil {
		return question{}, err
	}
	if key := p.foreignKey(target, test.Fields, test.Targets()); key != "" {
		return p.proven(key), nil
	}
	args := &arguments{}
	from, err := p.chosen(check, args)
	if err != nil {
		return question{}, err
	}
	on := make([]string, len(test.Fields))
	present := make([]string, len(test.Fields))
	for i, f := range test.Fields {
		on[i] = named("t", f) + " = " + named("o", test.Targets()[i])
		present[i] = named("t", f) + " IS NOT NULL"
	}
	if err := p.rounded(target, test); err != nil {
		return question{}, err
	}
	targets := list(test.Targets())
	distinct := fmt.Sprintf("(SELECT %[1]s, true AS found FROM %[2]s%[3]s)", targets, target.from(),
		pick(p.unique(target, test.Targets()) != "", "", " GROUP BY "+targets))
	sql := fmt.Sprintf(referenceSQL, from, distinct, strings.Join(on, " AND "), strings.Join(present, " AND "))
	var judged, lost int64
	s := p.step(fmt.Sprintf("%s: references to %s", p.table.from(), target.from()), sql, args.values, &judged, &lost)
	s.reads += max(target.Estimate, 0)
	show := func(keys func(string) string, limit int) (string, []any, error) {
		return fmt.Sprintf("SELECT %s FROM %s t WHERE %s AND NOT EXISTS (SELECT FROM %s o WHERE %s) LIMIT %d", keys("t"), from,
			strings.Join(present, " AND "), target.from(), strings.Join(on, " AND "), limit), args.values, nil
	}
	return question{step: s, show: show, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: judged, Unexpected: lost}
	}}, nil
}

// rounded refuses a reference from floating-point numbers to exact ones: several of these are equal to one of those, so that a row
// would be counted several times.
func (p *planner) rounded(target *table, test quality.Reference) error {
	for i, f := range test.Fields {
		from, err := p.table.column(f)
		if err != nil {
			return err
		}
		to, err := target.column(test.Targets()[i])
		if err != nil {
			return err
		}
		if from.class() == double && to.class() == exact {
			return unable("column %s has type %s, and %s of %s has type %s: expected one type", from.name(), from.Type, to.name(), target.from(), to.Type)
		}
	}
	return nil
}

// other describes another dataset of which some columns are read.
func (p *planner) other(ctx context.Context, schema, name string, columns []string) (*table, error) {
	if schema == "" {
		schema = p.suite.Schema
	}
	t, err := describe(ctx, p.tx, schema, name)
	if errors.Is(err, ErrDataset) {
		return nil, unable("dataset %s does not exist", quoted(name))
	}
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if _, err := t.column(c); err != nil {
			return nil, unable("%s: %v", t.from(), err)
		}
	}
	if hidden := "row security hides rows of " + t.from() + " from this role: what refers to them may seem lost"; t.Filtered && !slices.Contains(p.notes, hidden) {
		p.notes = append(p.notes, hidden)
	}
	return t, nil
}

// chosen returns the rows that a check is about, as a statement takes them from.
func (p *planner) chosen(check quality.Check, args *arguments) (string, error) {
	scope, err := p.scope(check, args, nil)
	if err != nil || scope == "" {
		return p.table.from(), err
	}
	return fmt.Sprintf("(SELECT * FROM %s WHERE %s)", p.table.from(), scope), nil
}

// countSQL counts rows that keep a number, and those of them whose number is wrong. %[1]s is the chosen rows, %[2]s the number, %[3]s the key,
// %[4]s the other table, %[5]s its reference,
// %[6]s what is selected.
const countSQL = `SELECT %[6]s
FROM %[1]s t LEFT JOIN (SELECT %[5]s AS key, count(*) AS n FROM %[4]s GROUP BY %[5]s) o ON o.key = %[3]s
WHERE %[2]s IS NOT NULL`

// askCount plans a test of a number of rows that another row keeps.
func (p *planner) askCount(ctx context.Context, check quality.Check, test quality.CountMatches) (question, error) {
	of, err := p.other(ctx, test.OfSchema, test.Of, []string{test.OfField})
	if err != nil {
		return question{}, err
	}
	col, err := p.table.column(test.Field)
	if err != nil {
		return question{}, err
	}
	if !col.numeric() {
		return question{}, col.expected("numbers")
	}
	args := &arguments{}
	from, err := p.chosen(check, args)
	if err != nil {
		return question{}, err
	}
	differs := named("t", test.Field) + " <> coalesce(o.n, 0)"
	sql := fmt.Sprintf(countSQL, from, named("t", test.Field), named("t", test.Key), of.from(), quoted(test.OfField),
		"count(*), count(*) FILTER (WHERE "+differs+")")
	var judged, wrong int64
	s := p.step(fmt.Sprintf("%s: the number of rows of %s", p.table.from(), of.from()), sql, args.values, &judged, &wrong)
	s.reads += max(of.Estimate, 0)
	show := func(keys func(string) string, limit int) (string, []any, error) {
		rows := fmt.Sprintf(countSQL, from, named("t", test.Field), named("t", test.Key), of.from(), quoted(test.OfField), keys("t"))
		return fmt.Sprintf("%s AND %s LIMIT %d", rows, differs, limit), args.values, nil
	}
	return question{step: s, show: show, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: judged, Unexpected: wrong}
	}}, nil
}
