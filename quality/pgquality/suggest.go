package pgquality

import (
	"context"
	"fmt"
	"go/format"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
)

// Suggestion is a check that the schema, the manifest or the statistics of a table speak for.
type Suggestion struct {
	Check      quality.Check `json:"-"`                    // what is suggested
	Name       string        `json:"name"`                 // of the check
	Why        string        `json:"why"`                  // what speaks for it
	Go         string        `json:"go"`                   // the check as Go code
	Proven     string        `json:"proven,omitempty"`     // what proves it already; empty: it will be read
	Constraint string        `json:"constraint,omitempty"` // statements that would turn it into a proof; empty: none, or proven already
}

// Suggestions are what is suggested for one table.
type Suggestions struct {
	Dataset string       `json:"dataset"` // name of the table
	Schema  string       `json:"schema"`  // of the table
	List    []Suggestion `json:"list"`
}

// Suggest returns checks for a dataset of the manifest: from its subject and from what is derived from what, from types, keys and names of
// its columns, and from the planner's statistics. It reads the catalog only, and no value of a field is in what it returns: sets of
// values and bounds are for the host to write.
func (a *Assessor) Suggest(ctx context.Context, dataset governance.Dataset, schema string) (Suggestions, error) {
	out := Suggestions{Dataset: dataset.Name, Schema: schema}
	suite := quality.Suite{Name: "suggest " + dataset.Name, Schema: schema, Dataset: dataset.Name,
		Checks: []quality.Check{{Test: quality.RowCount{}}}}
	err := a.within(ctx, suite, func(s *session) error {
		t, err := describe(ctx, s.tx, schema, dataset.Name)
		if err != nil {
			return err
		}
		g := &suggester{table: t, dataset: dataset, seen: map[string]bool{}}
		if g.profile, err = profile(ctx, s.tx, t); err != nil {
			return err
		}
		g.suggest()
		out.Schema, suite.Checks = t.Schema, nil
		for _, found := range g.found {
			suite.Checks = append(suite.Checks, found.Check)
		}
		if len(suite.Checks) == 0 {
			return nil
		}
		p, err := s.plan(ctx, suite)
		if err != nil {
			return err
		}
		out.List = p.finish(g.found)
		return nil
	})
	return out, err
}

// finish adds proofs, constraints and code.
func (p *planner) finish(found []Suggestion) []Suggestion {
	for i := range found {
		found[i].Name = found[i].Check.ID()
		found[i].Go = code(found[i].Check)
		q := p.questions[i]
		if q.step == nil {
			if r := q.answer(); r.Method == quality.ByProof {
				found[i].Proven = r.Evidence
			}
		}
		_, digest := found[i].Check.Test.(quality.Digest) // its functions are not immutable: no constraint on them proves anything
		if found[i].Proven == "" && !digest {
			found[i].Constraint = p.constraint(q.check)
		}
	}
	return found
}

// Suite returns the suggested checks as a suite.
func (s Suggestions) Suite() quality.Suite {
	suite := quality.Suite{Dataset: s.Dataset, Schema: s.Schema}
	for _, x := range s.List {
		suite.Checks = append(suite.Checks, x.Check)
	}
	return suite
}

// Code returns the suite as Go code: a function of the given name, formatted, with the reason of each check beside it.
func (s Suggestions) Code(function string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is what is asked of %s.\nfunc %s() quality.Suite {\nreturn quality.Suite{Schema: %q, Dataset: %q, Checks: []quality.Check{\n",
		function, s.Dataset, function, s.Schema, s.Dataset)
	for _, x := range s.List {
		fmt.Fprintf(&b, "%s, // %s\n", x.Go, x.Why)
	}
	b.WriteString("}}\n}\n")
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("pgquality: %q is not a name for a function: %w", function, err)
	}
	return string(text), nil
}

// SQL returns the constraints of all suggestions that are not proven yet: to be read before they are run.
func (s Suggestions) SQL() string {
	var parts []string
	for _, x := range s.List {
		if x.Constraint != "" {
			parts = append(parts, "-- "+x.Name+": "+x.Why+"\n"+x.Constraint)
		}
	}
	return strings.Join(parts, "\n\n")
}

// columnProfile is what ANALYZE knows of a column, without a value of it.
type columnProfile struct {
	nulls    float64 // share
	distinct float64 // as pg_stats: number, or minus share
}

const profileSQL = `SELECT attname, null_frac, n_distinct FROM pg_stats WHERE schemaname = $1 AND tablename = $2 AND NOT inherited`

func profile(ctx context.Context, tx pgx.Tx, t *table) (map[string]columnProfile, error) {
	rows, err := tx.Query(ctx, profileSQL, t.Schema, t.Name)
	if err != nil {
		return nil, stripped(ctx, "reading statistics", err)
	}
	found := map[string]columnProfile{}
	var name string
	var c columnProfile
	_, err = pgx.ForEachRow(rows, []any{&name, &c.nulls, &c.distinct}, func() error {
		found[name] = c
		return nil
	})
	return found, stripped(ctx, "reading statistics", err)
}
