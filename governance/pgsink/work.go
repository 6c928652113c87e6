package pgsink

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
)

// work is a transaction of our own, with the effects that its COMMIT will take along.
type work struct {
	pool *pgxpool.Pool

	mu      sync.Mutex
	conn    *pgxpool.Conn // nil: not begun
	begun   pgx.Tx
	pending []governance.Record
}

// ErrUnitCommits is what Commit and Rollback of a unit's transaction return: the unit commits when its call returns nil,
// and rolls back when it returns an error.
var ErrUnitCommits = errors.New("pgsink: the unit of work commits or rolls back, not the call")

func (w *work) record(_ context.Context, r governance.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = append(w.pending, r)
	return nil
}

func (w *work) holds(pool *pgxpool.Pool) bool { return w.pool == pool }

func (w *work) tx(ctx context.Context) (pgx.Tx, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun != nil {
		return unitTx{w.begun, w}, nil
	}
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		return nil, wrap("begin", err)
	}
	tx, err := conn.Conn().Begin(ctx)
	if err != nil {
		conn.Release()
		return nil, wrap("begin", err)
	}
	w.conn, w.begun = conn, tx
	return unitTx{tx, w}, nil
}

// commit sends the effects and the COMMIT in one round trip.
func (w *work) commit(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	batch := &pgx.Batch{}
	for i := range w.pending {
		batch.Queue(insertOne, values(&w.pending[i])...)
	}
	if w.conn == nil { // the calls used no transaction: a batch is one by itself
		if batch.Len() == 0 {
			return nil
		}
		if err := w.pool.SendBatch(ctx, batch).Close(); err != nil {
			return wrap("commit", err)
		}
		return nil
	}
	defer w.conn.Release() // a connection whose transaction did not end is not used again
	batch.Queue("COMMIT")
	results := w.conn.SendBatch(ctx, batch)
	for range w.pending {
		if _, err := results.Exec(); err != nil {
			return wrap("commit", both(both(err, results.Close()), w.abort(ctx)))
		}
	}
	tag, err := results.Exec()
	if err = both(err, results.Close()); err != nil {
		return wrap("commit", both(err, w.abort(ctx)))
	}
	if tag.String() != "COMMIT" { // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK
		return wrap("commit", pgx.ErrTxCommitRollback)
	}
	return nil
}

// rollback ends the transaction without a trace. It works after the caller's context has ended, too.
func (w *work) rollback(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil {
		return nil
	}
	defer w.conn.Release()
	return w.abort(ctx)
}

const abortLimit = 5 * time.Second

func (w *work) abort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortLimit)
	defer cancel()
	if err := w.begun.Rollback(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		return fmt.Errorf("pgsink: rollback: %w", err)
	}
	return nil
}

// forget drops the effects that were recorded after the first n.
func (w *work) forget(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = w.pending[:n]
}

func (w *work) recorded() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.pending)
}

// unitTx is a unit's transaction in the hands of a call.
type unitTx struct {
	pgx.Tx
	work *work
}

// Commit refuses.
func (unitTx) Commit(context.Context) error { return ErrUnitCommits }

// Rollback refuses.
func (unitTx) Rollback(context.Context) error { return ErrUnitCommits }

// Begin makes a savepoint.
func (t unitTx) Begin(ctx context.Context) (pgx.Tx, error) { return savepointOf(ctx, t.Tx, t.work) }

// savepoint is a part of a unit that may be rolled back by itself, and its effects with it.
type savepoint struct {
	pgx.Tx
	work *work
	mark int // effects recorded before it
}

func savepointOf(ctx context.Context, tx pgx.Tx, w *work) (pgx.Tx, error) {
	mark := w.recorded()
	inner, err := tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return savepoint{inner, w, mark}, nil
}

// Rollback goes back to the savepoint.
func (s savepoint) Rollback(ctx context.Context) error {
	err := s.Tx.Rollback(ctx)
	if err == nil {
		s.work.forget(s.mark)
	}
	return err
}

// Begin makes a savepoint inside.
func (s savepoint) Begin(ctx context.Context) (pgx.Tx, error) { return savepointOf(ctx, s.Tx, s.work) }

// inner is a unit that joins another with a savepoint.
type inner struct {
	outer unit
	at    pgx.Tx
}

func (i inner) record(ctx context.Context, r governance.Record) error { return i.outer.record(ctx, r) }

func (i inner) tx(context.Context) (pgx.Tx, error) { return i.at, nil }

func (i inner) holds(pool *pgxpool.Pool) bool { return i.outer.holds(pool) }
