package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// InTx makes a governed call a unit of work: what the call writes by the transaction of the context (TxFrom), and the
// effect of it on record, commit together or not at all. The call goes inside, governed:
//
//	append := pgsink.InTx(sink, governance.Wrap(guard, operation, repository.Append))
//
// One unit may span several governed calls of a function. The transaction begins with the first statement, so that a
// refused call costs none. It commits when call returns nil and its context has not ended, in the same round trip in
// which the effects are inserted, and rolls back on an error or a panic. Inside another InTx it is a savepoint of that
// unit: an error rolls back to it, with the effects since.
//
// Errors: those of call, unchanged; ErrOutcomeUnknown; ErrNotMigrated; and what the driver returns, wrapped, with
// pgx.ErrTxCommitRollback for a transaction that a failed statement had aborted. With any error the result is the zero
// Out. A unit that did not commit keeps its attempts on record, without effects.
func InTx[In, Out any](s *Sink, call governance.Call[In, Out]) governance.Call[In, Out] {
	return func(ctx context.Context, in In) (out Out, err error) {
		err = s.inTx(ctx, func(ctx context.Context) (err error) {
			out, err = call(ctx, in)
			return err
		})
		if err != nil {
			var none Out
			return none, err
		}
		return out, nil
	}
}

// InTxErr is InTx for calls that return only an error.
func InTxErr[In any](s *Sink, call func(context.Context, In) error) func(context.Context, In) error {
	return func(ctx context.Context, in In) error {
		return s.inTx(ctx, func(ctx context.Context) error { return call(ctx, in) })
	}
}

// inTx runs work in a unit of its own, or in a savepoint of the unit that ctx carries.
func (s *Sink) inTx(ctx context.Context, do func(context.Context) error) error {
	if outer := carried(ctx); outer.unit != nil && outer.unit.sink == s && outer.tx != nil {
		return inSavepoint(ctx, outer, do)
	}
	u := &unit{sink: s, ctx: ctx}
	defer u.close(ctx)
	if err := do(carry(ctx, work{unit: u, tx: &guardTx{unit: u, open: u.begin, root: true}})); err != nil {
		return err
	}
	return u.commit(ctx)
}

// inSavepoint runs do between a savepoint, set by the first statement, and its release.
func inSavepoint(ctx context.Context, outer work, do func(context.Context) error) error {
	mark := outer.unit.mark()
	var inner pgx.Tx // nil until the first statement
	open := func(ctx context.Context) (pgx.Tx, error) {
		if inner != nil {
			return inner, nil
		}
		tx, err := outer.tx.Begin(ctx)
		if err == nil {
			inner = tx
		}
		return tx, err
	}
	kept := false
	defer func() {
		if kept {
			return
		}
		outer.unit.drop(mark)
		if inner != nil {
			detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
			defer cancel()
			// When it fails the transaction stays aborted, and the unit cannot commit.
			_ = inner.Rollback(detached)
		}
	}()
	if err := do(carry(ctx, work{unit: outer.unit, tx: &guardTx{unit: outer.unit, open: open}})); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fail("savepoint", err)
	}
	if inner != nil {
		if err := inner.Commit(ctx); err != nil {
			return fail("savepoint", err)
		}
	}
	kept = true
	return nil
}
