// Package orm is a library of somebody else's.
package orm

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func Select(ctx context.Context, q Querier, dst any, sql string, args ...any) error {
	return API{}.sel(ctx, q, dst, sql, args)
}

type API struct{}

func (API) sel(ctx context.Context, q Querier, dst any, sql string, args []any) error {
	_, err := q.Query(ctx, sql, args...)
	return err
}

type Client struct{ pool *pgxpool.Pool }

func New(pool *pgxpool.Pool) *Client { return &Client{pool} }

func (c *Client) Delete(ctx context.Context, table string) error {
	_, err := c.pool.Exec(ctx, "DELETE FROM "+table)
	return err
}
