//shugo:raw package callers governs it

// Package records is a raw repository.
package records

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

type Records struct{ Pool *pgxpool.Pool }

func (r *Records) List(ctx context.Context, id int) (int, error) {
	err := r.Pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

func (r *Records) Add(ctx context.Context, text string) error { return r.write(ctx, text) }

func (r *Records) write(ctx context.Context, text string) error {
	_, err := r.Pool.Exec(ctx, "INSERT INTO notes VALUES ($1)", text)
	return err
}

func Count(ctx context.Context, pool *pgxpool.Pool) (n int, err error) {
	err = pool.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&n)
	return n, err
}

type Lister interface {
	List(ctx context.Context, id int) (int, error)
}

func New(pool *pgxpool.Pool) Lister { return &Records{pool} }

type Hooks struct {
	Count func(context.Context, *pgxpool.Pool) (int, error)
}

func init() {
	Count(context.Background(), nil) // want `records.Count goes around the guard`
}

func abandoned(ctx context.Context, pool *pgxpool.Pool) {
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed: records.abandoned is not given`
}
