// Package pgx is the form of the real one, without its doings.
package pgx

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

type Identifier []string

type TxOptions struct{}

type CopyFromSource interface{ Next() bool }

type Rows interface {
	Close()
	Next() bool
	Scan(dest ...any) error
	Err() error
}

type Row interface{ Scan(dest ...any) error }

type CollectableRow interface{ Scan(dest ...any) error }

type RowToFunc[T any] func(row CollectableRow) (T, error)

type BatchResults interface {
	Exec() (pgconn.CommandTag, error)
	Query() (Rows, error)
	QueryRow() Row
	Close() error
}

type QueuedQuery struct{}

func (*QueuedQuery) Exec(fn func(pgconn.CommandTag) error) {}

func (*QueuedQuery) Query(fn func(Rows) error) {}

type Batch struct{ QueuedQueries []*QueuedQuery }

func (*Batch) Queue(query string, arguments ...any) *QueuedQuery { return nil }

func (*Batch) Len() int { return 0 }

type LargeObjects struct{}

func (*LargeObjects) Create(ctx context.Context, oid uint32) (uint32, error) { return 0, nil }

func (*LargeObjects) Unlink(ctx context.Context, oid uint32) error { return nil }

type Tx interface {
	Begin(ctx context.Context) (Tx, error)
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
	CopyFrom(ctx context.Context, table Identifier, columns []string, rows CopyFromSource) (int64, error)
	SendBatch(ctx context.Context, b *Batch) BatchResults
	LargeObjects() LargeObjects
	Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error)
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) Row
	Conn() *Conn
}

type Conn struct{}

func Connect(ctx context.Context, url string) (*Conn, error) { return nil, nil }

func (*Conn) Begin(ctx context.Context) (Tx, error) { return nil, nil }

func (*Conn) BeginTx(ctx context.Context, o TxOptions) (Tx, error) { return nil, nil }

func (*Conn) Close(ctx context.Context) error { return nil }

func (*Conn) Ping(ctx context.Context) error { return nil }

func (*Conn) PgConn() *pgconn.PgConn { return nil }

func (*Conn) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return nil, nil
}

func (*Conn) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, nil
}

func (*Conn) Query(ctx context.Context, sql string, args ...any) (Rows, error) { return nil, nil }

func (*Conn) QueryRow(ctx context.Context, sql string, args ...any) Row { return nil }

func (*Conn) SendBatch(ctx context.Context, b *Batch) BatchResults { return nil }

func (*Conn) CopyFrom(ctx context.Context, table Identifier, columns []string, rows CopyFromSource) (int64, error) {
	return 0, nil
}

func CopyFromRows(rows [][]any) CopyFromSource { return nil }

func BeginFunc(ctx context.Context, db interface {
	Begin(ctx context.Context) (Tx, error)
}, fn func(Tx) error) error {
	return nil
}

func CollectRows[T any](rows Rows, fn RowToFunc[T]) ([]T, error) { return nil, nil }

func RowTo[T any](row CollectableRow) (T, error) { var t T; return t, nil }
