package neosource_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/servertest"
)

// graph is a server that a test has for itself.
type graph struct {
	*servertest.Graph
	driver neo4j.DriverWithContext
}

func newGraph(t testing.TB) *graph {
	t.Helper()
	g := &graph{Graph: servertest.NewGraph(t)}
	g.driver = g.Driver(t)
	return g
}

// ask runs a statement.
func (g *graph) ask(t testing.TB, statement string, params map[string]any) []*neo4j.Record {
	t.Helper()
	result, err := neo4j.ExecuteQuery(context.Background(), g.driver, statement, params, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return result.Records
}

// wipe empties the database.
func (g *graph) wipe(t testing.TB) {
	t.Helper()
	for _, r := range g.ask(t, `SHOW CONSTRAINTS YIELD name`, nil) {
		g.ask(t, "DROP CONSTRAINT "+cypher.Quote(r.Values[0].(string)), nil)
	}
	for _, r := range g.ask(t, `SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'`, nil) {
		g.ask(t, "DROP INDEX "+cypher.Quote(r.Values[0].(string)), nil)
	}
	session := g.driver.NewSession(context.Background(), neo4j.SessionConfig{})
	defer session.Close(context.Background())
	result, err := session.Run(context.Background(), `MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS`, nil)
	if err == nil {
		_, err = result.Consume(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// world is a live graph with its journal, and a scratch graph.
type world struct {
	live, scratch *graph
	pool          *pgxpool.Pool
	*journal.Journal
	moved atomic.Int64 // transfers
}

// fresh empties both graphs and gives the live one a new journal.
func (w *world) fresh(t testing.TB) {
	t.Helper()
	w.live.wipe(t)
	w.scratch.wipe(t)
	w.pool = servertest.Pool(t, servertest.Database(t), 20)
	if err := journal.Migrate(t.Context(), w.pool, ""); err != nil {
		t.Fatal(err)
	}
	w.Journal = openJournal(t, w.pool, w.live)
}

func openJournal(t testing.TB, pool *pgxpool.Pool, g *graph) *journal.Journal {
	t.Helper()
	j, err := journal.New(journal.Config{Pool: pool, Driver: g.driver})
	if err == nil {
		err = j.Prepare(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// source is of the live graph.
func (w *world) source(t testing.TB, change ...func(*neosource.Config)) *neosource.Source {
	t.Helper()
	c := neosource.Config{Name: "graph", Driver: w.live.driver, Journal: w.Journal}
	for _, f := range change {
		f(&c)
	}
	s, err := neosource.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// destination is the scratch graph.
func (w *world) destination(t testing.TB, change ...func(*neosource.GraphConfig)) *neosource.Graph {
	t.Helper()
	c := neosource.GraphConfig{Driver: w.scratch.driver}
	for _, f := range change {
		f(&c)
	}
	g, err := neosource.NewGraph(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// backUp takes a snapshot.
func backUp(t testing.TB, s backup.Source) backup.Reader {
	t.Helper()
	var in backuptest.Repository
	snapshot, err := in.Write(t.Context(), s.Name(), s.Backup)
	if err != nil {
		t.Fatal(err)
	}
	r, err := in.Open(t.Context(), snapshot.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do is a governed write that must succeed.
func (w *world) do(t testing.TB, write func(ctx context.Context, graph *journal.Graph) error) {
	t.Helper()
	if err := w.Do(t.Context(), func(ctx context.Context, _ pgx.Tx, graph *journal.Graph) error { return write(ctx, graph) }); err != nil {
		t.Fatal(err)
	}
}

// account is a node with units, and with properties that take the server several records, more or fewer each time.
func account(gid string, units int64) journal.Node {
	properties := map[string]any{"units": units, "note": strings.Repeat("守護", int(units%200))}
	for n := range units % 10 {
		properties[fmt.Sprintf("a%d", n)] = units * 1e12
	}
	vector := make([]any, units%50)
	for n := range vector {
		vector[n] = 1 / float64(n+1)
	}
	properties["vector"] = vector
	return journal.Node{GID: gid, Labels: []string{"Account"}, Properties: properties}
}

func accountID(n int) string { return fmt.Sprintf("account %d", n) }

// accounts makes n accounts with 1000 units each.
func (w *world) accounts(t testing.TB, n int) {
	t.Helper()
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		nodes := make([]journal.Node, n)
		for i := range nodes {
			nodes[i] = account(accountID(i), 1000)
		}
		return graph.PutNodes(ctx, nodes...)
	})
}

// transfers move units among n accounts from several writers, with a relationship for each, and let cards come and go, until stop
// is called. What sums up to 1000 units for each account does so at any moment.
func (w *world) transfers(t testing.TB, n, writers int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(11, uint64(writer)))
			for ctx.Err() == nil {
				from, to := rng.IntN(n), rng.IntN(n-1)
				if to >= from {
					to++
				}
				err := w.transfer(ctx, accountID(from), accountID(to), rng.Int64N(50), fmt.Sprintf("%d-%d", writer, rng.IntN(20)), rng.IntN(3) > 0)
				if ctx.Err() == nil && err != nil {
					t.Error(err)
					return
				}
				w.moved.Add(1)
			}
		})
	}
	once := sync.OnceFunc(func() { cancel(); all.Wait() })
	t.Cleanup(once)
	return once
}

// await waits until there were so many more transfers.
func (w *world) await(t testing.TB, more int) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for until := w.moved.Load() + int64(more); w.moved.Load() < until; {
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatal("nobody writes any more")
		}
	}
}

// transfer moves units, and makes or deletes a card of the account that gives, which SQL refers to.
func (w *world) transfer(ctx context.Context, from, to string, units int64, card string, put bool) error {
	return w.Do(ctx, func(ctx context.Context, tx pgx.Tx, graph *journal.Graph) error {
		nodes, err := graph.Lock(ctx, from, to, card)
		if err != nil {
			return err
		}
		if err := graph.PutNodes(ctx, account(from, nodes[from].Properties["units"].(int64)-units),
			account(to, nodes[to].Properties["units"].(int64)+units)); err != nil {
			return err
		}
		if !put {
			if _, err := tx.Exec(ctx, `DELETE FROM card WHERE gid = $1`, card); err != nil {
				return err
			}
			return graph.DeleteNodes(ctx, card)
		}
		if err := graph.PutNodes(ctx, journal.Node{GID: card, Labels: []string{"Card"}}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO card (gid, account) VALUES ($1, $2) ON CONFLICT (gid) DO UPDATE SET account = $2`, card, from); err != nil {
			return err
		}
		return graph.PutRelationships(ctx, journal.Relationship{GID: card + " of " + from, Type: "OF", From: card, To: from,
			Properties: map[string]any{"units": units}})
	})
}

// cards makes the SQL side.
func (w *world) cards(t testing.TB) {
	t.Helper()
	if _, err := w.pool.Exec(t.Context(), `CREATE TABLE card (gid text PRIMARY KEY, account text NOT NULL)`); err != nil {
		t.Fatal(err)
	}
}

// requireProven restores, and requires of the examination that nothing is wrong.
func requireProven(t testing.TB, d *neosource.Graph, r backup.Reader) {
	t.Helper()
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	e, err := d.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := backup.ReadFacts(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	requireEqual(t, want, e.Facts)
	for _, f := range e.Findings {
		if !f.Passed {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
}
