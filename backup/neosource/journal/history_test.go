package journal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/servertest"
)

// view opens a view until the test's end.
func view(t *testing.T, h *journal.History) *journal.View {
	t.Helper()
	v, err := h.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(context.Background()) })
	return v
}

// state is an entity as the tests look at it.
type state struct {
	Gone          bool
	Units, Before int64
}

// states returns what a sequence of changes says of accounts, by their ids.
func states(t *testing.T, changes func(func(journal.Change, error) bool)) map[string]state {
	t.Helper()
	units := func(image []byte) int64 {
		if len(image) == 0 {
			return 0
		}
		i, err := graphimage.Decode(graphimage.Node, image)
		if err != nil {
			t.Fatal(err)
		}
		return i.Properties["units"].(int64)
	}
	found := map[string]state{}
	for c, err := range changes {
		if err != nil {
			t.Fatal(err)
		}
		if !c.Node {
			found[c.GID] = state{Gone: c.Gone}
			continue
		}
		found[c.GID] = state{c.Gone, units(c.Image), units(c.Before)}
	}
	return found
}

// history writes accounts, before a mark and after it.
func history(t *testing.T, w *world) journal.Mark {
	t.Helper()
	put := func(nodes ...journal.Node) {
		w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, nodes...) })
	}
	put(account("a", 1), account("b", 2), account("c", 3), account("d", 4))
	put(account("a", 10))
	w.do(t, func(ctx context.Context, graph *journal.Graph) error {
		return errors.Join(graph.DeleteNodes(ctx, "d"), graph.PutRelationships(ctx, journal.Relationship{GID: "r", Type: "T", From: "a", To: "c"}))
	})
	mark, err := w.Settled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(account("a", 11))
	put(account("a", 12), account("e", 5))
	w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.DeleteNodes(ctx, "c") })
	return mark
}

// TestHistory tells what changed since a mark, and what there was at it.
func TestHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mark := history(t, w)
	v := view(t, w.History())
	changed := map[string]state{"a": {Units: 12, Before: 10}, "c": {Gone: true, Before: 3}, "e": {Units: 5}, "r": {Gone: true}}
	if diff := cmp.Diff(changed, states(t, v.Changes(t.Context(), mark))); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	then := map[string]state{"a": {Units: 10}, "b": {Units: 2}, "c": {Units: 3}, "d": {Gone: true}, "r": {}}
	if diff := cmp.Diff(then, states(t, v.States(t.Context(), &mark))); diff != "" {
		t.Errorf("at the mark (-want +got):\n%s", diff)
	}
	now := map[string]state{"a": {Units: 12}, "b": {Units: 2}, "c": {Gone: true}, "d": {Gone: true}, "e": {Units: 5}, "r": {Gone: true}}
	if diff := cmp.Diff(now, states(t, v.States(t.Context(), nil))); diff != "" {
		t.Errorf("now (-want +got):\n%s", diff)
	}
	if n := len(states(t, v.Changes(t.Context(), v.Mark))); n != 0 {
		t.Errorf("%d changes since now", n)
	}
}

// TestTrim removes what no mark needs, and nothing that one does.
func TestTrim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mark := history(t, w)
	before := view(t, w.History())
	at, since := states(t, before.States(t.Context(), &mark)), states(t, before.Changes(t.Context(), mark))
	removed, err := w.History().Trim(t.Context(), mark)
	if err != nil || removed != 3 { // the first image of a, the deletion of d and the image before it
		t.Errorf("%d removed, %v", removed, err)
	}
	after := view(t, w.History())
	if diff := cmp.Diff(since, states(t, after.Changes(t.Context(), mark))); diff != "" {
		t.Errorf("changes since the mark, before and after (-before +after):\n%s", diff)
	}
	delete(at, "d")
	got := states(t, after.States(t.Context(), &mark))
	delete(got, "d")
	if diff := cmp.Diff(at, got); diff != "" {
		t.Errorf("at the mark (-before +after):\n%s", diff)
	}
	if removed, err := w.History().Trim(t.Context(), journal.Mark{Lineage: "00000000-0000-0000-0000-000000000000", Snapshot: mark.Snapshot}); removed != 0 || err != nil {
		t.Errorf("a mark of another lineage: %d removed, %v", removed, err)
	}
	w.requireSettled(t)
}

