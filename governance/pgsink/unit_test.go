package pgsink_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

var errPlanned = errors.New("planned")

// TestUnits writes one note in every form of unit, well and badly, and looks at what is there afterwards.
func TestUnits(t *testing.T) {
	t.Parallel()
	type call = func(context.Context, note) error
	ran := []governance.Kind{governance.Attempt, governance.Effect}
	failed := []governance.Kind{governance.Attempt, governance.Failure}
	for name, test := range map[string]struct {
		call  func(f *fixture) call
		want  error
		notes int
		kinds []governance.Kind
	}{
		"transaction": {
			call: func(f *fixture) call {
				return pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), insertInTx))
			},
			notes: 1, kinds: ran,
		},
		"transaction, call fails after its write": {
			call: func(f *fixture) call {
				return pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					return errors.Join(insertInTx(ctx, n), errPlanned)
				}))
			},
			want: errPlanned, kinds: failed,
		},
		"transaction, fails after the governed call": {
			call: func(f *fixture) call {
				governed := governance.WrapErr(f.guard, addNote(), insertInTx)
				return pgsink.InTxErr(f.pool, func(ctx context.Context, n note) error { return errors.Join(governed(ctx, n), errPlanned) })
			},
			want: errPlanned, kinds: []governance.Kind{governance.Attempt},
		},
		"transaction, statement fails and the call hides it": {
			call: func(f *fixture) call {
				return pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					insertInTx(ctx, n)
					insertInTx(ctx, n)
					return nil
				}))
			},
			want: errAny, kinds: []governance.Kind{governance.Attempt},
		},
		"transaction, call commits by itself": {
			call: func(f *fixture) call {
				return pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					tx, err := pgsink.TxFrom(ctx)
					if err != nil {
						return err
					}
					return tx.Commit(ctx)
				}))
			},
			want: pgsink.ErrUnitCommits, kinds: failed,
		},
		"call that uses no transaction": {
			call: func(f *fixture) call {
				return pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(context.Context, note) error { return nil }))
			},
			kinds: ran,
		},
		"nested unit rolled back, outer goes on": {
			call: func(f *fixture) call {
				inner := pgsink.InTxErr(f.pool, func(ctx context.Context, n note) error {
					return errors.Join(governance.WrapErr(f.guard, addNote(), insertInTx)(ctx, n), errPlanned)
				})
				return pgsink.InTxErr(f.pool, func(ctx context.Context, n note) error {
					if err := inner(ctx, n); !errors.Is(err, errPlanned) {
						return errors.New("the inner unit did not fail")
					}
					return nil
				})
			},
			kinds: []governance.Kind{governance.Attempt},
		},
		"nested unit kept": {
			call: func(f *fixture) call {
				inner := pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), insertInTx))
				return pgsink.InTxErr(f.pool, func(ctx context.Context, n note) error { return inner(ctx, n) })
			},
			notes: 1, kinds: ran,
		},
		"batch": {
			call: func(f *fixture) call {
				return pgsink.InBatch(f.pool, governance.WrapErr(f.guard, addNote(), queueInBatch))
			},
			notes: 1, kinds: ran,
		},
		"batch, write fails": {
			call: func(f *fixture) call {
				return pgsink.InBatch(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					return errors.Join(queueInBatch(ctx, n), queueInBatch(ctx, n))
				}))
			},
			want: errAny, kinds: []governance.Kind{governance.Attempt},
		},
		"batch, call fails": {
			call: func(f *fixture) call {
				return pgsink.InBatch(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					return errors.Join(queueInBatch(ctx, n), errPlanned)
				}))
			},
			want: errPlanned, kinds: failed,
		},
		"host's transaction, committed": {call: hostTx(nil), notes: 1, kinds: ran},
		"host's transaction, rolled back": {
			call: hostTx(errPlanned), want: errPlanned, kinds: []governance.Kind{governance.Attempt},
		},
		"no unit": {
			call: func(f *fixture) call {
				return governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
					_, err := f.pool.Exec(ctx, insertNote, n.id, n.learner, n.body)
					return err
				})
			},
			notes: 1, kinds: ran,
		},
		"no unit, and a call that asks for one": {
			call: func(f *fixture) call { return governance.WrapErr(f.guard, addNote(), insertInTx) },
			want: pgsink.ErrNoUnit, kinds: failed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, 4)
			err := test.call(f)(as(t.Context(), "mika"), note{id: [16]byte{1}, learner: "mika", body: "text"})
			if test.want == errAny && err == nil || test.want != errAny && !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if n := f.count(t, "SELECT count(*) FROM notes"); n != test.notes {
				t.Errorf("%d notes, want %d", n, test.notes)
			}
			if diff := cmp.Diff(test.kinds, f.kinds(t, pgsink.Query{})); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// errAny stands for whatever the server says.
