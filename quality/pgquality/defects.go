package pgquality

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// rows returns the number of rows of the table, if a statement counted them.
func (p *planner) rows() *int64 {
	for _, s := range p.steps {
		if s.pass == nil || s.pass.table != p.table || !s.finished {
			continue
		}
		for i, sql := range s.pass.aggregates {
			if n, ok := s.pass.targets[i].(*int64); ok && sql == "count(*)" {
				return n
			}
		}
	}
	return nil
}

// explainDefects adds remedies and examples to the results of checks that found defects.
func (p *planner) explainDefects(ctx context.Context, results []quality.Result) error {
	for i := range results {
		r := &results[i]
		if r.Unexpected == 0 || r.Verdict == quality.NotAssessed {
			continue
		}
		r.Mend = p.remedy(p.questions[i].check)
	}
	return p.examples(ctx, results)
}

// keyColumns returns the columns that name a row in the report: none, when there are none or the role may not read them.
func (p *planner) keyColumns() []column {
	fields := p.suite.Key
	if len(fields) == 0 {
		fields = p.table.primary()
	}
	columns := make([]column, len(fields))
	for i, f := range fields {
		var err error
		if columns[i], err = p.table.column(f); err != nil {
			return nil
		}
	}
	return columns
}

// examples names rows that failed, by their keys: in one further reading of the table, which ends when every check has its examples.
func (p *planner) examples(ctx context.Context, results []quality.Result) error {
	limit, fields := p.suite.Examples(), p.keyColumns()
	if limit == 0 || len(fields) == 0 {
		return nil
	}
	args := &arguments{}
	var failing []int
	var conditions []string
	for i, r := range results {
		if r.Unexpected == 0 || r.Verdict == quality.NotAssessed || r.Method == quality.BySample {
			continue
		}
		bad, err := args.try(func() (string, error) { return p.bad(p.questions[i].check, args, false) })
		if err != nil {
			continue // a test of the whole has no rows to name
		}
		failing = append(failing, i)
		conditions = append(conditions, "coalesce("+bad+", false)")
	}
	if err := p.showExamples(ctx, results, limit, fields); err != nil || len(failing) == 0 {
		return err
	}
	sql := exampleSQL(p.table.from(), fields, conditions)
	s := &step{purpose: p.table.from() + ": keys of failing rows", optional: true}
	s.run = func(ctx context.Context) error { return p.readExamples(ctx, sql, args.values, results, failing, limit) }
	return p.attemptNames(ctx, s)
}

