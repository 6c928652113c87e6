package neoquality_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

// graph is the server's database, which other tests use too: the names of labels and types begin with prefix, and all of them is
// removed at the test's end.
type graph struct {
	driver neo4j.DriverWithContext
	prefix string
}

func newGraph(t testing.TB) *graph {
	t.Helper()
	address, user, password := servertest.Neo4j(t)
	g := &graph{driver: dial(t, address, user, password), prefix: "Q" + rand.Text()}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		g.clear(t, ctx)
	})
	return g
}

func dial(t testing.TB, address, user, password string) neo4j.DriverWithContext {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := driver.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return driver
}

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
		g.ask(t, ctx, "DROP "+word+cypher.Quote(r.AsMap()["name"].(string)), nil)
	}
	for {
		r := g.ask(t, ctx, `MATCH (n) WHERE any(l IN labels(n) WHERE l STARTS WITH $prefix) WITH n LIMIT 20000 DETACH DELETE n RETURN count(*)`, params)
		if r[0].Values[0] == int64(0) {
			return
		}
	}
}

func (g *graph) ask(t testing.TB, ctx context.Context, text string, params map[string]any) []*neo4j.Record {
	t.Helper()
	result, err := neo4j.ExecuteQuery(ctx, g.driver, text, params, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return result.Records
}

// run runs statements one after the other, in which # stands for the prefix.
func (g *graph) run(t testing.TB, statements ...string) {
	t.Helper()
	for _, text := range statements {
		g.ask(t, t.Context(), g.named(text), nil)
	}
}

// named puts the prefix in the place of #.
func (g *graph) named(text string) string {
	var out []byte
	for _, b := range []byte(text) {
		if b == '#' {
			out = append(out, g.prefix...)
		} else {
			out = append(out, b)
		}
	}
	return string(out)
}

func (g *graph) await(t testing.TB) {
	t.Helper()
	const indexes = `SHOW INDEXES YIELD name, labelsOrTypes, state WHERE labelsOrTypes[0] STARTS WITH $prefix AND state = 'POPULATING' RETURN name`
	for _, r := range g.ask(t, t.Context(), indexes, map[string]any{"prefix": g.prefix}) {
		g.ask(t, t.Context(), "CALL db.awaitIndex($name, 60)", map[string]any{"name": r.Values[0]})
	}
}

// assess asks suites, in whose datasets # stands for the prefix.
func (g *graph) assess(t testing.TB, suites ...quality.Suite) []quality.Report {
	t.Helper()
	reports, err := newAssessor(t, neoquality.Config{Suites: g.placed(suites)}).Assess(t.Context(), g.driver)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

func (g *graph) placed(suites []quality.Suite) []quality.Suite {
	list := make([]quality.Suite, len(suites))
	for i, s := range suites {
		s.Dataset = g.named(s.Dataset)
		list[i] = s
	}
	return list
}

func newAssessor(t testing.TB, c neoquality.Config) *neoquality.Assessor {
	t.Helper()
	a, err := neoquality.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// checks asks tests, each under a name of its number.
func checks(tests ...quality.Test) []quality.Check {
	list := make([]quality.Check, len(tests))
	for i, test := range tests {
		list[i] = quality.Check{Test: test, Name: string(rune('a'+i/26)) + string(rune('a'+i%26))}
	}
	return list
}
