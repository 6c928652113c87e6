// Package pgsink is the form of the real one, without its doings.
package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

type Sink struct{}

func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "CREATE TABLE audit ()")
	return err
}

func InTx[In, Out any](s *Sink, call governance.Call[In, Out]) governance.Call[In, Out] { return call }

func InTxErr[In any](s *Sink, call func(context.Context, In) error) func(context.Context, In) error {
	return call
}

func InBatchErr[In any](s *Sink, call func(context.Context, In) error) func(context.Context, In) error {
	return call
}

func WithTx(ctx context.Context, tx pgx.Tx) context.Context { return ctx }

func TxFrom(ctx context.Context) (pgx.Tx, bool) { return nil, false }

func WithBatch(ctx context.Context, b *pgx.Batch) context.Context { return ctx }

func BatchFrom(ctx context.Context) (*pgx.Batch, bool) { return nil, false }
