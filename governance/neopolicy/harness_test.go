package neopolicy_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance/neopolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

// graph is a part of the server's one database: labels and types that begin with a name of its own.
type graph struct {
	driver neo4j.DriverWithContext
	name   string
}

func newGraph(tb testing.TB) *graph {
	tb.Helper()
	address, user, password := servertest.Neo4j(tb)
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		tb.Fatal(err)
	}
	b := make([]byte, 6)
	rand.Read(b)
	g := &graph{driver, "Test" + hex.EncodeToString(b)}
	tb.Cleanup(func() {
		ctx := context.Background()
		_, err := neo4j.ExecuteQuery(ctx, driver, `MATCH (n) WHERE any(l IN labels(n) WHERE l STARTS WITH $name) DETACH DELETE n`,
			map[string]any{"name": g.name}, neo4j.EagerResultTransformer)
		if err != nil {
			tb.Error(err)
		}
		driver.Close(ctx)
	})
	return g
}

// label returns a label of this test's own.
func (g *graph) label(suffix string) string { return g.name + suffix }

func (g *graph) run(tb testing.TB, cypher string, parameters map[string]any) []*neo4j.Record {
	tb.Helper()
	result, err := neo4j.ExecuteQuery(context.Background(), g.driver, cypher, parameters, neo4j.EagerResultTransformer)
	if err != nil {
		tb.Fatalf("%s: %v", cypher, err)
	}
	return result.Records
}

func quoted(name string) string { return neopolicy.Quote(name) }
