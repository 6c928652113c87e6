package pgsink

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
)

// InTx binds a call to a transaction of its own: the call, usually one that governance.Wrap returned, finds it with
// TxFrom. When the call returns nil, its effects and the COMMIT go to the server in one round trip; when it returns an
// error or panics, everything is rolled back, and so are the effects. In a context that carries a unit already the call
// joins it with a savepoint.
//
// An error of the commit means that nothing was written, unless the connection was lost while it was under way: then the
// write and its effect are both there, or neither is.
func InTx[In, Out any](pool *pgxpool.Pool, call governance.Call[In, Out]) governance.Call[In, Out] {
	return func(ctx context.Context, in In) (out Out, err error) {
		var none Out
		err = within(ctx, pool, func(ctx context.Context) error {
			out, err = call(ctx, in)
			return err
		})
		if err != nil {
			return none, err
		}
		return out, nil
	}
}

// InTxErr is InTx for calls that return only an error.
func InTxErr[In any](pool *pgxpool.Pool, call func(context.Context, In) error) func(context.Context, In) error {
	return func(ctx context.Context, in In) error {
		return within(ctx, pool, func(ctx context.Context) error { return call(ctx, in) })
	}
}

// InBatch binds a call to a batch, which it finds with BatchFrom. The call queues its writes and returns; the batch, with
// its effects, is then sent as one transaction and one round trip. So the call learns nothing from the server, and only
// calls that return only an error fit: what must be read, or decided by how many rows were changed, needs InTxErr.
func InBatch[In any](pool *pgxpool.Pool, call func(context.Context, In) error) func(context.Context, In) error {
	return func(ctx context.Context, in In) error {
		batch := &pgx.Batch{}
		if err := call(WithBatch(ctx, batch), in); err != nil {
			return err
		}
		if batch.Len() == 0 {
			return nil
		}
		if err := pool.SendBatch(ctx, batch).Close(); err != nil {
			return wrap("batch", err)
		}
		return nil
	}
}

// within runs a function in a unit.
func within(ctx context.Context, pool *pgxpool.Pool, f func(context.Context) error) error {
	if outer := unitFrom(ctx); outer != nil {
		return join(ctx, outer, f)
	}
	w := &work{pool: pool}
	finished := false
	defer func() {
		if !finished { // a panic passes through
			w.rollback(ctx) //nolint:errcheck // the connection is not used again, whatever the server answers
		}
	}()
	err := f(withUnit(ctx, w))
	finished = true
	if err != nil {
		return both(err, w.rollback(ctx))
	}
	return w.commit(ctx)
}

// join runs a function in a savepoint of a unit; a batch has none, and is joined as it is.
func join(ctx context.Context, outer unit, f func(context.Context) error) error {
	tx, err := outer.tx(ctx)
	if errors.Is(err, ErrNoUnit) {
		return f(ctx)
	}
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, tx, func(at pgx.Tx) error { return f(withUnit(ctx, inner{outer, at})) })
}