var errAny = errors.New("any error")

// hostTx makes a call that commits or rolls back a transaction of the host's.
func hostTx(end error) func(f *fixture) func(context.Context, note) error {
	return func(f *fixture) func(context.Context, note) error {
		governed := governance.WrapErr(f.guard, addNote(), insertInTx)
		return func(ctx context.Context, n note) error {
			return pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
				return errors.Join(governed(pgsink.WithTx(ctx, tx), n), end)
			})
		}
	}
}

func TestSavepointForgetsEffects(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 4)
	governed := governance.WrapErr(f.guard, addNote(), insertInTx)
	unit := pgsink.InTxErr(f.pool, func(ctx context.Context, n note) error {
		tx, err := pgsink.TxFrom(ctx)
		if err != nil {
			return err
		}
		savepoint, err := tx.Begin(ctx)
		if err != nil {
			return err
		}
		if err := governed(ctx, n); err != nil {
			return err
		}
		if err := savepoint.Rollback(ctx); err != nil {
			return err
		}
		n.id[0]++
		return governed(ctx, n)
	})
	if err := unit(as(t.Context(), "mika"), note{id: [16]byte{1}, learner: "mika"}); err != nil {
		t.Fatal(err)
	}
	want := []governance.Kind{governance.Attempt, governance.Attempt, governance.Effect}
	got := f.kinds(t, pgsink.Query{})
	if len(got) != len(want) || f.count(t, "SELECT count(*) FROM shugo.audit WHERE kind = 'effect'") != 1 {
		t.Errorf("records %v, want %v", got, want)
	}
	if n := f.count(t, "SELECT count(*) FROM notes WHERE id = $1", [16]byte{2}); n != 1 {
		t.Errorf("%d notes after the savepoint, want 1", n)
	}
}

func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	unit := pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
		if err := insertInTx(ctx, n); err != nil {
			return err
		}
		panic(errPlanned)
	}))
	func() {
		defer func() {
			if got := recover(); got != any(errPlanned) {
				t.Errorf("recovered %v, want the call's own panic", got)
			}
		}()
		unit(as(t.Context(), "mika"), note{id: [16]byte{1}, learner: "mika"})
	}()
	if n := f.count(t, "SELECT count(*) FROM notes"); n != 0 { // on the one connection, which must be free again
		t.Errorf("%d notes, want 0", n)
	}
	if diff := cmp.Diff([]governance.Kind{governance.Attempt, governance.Failure}, f.kinds(t, pgsink.Query{})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestDenialSurvivesRollback(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	unit := pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), insertInTx))
	err := unit(as(t.Context(), "jun"), note{id: [16]byte{1}, learner: "mika"})
	if !errors.Is(err, governance.ErrDenied) {
		t.Fatalf("error %v, want a denial", err)
	}
	for r, err := range f.sink.Search(t.Context(), pgsink.Query{Subject: "mika", Kind: governance.Denial}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Reason != governance.ReasonNotOwner || r.Actor == r.Subject || r.Subject == "" {
			t.Errorf("record %+v", r)
		}
	}
	if diff := cmp.Diff([]governance.Kind{governance.Denial}, f.kinds(t, pgsink.Query{Subject: "mika"})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// TestCancelledBeforeCommit ends the context when the write is done and the commit is not.
func TestCancelledBeforeCommit(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 2)
	ctx, cancel := context.WithCancel(as(t.Context(), "mika"))
	unit := pgsink.InTxErr(f.pool, governance.WrapErr(f.guard, addNote(), func(ctx context.Context, n note) error {
		defer cancel()
		return insertInTx(ctx, n)
	}))
	if err := unit(ctx, note{id: [16]byte{1}, learner: "mika"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if n := f.count(t, "SELECT count(*) FROM notes"); n != 0 {
		t.Errorf("%d notes, want 0", n)
	}
	if diff := cmp.Diff([]governance.Kind{governance.Attempt}, f.kinds(t, pgsink.Query{})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestSharedPoolIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t, 1)
	pseudonyms, err := governance.NewPseudonyms(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	sink, err := pgsink.New(pgsink.Config{Pool: f.pool, Pseudonyms: pseudonyms})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := governance.New(governance.Config{Manifest: manifest(), Audit: sink})
	if err != nil {
		t.Fatal(err)
	}
	unit := pgsink.InTxErr(f.pool, governance.WrapErr(guard, addNote(), insertInTx))
	if err := unit(as(t.Context(), "mika"), note{learner: "mika"}); !errors.Is(err, pgsink.ErrSharedPool) {
		t.Errorf("error %v, want %v", err, pgsink.ErrSharedPool)
	}
}
