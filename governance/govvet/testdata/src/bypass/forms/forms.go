// Package forms hides drivers behind types.
package forms

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Pool = pgxpool.Pool

func Alias(ctx context.Context, p *Pool) {
	p.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

type Tx pgx.Tx

func Defined(ctx context.Context, tx Tx) {
	tx.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

type own pgxpool.Pool

func Cast(ctx context.Context, o *own) {
	(*pgxpool.Pool)(o).Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

type DB struct{ *pgxpool.Pool }

func Embedded(ctx context.Context, db DB) {
	db.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

type deeper struct{ DB }

func Deeper(ctx context.Context, d deeper) {
	d.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed`
}

type embedsInterface struct{ pgx.Tx }

func EmbeddedInterface(ctx context.Context, e embedsInterface) {
	e.SendBatch(ctx, nil) // want `SendBatch is not governed`
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func Interface(ctx context.Context, q querier) {
	q.Query(ctx, "SELECT 1") // want `forms.querier.Query is not governed`
}

type wider interface {
	querier
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
}

func Wider(ctx context.Context, pool *pgxpool.Pool) {
	var w wider = pool
	w.Exec(ctx, "DELETE FROM notes") // want `forms.wider.Exec is not governed`
	w.Query(ctx, "SELECT 1")         // want `forms.querier.Query is not governed`
}

func Anonymous(ctx context.Context, q interface {
	QueryRow(context.Context, string, ...any) pgx.Row
}) {
	q.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed`
}

type copier interface {
	CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error)
}

func Copier(ctx context.Context, c copier) {
	c.CopyFrom(ctx, nil, nil, nil) // want `forms.copier.CopyFrom is not governed`
}

type sender interface {
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

func Sender(ctx context.Context, s sender) {
	s.SendBatch(ctx, nil) // want `forms.sender.SendBatch is not governed`
}

func Constrained[Q querier](ctx context.Context, q Q) {
	q.Query(ctx, "SELECT 1") // want `Query is not governed`
}

func Union[Q interface {
	*pgxpool.Pool | *pgx.Conn
	querier
}](ctx context.Context, q Q) {
	q.Query(ctx, "SELECT 1") // want `Query is not governed`
}

type rowsOf[R any] interface {
	Query(ctx context.Context, sql string, args ...any) (R, error)
}

func Parametrised(ctx context.Context, q rowsOf[pgx.Rows]) {
	q.Query(ctx, "SELECT 1") // want `Query is not governed`
}

func Unbound[R any](ctx context.Context, q rowsOf[R]) {
	q.Query(ctx, "SELECT 1") // want `Query is not governed`
}

type repository[T any] struct{ pool *pgxpool.Pool }

func (r repository[T]) All(ctx context.Context) ([]T, error) {
	rows, err := r.pool.Query(ctx, "SELECT 1") // want `Query is not governed`
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

func Notes(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	return repository[string]{pool}.All(ctx)
}

func Holder[T interface{ Get() *pgxpool.Pool }](ctx context.Context, t T) {
	t.Get().Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

// tracer decorates a pool: its callers send the statements.
type tracer struct{ pool *pgxpool.Pool }

func (t tracer) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.pool.Exec(ctx, sql, args...)
}

func Decorated(ctx context.Context, t tracer) {
	t.Exec(ctx, "DELETE FROM notes") // want `forms.tracer.Exec is not governed`
}

func Asserted(ctx context.Context, v any) {
	v.(querier).Query(ctx, "SELECT 1") // want `Query is not governed`
}

func Map(ctx context.Context, pools map[string]*pgxpool.Pool) {
	pools["main"].Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

func Context(ctx context.Context) {
	ctx.Value("pool").(*pgxpool.Pool).Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

type lister interface {
	list(ctx context.Context) error
}

type pgLister struct{ pool *pgxpool.Pool }

func (p pgLister) list(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed: forms.pgLister.list is reached from forms.Dispatched`
	return err
}

func Dispatched(ctx context.Context, l lister) error { return l.list(ctx) }
