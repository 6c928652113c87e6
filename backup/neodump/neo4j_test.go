package neodump_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neodump"
	"github.com/shugo-data/shugo/internal/servertest"
)

// query returns the rows as text.
func query(t *testing.T, g *servertest.Graph, cypher string) []string {
	t.Helper()
	result, err := neo4j.ExecuteQuery(t.Context(), g.Driver(t), cypher, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]string, len(result.Records))
	for i, record := range result.Records {
		rows[i] = fmt.Sprintf("%v", record.Values)
	}
	return rows
}

// contents returns all that is in the graph. The indexes must be online.
func contents(t *testing.T, g *servertest.Graph) map[string][]string {
	t.Helper()
	query(t, g, "CALL db.awaitIndexes(60)")
	return map[string][]string{
		"nodes":         query(t, g, "MATCH (n) RETURN labels(n), properties(n) ORDER BY n.id"),
		"relationships": query(t, g, "MATCH (a)-[r]->(b) RETURN a.id, type(r), properties(r), b.id ORDER BY a.id, b.id"),
		"indexes":       query(t, g, "SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties RETURN * ORDER BY name"),
		"constraints":   query(t, g, "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties RETURN * ORDER BY name"),
		"search":        query(t, g, "CALL db.index.fulltext.queryNodes('notes', 'particle') YIELD node RETURN count(node)"),
		"neighbours":    query(t, g, "CALL db.index.vector.queryNodes('vectors', 3, [1.0, 2.0, 3.0]) YIELD node RETURN node.id"),
	}
}

// TestNeo4j backs a real server up, and restores what was lost.
func TestNeo4j(t *testing.T) {
	t.Parallel()
	g := servertest.NewGraph(t)
	admin, environment := g.Admin()
	s, err := neodump.New(neodump.Config{Name: "graph", Admin: admin, Environment: environment,
		CheckOptions: []string{"--max-off-heap-memory=200M", "--threads=2"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, cypher := range []string{
		"CREATE CONSTRAINT learner FOR (n:Learner) REQUIRE n.id IS UNIQUE",
		"CREATE FULLTEXT INDEX notes FOR (n:Note) ON EACH [n.text]",
		"CREATE VECTOR INDEX vectors FOR (n:Note) ON (n.vector) OPTIONS {indexConfig: {`vector.dimensions`: 3, `vector.similarity_function`: 'cosine'}}",
		"UNWIND range(1, 500) AS i CREATE (:Learner {id: 2*i, name: '学習者 ' + i})-[:WROTE {at: datetime('2026-11-25T00:00:00Z')}]->" +
			"(:Note {id: 2*i + 1, text: 'の is a particle', vector: [1.0 * i, 2.0, 3.0]})",
	} {
		query(t, g, cypher)
	}
	want := contents(t, g)
	if len(want["nodes"]) != 1000 || len(want["relationships"]) != 500 || len(want["neighbours"]) != 3 {
		t.Fatalf("the graph was not written: %d nodes", len(want["nodes"]))
	}
	refused := func(want error) {
		t.Helper()
		var in backuptest.Repository
		if _, err := in.Write(t.Context(), "graph", s.Backup); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	refused(neodump.ErrRunning)
	g.Stop(t)
	from := snapshot(t, s)
	elsewhere(t, g, from)

	data := filepath.Join(g.Home(), "data")
	own, err := neodump.NewStore(neodump.StoreConfig{Admin: admin, Environment: environment, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if err := own.Restore(t.Context(), from, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		t.Fatalf("got %v, want ErrNotEmpty", err)
	}
	for _, lost := range []string{"databases/neo4j", "transactions/neo4j"} {
		if err := os.RemoveAll(filepath.Join(data, lost)); err != nil {
			t.Fatal(err)
		}
	}
	if err := own.Restore(t.Context(), from, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	g.Start(t)
	if diff := cmp.Diff(want, contents(t, g)); diff != "" {
		t.Error(diff)
	}
	query(t, g, "CREATE (:Learner {id: 0})")
	g.Kill(t)
	refused(neodump.ErrUnclean)
}

// elsewhere restores where no server ever was, and examines that: as it was loaded, and damaged.
func elsewhere(t *testing.T, g *servertest.Graph, from backup.Reader) {
	t.Helper()
	admin, environment := g.Admin()
	data := filepath.Join(t.TempDir(), "data of another")
	store, err := neodump.NewStore(neodump.StoreConfig{Admin: admin, Environment: environment, Database: "copy", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := store.Restore(ctx, cutOff{from, cancel}, backup.Goal{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if diff := cmp.Diff(map[string]string{"./": "", "transactions/": ""}, files(t, data)); diff != "" {
		t.Error(diff)
	}
	if err := store.Restore(t.Context(), from, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	want, err := backup.ReadFacts(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Facts); diff != "" || len(want) < 30 {
		t.Errorf("%d facts: %s", len(want), diff)
	}
	if len(got.Findings) != 1 || !got.Findings[0].Passed || !strings.HasPrefix(got.Versions["neo4j"], "5.") {
		t.Errorf("got %+v, %v", got.Findings, got.Versions)
	}
	nodes := filepath.Join(data, "databases", "copy", "neostore.nodestore.db")
	content, err := os.ReadFile(nodes)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192 + 2000; i < 8192+2600; i++ { // records of nodes begin after a page
		content[i] ^= 0x5a
	}
	write(t, nodes, content)
	got, err = store.Examine(t.Context())
	if err != nil || len(got.Findings) != 1 || got.Findings[0].Passed || !strings.Contains(got.Findings[0].Detail, "errors") {
		t.Errorf("the damage is not found: %+v, %v", got.Findings, err)
	}
	// The check before changed no file, so that only the damaged one differs.
	differ := slices.DeleteFunc(got.Facts, func(f backup.Fact) bool { return slices.Contains(want, f) })
	if len(differ) != 1 || differ[0].Name != "file neostore.nodestore.db" {
		t.Errorf("%v differ, want the damaged file", differ)
	}
}

// cutOff is a reader that ends the context when the last chunk of the dump was read.
type cutOff struct {
	backup.Reader
	end func()
}

func (c cutOff) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	data, err := c.Reader.Chunk(ctx, item, number)
	for _, i := range c.Items() {
		if i.Name == item && item == "dump" && number == i.Chunks-1 {
			c.end()
		}
	}
	return data, err
}
