package neoquality

import (
	"context"
	"fmt"
	"strconv"

	"github.com/shugo-data/shugo/quality"
)

// sheet is one suite while it is answered.
type sheet struct {
	suite   quality.Suite
	element element
	schema  schema
	server  server
	counts  map[element]int64 // records, by the server's own count
	rows    int64             // of the element
	read    int64             // records that statements have read
	writer  *writer
	results []quality.Result // of the checks

	columns []column // of the one pass
	streams []stream // judged here
	works   []work   // statements of their own
}

// work is a statement that answers checks.
type work struct {
	statement
	checks []int // by number
	reads  int64 // records, as far as the server's counts tell
	run    func(ctx context.Context, st store, w work) error
}

// plan decides how each check is answered, and answers those that need no record.
func (s *sheet) plan() {
	for i, c := range s.suite.Checks {
		s.results[i] = s.decide(i, c)
	}
	if len(s.columns) > 0 {
		s.works = append([]work{s.pass()}, s.works...)
	}
	if len(s.streams) > 0 {
		s.works = append(s.works, s.judgement())
	}
}

// decide returns the answer to a check, as far as it needs no record, and otherwise adds to what is to be done.
func (s *sheet) decide(i int, c quality.Check) quality.Result {
	if r, ok := s.drift(c.Test); ok {
		return r
	}
	switch t := c.Test.(type) {
	case quality.RowCount:
		return rowCount(t, s.rows)
	case Mirror:
		return s.mirror(i, t)
	}
	if s.rows == 0 {
		return notAssessed("the database has no " + s.element.plural() + " of this kind")
	}
	if name := s.proof(c); name != "" {
		return quality.Result{Judged: s.rows, Method: quality.ByProof, Evidence: name,
			Reason: "constraint " + name + " is in force: no record was read; judged are all, by the server's count, also those that lack the property"}
	}
	when := ""
	if c.When != nil {
		var ok bool
		if when, ok = s.writer.truth(c.When); !ok {
			return s.stream(i, c)
		}
	}
	switch t := c.Test.(type) {
	case quality.Unique:
		return s.unique(i, t, when)
	case NoParallel:
		return s.parallel(i, t, when)
	case quality.Reference:
		return s.reference(i, t, when)
	case quality.Fresh:
		return s.fresh(i, c, t, when)
	case quality.Statistic:
		return s.statistic(i, c, t, when)
	case quality.HasColumns:
		return s.hasColumns(i, t)
	}
	good, ok := s.writer.truth(c.Test)
	if !ok {
		return s.stream(i, c)
	}
	if when != "" {
		good = "CASE WHEN " + when + " THEN " + good + " END"
	}
	s.columns = append(s.columns, truthColumn(i, good))
	return quality.Result{}
}

// proof returns the name of a constraint that makes every record pass, or nothing.
func (s *sheet) proof(c quality.Check) string {
	if c.When != nil {
		return ""
	}
	switch t := c.Test.(type) {
	case quality.NotNull:
		return s.schema.guarantee(s.element, func(c constraint) bool { return c.present(t.Field) })
	case quality.Unique:
		return s.schema.guarantee(s.element, func(c constraint) bool { return c.unique(t.Fields) })
	case quality.ColumnType:
		return s.schema.guarantee(s.element, func(c constraint) bool { return c.typed(t.Field, t.Types) })
	}
	return ""
}

func rowCount(t quality.RowCount, rows int64) quality.Result {
	r := quality.Result{Judged: 1, Method: quality.ByCatalog, Evidence: "the server's count", Observed: strconv.FormatInt(rows, 10)}
	if !t.Within(rows) {
		r.Unexpected = 1
	}
	return r
}

func notAssessed(reason string) quality.Result {
	return quality.Result{Verdict: quality.NotAssessed, Reason: reason, Method: quality.ByCatalog}
}

// run carries out the plan.
func (s *sheet) run(ctx context.Context, st store, progress func(quality.Progress)) error {
	for i, w := range s.works {
		if err := w.run(ctx, st, w); err != nil {
			return err
		}
		s.read += w.reads
		for _, check := range w.checks {
			if r := &s.results[check]; r.Evidence == "" {
				r.Evidence = "statement " + strconv.Itoa(i+1)
			}
		}
		if progress != nil {
			progress(quality.Progress{Suite: s.suite.ID(), Stage: w.stage, Done: int64(i + 1), Total: int64(len(s.works)), Unit: "statements"})
		}
	}
	return s.examples(ctx, st)
}

// report sums up.
func (s *sheet) report() quality.Report {
	r := quality.Report{AssessedAt: s.server.now, Rows: s.rows, RowsRead: s.read, Snapshot: s.server.snapshot,
		Method: "catalog", Results: make([]quality.Result, len(s.results))}
	if len(s.works) > 0 {
		r.Method = fmt.Sprintf("full: %d statements", len(s.works))
	}
	for i, c := range s.suite.Checks {
		found := s.results[i]
		if found.Unexpected > 0 && found.Mend == nil {
			found.Mend = s.remedy(c)
		}
		if c.Mend != "" && found.Mend != nil {
			found.Mend.Text = c.Mend
		}
		r.Results[i] = s.suite.Answer(c, found)
	}
	return s.suite.Summarize(r)
}
