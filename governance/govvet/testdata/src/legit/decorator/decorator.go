// Package decorator has a governed repository of the same interface as the raw one.
package decorator

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

type Repository interface {
	Get(ctx context.Context, id int) (int, error)
}

type rawRepository struct{ pool *pgxpool.Pool }

func (r rawRepository) Get(ctx context.Context, id int) (int, error) {
	err := r.pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

type governedRepository struct{ get governance.Call[int, int] }

func (r governedRepository) Get(ctx context.Context, id int) (int, error) { return r.get(ctx, id) }

// New governs. legitimate: decorator
func New(g *governance.Guard, pool *pgxpool.Pool) Repository {
	var r Repository = rawRepository{pool}
	return governedRepository{governance.Wrap(g, governance.Operation[int, int]{}, r.Get)}
}

// Serve calls the interface. legitimate: call by an interface that is governed
func Serve(ctx context.Context, r Repository) (int, error) { return r.Get(ctx, 1) }

// Tracer hands statements on. legitimate: decorated driver
type Tracer struct{ pgx.Tx }

func (t Tracer) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.Tx.Exec(ctx, sql, args...)
}

func (t Tracer) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.Tx.Query(ctx, sql, args...)
}
