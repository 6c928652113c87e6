package pgsink_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// effects returns the operations that have an effect on record, oldest first.
func (b *bench) effects(tb testing.TB) []string {
	tb.Helper()
	var names []string
	for _, r := range collect(tb, b.sink.Search(context.Background(), pgsink.Query{
		Kind: governance.Effect, OldestFirst: true,
	})) {
		names = append(names, r.Operation)
	}
	return names
}

func TestNestedInTxIsASavepoint(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	g := b.guard(t)
	first := governance.Wrap(g, operation("first"), b.insert)
	second := pgsink.InTx(b.sink, then(governance.Wrap(g, operation("second"), b.insert), errHost))
	third := pgsink.InTx(b.sink, governance.Wrap(g, operation("third"), b.insert))
	outer := pgsink.InTx(b.sink, func(ctx context.Context, _ note) (int64, error) {
		if _, err := first(ctx, note{"first"}); err != nil {
			return 0, err
		}
		if _, err := second(ctx, note{"second"}); !errors.Is(err, errHost) {
			t.Errorf("second: %v", err)
		}
		return third(ctx, note{"third"})
	})
	if _, err := outer(writer(), note{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "third"}, b.effects(t)); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note WHERE body IN ('first', 'third')`); n != 2 {
		t.Errorf("%d notes: want 2", n)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 2 {
		t.Errorf("%d notes in all: want 2", n)
	}
	if n := b.orphans(t); n != 0 {
		t.Errorf("%d writes or effects without the other", n)
	}
}

// TestSavepointOfRepository rolls back to a savepoint of the repository's around a governed call.
func TestSavepointOfRepository(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"commit", "rollback"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 3)
			g := b.guard(t)
			kept := governance.Wrap(g, operation("kept"), b.insert)
			tried := governance.Wrap(g, operation("tried"), b.insert)
			unit := pgsink.InTx(b.sink, func(ctx context.Context, n note) (int64, error) {
				tx, _ := pgsink.TxFrom(ctx)
				if _, err := kept(ctx, note{"kept"}); err != nil {
					return 0, err
				}
				inner, err := tx.Begin(ctx)
				if err != nil {
					return 0, err
				}
				if _, err := tried(ctx, note{"tried"}); err != nil {
					return 0, err
				}
				if end == "commit" {
					return 0, inner.Commit(ctx)
				}
				return 0, inner.Rollback(ctx)
			})
			if _, err := unit(writer(), note{}); err != nil {
				t.Fatal(err)
			}
			want := []string{"kept"}
			if end == "commit" {
				want = append(want, "tried")
			}
			if diff := cmp.Diff(want, b.effects(t)); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != len(want) {
				t.Errorf("%d notes: want %d", n, len(want))
			}
		})
	}
}

func TestRepositoryCannotEndTheUnit(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	write := pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("op"),
		func(ctx context.Context, n note) (int64, error) {
			tx, _ := pgsink.TxFrom(ctx)
			if err := tx.Commit(ctx); !errors.Is(err, pgsink.ErrNotYours) {
				t.Errorf("Commit: %v", err)
			}
			defer func() {
				if err := tx.Rollback(ctx); !errors.Is(err, pgsink.ErrNotYours) {
					t.Errorf("Rollback: %v", err)
				}
			}()
			return b.insert(ctx, n)
		}))
	if err := call(write); err != nil {
		t.Fatal(err)
	}
	if n := b.orphans(t); n != 0 {
		t.Errorf("%d writes or effects without the other", n)
	}
}

func TestNestedInBatch(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	g := b.guard(t)
	first := pgsink.InBatch(b.sink, governance.Wrap(g, operation("first"), b.queue))
	second := pgsink.InBatch(b.sink, then(governance.Wrap(g, operation("second"), b.queue), errHost))
	both := func(ctx context.Context, _ note) (int64, error) {
		if _, err := first(ctx, note{"first"}); err != nil {
			return 0, err
		}
		if _, err := second(ctx, note{"second"}); !errors.Is(err, errHost) {
			t.Errorf("second: %v", err)
		}
		return 0, nil
	}
	if err := call(pgsink.InBatch(b.sink, both)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first"}, b.effects(t)); diff != "" {
		t.Errorf("effects in a batch (-want +got):\n%s", diff)
	}
	b.exec(t, `DELETE FROM {s}.note`)
	if err := call(pgsink.InTx(b.sink, then(both, errHost))); !errors.Is(err, errHost) {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first"}, b.effects(t)); diff != "" {
		t.Errorf("effects after a transaction was rolled back (-want +got):\n%s", diff)
	}
	if err := call(pgsink.InTx(b.sink, both)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "first"}, b.effects(t)); diff != "" {
		t.Errorf("effects in a transaction (-want +got):\n%s", diff)
	}
	if n := b.orphans(t); n != 1 { // the effect of the note that was deleted
		t.Errorf("%d writes or effects without the other: want 1", n)
	}
}

func TestUnitsOfTheHost(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	g := b.guard(t)
	write := governance.Wrap(g, operation("op"), b.insert)
	for i, end := range []func(pgx.Tx, context.Context) error{pgx.Tx.Commit, pgx.Tx.Rollback} {
		tx, err := b.pool.Begin(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(context.Background())
		if _, err := write(pgsink.WithTx(writer(), tx), note{fmt.Sprint("tx ", i)}); err != nil {
			t.Fatal(err)
		}
		if err := end(tx, context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kinds{governance.Attempt: i + 1, governance.Effect: 1}, b.kinds(t)); diff != "" {
			t.Errorf("kinds (-want +got):\n%s", diff)
		}
	}
	var batch pgx.Batch
	queue := governance.Wrap(g, operation("queue"), b.queue)
	if _, err := queue(pgsink.WithBatch(writer(), &batch), note{"batch"}); err != nil {
		t.Fatal(err)
	}
	if err := b.pool.SendBatch(context.Background(), &batch).Close(); err != nil {
		t.Fatal(err)
	}
	if n, orphans := b.count(t, `SELECT count(*) FROM {s}.note`), b.orphans(t); n != 2 || orphans != 0 {
		t.Errorf("%d notes, %d orphans: want 2, 0", n, orphans)
	}
}
