package servers

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// graphSuites are what is asked of the graph. The server may hold what other runs have made: keys are unique within a run, and rows of
// others are not judged where a check can leave them out.
func (a *auditor) graphSuites() []quality.Suite {
	ours := quality.In{Field: "run", Values: []any{a.database.run}}
	present := func(field string) quality.Check {
		return quality.Check{Test: quality.NotEmpty{Field: field}, When: ours}
	}
	there := func(field string) quality.Check {
		return quality.Check{Test: quality.NotNull{Field: field}, When: ours}
	}
	once := func(fields ...string) quality.Check {
		return quality.Check{Test: quality.Unique{Fields: append([]string{"run"}, fields...)}, Severity: quality.High}
	}
	joined := func(direction neoquality.Direction, types ...string) quality.Check {
		return quality.Check{Test: neoquality.Connected{Types: types, Direction: direction}, When: ours}
	}
	suite := func(label string, checks ...quality.Check) quality.Suite {
		return quality.Suite{Name: "graph: " + label, Dataset: label, Key: []string{"id"}, Checks: checks}
	}
	return []quality.Suite{
		suite("Kanji", once("id"), once("character"), there("meanings"), joined(neoquality.Outgoing, "READ_AS")),
		suite("Word", once("id"), present("written"), present("reading"), present("meaning")),
		suite("Lesson", once("id"), present("title"), joined(neoquality.Outgoing, "TEACHES")),
		suite("Explanation", once("id"), there("text"), present("text"), present("model"), joined(neoquality.Outgoing, "EXPLAINS"),
			quality.Check{Test: quality.ColumnType{Field: "text", Types: []string{"STRING"}}, When: ours}),
	}
}

// assessGraph reports how good the graph is.
func (a *auditor) assessGraph(ctx context.Context) ([]quality.Report, error) {
	assessor, err := neoquality.New(neoquality.Config{Suites: a.graphSuites()})
	if err != nil {
		return nil, err
	}
	return assessor.Assess(ctx, a.graph.driver)
}

// The explanation that is planted, and what takes it away again: it explains nothing, and says nothing.
const (
	plantOrphan  = `CREATE (:Explanation {run: $run, id: 'planted', language: 'en', text: '　', model: 'tutor-example'})`
	removeOrphan = `MATCH (e:Explanation {run: $run, id: 'planted'}) DETACH DELETE e`
)

// plantedInGraph plants an explanation, assesses, and takes it away.
func (a *auditor) plantedInGraph(ctx context.Context) (e day.Evidence, err error) {
	e.Claim = "a node that is planted in the graph is found, by its key"
	run := map[string]any{"run": a.database.run}
	if err := a.graph.execute(ctx, plantOrphan, run); err != nil {
		return e, err
	}
	defer func() {
		if failed := a.graph.execute(context.WithoutCancel(ctx), removeOrphan, run); err == nil {
			err = failed
		}
	}()
	reports, err := a.assessGraph(ctx)
	if err != nil {
		return e, err
	}
	found := 0
	for _, r := range reports[len(reports)-1].Results {
		if r.Unexpected > 0 {
			e.Found = append(e.Found, fmt.Sprintf("%s: %d of %d, %v", r.Check, r.Unexpected, r.Judged, r.Examples))
			found++
		}
	}
	e.Holds = found == 2
	return e, nil
}
