package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// work is the unit of work that a context carries: the innermost one.
type work struct {
	unit  *unit      // of InTx; nil in the units of the host
	tx    pgx.Tx     // nil in a batch
	batch *pgx.Batch // nil in a transaction
}

type workKey struct{}

func carry(ctx context.Context, w work) context.Context { return context.WithValue(ctx, workKey{}, w) }

func carried(ctx context.Context) work {
	w, _ := ctx.Value(workKey{}).(work)
	return w
}

// WithTx returns a context that carries a transaction of the host's, on the database of the sink. The effect of a
// governed write that is called with it is inserted by tx at once, and commits or rolls back with it. The host ends tx.
func WithTx(ctx context.Context, tx pgx.Tx) context.Context { return carry(ctx, work{tx: tx}) }

// TxFrom returns the transaction that a repository's call works in, and whether there is one: that of InTx or WithTx. A
// transaction of InTx begins with its first statement, and refuses Commit and Rollback with ErrNotYours.
func TxFrom(ctx context.Context) (pgx.Tx, bool) {
	tx := carried(ctx).tx
	return tx, tx != nil
}

// WithBatch returns a context that carries a batch of the host's. The effect of a governed write that is called with it
// is queued on b. The host sends b afterwards, to the database of the sink and outside any transaction or within one,
// and must not send it when the call failed.
func WithBatch(ctx context.Context, b *pgx.Batch) context.Context { return carry(ctx, work{batch: b}) }

// BatchFrom returns the batch on which a repository's call queues its statements, and whether there is one: that of
// InBatch or WithBatch.
func BatchFrom(ctx context.Context) (*pgx.Batch, bool) {
	b := carried(ctx).batch
	return b, b != nil
}
