package neoquality

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/quality"
)

// Plan says how a suite would be assessed now.
type Plan struct {
	Suite       string             `json:"suite"`        // its name
	Dataset     string             `json:"dataset"`      // label or relationship type
	Rows        int64              `json:"rows"`         // records, by the server's count
	RowsRead    int64              `json:"rows_read"`    // that the statements would read; examples of failing records come on top
	Statements  []PlannedStatement `json:"statements"`   // in order
	Proven      map[string]string  `json:"proven"`       // check: the constraint that proves it
	Catalog     []string           `json:"catalog"`      // checks that the server's schema and counts answer
	NotAssessed map[string]string  `json:"not_assessed"` // check: why
}

// PlannedStatement is one statement of a plan.
type PlannedStatement struct {
	Cypher     string   `json:"cypher"`     // as it would be sent
	Parameters []string `json:"parameters"` // their names
	Checks     []string `json:"checks"`     // that it answers
	Rows       int64    `json:"rows"`       // that it reads
}

// Explain returns the plan of each suite, from constraints, indexes and counts; it reads no record. Errors are those of Assess.
func (a *Assessor) Explain(ctx context.Context, driver neo4j.DriverWithContext) ([]Plan, error) {
	var plans []Plan
	err := a.within(ctx, driver, func(st store) error {
		sheets, err := a.sheets(ctx, st)
		for _, s := range sheets {
			plans = append(plans, s.explain())
		}
		return err
	})
	return plans, err
}

func (s *sheet) explain() Plan {
	p := Plan{Suite: s.suite.ID(), Dataset: s.suite.Dataset, Rows: s.rows, Statements: []PlannedStatement{},
		Proven: map[string]string{}, Catalog: []string{}, NotAssessed: map[string]string{}}
	for i, r := range s.results {
		id := s.suite.Checks[i].ID()
		switch {
		case r.Verdict == quality.NotAssessed:
			p.NotAssessed[id] = r.Reason
		case r.Method == quality.ByProof:
			p.Proven[id] = r.Evidence
		case r.Method == quality.ByCatalog:
			p.Catalog = append(p.Catalog, id)
		}
	}
	for _, w := range s.works {
		q := PlannedStatement{Cypher: w.cypher, Rows: w.reads, Parameters: slices.Sorted(maps.Keys(w.params))}
		for _, c := range w.checks {
			if id := s.suite.Checks[c].ID(); !slices.Contains(q.Checks, id) {
				q.Checks = append(q.Checks, id)
			}
		}
		p.RowsRead += w.reads
		p.Statements = append(p.Statements, q)
	}
	return p
}

// String returns the plan for reading.
func (p Plan) String() string {
	text := p.Suite + ": " + strconv.FormatInt(p.Rows, 10) + " records, " + strconv.FormatInt(p.RowsRead, 10) + " would be read\n"
	for i, q := range p.Statements {
		text += "\nstatement " + strconv.Itoa(i+1) + ": " + strconv.Itoa(len(q.Checks)) + " checks, " + strconv.FormatInt(q.Rows, 10) + " records\n" + q.Cypher + "\n"
	}
	for _, id := range slices.Sorted(maps.Keys(p.Proven)) {
		text += "\nproven: " + id + " by " + p.Proven[id]
	}
	for _, id := range slices.Sorted(maps.Keys(p.NotAssessed)) {
		text += "\nnot assessed: " + id + ": " + p.NotAssessed[id]
	}
	return text
}
