package pgsink

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// rollbackTimeout bounds a rollback, which must happen although the caller's context has ended.
const rollbackTimeout = 5 * time.Second

// unit is the transaction of one InTx. It begins with the first statement, so that a refused call costs no transaction,
// and an attempt does not wait for the disk while its unit holds a connection.
type unit struct {
	sink    *Sink
	ctx     context.Context // of InTx, for the methods of pgx.Tx that take none
	conn    *pgxpool.Conn   // nil until the transaction begins
	tx      pgx.Tx          // nil until the transaction begins; never committed by its own method
	aborted bool            // the first statement failed before the transaction had begun

	mu      sync.Mutex       // guards what follows: Record may be called concurrently
	pending []row            // the effects, inserted with the commit
	keys    map[key]struct{} // of pending
	ended   bool
}

// add keeps an effect for the commit, unless it is kept already.
func (u *unit) add(r row) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return fail("record", ErrEnded)
	}
	if _, again := u.keys[r.key]; again {
		return nil
	}
	if u.keys == nil {
		u.keys = map[key]struct{}{}
	}
	u.keys[r.key] = struct{}{}
	u.pending = append(u.pending, r)
	return nil
}

// mark returns how many effects are pending.
func (u *unit) mark() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.pending)
}

// drop forgets the effects since mark: their writes were rolled back.
func (u *unit) drop(mark int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	mark = min(mark, len(u.pending))
	for _, r := range u.pending[mark:] {
		delete(u.keys, r.key)
	}
	u.pending = u.pending[:mark]
}

// end takes the pending effects; the unit takes no more.
func (u *unit) end() []row {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	return u.pending
}

// begin returns the transaction, which it begins when there is none yet.
func (u *unit) begin(ctx context.Context) (pgx.Tx, error) {
	if u.tx != nil && !u.over() {
		return u.tx, nil
	}
	if err := u.connect(ctx); err != nil {
		return nil, err
	}
	tx, err := u.conn.Begin(ctx)
	if err != nil {
		return nil, fail("begin", err)
	}
	u.tx = tx
	return tx, nil
}

// over reports whether the unit has ended.
func (u *unit) over() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// connect takes a connection when the unit has none yet.
func (u *unit) connect(ctx context.Context) error {
	if u.over() {
		return ErrEnded
	}
	if u.conn != nil {
		return nil
	}
	select {
	case u.sink.units <- struct{}{}:
	case <-ctx.Done():
		return fail("begin", ctx.Err())
	}
	conn, err := u.sink.pool.Acquire(ctx)
	if err != nil {
		<-u.sink.units
		return fail("begin", err)
	}
	u.conn = conn
	return nil
}

// commit inserts the pending effects and commits, in one round trip.
func (u *unit) commit(ctx context.Context) error {
	rows := u.end()
	if err := ctx.Err(); err != nil {
		return fail("commit", err)
	}
	if u.tx == nil {
		if len(rows) == 0 {
			return nil
		}
		return u.sink.insertGroup(ctx, rows)
	}
	if u.aborted {
		return notOpen('E')
	}
	if status := u.conn.Conn().PgConn().TxStatus(); status != 'T' {
		return notOpen(status)
	}
	var batch pgx.Batch
	if len(rows) > 0 {
		u.sink.queue(&batch, rows...)
	}
	batch.Queue("commit").Fn = func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		if err == nil && tag.String() != "COMMIT" {
			err = pgx.ErrTxCommitRollback
		}
		return err
	}
	return u.sink.commit(ctx, u.conn.Conn(), &batch)
}

// notOpen says why there is nothing to commit: the unit's transaction was aborted by a statement that failed, or ended by
// one that the repository sent.
func notOpen(status byte) error {
	if status == 'E' {
		return fail("commit", pgx.ErrTxCommitRollback)
	}
	return fmt.Errorf("%w: transaction status %q", ErrEnded, status)
}

// close gives the connection back, and rolls back what is not committed.
func (u *unit) close(ctx context.Context) {
	u.end()
	if u.conn == nil {
		return
	}
	if pg := u.conn.Conn().PgConn(); !pg.IsClosed() && pg.TxStatus() != 'I' {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		// Without an answer the connection is closed by Release, which the server answers with a rollback.
		_, _ = u.conn.Conn().Exec(detached, "rollback")
	}
	u.conn.Release()
	<-u.sink.units
}
