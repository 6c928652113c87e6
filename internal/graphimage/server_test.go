package graphimage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/neoerror"
	"github.com/shugo-data/shugo/internal/servertest"
)

// graph is the shared server, and a label of the test's own.
type graph struct {
	driver neo4j.DriverWithContext
	label  string
}

func newGraph(t testing.TB) graph {
	t.Helper()
	g := graph{connect(t), "Image" + rand.Text()}
	t.Cleanup(func() { g.run(t, `MATCH (n:`+g.label+`) DETACH DELETE n`, nil) })
	return g
}

func connect(t testing.TB) neo4j.DriverWithContext {
	t.Helper()
	url, user, password := servertest.Neo4j(t)
	driver, err := neo4j.NewDriverWithContext(url, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { driver.Close(context.Background()) })
	return driver
}

// run returns the first value of the first row.
func (g graph) run(t testing.TB, cypher string, parameters map[string]any) any {
	t.Helper()
	v, err := g.try(cypher, parameters)
	if err != nil {
		t.Fatalf("%s: %v", cypher, err)
	}
	return v
}

func (g graph) try(cypher string, parameters map[string]any) (any, error) {
	result, err := neo4j.ExecuteQuery(context.Background(), g.driver, cypher, parameters, neo4j.EagerResultTransformer)
	if err != nil || len(result.Records) == 0 {
		return nil, err
	}
	return result.Records[0].Values[0], nil
}

// image returns the image of what the driver returned.
func image(t testing.TB, entity any) []byte {
	t.Helper()
	var i graphimage.Image
	switch e := entity.(type) {
	case neo4j.Node:
		i = graphimage.Image{Kind: graphimage.Node, Labels: e.Labels, Properties: e.Props}
	case neo4j.Relationship:
		from, to := graphimage.End{GID: "from"}, graphimage.End{ID: 7}
		i = graphimage.Image{Kind: graphimage.Relationship, Type: e.Type, From: from, To: to, Properties: e.Props}
	default:
		t.Fatalf("the driver returned %T", entity)
	}
	b, err := graphimage.Append(nil, i)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestValuesComeBackFromServer writes each value, reads it, and writes what its image holds to another entity.
func TestValuesComeBackFromServer(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	node := `CREATE (n:` + g.label + `) SET n = $p RETURN n`
	relationship := `CREATE (:` + g.label + `)-[r:KNOWS]->(:` + g.label + `) SET r = $p RETURN r`
	for _, v := range values(t) {
		for kind, create := range map[graphimage.Kind]string{graphimage.Node: node, graphimage.Relationship: relationship} {
			written := map[string]any{"p": v.value}
			if v.refused { // over a connection of its own, which the driver keeps in a state that fails what comes next
				if _, err := (graph{connect(t), g.label}).try(create, map[string]any{"p": written}); neoerror.Code(err) == "" {
					t.Errorf("%s of a %s was not refused by the server: %v", v.name, kind, err)
				}
				continue
			}
			first := g.run(t, create, map[string]any{"p": written})
			b := image(t, first)
			decoded, err := graphimage.Decode(kind, b)
			if err != nil {
				t.Errorf("%s of a %s: %v", v.name, kind, err)
				continue
			}
			if diff := cmp.Diff(written, asDriver(decoded).Properties, exactly()); (diff != "") != v.replaced {
				t.Errorf("%s of a %s was read otherwise (-written +read):\n%s", v.name, kind, diff)
			}
			second := g.run(t, create, map[string]any{"p": decoded.Properties})
			if again := image(t, second); string(again) != string(b) {
				t.Errorf("%s of a %s: image %x, and written and read again %x", v.name, kind, b, again)
			}
			if equal := g.equal(t, first, second); equal == v.unequal {
				t.Errorf("%s of a %s: Cypher says %v of what was restored being equal", v.name, kind, equal)
			}
		}
	}
}

// equal reports whether Cypher says that the properties of two entities are equal.
func (g graph) equal(t testing.TB, a, b any) bool {
	t.Helper()
	const nodes = `MATCH (a), (b) WHERE elementId(a) = $a AND elementId(b) = $b RETURN a.p = b.p`
	const relationships = `MATCH ()-[a]->() WHERE elementId(a) = $a MATCH ()-[b]->() WHERE elementId(b) = $b RETURN a.p = b.p`
	cypher := nodes
	if _, is := a.(neo4j.Relationship); is {
		cypher = relationships
	}
	equal, is := g.run(t, cypher, map[string]any{"a": a.(neo4j.Entity).GetElementId(), "b": b.(neo4j.Entity).GetElementId()}).(bool)
	return is && equal
}

// TestZoneOfServerAlone reads a time in a zone that the server knows and this machine does not: the driver returns no time.
func TestZoneOfServerAlone(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	const zone = "SystemV/AST4" // Java has zones of its own beside the tables that all others use
	n := g.run(t, `CREATE (n:`+g.label+` {met: datetime({year: 2024, timezone: $zone})}) RETURN n`, map[string]any{"zone": zone}).(neo4j.Node)
	_, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Properties: n.Props})
	if want := `property "met": time zone unknown to this machine`; !errors.Is(err, graphimage.ErrZone) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestLocalDateTimeOfServer reads hours that the machine's zone leaves out: the driver moves them, which must not pass.
func TestLocalDateTimeOfServer(t *testing.T) {
	servertest.Neo4j(t)
	if !inBerlin(t) {
		return
	}
	g := newGraph(t)
	for text, want := range map[string]error{
		"2024-03-31T00:59:59": nil,
		"2024-03-31T02:00:00": graphimage.ErrLocal,
		"2024-03-31T02:30:00": graphimage.ErrLocal,
		"2024-03-31T02:59:59": graphimage.ErrLocal,
		"2024-03-31T04:00:00": nil,
		"2024-10-27T02:30:00": nil, // it is there twice
	} {
		n := g.run(t, `CREATE (n:`+g.label+` {met: localdatetime($text)}) RETURN n`, map[string]any{"text": text}).(neo4j.Node)
		b, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Properties: n.Props})
		if !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", text, err, want)
		}
		if err != nil {
			continue
		}
		i, err := graphimage.Decode(graphimage.Node, b)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.run(t, `RETURN toString($t + duration('PT0S')) = toString(localdatetime($text))`,
			map[string]any{"t": i.Properties["met"], "text": text}); got != true {
			t.Errorf("%s came back as %v", text, i.Properties["met"])
		}
	}
}
