package neopolicy_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance/neopolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// graph is the server's database, which other tests use too: the names of labels and types begin with prefix, and all of
// them is removed at the test's end.
type graph struct {
	driver neo4j.DriverWithContext
	prefix string
}

func newGraph(t testing.TB) *graph {
	t.Helper()
	address, user, password := servertest.Neo4j(t)
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	g := &graph{driver: driver, prefix: "T" + rand.Text()}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		g.clear(t, ctx)
		if err := driver.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return g
}

// clear drops whatever index is on labels and types with the prefix, and deletes their records.
func (g *graph) clear(t testing.TB, ctx context.Context) {
	t.Helper()
	const indexes = `SHOW INDEXES YIELD name, owningConstraint, labelsOrTypes WHERE labelsOrTypes[0] STARTS WITH $prefix
		RETURN name, owningConstraint IS NOT NULL AS constrains`
	params := map[string]any{"prefix": g.prefix}
	for _, r := range g.ask(t, ctx, indexes, params) {
		word := "INDEX "
		if r.AsMap()["constrains"] == true {
			word = "CONSTRAINT "
		}
		g.ask(t, ctx, "DROP "+word+quote(t, r.AsMap()["name"].(string)), nil)
	}
	g.ask(t, ctx, `MATCH (n) WHERE any(l IN labels(n) WHERE l STARTS WITH $prefix) DETACH DELETE n`, params)
}

func (g *graph) ask(t testing.TB, ctx context.Context, cypher string, params map[string]any) []*neo4j.Record {
	t.Helper()
	result, err := neo4j.ExecuteQuery(ctx, g.driver, cypher, params, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%v\n%s", err, cypher)
	}
	return result.Records
}

// run runs statements one after the other.
func (g *graph) run(t testing.TB, statements ...string) {
	t.Helper()
	for _, cypher := range statements {
		g.ask(t, t.Context(), cypher, nil)
	}
}

// await waits for the indexes on labels and types with the prefix. Others may be failing meanwhile.
func (g *graph) await(t testing.TB) {
	t.Helper()
	const indexes = `SHOW INDEXES YIELD name, labelsOrTypes, state WHERE labelsOrTypes[0] STARTS WITH $prefix AND state <> 'ONLINE' RETURN name`
	for _, r := range g.ask(t, t.Context(), indexes, map[string]any{"prefix": g.prefix}) {
		g.ask(t, t.Context(), "CALL db.awaitIndex($name, 60)", map[string]any{"name": r.Values[0]})
	}
}

func (g *graph) drift(t testing.TB, p *neopolicy.Policy) neopolicy.Report {
	t.Helper()
	report, err := p.Drift(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func quote(t testing.TB, name string) string {
	t.Helper()
	quoted, err := neopolicy.Quote(name)
	if err != nil {
		t.Fatal(err)
	}
	return quoted
}
