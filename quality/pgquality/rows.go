package pgquality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// askRows plans a test of rows: a proof, a count on a sample, counts in a pass, or a transfer to Go.
func (p *planner) askRows(ctx context.Context, check quality.Check, test quality.RowTest) (question, error) {
	proof, err := p.prove(ctx, check, test)
	if err != nil {
		return question{}, err
	}
	if proof != "" {
		return p.proven(proof), nil
	}
	if p.sampled != nil {
		return p.sampled.ask(check, test)
	}
	q, err := p.countRows(check.When, test, p.passFor(check))
	if errors.Is(err, errTransfer) {
		return p.transfer.ask(check, test)
	}
	return q, err
}

// countRows adds the counts of a test to a pass.
func (p *planner) countRows(when, test quality.RowTest, shared *pass) (question, error) {
	before := *shared
	c := &compiler{table: shared.table, args: &shared.args, now: p.now, derive: shared.derive, whole: shared.whole}
	scope, err := p.scopeOf(shared.table, when, &shared.args, shared)
	good := ""
	if err == nil {
		good, err = c.good(test)
	}
	if err != nil { // a statement must use every argument that it has
		shared.args.values, shared.derived, shared.wholes = before.args.values, before.derived, before.wholes
		return question{}, err
	}
	shared.columns = append(shared.columns, test.Columns()...)
	if when != nil {
		shared.columns = append(shared.columns, when.Columns()...)
	}
	judged, bad := p.counts(shared, test, scope, good)
	return question{step: shared.step, answer: func() quality.Result {
		return quality.Result{Method: shared.method(), Judged: judged(), Unexpected: bad()}
	}}, nil
}

// counts adds the aggregates of a test in their cheapest form: counting a column costs less than a condition, and is shared.
func (p *planner) counts(shared *pass, test quality.RowTest, scope, good string) (judged, bad func() int64) {
	number := func(n *int64) func() int64 { return func() int64 { return *n } }
	switch t := test.(type) {
	case quality.NotNull:
		if scope == "" {
			all, present := shared.count(""), aggregate[int64](shared, "count("+quoted(t.Field)+")")
			return number(all), func() int64 { return *all - *present }
		}
	case quality.IsNull:
		if scope == "" {
			return number(shared.count("")), number(aggregate[int64](shared, "count("+quoted(t.Field)+")"))
		}
	}
	wrong := shared.count(both(scope, "NOT ("+good+")"))
	return number(p.judged(shared, test, scope, good)), number(wrong)
}

// judged adds the number of rows that a test judges.
func (p *planner) judged(shared *pass, test quality.RowTest, scope, good string) *int64 {
	fields := strict(test)
	switch {
	case fields != nil:
		return p.countPresent(shared, fields, scope)
	case alwaysJudged(test):
		return shared.count(scope)
	case scope == "":
		return aggregate[int64](shared, "count("+good+")")
	}
	return shared.count(both(scope, "("+good+") IS NOT NULL"))
}

// countPresent adds the number of rows in which none of the fields is NULL.
func (p *planner) countPresent(shared *pass, fields []string, scope string) *int64 {
	var nullable []string
	for _, name := range fields {
		if i := slices.IndexFunc(shared.table.Columns, func(c column) bool { return c.Name == name }); !shared.table.Columns[i].NotNull {
			nullable = append(nullable, name)
		}
	}
	if len(nullable) == 1 && scope == "" {
		return aggregate[int64](shared, "count("+quoted(nullable[0])+")")
	}
	return shared.count(both(scope, notNull(nullable)))
}

// alwaysJudged says whether a test judges every row.
func alwaysJudged(test quality.RowTest) bool {
	switch test.(type) {
	case quality.NotNull, quality.IsNull:
		return true
	}
	return false
}

// strict returns the columns of a test that judges a row exactly when none of them is NULL; nil when the test is of another kind.
func strict(test quality.RowTest) []string {
	switch t := test.(type) {
	case quality.NotEmpty, quality.Length, quality.Match, quality.Like, quality.Range, quality.In, quality.Digest, quality.Total,
		quality.VectorDimensions, quality.VectorNonZero, quality.VectorNorm, quality.VectorFinite:
		return test.Columns()
	case quality.Compare:
		if t.Nulls == quality.EitherNull {
			return test.Columns()
		}
	case quality.AllDifferent:
		if t.Nulls == quality.EitherNull {
			return t.Fields
		}
	case quality.InTuples:
		if t.Nulls == quality.EitherNull {
			return t.Fields
		}
	case quality.Not:
		return strict(t.Test)
	}
	return nil
}

// askSQL plans an expression of the host.
func (p *planner) askSQL(check quality.Check, test quality.SQL, shared *pass) (question, error) {
	mark := len(shared.args.values)
	scope, err := p.scope(check, &shared.args, shared)
	if err != nil {
		shared.args.values = shared.args.values[:mark]
		return question{}, err
	}
	shared.columns = append(shared.columns, check.Columns()...)
	good := "(" + test.Good + ")"
	judged := shared.count(both(scope, good+" IS NOT NULL"))
	bad := shared.count(both(scope, "NOT "+good))
	return question{step: shared.step, answer: func() quality.Result {
		return quality.Result{Method: quality.ByFull, Judged: *judged, Unexpected: *bad}
	}}, nil
}

// askCatalog answers what the catalog describes.
func (p *planner) askCatalog(test quality.Test) question {
	var names []string
	for _, c := range p.table.Columns {
		names = append(names, c.Name)
	}
	var good bool
	var observed string
	switch t := test.(type) {
	case quality.HasColumns:
		good, observed = t.Within(names), fmt.Sprintf("%d columns: %s", len(names), strings.Join(names, ", "))
	case quality.ColumnCount:
		good, observed = t.Within(len(names)), fmt.Sprintf("%d columns", len(names))
	case quality.ColumnType:
		i := slices.Index(names, t.Field)
		observed = p.table.Columns[i].Type
		good = slices.Contains(t.Types, observed) || slices.Contains(t.Types, p.table.Columns[i].Base)
	}
	return question{answer: func() quality.Result {
		return quality.Result{Method: quality.ByCatalog, Judged: 1, Unexpected: one(!good), Observed: observed}
	}}
}

// one returns 1 for true.
func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
