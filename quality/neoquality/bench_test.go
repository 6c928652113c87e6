package neoquality_test

import (
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// benchmarkChecks are twelve checks of records, all good but two.
func benchmarkChecks(g *graph) []quality.Check {
	return checks(quality.NotNull{Field: "name"}, quality.NotEmpty{Field: "name"}, quality.Length{Field: "name", Min: 1, Max: 50},
		quality.ColumnType{Field: "age", Types: []string{"INTEGER"}}, quality.Range{Field: "age", Min: 0, Max: 120}, quality.NotNull{Field: "age"},
		quality.In{Field: "level", Values: quality.Texts("N1", "N2", "N3")}, quality.NotNull{Field: "level"}, quality.NotNull{Field: "at"},
		quality.Compare{A: "age", Is: quality.Less, B: "number"}, neoquality.Connected{Types: []string{g.named("#NEXT")}}, quality.NotNull{Field: "missing"})
}

// BenchmarkPass compares one pass for all checks with one statement for each, and shows the work of the server by its own account.
func BenchmarkPass(b *testing.B) {
	g := newGraph(b)
	n := servertest.Count(10_000, 100_000)
	for at := 0; at < n; at += 10_000 {
		g.ask(b, b.Context(), g.named(`UNWIND range($at, $at + 9999) AS i CREATE (:#N {id: i, name: 'name ' + i, age: i % 100, number: 100 + i, level: 'N' + (1 + i % 3),
			at: datetime()})-[:#NEXT]->(:#M)`), map[string]any{"at": at})
	}
	one := g.placed([]quality.Suite{{Dataset: "#N", Checks: benchmarkChecks(g), Example: -1}})
	var each []quality.Suite
	for _, c := range benchmarkChecks(g) {
		each = append(each, quality.Suite{Name: c.Name, Dataset: g.named("#N"), Checks: []quality.Check{c}, Example: -1})
	}
	for name, suites := range map[string][]quality.Suite{"one pass": one, "a statement for each": each} {
		b.Run(name, func(b *testing.B) {
			a := newAssessor(b, neoquality.Config{Suites: suites})
			hits := g.hits(b, a)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Assess(b.Context(), g.driver); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(hits), "dbhits")
		})
	}
}

// BenchmarkMirror merges as many ids as there are nodes.
func BenchmarkMirror(b *testing.B) {
	g := newGraph(b)
	n := servertest.Count(10_000, 100_000)
	for at := 0; at < n; at += 10_000 {
		g.ask(b, b.Context(), g.named("UNWIND range($at, $at + 9999) AS i CREATE (:#I {id: toString(1000000 + i)})"), map[string]any{"at": at})
	}
	g.run(b, "CREATE RANGE INDEX FOR (n:#I) ON (n.id)")
	g.await(b)
	var ids []string
	for _, r := range g.ask(b, b.Context(), g.named("MATCH (n:#I) RETURN n.id AS id ORDER BY id"), nil) {
		ids = append(ids, r.Values[0].(string))
	}
	for name, side := range map[string]neoquality.Side{"merged": neoquality.BothSides, "looked up": neoquality.Theirs} {
		b.Run(name, func(b *testing.B) {
			a := newAssessor(b, neoquality.Config{Suites: g.placed([]quality.Suite{{Dataset: "#I", Key: []string{"id"}, Checks: checks(neoquality.Mirror{Field: "id", IDs: stream(ids), Of: side})}})})
			b.ReportAllocs()
			for b.Loop() {
				reports, err := a.Assess(b.Context(), g.driver)
				if err != nil || reports[0].Verdict != quality.Pass {
					b.Fatal(reports, err)
				}
			}
			b.ReportMetric(float64(n), "ids")
		})
	}
}

// hits returns the accesses to the store that the statements of a plan make.
func (g *graph) hits(b *testing.B, a *neoquality.Assessor) int64 {
	b.Helper()
	plans, err := a.Explain(b.Context(), g.driver)
	if err != nil {
		b.Fatal(err)
	}
	// The bounds of benchmarkChecks matter to the counts, not to the accesses.
	params := map[string]any{}
	var sum int64
	for _, p := range plans {
		for _, q := range p.Statements {
			for _, name := range q.Parameters {
				params[name] = 1
			}
			result, err := neo4j.ExecuteQuery(b.Context(), g.driver, "PROFILE "+q.Cypher, params, neo4j.EagerResultTransformer)
			if err != nil {
				// A list is expected where a set is.
				for name := range params {
					params[name] = []any{"x"}
				}
				if result, err = neo4j.ExecuteQuery(b.Context(), g.driver, "PROFILE "+q.Cypher, params, neo4j.EagerResultTransformer); err != nil {
					b.Fatal(err)
				}
			}
			sum += dbHits(result.Summary.Profile())
		}
	}
	return sum
}

func dbHits(p neo4j.ProfiledPlan) int64 {
	sum := p.DbHits()
	for _, child := range p.Children() {
		sum += dbHits(child)
	}
	return sum
}
