package pgsink

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
)

// unit is a unit of work that a context carries: what takes the effects of the calls made in it.
type unit interface {
	// record makes an effect part of the unit.
	record(ctx context.Context, r governance.Record) error
	// tx returns the transaction that the calls of the unit use.
	tx(ctx context.Context) (pgx.Tx, error)
	// holds reports whether the unit takes connections from a pool.
	holds(pool *pgxpool.Pool) bool
}

type unitKey struct{}

func withUnit(ctx context.Context, u unit) context.Context {
	return context.WithValue(ctx, unitKey{}, u)
}

func unitFrom(ctx context.Context) unit {
	u, _ := ctx.Value(unitKey{}).(unit)
	return u
}

// ErrNoUnit says that the context carries no transaction or no batch.
var ErrNoUnit = errors.New("pgsink: no unit of work in the context: bind the call with InTx or InBatch")

// TxFrom returns the transaction of the unit of work that the context carries, or ErrNoUnit. In a call bound with InTx
// the first TxFrom begins it, so that a refused call costs no transaction; it must not be committed or rolled back by the
// call, since the unit does that.
func TxFrom(ctx context.Context) (pgx.Tx, error) {
	u := unitFrom(ctx)
	if u == nil {
		return nil, ErrNoUnit
	}
	return u.tx(ctx)
}

// WithTx returns a context in which effects are inserted by the host's own transaction, at once: in the same transaction
// as the writes, in a round trip of their own.
func WithTx(ctx context.Context, tx pgx.Tx) context.Context { return withUnit(ctx, hostTx{tx}) }

// hostTx is a transaction that the host commits.
type hostTx struct{ Tx pgx.Tx }

func (h hostTx) record(ctx context.Context, r governance.Record) error {
	if _, err := h.Tx.Exec(ctx, insertOne, values(&r)...); err != nil {
		return wrap("record in transaction", err)
	}
	return nil
}

func (h hostTx) tx(context.Context) (pgx.Tx, error) { return h.Tx, nil }

func (h hostTx) holds(*pgxpool.Pool) bool { return false }

// WithBatch returns a context in which effects are queued on the host's batch. The host sends the batch when the calls
// have returned: outside of a transaction it is one by itself, and one round trip. BatchFrom finds it again.
func WithBatch(ctx context.Context, b *pgx.Batch) context.Context {
	return withUnit(ctx, &hostBatch{batch: b})
}

// BatchFrom returns the batch that the context carries, or ErrNoUnit. A batch is not safe for concurrent use.
func BatchFrom(ctx context.Context) (*pgx.Batch, error) {
	if h, ok := unitFrom(ctx).(*hostBatch); ok {
		return h.batch, nil
	}
	return nil, ErrNoUnit
}

// hostBatch is a batch that somebody sends when the calls have returned.
type hostBatch struct {
	mu    sync.Mutex
	batch *pgx.Batch
}

func (h *hostBatch) record(_ context.Context, r governance.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.batch.Queue(insertOne, values(&r)...)
	return nil
}

func (h *hostBatch) tx(context.Context) (pgx.Tx, error) { return nil, ErrNoUnit }

func (h *hostBatch) holds(*pgxpool.Pool) bool { return false }
