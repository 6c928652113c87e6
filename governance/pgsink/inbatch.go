package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// InBatch makes a governed call a unit of work of one round trip: the statements that the call queues on the batch of the
// context (BatchFrom), and the effect of it on record, are sent together after the call has returned, as one implicit
// transaction. An error or a panic of the call sends nothing. Inside another InBatch the statements go on that batch, and
// an error takes them off; inside an InTx they are sent in its transaction.
//
// The result, its masks and the count of its rows are settled before anything is sent. What a callback of a queued query
// fills into the result later is not masked: a call that returns what the database answers is one for InBatchLater.
// Callbacks run when the server has answered, after the commit: an error of a callback is returned, and undoes nothing.
//
// Errors: those of call, unchanged; ErrOutcomeUnknown; ErrNotMigrated; and what the driver or a callback returns, wrapped.
// With any error the result is the zero Out.
func InBatch[In, Out any](s *Sink, call governance.Call[In, Out]) governance.Call[In, Out] {
	return func(ctx context.Context, in In) (out Out, err error) {
		err = s.inBatch(ctx, func(ctx context.Context) (err error) {
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

// InBatchErr is InBatch for calls that return only an error.
func InBatchErr[In any](s *Sink, call func(context.Context, In) error) func(context.Context, In) error {
	return func(ctx context.Context, in In) error {
		return s.inBatch(ctx, func(ctx context.Context) error { return call(ctx, in) })
	}
}

// Later is a result that is there once the batch has been sent. It is called once, after all callbacks.
type Later[Out any] func() (Out, error)

// InBatchLater is InBatch for a governed call whose result comes from the database: the call returns a function that reads
// what the callbacks of its queries have kept. Masks of the operation take effect through MaskLater. Inside another batch,
// whose results are not there when the call must return, it refuses with ErrTooEarly.
func InBatchLater[In, Out any](s *Sink, call governance.Call[In, Later[Out]]) governance.Call[In, Out] {
	return func(ctx context.Context, in In) (Out, error) {
		var none Out
		if _, within := BatchFrom(ctx); within {
			return none, ErrTooEarly
		}
		later, err := InBatch(s, call)(ctx, in)
		if err != nil || later == nil {
			return none, err
		}
		out, err := later()
		if err != nil {
			return none, fail("result", err)
		}
		return out, nil
	}
}

// MaskLater makes a mask function for a result that comes later from one for the result, for Operation.Mask.
func MaskLater[Out any](mask func(*Out)) func(*Later[Out]) {
	return func(later *Later[Out]) {
		unmasked := *later
		if unmasked == nil {
			return
		}
		*later = func() (Out, error) {
			out, err := unmasked()
			mask(&out)
			return out, err
		}
	}
}

// inBatch runs do with a batch, and sends that.
func (s *Sink) inBatch(ctx context.Context, do func(context.Context) error) error {
	outer := carried(ctx)
	if outer.batch != nil {
		return onBatch(ctx, outer.batch, do)
	}
	batch := &pgx.Batch{}
	if err := do(carry(ctx, work{batch: batch})); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fail("send", err)
	}
	if batch.Len() == 0 {
		return nil
	}
	if outer.tx != nil { // committed by the unit that it belongs to
		return fail("send", outer.tx.SendBatch(ctx, batch).Close())
	}
	return s.send(ctx, batch)
}

// send sends a batch as one implicit transaction.
func (s *Sink) send(ctx context.Context, batch *pgx.Batch) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fail("send", err)
	}
	defer conn.Release()
	return s.commit(ctx, conn.Conn(), batch)
}

// onBatch runs do on the batch of the unit that it is in, and takes off what do queued if it does not succeed.
func onBatch(ctx context.Context, batch *pgx.Batch, do func(context.Context) error) error {
	mark, kept := batch.Len(), false
	defer func() {
		if !kept {
			batch.QueuedQueries = batch.QueuedQueries[:mark]
		}
	}()
	err := do(ctx)
	kept = err == nil
	return err
}
