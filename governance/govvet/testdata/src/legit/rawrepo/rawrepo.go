//shugo:raw package consumer governs it

// Package rawrepo is a raw repository, and says so. legitimate: raw package
package rawrepo

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

type Repo struct{ Pool *pgxpool.Pool }

func (r *Repo) Get(ctx context.Context, id int) (int, error) { return scalar(ctx, r.Pool, id) }

func Find(ctx context.Context, id int) (int, error) { return scalar(ctx, nil, id) }

func scalar(ctx context.Context, pool *pgxpool.Pool, id int) (int, error) {
	err := pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}
