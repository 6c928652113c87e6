package pgquality

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgsample"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/interval"
)

// sampled is one reading of some pages, for tests of rows.
type sampled struct {
	planner    *planner
	step       *step
	args       arguments
	conditions []string // two for each check: of a row that is judged, of one that is bad
	sample     pgsample.Sample
}

func (p *planner) newSampled() *sampled {
	s := &sampled{planner: p}
	s.step = &step{purpose: fmt.Sprintf("%s: a sample of %.3g %% of its pages", p.table.from(), 100*p.config.Sample),
		reads: int64(float64(max(p.table.Estimate, 0)) * p.config.Sample)}
	s.step.run = s.run
	return s
}

// ask adds a check.
func (s *sampled) ask(check quality.Check, test quality.RowTest) (question, error) {
	mark := len(s.args.values)
	c := &compiler{table: s.planner.table, args: &s.args, now: s.planner.now}
	scope, err := s.planner.scope(check, &s.args, nil)
	good := ""
	if err == nil {
		good, err = c.good(test)
	}
	if errors.Is(err, errTransfer) {
		err = unable("a sample is judged in the database, and this test outside of it")
	}
	if err != nil {
		s.args.values = s.args.values[:mark]
		return question{}, err
	}
	i := len(s.conditions)
	s.conditions = append(s.conditions, both(scope, s.judged(test, good)), both(scope, "NOT ("+good+")"))
	return question{step: s.step, answer: func() quality.Result { return s.estimate(i) }}, nil
}

// judged returns the condition of a row that a test judges.
func (s *sampled) judged(test quality.RowTest, good string) string {
	if fields := strict(test); fields != nil {
		return notNull(fields)
	}
	if alwaysJudged(test) {
		return "true"
	}
	return "(" + good + ") IS NOT NULL"
}

// run draws the sample.
func (s *sampled) run(ctx context.Context) error {
	t := s.planner.table
	var err error
	s.sample, err = pgsample.Draw(ctx, s.planner.tx, pgsample.Request{Table: pgx.Identifier{t.Schema, t.Name},
		Defects: s.conditions, Args: s.args.values, Fraction: s.planner.config.Sample, Seed: s.planner.config.Seed})
	return err
}

// estimate returns what the sample says of a check.
func (s *sampled) estimate(i int) quality.Result {
	judged, bad := s.sample.Pages[i], s.sample.Pages[i+1]
	pages := make([]interval.Page, len(judged))
	for j := range pages {
		pages[j] = interval.Page{Rows: judged[j].Defects, Defects: bad[j].Defects}
	}
	e, err := interval.Clustered(pages, s.sample.TablePages, s.planner.config.Level)
	if err != nil {
		return quality.Result{Verdict: quality.NotAssessed, Method: quality.BySample, Reason: "the sample has no row to judge"}
	}
	scale := float64(s.sample.TablePages) / float64(len(pages))
	all := int64(math.Round(float64(e.Rows) * scale))
	return quality.Result{Method: quality.BySample, Judged: all, Unexpected: int64(math.Round(e.Share * float64(all))),
		Interval: &quality.Interval{Low: 1 - e.High, High: 1 - e.Low, Level: s.planner.config.Level},
		Evidence: fmt.Sprintf("%d of %d pages, %d rows, %d bad; design effect %.2f", len(pages), s.sample.TablePages, e.Rows, e.Defects, e.DesignEffect)}
}
