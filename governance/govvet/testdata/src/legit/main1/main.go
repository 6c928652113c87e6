// Main is a program in one file. legitimate: program
package main

import (
	"context"

	"legit/setup"
	"legit/wholefile"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

type Store struct{ pool *pgxpool.Pool }

func (s Store) List(ctx context.Context, id int) (int, error) { // legitimate: exported method of a program
	err := s.pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

type queries struct {
	query func(ctx context.Context, id int) (int, error)
}

func (q queries) get(ctx context.Context, id int) (int, error) { return q.query(ctx, id) }

func main() {
	ctx := context.Background()
	pool, _ := pgxpool.New(ctx, "")
	defer pool.Close()
	setup.Open(ctx, pool)   // legitimate: exempt function of another package
	wholefile.Up(ctx, pool) // legitimate: exempt file of another package
	list := governance.Wrap(&governance.Guard{}, governance.Operation[int, int]{}, Store{pool}.List)
	list(ctx, 1)
	q := queries{query: Store{pool}.List} // legitimate: field that only governed calls use
	get := governance.Wrap(&governance.Guard{}, governance.Operation[int, int]{}, q.get)
	get(ctx, 1)
}
