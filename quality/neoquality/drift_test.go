package neoquality_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

func TestSchemaDrift(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "CREATE CONSTRAINT FOR (n:#D) REQUIRE n.id IS UNIQUE", "CREATE CONSTRAINT #more FOR (n:#D) REQUIRE n.more IS UNIQUE",
		"CREATE RANGE INDEX FOR (n:#D) ON (n.a, n.b)", "CREATE TEXT INDEX #text FOR (n:#D) ON (n.t)", "CREATE FULLTEXT INDEX #full FOR (n:#D|#E) ON EACH [n.f]",
		"CREATE RANGE INDEX FOR ()-[n:#R]-() ON (n.a)",
		"CREATE VECTOR INDEX FOR (n:#D) ON (n.v) OPTIONS {indexConfig: {`vector.dimensions`: 768, `vector.similarity_function`: 'euclidean'}}",
		"CREATE (:#D {big: reduce(s = 'x', i IN range(1, 16) | s + s)})")
	g.await(t)
	// Range indexes do not take long texts: this one fails.
	g.run(t, "CREATE RANGE INDEX FOR (n:#D) ON (n.big)")
	for g.ask(t, t.Context(), "SHOW INDEXES YIELD labelsOrTypes, properties, state WHERE labelsOrTypes = [$l] AND properties = ['big'] RETURN state",
		map[string]any{"l": g.named("#D")})[0].Values[0] == "POPULATING" {
	}
	has := func(kind neoquality.IndexType, fields ...string) neoquality.HasIndex {
		return neoquality.HasIndex{Type: kind, Properties: fields}
	}
	nodes := quality.Suite{Dataset: "#D", Checks: checks(
		neoquality.HasConstraint{Properties: []string{"id"}}, neoquality.HasConstraint{Properties: []string{"a"}},
		neoquality.HasConstraint{Type: neoquality.Existence, Properties: []string{"id"}},
		has("", "a", "b"), has("", "b", "a"), has("", "id"), has(neoquality.TextIndex, "a", "b"), has(neoquality.FulltextIndex, "f"), has("", "big"),
		neoquality.HasIndex{Type: neoquality.VectorIndex, Properties: []string{"v"}, Dimensions: 768, Similarity: "Euclidean"},
		neoquality.HasIndex{Type: neoquality.VectorIndex, Properties: []string{"v"}, Dimensions: 1536, Similarity: "cosine"},
		neoquality.OnlyDeclared{})}
	edges := quality.Suite{Dataset: "[:#R]", Checks: checks(has("", "a"), neoquality.OnlyDeclared{}, has("", "b"))}
	var got []string
	reports := g.assess(t, nodes, edges)
	for _, report := range reports {
		for _, r := range report.Results {
			got = append(got, strings.ReplaceAll(r.Observed, g.prefix, "#"))
		}
	}
	const good = "as expected"
	want := []string{good, "no such constraint", "no such constraint", good, "no such index", good, "type RANGE, expected TEXT", good,
		"state FAILED, expected ONLINE", good, "768 dimensions, expected 1536; similarity euclidean, expected cosine",
		"not declared: constraint #more, index #text", good, good, "no such index"}
	// The element a-b is expected as TEXT too, which it is not: what is there is declared as RANGE.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	g.mendSchema(t, reports)
}

// mendSchema runs the statements of drift that Community knows, after which nothing is missing.
func (g *graph) mendSchema(t testing.TB, reports []quality.Report) {
	t.Helper()
	for _, report := range reports {
		for _, r := range report.Results {
			if r.Observed == "no such index" {
				g.run(t, r.Mend.Statement)
			}
		}
	}
	g.await(t)
	again := g.assess(t, quality.Suite{Dataset: "[:#R]", Checks: checks(neoquality.HasIndex{Properties: []string{"b"}})})
	if again[0].Verdict != quality.Pass {
		t.Errorf("after the remedy: %+v", again[0].Results)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "CREATE CONSTRAINT #id FOR (n:#P) REQUIRE n.id IS UNIQUE", "UNWIND range(1, 9) AS i CREATE (:#P {id: i, x: i})")
	suites := g.placed([]quality.Suite{{Dataset: "#P", Checks: append(checks(quality.NotNull{Field: "x"}, quality.Length{Field: "x", Max: 3}, neoquality.Connected{},
		quality.JSON{Field: "x"}, quality.Monotone{Field: "x", By: []string{"id"}}), quality.Check{Test: quality.Unique{Fields: []string{"id"}}})}})
	plans, err := newAssessor(t, neoquality.Config{Suites: suites}).Explain(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	p := plans[0]
	if len(p.Statements) != 2 || p.RowsRead != 18 || p.Proven["unique(id)"] != g.named("#id") || len(p.NotAssessed) != 1 {
		t.Errorf("%+v", p)
	}
	if diff := cmp.Diff([]string{"p0", "p1"}, p.Statements[0].Parameters); diff != "" || len(p.Statements[0].Checks) != 3 {
		t.Errorf("first statement: %+v", p.Statements[0])
	}
	for _, want := range []string{"9 records, 18 would be read", "3 checks", "proven: unique(id)", "not assessed: ae"} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("no %q in\n%v", want, p)
		}
	}
	r := g.assess(t, suites...)[0]
	if r.Method != "full: 2 statements" || !strings.Contains(r.Snapshot, "read committed, which is not a snapshot") || r.Rows != 9 {
		t.Errorf("%+v", r)
	}
}
