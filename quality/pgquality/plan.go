package pgquality

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// planner plans one suite in one snapshot.
type planner struct {
	*session
	suite     quality.Suite
	table     *table
	questions []question
	steps     []*step

	shared   *pass     // reads all rows
	kept     *pass     // reads what changed since the last assessment; nil: all rows are read
	sampled  *sampled  // reads some pages; nil: all are read
	transfer *transfer // reads values that are judged in Go
	notes    []string  // what the report's Method adds
}

// question is a check and how it will be answered.
type question struct {
	check quality.Check
	// answer returns the result, once the step has run. Without a step it is known already.
	answer func() quality.Result
	step   *step
	// show returns a statement for the keys of failing rows, of a test that judges rows together; nil when the condition of a failing row
	// stands by itself, or no row fails by itself. The keys are written by keys.
	show func(keys func(alias string) string, limit int) (string, []any, error)
}

// step is one statement.
type step struct {
	purpose  string // in words
	reads    int64  // rows, as estimated
	sql      string
	args     []any
	run      func(ctx context.Context) error
	needless func() bool // after the statements before it, says that this one would tell nothing new; nil: it is needed
	pass     *pass       // when it is a pass
	key      *key        // when it is a hash aggregate
	shared   bool        // by several checks, which can be asked one by one if it fails
	finished bool
	skipped  bool  // it was needless
	optional bool  // the report can do without, when time runs out
	failure  error // why it did not run
}

// plan reads the catalog and plans.
func (s *session) plan(ctx context.Context, suite quality.Suite) (*planner, error) {
	t, err := describe(ctx, s.tx, suite.Schema, suite.Dataset)
	if err != nil {
		return nil, err
	}
	if len(t.Columns) > 0 && !slices.ContainsFunc(t.Columns, func(c column) bool { return c.Readable }) {
		return nil, fmt.Errorf("%w: the role may read no column of %s", ErrPermission, t.from())
	}
	for _, k := range suite.Key {
		if _, err := t.column(k); err != nil {
			return nil, fmt.Errorf("%w: key of %s: %w", ErrDataset, suite.ID(), err)
		}
	}
	p := &planner{session: s, suite: suite, table: t}
	p.shared, p.transfer = p.newPass(t), p.newTransfer()
	p.prepare()
	for _, check := range suite.Checks {
		q, err := p.answerable(ctx, check)
		var reason *unableError
		switch {
		case errors.Is(err, errTransfer):
			q = notAssessed("a test that is judged outside of the database cannot narrow one that is judged in it")
		case errors.As(err, &reason):
			q = notAssessed(reason.reason)
		case err != nil:
			return nil, err
		}
		q.check = check
		p.questions = append(p.questions, q)
	}
	p.build()
	return p, nil
}

// notAssessed is the answer to a check that cannot be asked.
func notAssessed(reason string) question {
	return question{answer: func() quality.Result {
		return quality.Result{Verdict: quality.NotAssessed, Reason: reason, Method: quality.ByCatalog}
	}}
}

// answerable plans one check. What would read every row, where a sample was asked for, is taken back.
func (p *planner) answerable(ctx context.Context, check quality.Check) (question, error) {
	steps := len(p.steps)
	q, err := p.ask(ctx, check)
	if err != nil || p.sampled == nil || q.step == nil || q.step == p.sampled.step {
		return q, err
	}
	p.steps = p.steps[:steps]
	return question{}, unable("a sample does not answer tests of kind %s", check.Test.Kind())
}

// ask plans one check.
func (p *planner) ask(ctx context.Context, check quality.Check) (question, error) {
	for _, name := range check.Columns() {
		if _, err := p.table.column(name); err != nil {
			return question{}, err
		}
	}
	switch test := check.Test.(type) {
	case quality.HasColumns, quality.ColumnCount, quality.ColumnType:
		return p.askCatalog(test), nil
	case quality.RowTest:
		return p.askRows(ctx, check, test)
	case quality.SQL:
		return p.askSQL(check, test, p.shared)
	case quality.RowCount, quality.Fresh, quality.Statistic:
		return p.askFigure(check, p.passFor(check))
	case quality.Unique, quality.Covers, quality.MostCommon:
		return p.askKey(check)
	case quality.Reference:
		return p.askReference(ctx, check, test)
	case quality.Joined:
		return p.askJoined(ctx, check, test)
	case quality.CountMatches:
		return p.askCount(ctx, check, test)
	case quality.Sequence:
		return p.askSequence(check, test)
	case quality.Monotone:
		return p.askMonotone(check, test)
	case quality.ZScore:
		return p.askZScore(check, test)
	case quality.VectorUnique:
		return p.askVectorUnique(check, test)
	}
	return question{}, unable("tests of kind %s are not asked in PostgreSQL", check.Test.Kind())
}

// build writes the statements of what the checks share, and puts them first.
func (p *planner) build() {
	var first []*step
	for _, shared := range []*pass{p.shared, p.kept} {
		if shared != nil && len(shared.aggregates) > 0 && p.sampled == nil {
			shared.step.purpose = fmt.Sprintf("%s: %d aggregates in one pass", p.table.from(), len(shared.aggregates))
			if shared == p.kept {
				shared.step.purpose += ", of what changed"
			}
			first = append(first, shared.step)
		}
	}
	if p.sampled != nil && len(p.sampled.conditions) > 0 {
		first = append(first, p.sampled.step)
	}
	if len(p.transfer.checks) > 0 {
		p.transfer.step.sql = p.transfer.sql()
		first = append(first, p.transfer.step)
	}
	p.steps = append(first, p.steps...)
	for _, s := range p.steps {
		if s.pass != nil {
			s.pass.finish()
		}
	}
}

// newPass returns a pass over a table, and its step.
func (p *planner) newPass(t *table) *pass {
	shared := &pass{table: t}
	shared.step = &step{reads: max(t.Estimate, 0), shared: true, pass: shared}
	shared.step.run = func(ctx context.Context) error { return shared.run(ctx, p.tx) }
	return shared
}

// scope returns the condition of the rows that a check is about, or nothing for all.
func (p *planner) scope(check quality.Check, args *arguments, shared *pass) (string, error) {
	return p.scopeOf(p.table, check.When, args, shared)
}

// scopeOf is scope for rows of some table.
func (p *planner) scopeOf(t *table, when quality.RowTest, args *arguments, shared *pass) (string, error) {
	if when == nil {
		return "", nil
	}
	c := &compiler{table: t, args: args, now: p.now}
	if shared != nil {
		c.derive, c.whole = shared.derive, shared.whole
	}
	good, err := c.good(when)
	if err != nil {
		return "", err
	}
	return "(" + good + ")", nil
}

// both joins two conditions, of which either may be empty.
func both(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + " AND " + b
}
