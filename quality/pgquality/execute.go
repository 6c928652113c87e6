package pgquality

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/quality"
)

// execute runs the statements. One that fails over the data of one check does not lose the others: what it shares is asked again one by
// one, and what still fails is not assessed.
func (p *planner) execute(ctx context.Context) error {
	for i, s := range p.steps {
		p.progress(quality.Progress{Suite: p.suite.ID(), Stage: s.purpose, Done: int64(i), Total: int64(len(p.steps)), Unit: "statements"})
		if s.needless != nil && s.needless() {
			s.finished, s.skipped = true, true
			continue
		}
		failure, err := p.attempt(ctx, s)
		if err != nil {
			return err
		}
		if failure == nil || !s.shared {
			continue
		}
		if err := p.separate(ctx, s); err != nil {
			return err
		}
	}
	p.progress(quality.Progress{Suite: p.suite.ID(), Stage: "done", Done: int64(len(p.steps)), Total: int64(len(p.steps)), Unit: "statements"})
	return nil
}

// attempt runs a statement under a savepoint. A failure that concerns the statement alone is kept with it; any other is an error.
func (p *planner) attempt(ctx context.Context, s *step) (failure, err error) {
	if _, err := p.tx.Exec(ctx, "SAVEPOINT statement"); err != nil {
		return nil, stripped(ctx, s.purpose, err)
	}
	failure = s.run(ctx)
	end := "RELEASE SAVEPOINT statement"
	if failure != nil {
		if ctx.Err() != nil || !local(failure) && !(s.optional && outOfTime(failure)) {
			return nil, stripped(ctx, s.purpose, failure)
		}
		end = "ROLLBACK TO SAVEPOINT statement"
	}
	s.finished, s.failure = failure == nil, failure
	if _, err := p.tx.Exec(ctx, end); err != nil {
		return nil, stripped(ctx, s.purpose, err)
	}
	return failure, nil
}

// outOfTime says whether a statement ended by a limit of time.
func outOfTime(err error) bool {
	return errors.Is(stripped(context.Background(), "", err), ErrTimeLimit)
}

// separate asks the checks of a shared statement one by one.
func (p *planner) separate(ctx context.Context, shared *step) error {
	for i, q := range p.questions {
		if q.step != shared {
			continue
		}
		alone := p.newPass(shared.pass.table)
		fresh, err := p.alone(q.check, alone)
		if err != nil {
			return err
		}
		alone.finish()
		alone.step.purpose = fmt.Sprintf("%s: %s by itself", p.table.from(), q.check.ID())
		if _, err := p.attempt(ctx, alone.step); err != nil {
			return err
		}
		p.questions[i].step, p.questions[i].answer = fresh.step, fresh.answer
	}
	return nil
}

// alone plans a check of the shared pass in a pass of its own.
func (p *planner) alone(check quality.Check, pass *pass) (question, error) {
	switch test := check.Test.(type) {
	case quality.RowTest:
		return p.countRows(check.When, test, pass)
	case quality.Joined:
		return p.countRows(test.When, test.Test, pass)
	case quality.SQL:
		return p.askSQL(check, test, pass)
	}
	return p.askFigure(check, pass)
}

// result returns the answer to a question, after the statements.
func (p *planner) result(q question) quality.Result {
	if q.step == nil || q.step.finished {
		r := q.answer()
		if q.step != nil && r.Evidence == "" {
			r.Evidence = q.step.purpose
		}
		return p.suite.Answer(q.check, r)
	}
	return p.suite.Answer(q.check, quality.Result{
		Verdict: quality.NotAssessed, Method: quality.ByFull, Reason: "the statement failed: " + state(q.step.failure),
	})
}

// state returns the SQLSTATE of an error, which holds no value of a row, as its message may.
func state(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return "SQLSTATE " + pg.Code
	}
	return "not by the server"
}

// report puts the answers together.
func (p *planner) report(ctx context.Context) (quality.Report, error) {
	report := quality.Report{AssessedAt: p.now.UTC(), Snapshot: p.snapshot, Rows: -1}
	for _, q := range p.questions {
		report.Results = append(report.Results, p.result(q))
	}
	if rows := p.rows(); rows != nil {
		report.Rows = *rows
	}
	run := 0
	for _, s := range p.steps {
		if !s.skipped {
			report.RowsRead += s.reads
			run++
		}
	}
	if err := p.explainDefects(ctx, report.Results); err != nil {
		return quality.Report{}, err
	}
	report.Method = p.method(run)
	return p.suite.Summarize(report), nil
}

// method says how the rows were read.
func (p *planner) method(statements int) string {
	text := fmt.Sprintf("%d statements", statements)
	if statements == 1 {
		text = "1 statement"
	}
	if statements == 0 {
		text = "catalog only: no row was read"
	}
	if p.table.Filtered {
		p.notes = append(p.notes, "row security hides rows from this role: the report is about those that it may see")
	}
	return strings.Join(append([]string{text}, p.notes...), "; ")
}
