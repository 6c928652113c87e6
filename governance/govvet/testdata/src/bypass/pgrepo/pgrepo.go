//shugo:raw the program governs it

// Package pgrepo serves the interfaces of a service.
package pgrepo

import (
	"context"

	"bypass/ports"

	"github.com/jackc/pgx/v5/pgxpool"
)

type repo struct{ pool *pgxpool.Pool }

func New(pool *pgxpool.Pool) ports.Repository { return &repo{pool} }

func (r *repo) Find(ctx context.Context, id int) (text string, err error) {
	err = r.pool.QueryRow(ctx, "SELECT text FROM notes WHERE id = $1", id).Scan(&text)
	return text, err
}

func (r *repo) Save(ctx context.Context, text string) error {
	_, err := r.pool.Exec(ctx, "INSERT INTO notes VALUES ($1)", text)
	return err
}

type Store struct{ Pool *pgxpool.Pool }

func (s *Store) Load(ctx context.Context, id int) (text string, err error) {
	err = s.Pool.QueryRow(ctx, "SELECT text FROM notes WHERE id = $1", id).Scan(&text)
	return text, err
}
