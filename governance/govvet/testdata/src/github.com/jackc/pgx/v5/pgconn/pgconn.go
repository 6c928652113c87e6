// Package pgconn is the form of the real one, without its doings.
package pgconn

import (
	"context"
	"io"
)

type CommandTag struct{}

type PgConn struct{}

type MultiResultReader struct{}

type ResultReader struct{}

type Batch struct{}

type Pipeline struct{}

type StatementDescription struct{ Name string }

func (*MultiResultReader) Close() error { return nil }

func (*ResultReader) Close() (CommandTag, error) { return CommandTag{}, nil }

func (*Batch) ExecParams(sql string, values [][]byte, oids []uint32, formats, results []int16) {}

func (*Pipeline) SendQueryParams(sql string, values [][]byte, oids []uint32, formats, results []int16) {
}

func (*Pipeline) Sync() error { return nil }

func (*PgConn) Exec(ctx context.Context, sql string) *MultiResultReader { return nil }

func (*PgConn) ExecBatch(ctx context.Context, b *Batch) *MultiResultReader { return nil }

func (*PgConn) ExecParams(ctx context.Context, sql string, values [][]byte, oids []uint32, formats, results []int16) *ResultReader {
	return nil
}

func (*PgConn) ExecPrepared(ctx context.Context, name string, values [][]byte, formats, results []int16) *ResultReader {
	return nil
}

func (*PgConn) Prepare(ctx context.Context, name, sql string, oids []uint32) (*StatementDescription, error) {
	return nil, nil
}

func (*PgConn) CopyTo(ctx context.Context, w io.Writer, sql string) (CommandTag, error) {
	return CommandTag{}, nil
}

func (*PgConn) CopyFrom(ctx context.Context, r io.Reader, sql string) (CommandTag, error) {
	return CommandTag{}, nil
}

func (*PgConn) StartPipeline(ctx context.Context) *Pipeline { return nil }