// held is a transaction whose commit waits.
type held struct {
	pgx.Tx
	reached, release chan struct{}
}

func (h held) Commit(ctx context.Context) error {
	close(h.reached)
	<-h.release
	return h.Tx.Commit(ctx)
}

// TestCut waits for the writer that is about to commit, and has what it wrote.
func TestCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, account("a", 1)) })
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := held{tx, make(chan struct{}), make(chan struct{})}
	ended := make(chan error)
	go func() {
		ended <- w.Commit(t.Context(), h, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, account("a", 2)) })
	}()
	<-h.reached
	if v, err := w.History().Cut(t.Context(), 20*time.Millisecond); pgerror.State(err) != "55P03" {
		t.Errorf("beside a writer: %v, %v, want a lock that was not to be had", v, err)
	}
	cut := make(chan *journal.View)
	go func() {
		v, err := w.History().Cut(t.Context(), time.Minute)
		if err != nil {
			t.Error(err)
		}
		cut <- v
	}()
	select {
	case <-cut:
		t.Error("the cut did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(h.release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	v := <-cut
	if v == nil {
		t.Fatal("no cut")
	}
	defer v.Close(t.Context())
	if diff := cmp.Diff(map[string]state{"a": {Units: 2}}, states(t, v.States(t.Context(), nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v.Cut.LSN == 0 || v.Cut.System == "" || v.Cut.Timeline != 1 || time.Since(v.Cut.Time) > time.Minute {
		t.Errorf("cut %+v", v.Cut)
	}
}

// TestAdopt copies the journal to another cluster, where it goes on: until it is adopted, it is known what changed since a mark.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mark := history(t, w)
	was := view(t, w.History())
	want := states(t, was.Changes(t.Context(), mark))
	elsewhere := servertest.NewCluster(t)
	elsewhere.Restore(t, w.pool.Config().ConnString())
	pool := servertest.Pool(t, elsewhere.URL, 4)
	copied, err := journal.NewHistory(pool, "")
	if err != nil {
		t.Fatal(err)
	}
	v := view(t, copied)
	if err := v.Follows(t.Context(), mark, was.Cut); err != nil {
		t.Errorf("the copy: %v", err)
	}
	if diff := cmp.Diff(want, states(t, v.Changes(t.Context(), mark))); diff != "" {
		t.Errorf("changes since the mark, in the copy (-want +got):\n%s", diff)
	}
	if err := journal.Migrate(t.Context(), pool, ""); err != nil {
		t.Fatal(err)
	}
	if err := view(t, copied).Follows(t.Context(), mark, was.Cut); !errors.Is(err, backup.ErrUnreachable) {
		t.Errorf("the copy that was adopted: %v", err)
	}
	address, user, password := servertest.Neo4j(t)
	adopted := open(t, elsewhere.URL, address, user, password, w.names.Label)
	w.requireSettled(t)
	if given, err := adopted.Settle(t.Context()); err != nil || given != 0 {
		t.Errorf("Settle gave %d, %v to a graph that has all", given, err)
	}
	adopted.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, account("a", 13)) })
	adopted.requireSettled(t)
	if got := states(t, view(t, copied).States(t.Context(), nil))["a"].Units; got != 13 {
		t.Errorf("%d units", got)
	}
}

// TestRun settles until its context ends.
func TestRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, func(ctx context.Context, graph *journal.Graph) error { return graph.PutNodes(ctx, account("a", 1)) })
	address, _, _ := servertest.Neo4j(t)
	r := newRelay(t, address)
	lossy := w.through(t, r, w.pool.Config().ConnString())
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = lossy.Commit(t.Context(), between{tx, func() { r.listener.Close(); r.cut() }}, func(ctx context.Context, graph *journal.Graph) error {
		return graph.PutNodes(ctx, account("a", 2))
	})
	if !errors.Is(err, journal.ErrUnsettled) {
		t.Fatalf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = w.Run(ctx, time.Millisecond, func(given int, err error) {
		if given != 1 || err != nil {
			t.Errorf("gave %d, %v", given, err)
		}
		cancel()
	})
	if err != nil {
		t.Errorf("the end of its context is no error: %v", err)
	}
	w.requireSettled(t)
	if err := w.Run(t.Context(), 0, nil); err == nil {
		t.Error("no interval is taken")
	}
}
