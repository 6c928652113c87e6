package pgsink_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// queueReturning is a repository call whose result comes from the database.
func (b *bench) queueReturning(ctx context.Context, n note) (pgsink.Later[note], error) {
	batch, _ := pgsink.BatchFrom(ctx)
	var written note
	batch.Queue(b.sql(`INSERT INTO {s}.note ("body") VALUES ($1) RETURNING upper("body")`), n.body).
		QueryRow(func(row pgx.Row) error { return row.Scan(&written.body) })
	return func() (note, error) { return written, nil }, nil
}

func TestInBatchLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	m := manifest()
	m.Rules[0].Mask = []string{"body"}
	blank := func(n *note) { n.body = "masked " + n.body }
	for name, masked := range map[string]bool{"plain": false, "masked": true} {
		config := governance.Config{Manifest: manifest(), Audit: b.sink}
		if masked {
			config.Manifest = m
		}
		g, err := governance.New(config)
		if err != nil {
			t.Fatal(err)
		}
		op := governance.Operation[note, pgsink.Later[note]]{
			Name: name, Dataset: "note", Action: governance.Create,
			Mask: map[string]func(*pgsink.Later[note]){"body": pgsink.MaskLater(blank)},
		}
		write := pgsink.InBatchLater(b.sink, governance.Wrap(g, op, b.queueReturning))
		got, err := write(writer(), note{name})
		want := map[bool]string{false: "PLAIN", true: "masked MASKED"}[masked]
		if err != nil || got.body != want {
			t.Errorf("%s: %q, %v: want %q", name, got.body, err, want)
		}
		if _, err := write(pgsink.WithBatch(writer(), &pgx.Batch{}), note{name}); !errors.Is(err, pgsink.ErrTooEarly) {
			t.Errorf("%s in a batch: error %v: want ErrTooEarly", name, err)
		}
		if got, err := write(writer(), note{name}); err == nil || got != (note{}) {
			t.Errorf("%s twice: %q, %v: want a unique violation and no result", name, got.body, err)
		}
	}
	if n := b.orphans(t); n != 0 {
		t.Errorf("%d writes or effects without the other", n)
	}
}

func TestErrorOfLaterResult(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	write := pgsink.InBatchLater(b.sink, func(context.Context, note) (pgsink.Later[note], error) {
		return func() (note, error) { return note{"half"}, errHost }, nil
	})
	if got, err := write(writer(), note{}); !errors.Is(err, errHost) || got != (note{}) {
		t.Errorf("%q, %v: want no result, and the error", got.body, err)
	}
}

// TestUnitAfterItsEnd keeps the transaction of a unit longer than the unit lives.
func TestUnitAfterItsEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	var kept context.Context
	unit := pgsink.InTxErr(b.sink, func(ctx context.Context, _ note) error {
		kept = ctx
		return nil
	})
	if err := unit(context.Background(), note{}); err != nil {
		t.Fatal(err)
	}
	tx, _ := pgsink.TxFrom(kept)
	_, execErr := tx.Exec(kept, `SELECT 1`)
	_, queryErr := tx.Query(kept, `SELECT 1`)
	_, copyErr := tx.CopyFrom(kept, pgx.Identifier{"x"}, nil, pgx.CopyFromRows(nil))
	_, prepareErr := tx.Prepare(kept, "x", `SELECT 1`)
	_, beginErr := tx.Begin(kept)
	var n int
	for name, err := range map[string]error{
		"Exec": execErr, "Query": queryErr, "CopyFrom": copyErr, "Prepare": prepareErr, "Begin": beginErr,
		"QueryRow": tx.QueryRow(kept, `SELECT 1`).Scan(&n), "SendBatch": tx.SendBatch(kept, &pgx.Batch{}).Close(),
		"Record": b.sink.Record(kept, event(1)),
	} {
		if !errors.Is(err, pgsink.ErrEnded) {
			t.Errorf("%s: error %v: want ErrEnded", name, err)
		}
	}
	if tx.Conn() != nil {
		t.Error("Conn: want nil")
	}
}
