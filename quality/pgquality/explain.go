package pgquality

import (
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// Plan is how a suite would be answered.
type Plan struct {
	Suite   string `json:"suite"`   // name of the suite
	Dataset string `json:"dataset"` // quoted, with its schema

	Proofs      []Planned   `json:"proofs"`       // checks of which the catalog proves that no row is bad
	NotAssessed []Planned   `json:"not_assessed"` // checks that cannot be asked
	Catalog     []Planned   `json:"catalog"`      // checks that the description of the dataset answers
	Statements  []Statement `json:"statements"`   // in their order
}

// Planned is a check that no statement answers.
type Planned struct {
	Check string `json:"check"` // its name
	Why   string `json:"why"`   // the proof, or what is missing
}

// Statement is one statement of a plan.
type Statement struct {
	Purpose string   `json:"purpose"` // in words
	SQL     string   `json:"sql"`     // with placeholders
	Args    int      `json:"args"`    // number of parameters
	Rows    int64    `json:"rows"`    // that it will read, as the catalog estimates; 0 also when the table was never analysed
	Checks  []string `json:"checks"`  // that it answers
}

// explain returns the plan.
func (p *planner) explain() Plan {
	plan := Plan{Suite: p.suite.ID(), Dataset: p.table.from(),
		Proofs: []Planned{}, NotAssessed: []Planned{}, Catalog: []Planned{}, Statements: []Statement{}}
	checks := map[*step][]string{}
	for _, q := range p.questions {
		if q.step != nil {
			checks[q.step] = append(checks[q.step], q.check.ID())
			continue
		}
		r := q.answer()
		switch {
		case r.Verdict == quality.NotAssessed:
			plan.NotAssessed = append(plan.NotAssessed, Planned{Check: q.check.ID(), Why: r.Reason})
		case r.Method == quality.ByProof:
			plan.Proofs = append(plan.Proofs, Planned{Check: q.check.ID(), Why: r.Evidence})
		default:
			plan.Catalog = append(plan.Catalog, Planned{Check: q.check.ID(), Why: r.Observed})
		}
	}
	for _, s := range p.steps {
		purpose := s.purpose
		if s.needless != nil {
			purpose += ", if the hashes of the pass leave it open"
		}
		plan.Statements = append(plan.Statements, Statement{
			Purpose: purpose, SQL: s.sql, Args: len(s.args), Rows: s.reads, Checks: checks[s]})
	}
	return plan
}

// String returns the plan for people.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "suite %s on %s\n", p.Suite, p.Dataset)
	for _, section := range []struct {
		title   string
		planned []Planned
	}{{"proven, no row is read", p.Proofs}, {"answered by the catalog", p.Catalog}, {"not assessed", p.NotAssessed}} {
		if len(section.planned) > 0 {
			fmt.Fprintf(&b, "%s:\n", section.title)
		}
		for _, c := range section.planned {
			fmt.Fprintf(&b, "  %s: %s\n", c.Check, c.Why)
		}
	}
	for i, s := range p.Statements {
		fmt.Fprintf(&b, "statement %d, about %d rows: %s\n", i+1, s.Rows, s.Purpose)
		fmt.Fprintf(&b, "  for %s\n", strings.Join(s.Checks, ", "))
		fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(s.SQL, "\n", "\n    "))
	}
	return b.String()
}
