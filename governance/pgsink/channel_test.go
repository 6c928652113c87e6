package pgsink_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

func TestDenialSurvivesRollback(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	refused := governance.Wrap(b.guard(t), operation("op"), b.insert)
	stranger := governance.WithCaller(context.Background(), governance.Caller{ID: "mallory", Purpose: "a\x00b\xff"})
	unit := pgsink.InTx(b.sink, func(ctx context.Context, n note) (int64, error) {
		if _, err := b.insert(ctx, n); err != nil {
			return 0, err
		}
		return refused(ctx, n)
	})
	_, err := unit(stranger, note{"one"})
	if !errors.Is(err, governance.ErrDenied) || errors.Is(err, governance.ErrUnrecorded) {
		t.Fatalf("error %v: want only a denial", err)
	}
	if diff := cmp.Diff(kinds{governance.Denial: 1}, b.kinds(t)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 0 {
		t.Errorf("%d notes: want 0", n)
	}
}

// TestTextThatPostgreSQLRefuses records names that no manifest vouches for.
func TestTextThatPostgreSQLRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	e := governance.Event{Facts: governance.Facts{Kind: governance.Denial, Action: governance.Read, Purpose: "a\x00b\xff"}}
	if err := b.sink.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	got := collect(t, b.sink.Search(t.Context(), pgsink.Query{}))
	if len(got) != 1 || got[0].Purpose != "a\uFFFDb\uFFFD" {
		t.Errorf("records %+v: want the bytes that PostgreSQL refuses replaced", got)
	}
}

func TestRefusedCallBeginsNoTransaction(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	write := pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("op"), b.insert))
	if _, err := write(context.Background(), note{"one"}); !errors.Is(err, governance.ErrDenied) {
		t.Fatal(err)
	}
	if got := collect(t, b.sink.Search(context.Background(), pgsink.Query{})); len(got) != 1 || got[0].Actor != "" {
		t.Errorf("records %v: want one denial of nobody", got)
	}
}

func TestReadInRolledBackUnitStaysOnRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	op := operation("read")
	op.Action = governance.Read
	read := governance.Wrap(b.guard(t), op, nothing)
	if err := call(pgsink.InTx(b.sink, then(read, errHost))); !errors.Is(err, errHost) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kinds{governance.Attempt: 1, governance.Effect: 1}, b.kinds(t)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

// TestCancelBeforeCommit ends the caller's context at each place between the decision and the commit.
func TestCancelBeforeCommit(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"tx, in the call", "tx, after the call", "batch, in the call", "batch, after the call"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 3)
			g := b.guard(t)
			ctx, cancel := context.WithCancel(writer())
			defer cancel()
			stop := func(f write) write {
				return func(ctx context.Context, n note) (int64, error) {
					defer cancel()
					return f(ctx, n)
				}
			}
			unit := map[string]write{
				"tx, in the call":       pgsink.InTx(b.sink, governance.Wrap(g, operation("1"), stop(b.insert))),
				"tx, after the call":    pgsink.InTx(b.sink, stop(governance.Wrap(g, operation("2"), b.insert))),
				"batch, in the call":    pgsink.InBatch(b.sink, governance.Wrap(g, operation("3"), stop(b.queue))),
				"batch, after the call": pgsink.InBatch(b.sink, stop(governance.Wrap(g, operation("4"), b.queue))),
			}[place]
			if _, err := unit(ctx, note{"one"}); !errors.Is(err, context.Canceled) || errors.Is(err, pgsink.ErrOutcomeUnknown) {
				t.Errorf("error %v: want canceled", err)
			}
			if diff := cmp.Diff(kinds{governance.Attempt: 1}, b.kinds(t)); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 0 {
				t.Errorf("%d notes: want 0", n)
			}
		})
	}
}

func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	broken := func(ctx context.Context, n note) (int64, error) {
		b.insert(ctx, n)
		panic("broken")
	}
	unit := pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("op"), broken))
	func() {
		defer func() {
			if got := recover(); got != "broken" {
				t.Errorf("recovered %v: want the panic of the repository", got)
			}
		}()
		unit(writer(), note{"one"})
	}()
	if diff := cmp.Diff(kinds{governance.Attempt: 1, governance.Failure: 1}, b.kinds(t)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 0 {
		t.Errorf("%d notes: want 0", n)
	}
	b.allGivenBack(t)
}

// TestEffectThatCannotBeRecorded lets the database refuse effects: the write must not happen either.
func TestEffectThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"tx", "batch", "host's tx"} {
		t.Run(unit, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 3)
			b.exec(t, `ALTER TABLE {s}.audit_record ADD CHECK (position('\x06656666656374' IN "leaf") = 0)`)
			g := b.guard(t)
			hosts := func(ctx context.Context, n note) (int64, error) {
				tx, err := b.pool.Begin(ctx)
				if err != nil {
					return 0, err
				}
				defer tx.Rollback(ctx)
				if _, err := governance.Wrap(g, operation("3"), b.insert)(pgsink.WithTx(ctx, tx), n); err != nil {
					return 0, err
				}
				return 0, tx.Commit(ctx)
			}
			err := call(map[string]write{
				"tx":        pgsink.InTx(b.sink, governance.Wrap(g, operation("1"), b.insert)),
				"batch":     pgsink.InBatch(b.sink, governance.Wrap(g, operation("2"), b.queue)),
				"host's tx": hosts,
			}[unit])
			if err == nil {
				t.Error("no error")
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 0 {
				t.Errorf("%d notes: want 0", n)
			}
		})
	}
}
