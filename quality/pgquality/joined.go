package pgquality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// askJoined plans a test of rows together with the row that they refer to. Checks that refer in the same way share one pass.
func (p *planner) askJoined(ctx context.Context, check quality.Check, test quality.Joined) (question, error) {
	target, err := p.other(ctx, test.ToSchema, test.To, append(test.Others(), test.Targets()...))
	if err != nil {
		return question{}, err
	}
	both, err := p.join(check, test, target)
	if err != nil {
		return question{}, err
	}
	for _, s := range p.steps {
		if s.pass != nil && s.pass.table.source == both.source {
			q, err := p.countRows(test.When, test.Test, s.pass)
			q.show = p.showJoined(both, test)
			return q, err
		}
	}
	joined := p.newPass(both)
	joined.step.purpose = fmt.Sprintf("%s together with %s, by (%s)", p.table.from(), target.from(), list(test.Fields))
	q, err := p.countRows(test.When, test.Test, joined)
	if err == nil {
		p.steps = append(p.steps, joined.step)
	}
	q.show = p.showJoined(both, test)
	return q, err
}

// showJoined returns how the keys of failing rows of a joined test are read.
func (p *planner) showJoined(pairs *table, test quality.Joined) func(func(string) string, int) (string, []any, error) {
	return func(keys func(string) string, limit int) (string, []any, error) {
		args := &arguments{}
		scope, err := p.scopeOf(pairs, test.When, args, nil)
		if err != nil {
			return "", nil, err
		}
		good, err := (&compiler{table: pairs, args: args, now: p.now}).good(test.Test)
		return fmt.Sprintf("SELECT %s FROM %s WHERE %s LIMIT %d", keys(""), pairs.from(), both(scope, "NOT ("+good+")"), limit), args.values, err
	}
}

// join returns the pairs of rows as a table of their own, in which columns of the other table have its name before theirs.
func (p *planner) join(check quality.Check, test quality.Joined, target *table) (*table, error) {
	if check.When != nil {
		return nil, unable("a joined test has a When of its own")
	}
	pairs := &table{Kind: "v", Bytes: 1, Estimate: p.table.Estimate}
	var forms []string
	for _, c := range p.table.Columns {
		if c.Readable {
			pairs.Columns = append(pairs.Columns, c)
			forms = append(forms, named("t", c.Name))
		}
	}
	for _, c := range target.Columns {
		if !c.Readable {
			continue
		}
		forms = append(forms, named("o", c.Name)+" AS "+quoted(test.To+"."+c.Name))
		c.Name = test.To + "." + c.Name
		pairs.Columns = append(pairs.Columns, c)
	}
	on := make([]string, len(test.Fields))
	for i, f := range test.Fields {
		on[i] = named("o", test.Targets()[i]) + " = " + named("t", f)
	}
	slices.Sort(on)
	pairs.source = fmt.Sprintf("(SELECT %s FROM %s t JOIN %s o ON %s) pair",
		strings.Join(forms, ", "), p.table.from(), target.from(), strings.Join(on, " AND "))
	return pairs, nil
}
