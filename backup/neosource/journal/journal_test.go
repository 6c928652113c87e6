package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestWriters moves units among accounts from several writers at once, while accounts and relationships come and go: no unit
// is lost, and the graph shows the newest version of everything.
func TestWriters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const accounts, writers = 12, 6
	moves := servertest.Count(15, 300)
	gid := func(n int) string { return fmt.Sprintf("account %d", n) }
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		for n := range accounts {
			if err := graph.PutNodes(ctx, account(gid(n), 1000)); err != nil {
				return err
			}
		}
		return nil
	})
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(writer)))
			for n := range moves {
				from, to := rng.IntN(accounts), rng.IntN(accounts-1)
				if to >= from {
					to++
				}
				if err := w.move(t.Context(), gid(from), gid(to), rng.Int64N(50)); err != nil {
					t.Error(err)
					return
				}
				if err := w.churn(t.Context(), rng.IntN(4), n%2 == 0, gid(from)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	records := w.ask(t, "MATCH (n:"+w.names.Label+":Account) RETURN sum(n.units), count(n)", nil)
	if sum, count := records[0].Values[0], records[0].Values[1]; sum != int64(accounts*1000) || count != int64(accounts) {
		t.Errorf("the sum is %v of %v accounts, want %d of %d", sum, count, accounts*1000, accounts)
	}
	graph, images := w.state(t)
	if diff := cmp.Diff(images, graph); diff != "" {
		t.Errorf("the graph (+) is not what the journal (-) says:\n%s", diff)
	}
	if given, err := w.Settle(t.Context()); given != 0 || err != nil {
		t.Errorf("Settle gave %d, %v, want nothing to do", given, err)
	}
}

// churn makes a node with a relationship, or deletes it.
func (w *world) churn(ctx context.Context, n int, put bool, account string) error {
	card := fmt.Sprintf("card %d", n)
	return w.Do(ctx, func(ctx context.Context, _ pgx.Tx, graph *journal.Graph) error {
		if !put {
			return graph.DeleteNodes(ctx, card)
		}
		if err := graph.PutNodes(ctx, journal.Node{GID: card, Labels: []string{"Card"}}); err != nil {
			return err
		}
		return graph.PutRelationships(ctx, journal.Relationship{GID: "of " + card + account, Type: "OF", From: card, To: account})
	})
}

func TestGraph(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	label := w.names.Label
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		if err := graph.PutNodes(ctx, account("a", 1), account("b", 2)); err != nil {
			return err
		}
		return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "KNOWS`", From: "a", To: "b"})
	})
	tests := map[string]struct {
		write func(ctx context.Context, graph *journal.Graph) error
		want  error
	}{
		"read that writes": {func(ctx context.Context, graph *journal.Graph) error {
			_, err := graph.Read(ctx, "MATCH (n:"+label+") SET n.x = 1", nil)
			return err
		}, journal.ErrReadOnly},
		"write that returns nothing": {func(ctx context.Context, graph *journal.Graph) error {
			_, err := graph.Write(ctx, "MATCH (n:"+label+") SET n.x = 1", nil)
			return err
		}, journal.ErrUngoverned},
		"write that deletes": {func(ctx context.Context, graph *journal.Graph) error {
			_, err := graph.Write(ctx, "MATCH (n:"+label+" {gid: 'a'}) DETACH DELETE n RETURN n", nil)
			return err
		}, journal.ErrUngoverned},
		"write without id": {func(ctx context.Context, graph *journal.Graph) error {
			_, err := graph.Write(ctx, "CREATE (n:"+label+") RETURN n", nil)
			return err
		}, journal.ErrUngoverned},
		"other type": {func(ctx context.Context, graph *journal.Graph) error {
			return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "LIKES", From: "a", To: "b"})
		}, journal.ErrMoved},
		"other ends": {func(ctx context.Context, graph *journal.Graph) error {
			return graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "KNOWS`", From: "b", To: "a"})
		}, journal.ErrMoved},
		"no end": {func(ctx context.Context, graph *journal.Graph) error {
			return graph.PutRelationships(ctx, journal.Relationship{GID: "s", Type: "KNOWS`", From: "a", To: "nobody"})
		}, journal.ErrEnd},
	}
	before, _ := w.state(t)
	for name, test := range tests {
		err := w.Do(t.Context(), func(ctx context.Context, _ pgx.Tx, graph *journal.Graph) error { return test.write(ctx, graph) })
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	graph, images := w.state(t)
	if diff := cmp.Diff(before, graph) + cmp.Diff(images, graph); diff != "" {
		t.Errorf("a refused write left something:\n%s", diff)
	}
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		_, err := graph.Write(ctx, "MATCH (n:"+label+")-[r]->(m) SET n.x = 1, r.x = 2, m:Extra RETURN n, r, [m]", nil)
		return err
	})
	w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.DeleteNodes(ctx, "b") })
	graph, images = w.state(t)
	if diff := cmp.Diff(images, graph); diff != "" || len(graph) != 1 {
		t.Errorf("the graph (+) is not what the journal (-) says, which is one node:\n%s", diff)
	}
}
