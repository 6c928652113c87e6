// Program is a main package, which nobody imports.
package main

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

type Store struct{ pool *pgxpool.Pool }

func (s Store) List(ctx context.Context, id int) (int, error) {
	err := s.pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

func (s Store) Drop(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, "DROP TABLE notes") // want `Exec is not governed: main.Store.Drop is not given to governance.Wrap; wrap it, or say`
	return err
}

func main() {
	ctx := context.Background()
	pool, _ := pgxpool.New(ctx, "")
	pool.Exec(ctx, "CREATE TABLE notes ()") // want `Exec is not governed: main.main is not given`
	s := Store{pool}
	list := governance.Wrap(&governance.Guard{}, governance.Operation[int, int]{}, s.List)
	list(ctx, 1)
	warm(ctx, pool)
	dispatch(ctx, map[string]func(context.Context, *pgxpool.Pool){"report": report})
}

func warm(ctx context.Context, pool *pgxpool.Pool) {
	for range 3 {
		pool.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed: main.warm is reached from main.main`
	}
}

func dispatch(ctx context.Context, commands map[string]func(context.Context, *pgxpool.Pool)) {
	for _, run := range commands {
		run(ctx, nil)
	}
}

func report(ctx context.Context, pool *pgxpool.Pool) {
	pool.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed: main.report is reached from main.main`
}
