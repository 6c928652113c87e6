package journal_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// world is a database of the test's own, and a label of its own in the graph that tests share.
type world struct {
	pool   *pgxpool.Pool
	driver neo4j.DriverWithContext
	names  journal.Names
	*journal.Journal
}

func newWorld(t testing.TB) *world {
	t.Helper()
	address, user, password := servertest.Neo4j(t)
	w := open(t, servertest.Database(t), address, user, password, "J"+rand.Text())
	label := w.names.Label
	w.ask(t, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.gid IS UNIQUE", label, label), nil)
	t.Cleanup(func() {
		w.ask(t, "MATCH (n:"+label+") DETACH DELETE n", nil)
		w.ask(t, "DROP CONSTRAINT "+label+" IF EXISTS", nil)
	})
	return w
}

// open opens the two stores.
func open(t testing.TB, database, address, user, password, label string) *world {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	w := &world{pool: servertest.Pool(t, database, 20), driver: driver, names: journal.Names{Label: label}}
	if err := journal.Migrate(t.Context(), w.pool, ""); err != nil {
		t.Fatal(err)
	}
	w.Journal, err = journal.New(journal.Config{Pool: w.pool, Driver: driver, Names: w.names})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) ask(t testing.TB, cypher string, params map[string]any) []*neo4j.Record {
	t.Helper()
	result, err := neo4j.ExecuteQuery(context.Background(), w.driver, cypher, params, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	return result.Records
}

// do is a write that must succeed.
func (w *world) do(t testing.TB, write func(ctx context.Context, graph *journal.Graph) error) {
	t.Helper()
	if err := w.Do(t.Context(), func(ctx context.Context, _ pgx.Tx, graph *journal.Graph) error { return write(ctx, graph) }); err != nil {
		t.Fatal(err)
	}
}

// account is a node with units.
func account(gid string, units int64) journal.Node {
	return journal.Node{GID: gid, Labels: []string{"Account"}, Properties: map[string]any{"units": units}}
}

// move takes units from one account to another.
func (w *world) move(ctx context.Context, from, to string, units int64) error {
	return w.Do(ctx, func(ctx context.Context, _ pgx.Tx, graph *journal.Graph) error {
		nodes, err := graph.Lock(ctx, from, to)
		if err != nil {
			return err
		}
		return graph.PutNodes(ctx, account(from, nodes[from].Properties["units"].(int64)-units),
			account(to, nodes[to].Properties["units"].(int64)+units))
	})
}

// state is what the graph and what the journal say of every entity.
func (w *world) state(t testing.TB) (graph, images map[string]int64) {
	t.Helper()
	graph, images = map[string]int64{}, map[string]int64{}
	for _, r := range w.ask(t, "MATCH (n:"+w.names.Label+") RETURN n.gid, n.gseq UNION ALL MATCH (:"+w.names.Label+")-[r]->() RETURN r.gid AS `n.gid`, r.gseq AS `n.gseq`", nil) {
		graph[r.Values[0].(string)] = r.Values[1].(int64)
	}
	view, err := w.History().View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close(t.Context())
	for c, err := range view.Changes(t.Context(), journal.Mark{}) {
		if err != nil {
			t.Fatal(err)
		}
		if !c.Gone {
			images[c.GID] = c.Version
		}
	}
	return graph, images
}
