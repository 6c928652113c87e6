// Package pgxpool is the form of the real one, without its doings.
package pgxpool

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type Pool struct{}

type Conn struct{}

func New(ctx context.Context, url string) (*Pool, error) { return nil, nil }

func (*Pool) Close() {}

func (*Pool) Ping(ctx context.Context) error { return nil }

func (*Pool) Acquire(ctx context.Context) (*Conn, error) { return nil, nil }

func (*Pool) AcquireFunc(ctx context.Context, f func(*Conn) error) error { return nil }

func (*Pool) Begin(ctx context.Context) (pgx.Tx, error) { return nil, nil }

func (*Pool) BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error) { return nil, nil }

func (*Pool) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, nil
}

func (*Pool) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) { return nil, nil }

func (*Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row { return nil }

func (*Pool) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults { return nil }

func (*Pool) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return 0, nil
}

func (*Conn) Release() {}

func (*Conn) Conn() *pgx.Conn { return nil }

func (*Conn) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, nil
}

func (*Conn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) { return nil, nil }

func (*Conn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row { return nil }