// showExamples names rows that fail a test which judges rows together, by a statement for each.
func (p *planner) showExamples(ctx context.Context, results []quality.Result, limit int, fields []column) error {
	keys := func(alias string) string {
		forms := make([]string, len(fields))
		for i, f := range fields {
			forms[i] = fmt.Sprintf("%s AS k%d", valueForm(f, alias), i)
		}
		return strings.Join(forms, ", ")
	}
	for i := range results {
		show := p.questions[i].show
		if show == nil || results[i].Unexpected == 0 || results[i].Verdict == quality.NotAssessed {
			continue
		}
		sql, args, err := show(keys, limit)
		if err != nil {
			continue // it was asked, so it can be shown; but a row without a name is no reason to lose the report
		}
		s := &step{purpose: results[i].Check + ": keys of failing rows", optional: true}
		s.run = func(ctx context.Context) error {
			names, err := p.rowNames(ctx, sql, args, len(fields))
			results[i].Examples = names
			return err
		}
		if err := p.attemptNames(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// attemptNames runs a step that names failing rows. The report can do without them, and says so.
func (p *planner) attemptNames(ctx context.Context, s *step) error {
	failure, err := p.attempt(ctx, s)
	if failure != nil {
		p.notes = append(p.notes, s.purpose+" are missing: the statement failed: "+state(failure))
	}
	return err
}

// rowNames returns the names of the rows that a statement selects, whose first columns are their keys.
func (p *planner) rowNames(ctx context.Context, sql string, args []any, keys int) ([]string, error) {
	rows, err := p.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	from := newDecoder()
	var names []string
	for rows.Next() {
		values, err := from.values(rows)
		if err != nil {
			return nil, err
		}
		names = append(names, p.suite.RowName(natives(values[:keys])))
	}
	return names, rows.Err()
}

// exampleSQL selects the keys of failing rows, and which checks they fail.
func exampleSQL(from string, fields []column, conditions []string) string {
	keys := make([]string, len(fields))
	names := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = fmt.Sprintf("%s AS k%d", valueForm(f, ""), i)
		names[i] = fmt.Sprintf("k%d", i)
	}
	flags := make([]string, len(conditions))
	for i, c := range conditions {
		flags[i] = fmt.Sprintf("%s AS b%d", c, i)
	}
	bad := make([]string, len(conditions))
	for i := range conditions {
		bad[i] = fmt.Sprintf("b%d", i)
	}
	return fmt.Sprintf("SELECT %s, ARRAY[%s] FROM (SELECT %s, %s FROM %s OFFSET 0) r WHERE %s",
		strings.Join(names, ", "), strings.Join(bad, ", "), strings.Join(keys, ", "), strings.Join(flags, ", "), from, strings.Join(bad, " OR "))
}

// readExamples reads until every failing check has its examples.
func (p *planner) readExamples(ctx context.Context, sql string, args []any, results []quality.Result, failing []int, limit int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	const portion = 500
	if _, err := p.tx.Exec(ctx, "DECLARE examples NO SCROLL CURSOR FOR "+sql, args...); err != nil {
		return err
	}
	from := newDecoder()
	for missing := len(failing); missing > 0; {
		// Described anew: what the same text means depends on the cursor.
		rows, err := p.tx.Query(ctx, fmt.Sprintf("FETCH %d FROM examples", portion), pgx.QueryExecModeDescribeExec)
		if err != nil {
			return err
		}
		n := 0
		for rows.Next() {
			n++
			values, err := from.values(rows)
			if err != nil {
				rows.Close()
				return err
			}
			flags, _ := values[len(values)-1].([]any)
			for j, i := range failing {
				if flags[j] == true && len(results[i].Examples) < limit {
					results[i].Examples = append(results[i].Examples, p.suite.RowName(natives(values[:len(values)-1])))
					missing -= int(one(len(results[i].Examples) == limit))
				}
			}
		}
		if rows.Close(); rows.Err() != nil || n < portion {
			return rows.Err()
		}
	}
	return nil
}

// natives returns the values of a key as quality.Row has them.
func natives(values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = native(v)
	}
	return out
}

// bad returns the condition of the rows that a check finds bad: as a human would write it, or as it costs least.
func (p *planner) bad(check quality.Check, args *arguments, plain bool) (string, error) {
	scope, err := p.scope(check, args, nil)
	if err != nil {
		return "", err
	}
	switch test := check.Test.(type) {
	case quality.RowTest:
		c := &compiler{table: p.table, args: args, now: p.now, plain: plain}
		good, err := c.good(test)
		return both(scope, "NOT ("+good+")"), err
	case quality.SQL:
		return both(scope, "NOT ("+test.Good+")"), nil
	case quality.Unique:
		return p.repeated(check, test, args)
	}
	return "", unable("no row is bad by itself")
}

// repeated returns the condition of rows whose value occurs more than once.
func (p *planner) repeated(check quality.Check, test quality.Unique, args *arguments) (string, error) {
	scope, err := p.scope(check, args, nil)
	if err != nil {
		return "", err
	}
	forms := make([]string, len(test.Fields))
	for i, f := range test.Fields {
		col, err := p.table.column(f)
		if err != nil {
			return "", err
		}
		forms[i] = grouped(col)
	}
	group := strings.Join(forms, ", ")
	where := both(notNull(test.Fields), scope)
	return fmt.Sprintf("%s AND (%s) IN (SELECT %s FROM %s WHERE %s GROUP BY %s HAVING count(*) > 1 LIMIT %d)",
		where, group, group, p.table.from(), where, group, p.suite.Examples()), nil
}
