package neosource_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/internal/servertest"
)

// testHard restores a graph of hard cases: names that must be quoted, relationships from a node to itself and several between
// the same nodes, nodes without labels, constraints and indexes of every kind that the edition has.
func testHard(t *testing.T, w *world) {
	w.fresh(t)
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		a := journal.Node{GID: "a`'\"\\;", Labels: []string{"言葉", "La`bel", "a b"}, Properties: map[string]any{"p`": int64(1), "読み": "よみ", " ": 1.5}}
		b := journal.Node{GID: "b", Properties: map[string]any{}}
		if err := graph.PutNodes(ctx, a, b); err != nil {
			return err
		}
		return graph.PutRelationships(ctx,
			journal.Relationship{GID: "r1", Type: "T`Y PE", From: a.GID, To: a.GID, Properties: map[string]any{"x": []any{int64(1), int64(2)}}},
			journal.Relationship{GID: "r2", Type: "T`Y PE", From: a.GID, To: b.GID}, journal.Relationship{GID: "r3", Type: "T`Y PE", From: a.GID, To: b.GID})
	})
	w.live.ask(t, `MATCH (b:Governed {gid: 'b'}) CREATE (x), (y {name: 'no label'})-[:LOOSE {n: 1}]->(b), (b)-[:LOOSE]->(b), (x)-[:LOOSE]->(y)`, nil)
	for _, statement := range []string{
		"CREATE CONSTRAINT `odd ``name` FOR (n:`La``bel`) REQUIRE n.`p``` IS UNIQUE",
		"CREATE INDEX a_range FOR (n:言葉) ON (n.読み, n.x)", "CREATE TEXT INDEX a_text FOR (n:言葉) ON (n.読み)",
		"CREATE POINT INDEX a_point FOR (n:言葉) ON (n.at)", "CREATE RANGE INDEX of_type FOR ()-[r:`T``Y PE`]-() ON (r.x)",
		"CREATE FULLTEXT INDEX a_fulltext FOR (n:言葉|`La``bel`) ON EACH [n.読み] OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}",
		"CREATE VECTOR INDEX a_vector FOR (n:言葉) ON (n.embedding) OPTIONS {indexConfig: {`vector.dimensions`: 8, `vector.similarity_function`: 'cosine'}}",
	} {
		w.live.ask(t, statement, nil)
	}
	r := backUp(t, w.source(t))
	requireProven(t, w.destination(t, func(c *neosource.GraphConfig) { c.Audit, c.Ungoverned = w.History(), true }), r)
	for _, question := range []string{
		`MATCH (n) RETURN COLLECT { UNWIND labels(n) AS l RETURN l ORDER BY l }, properties(n) ORDER BY toString(n.gid), toString(n.name)`,
		`MATCH (n)-[r]->(m) RETURN n.gid, n.name, type(r), properties(r), m.gid, m.name ORDER BY r.gid, n.gid, n.name, m.name`,
		`SHOW CONSTRAINTS YIELD name, createStatement RETURN name, createStatement ORDER BY name`,
		`SHOW INDEXES YIELD name, createStatement RETURN name, createStatement ORDER BY name`,
	} {
		answer := func(g *graph) (rows []any) {
			for _, r := range g.ask(t, question, nil) {
				rows = append(rows, r.Values)
			}
			return rows
		}
		if diff := cmp.Diff(answer(w.live), answer(w.scratch)); diff != "" {
			t.Errorf("%s (-live +restored):\n%s", question, diff)
		}
	}
}

// testPast writes past the journal, and looks who finds it.
func testPast(t *testing.T, w *world) {
	for name, test := range map[string]struct {
		write string
		finds string // what the check that fails says
	}{
		"nothing":          {"RETURN 1", ""},
		"property":         {"MATCH (n {gid: 'account 1'}) SET n.units = 7", "1 are other than the journal says"},
		"label":            {"MATCH (n {gid: 'account 1'}) SET n:Other", "1 are other than the journal says"},
		"version":          {"MATCH (n {gid: 'account 1'}) REMOVE n.gseq", "1 are other than the journal says"},
		"deleted":          {"MATCH (n {gid: 'account 3'}) DETACH DELETE n", "1 are not there"},
		"relationship":     {"MATCH ()-[r {gid: 'r'}]->() SET r.since = 2", "1 are other than the journal says"},
		"gone":             {"MATCH ()-[r {gid: 'r'}]->() DELETE r", "1 are not there"},
		"other ends":       {"MATCH (a)-[r {gid: 'r'}]->(b) WITH a, b, r, properties(r) AS p DELETE r CREATE (b)-[s:KNOWS]->(a) SET s = p", "1 are other than the journal says"},
		"as if governed":   {"CREATE (:Governed {gid: 'x', gseq: 1})", "1 are not in the journal"},
		"twice":            {"MATCH ()-[r {gid: 'r'}]->() WITH startNode(r) AS a, endNode(r) AS b, properties(r) AS p CREATE (b)-[s:KNOWS]->(a) SET s = p", "1 are not in the journal"},
		"not governed":     {"CREATE (:Note)", "1 nodes and 0 relationships are not governed"},
		"loose":            {"MATCH (a {gid: 'account 1'}) MATCH (b {gid: 'account 2'}) CREATE (a)-[:KNOWS]->(b)", "0 nodes and 1 relationships are not governed"},
		"label taken away": {"MATCH (n {gid: 'account 1'}) REMOVE n:Governed", "1 are not there"},
	} {
		t.Run(name, func(t *testing.T) {
			w.fresh(t)
			w.accounts(t, 5)
			w.do(t, func(ctx context.Context, graph *journal.Graph) error {
				return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "KNOWS", From: accountID(0), To: accountID(4)})
			})
			w.settle(t) // what is settled already is not looked at again
			w.live.ask(t, test.write, nil)
			r := backUp(t, w.source(t))
			d := w.destination(t, func(c *neosource.GraphConfig) { c.Audit = w.History() })
			if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
				t.Fatal(err)
			}
			e, err := d.Examine(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, f := range e.Findings {
				if !f.Passed {
					failed = append(failed, f.Check+": "+f.Detail)
				}
			}
			if got := strings.Join(failed, "\n"); (test.finds == "") != (got == "") || !strings.Contains(got, test.finds) {
				t.Errorf("expected %q in what fails:\n%s", test.finds, got)
			}
		})
	}
}

// testIncrement backs the same graph up again after little has changed: little is stored.
func testIncrement(t *testing.T, w *world) {
	w.fresh(t)
	fill(t, w.live, servertest.Count(10_000, 100_000), 1)
	target, err := dirtarget.New(dirtarget.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := repository.Create(t.Context(), repository.Config{Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.Key{1}})
	if err != nil {
		t.Fatal(err)
	}
	s := w.source(t)
	var stored []int64
	for _, change := range []string{"RETURN 1", "RETURN 1", "MATCH (n {gid: 'word 1234'}) SET n.level = 7"} {
		w.live.ask(t, change, nil)
		snapshot, err := kept.Write(t.Context(), s.Name(), s.Backup)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, snapshot.Stored)
	}
	t.Logf("stored: %d bytes, of the same %d, with a change %d", stored[0], stored[1], stored[2])
	if stored[1] > 10_000 || stored[2] > stored[0]/2 {
		t.Errorf("stored %d, %d, %d bytes, expected next to nothing, and little", stored[0], stored[1], stored[2])
	}
}
