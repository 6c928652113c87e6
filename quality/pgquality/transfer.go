package pgquality

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/quality"
)

// transfer is one reading of the columns whose values are judged in Go, in constant memory.
type transfer struct {
	planner *planner
	step    *step
	checks  []*transferred
	columns []string
}

// transferred is one check that is judged in Go.
type transferred struct {
	when, test  quality.RowTest
	judged, bad int64
}

func (p *planner) newTransfer() *transfer {
	t := &transfer{planner: p}
	t.step = &step{purpose: p.table.from() + ": values are judged outside of the database", reads: max(p.table.Estimate, 0)}
	t.step.run = t.run
	return t
}

// ask adds a check.
func (t *transfer) ask(check quality.Check, test quality.RowTest) (question, error) {
	one := &transferred{test: quality.Prepare(test)}
	if check.When != nil {
		one.when = quality.Prepare(check.When)
	}
	t.checks = append(t.checks, one)
	t.columns = append(t.columns, check.Columns()...)
	slices.Sort(t.columns)
	t.columns = slices.Compact(t.columns)
	return question{step: t.step, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: one.judged, Unexpected: one.bad}
	}}, nil
}

// sql selects the columns in forms that become the values of a quality.Row.
func (t *transfer) sql() string {
	forms := make([]string, len(t.columns))
	for i, name := range t.columns {
		col, err := t.planner.table.column(name)
		if err != nil { // the check was not asked then
			continue
		}
		forms[i] = valueForm(col, "")
	}
	return "SELECT " + strings.Join(forms, ", ") + " FROM " + t.planner.table.from()
}

// valueForm returns a column in the form whose value in Go is that of a quality.Row; an alias of its table, if there is one, comes before
// its name.
func valueForm(col column, alias string) string {
	name := col.name()
	if alias != "" {
		name = named(alias, col.Name)
	}
	switch col.class() {
	case document, other:
		return name + "::text"
	case vector:
		return name + "::real[]"
	case wall:
		return "(" + name + "::timestamp AT TIME ZONE 'UTC')"
	}
	return name
}

// progressEvery is how many rows are judged between two messages of progress.
const progressEvery = 50_000

// run reads and judges.
func (t *transfer) run(ctx context.Context) error {
	rows, err := t.planner.tx.Query(ctx, t.step.sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	var values []any
	from := newDecoder()
	row := quality.Row{Now: t.planner.now, Value: func(field string) any {
		i, found := slices.BinarySearch(t.columns, field)
		if !found {
			return nil
		}
		return native(values[i])
	}}
	for n := int64(1); rows.Next(); n++ {
		if values, err = from.values(rows); err != nil {
			return err
		}
		for _, c := range t.checks {
			c.judge(row)
		}
		if n%progressEvery == 0 {
			t.planner.progress(quality.Progress{Suite: t.planner.suite.ID(), Stage: t.step.purpose, Done: n, Total: t.step.reads, Unit: "rows"})
		}
	}
	return rows.Err()
}

func (c *transferred) judge(row quality.Row) {
	if c.when != nil && c.when.Judge(row) != quality.Good {
		return
	}
	switch c.test.Judge(row) {
	case quality.Good:
		c.judged++
	case quality.Bad:
		c.judged++
		c.bad++
	}
}

// native returns a value of the driver as quality.Row has it.
func native(value any) any {
	switch v := value.(type) {
	case pgtype.Numeric:
		r, finite := ratOf(v)
		if !finite {
			f, _ := v.Float64Value()
			return f.Float64
		}
		if _, ok := r.(*big.Rat); !ok {
			return nil
		}
		return r
	case pgtype.InfinityModifier:
		return momentOf(pgtype.Timestamptz{InfinityModifier: v, Valid: true})
	case []any: // a vector as real[]
		floats := make([]float32, len(v))
		for i, x := range v {
			f, ok := x.(float32)
			if !ok {
				return fmt.Sprint(len(v)) // not a vector: no test of one takes it
			}
			floats[i] = f
		}
		return floats
	}
	return value
}
