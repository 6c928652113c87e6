// Package kit is a library that reaches the database for its callers.
package kit

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

//shugo:raw callers govern what they run
func Purge(ctx context.Context, pool *pgxpool.Pool) error { return purge(ctx, pool) }

func purge(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "DELETE FROM notes")
	return err
}

// Table is a repository for any row.
//
//shugo:raw callers govern it
type Table[T any] struct{ Pool *pgxpool.Pool }

// Get reads a row.
func (t Table[T]) Get(ctx context.Context, id int) (row T, err error) {
	err = t.Pool.QueryRow(ctx, "SELECT 1").Scan(&row)
	return row, err
}

// Insert writes a row.
//
//shugo:raw callers govern it
func Insert[T any](ctx context.Context, pool *pgxpool.Pool, row T) error {
	_, err := pool.Exec(ctx, "INSERT INTO notes VALUES ($1)", row)
	return err
}
