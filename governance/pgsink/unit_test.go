package pgsink_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

var errHost = errors.New("the repository gave up")

type (
	write = governance.Call[note, int64]
	kinds = map[governance.Kind]int
)

// TestUnits shows for every kind of unit what is in the database after it ended in one way or another.
func TestUnits(t *testing.T) {
	t.Parallel()
	committed := kinds{governance.Attempt: 1, governance.Effect: 1}
	attempted := kinds{governance.Attempt: 1}
	failed := kinds{governance.Attempt: 1, governance.Failure: 1}
	tests := []struct {
		name  string
		run   func(b *bench, g *governance.Guard) error
		want  kinds
		notes int
		err   error // nil and no fails: must succeed
		fails bool
	}{
		{"InTx", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), b.insert)))
		}, committed, 1, nil, false},
		{"InBatch", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InBatch(b.sink, governance.Wrap(g, operation("op"), b.queue)))
		}, committed, 1, nil, false},
		{"no unit", func(b *bench, g *governance.Guard) error {
			return call(governance.Wrap(g, operation("op"), b.insert))
		}, committed, 1, nil, false},
		{"InTx, call without a statement", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), nothing)))
		}, committed, 0, nil, false},
		{"InTx, error after the write", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), then(b.insert, errHost))))
		}, failed, 0, errHost, false},
		{"InTx, error after the governed call", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, then(governance.Wrap(g, operation("op"), b.insert), errHost)))
		}, attempted, 0, errHost, false},
		{"InBatch, error after queueing", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InBatch(b.sink, governance.Wrap(g, operation("op"), then(b.queue, errHost))))
		}, failed, 0, errHost, false},
		{"InBatch, error after the governed call", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InBatch(b.sink, then(governance.Wrap(g, operation("op"), b.queue), errHost)))
		}, attempted, 0, errHost, false},
		{"InTx, a failed statement is swallowed", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), b.swallow)))
		}, attempted, 0, pgx.ErrTxCommitRollback, false},
		{"InTx, the repository sends COMMIT", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), b.rawRollback)))
		}, attempted, 0, pgsink.ErrEnded, false},
		{"InTx, commit refused by a deferred constraint", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InTx(b.sink, governance.Wrap(g, operation("op"), b.breakDeferred)))
		}, attempted, 0, nil, true},
		{"InBatch, commit refused by a deferred constraint", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InBatch(b.sink, governance.Wrap(g, operation("op"), b.queueBreakDeferred)))
		}, attempted, 0, nil, true},
		{"InBatch, an argument that cannot be sent", func(b *bench, g *governance.Guard) error {
			return call(pgsink.InBatch(b.sink, governance.Wrap(g, operation("op"), b.queueBadArgument)))
		}, attempted, 0, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 3)
			b.exec(t, `CREATE TABLE {s}.later ("n" bigint REFERENCES {s}.note ("id") DEFERRABLE INITIALLY DEFERRED)`)
			err := test.run(b, b.guard(t))
			if (err != nil) != (test.fails || test.err != nil) || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("error %v: want %v", err, test.err)
			}
			if errors.Is(err, pgsink.ErrOutcomeUnknown) {
				t.Errorf("error %v: the outcome is known", err)
			}
			if diff := cmp.Diff(test.want, b.kinds(t)); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != test.notes {
				t.Errorf("%d notes: want %d", n, test.notes)
			}
			b.allGivenBack(t)
		})
	}
}

func call(f write) error {
	_, err := f(writer(), note{"planted value"})
	return err
}

func nothing(context.Context, note) (int64, error) { return 0, nil }

// then calls f and returns err after it.
func then(f write, err error) write {
	return func(ctx context.Context, n note) (int64, error) {
		if _, err := f(ctx, n); err != nil {
			return 0, err
		}
		return 0, err
	}
}

// swallow writes, lets a statement fail, and does not tell.
func (b *bench) swallow(ctx context.Context, n note) (int64, error) {
	id, err := b.insert(ctx, n)
	tx, _ := pgsink.TxFrom(ctx)
	tx.Exec(ctx, `SELECT 1/0`)
	return id, err
}

func (b *bench) rawRollback(ctx context.Context, n note) (int64, error) {
	id, err := b.insert(ctx, n)
	tx, _ := pgsink.TxFrom(ctx)
	tx.Exec(ctx, `ROLLBACK`)
	return id, err
}

func (b *bench) breakDeferred(ctx context.Context, n note) (int64, error) {
	id, err := b.insert(ctx, n)
	tx, _ := pgsink.TxFrom(ctx)
	tx.Exec(ctx, b.sql(`INSERT INTO {s}.later VALUES (-1)`))
	return id, err
}

func (b *bench) queueBreakDeferred(ctx context.Context, n note) (int64, error) {
	batch, _ := pgsink.BatchFrom(ctx)
	batch.Queue(b.sql(`INSERT INTO {s}.later VALUES (-1)`))
	return b.queue(ctx, n)
}

func (b *bench) queueBadArgument(ctx context.Context, n note) (int64, error) {
	batch, _ := pgsink.BatchFrom(ctx)
	b.queue(ctx, n)
	batch.Queue(b.sql(`INSERT INTO {s}.later VALUES ($1)`), make(chan int))
	return 0, nil
}

// TestErrorsShowNoValue plants a value in statements that fail in a unit, and looks for it in every rendering.
func TestErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	g := b.guard(t)
	twice := pgsink.InBatch(b.sink, governance.Wrap(g, operation("twice"), b.queue))
	if err := call(twice); err != nil {
		t.Fatal(err)
	}
	bad := func(ctx context.Context, n note) (int64, error) {
		batch, _ := pgsink.BatchFrom(ctx)
		batch.Queue(`SELECT $1::text::int`, n.body)
		return 0, nil
	}
	for _, err := range []error{
		call(twice), // a unique key
		call(pgsink.InBatch(b.sink, governance.Wrap(g, operation("bad"), bad))),
	} {
		if err == nil {
			t.Fatal("no error")
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if text := fmt.Sprintf(verb, err); strings.Contains(text, "planted") || strings.Contains(text, "\n") {
				t.Errorf("%s shows %s", verb, text)
			}
		}
		if !strings.Contains(err.Error(), "SQLSTATE") {
			t.Errorf("%v: want the SQLSTATE", err)
		}
	}
}
