//shugo:ungoverned this file is the migration

// Package wholefile is exempt. legitimate: exempt file
package wholefile

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

func Up(ctx context.Context, pool *pgxpool.Pool) error { return step(ctx, pool) }

func step(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, "CREATE TABLE notes ()")
	return err
}
