package governance

import (
	"context"
	"iter"
)

// Wrap binds a repository call to a guard. The returned call has the same form: it refuses with a *DeniedError what the
// manifest, the register, a policy or a check does not allow, and otherwise runs next and releases its result, masked as
// the rules say. Checks see what would be written, in their order; package quality makes them.
//
// The order is: caller, rules, policies, consent and restriction and hold, retention, checks, attempt on record, next,
// masks, effect on record. Errors of next come back as *CallError, for errors.Is and errors.As. When the effect cannot be
// put on record the error is an *AuditError and nothing is released. With any error the result is the zero Out. A panic
// of next is put on record and goes on.
//
// Wrap is called when the program starts, and panics with a *WiringError when the operation does not fit the manifest.
func Wrap[In, Out any](g *Guard, op Operation[In, Out], next Call[In, Out],
	checks ...func(context.Context, In) error) Call[In, Out] {
	b := bind(g, op, next != nil, checks)
	return func(ctx context.Context, in In) (Out, error) { return b.call(ctx, in, next) }
}

// WrapErr is Wrap for calls that return only an error.
func WrapErr[In any](g *Guard, op Operation[In, Nothing], next func(context.Context, In) error,
	checks ...func(context.Context, In) error) func(context.Context, In) error {
	b := bind(g, op, next != nil, checks)
	call := func(ctx context.Context, in In) (Nothing, error) { return Nothing{}, next(ctx, in) }
	return func(ctx context.Context, in In) error {
		_, err := b.call(ctx, in, call)
		return err
	}
}

// WrapSeq is Wrap for calls that return rows one by one. Each range over the sequence is one governed call, decided when
// it begins. Masks apply to every row before it is released. The effect is on record when the range ends, with the number
// of rows released, also when the consumer stops early (ReasonLeftEarly). A refusal, and an effect that cannot be put on
// record, is the last pair of the sequence; after the consumer has left, the latter goes to Config.Logger.
func WrapSeq[In, Row any](g *Guard, op Operation[In, Row], next Seq[In, Row],
	checks ...func(context.Context, In) error) Seq[In, Row] {
	b := bind(g, op, next != nil, checks)
	return func(ctx context.Context, in In) iter.Seq2[Row, error] {
		return func(yield func(Row, error) bool) { b.stream(ctx, in, next, yield) }
	}
}

func (b *bound[In, Out]) call(ctx context.Context, in In, next Call[In, Out]) (out Out, err error) {
	r := run{holds: true}
	var none Out
	defer func() {
		switch r.at {
		case atNothing:
		case atCall: // the panic goes on by itself
			r.panicked(ctx, NotCounted)
		default:
			out, err = none, r.sinkPanicked(ctx, recover())
		}
	}()
	if err := b.open(ctx, &r, in); err != nil {
		return none, err
	}
	out, err = next(ctx, in)
	if err != nil {
		return none, r.failed(ctx, NotCounted, err)
	}
	rows := NotCounted
	if b.rows != nil {
		rows = int64(b.rows(out))
	}
	if r.masks != 0 {
		out = b.mask(&r, out)
	}
	if err := r.succeed(ctx, rows, ""); err != nil {
		return none, err
	}
	return out, nil
}

// mask returns the result with the fields blanked that the rules mask. It takes a copy, so that only a result that is
// masked is moved to the heap.
func (b *bound[In, Out]) mask(r *run, out Out) Out {
	for i, mask := range b.masks {
		if r.masks&(1<<i) != 0 {
			mask(&out)
		}
	}
	return out
}

// stream hands rows from next to yield.
func (b *bound[In, Out]) stream(ctx context.Context, in In, next Seq[In, Out], yield func(Out, error) bool) {
	var r run
	var none Out
	var rows int64
	left := false
	defer func() {
		switch r.at {
		case atNothing:
		case atCall: // the panic goes on by itself
			r.panicked(ctx, rows)
		default:
			if err := r.sinkPanicked(ctx, recover()); left {
				r.report(ctx, err)
			} else {
				yield(none, err)
			}
		}
	}()
	if err := b.open(ctx, &r, in); err != nil {
		yield(none, err)
		return
	}
	var failure error
	for row, err := range next(ctx, in) {
		if err != nil {
			failure = err
			break
		}
		if r.masks != 0 {
			row = b.mask(&r, row)
		}
		rows++
		if !yield(row, nil) {
			left = true
			break
		}
	}
	b.finish(ctx, &r, rows, failure, left, yield)
}

// finish ends a stream: the first error of next ends it too.
func (b *bound[In, Out]) finish(ctx context.Context, r *run, rows int64, failure error, left bool, yield func(Out, error) bool) {
	var none Out
	switch {
	case failure != nil:
		yield(none, r.failed(ctx, rows, failure))
	case left:
		r.report(ctx, r.succeed(ctx, rows, ReasonLeftEarly))
	default:
		if err := r.succeed(ctx, rows, ""); err != nil {
			yield(none, err)
		}
	}
}
