// Package directives has directives that are wrong.
package directives

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

//shugo:ungoverned // want `//shugo:ungoverned has no reason: want one after it, on the same line`
func NoReason(ctx context.Context, pool *pgxpool.Pool) { pool.Exec(ctx, "DELETE FROM notes") }

//shugo:raw // want `//shugo:raw has no reason`
func RawNoReason(ctx context.Context, pool *pgxpool.Pool) { pool.Exec(ctx, "DELETE FROM notes") }

//shugo:ungoverned sends nothing // want `//shugo:ungoverned exempts nothing: no statement here goes around the guard; take it away`
func Stale(ctx context.Context, pool *pgxpool.Pool) error { return pool.Ping(ctx) }

//shugo:raw reaches nothing // want `//shugo:raw marks nothing: no function here that other packages can call reaches a statement; take it away`
func RawStale() {}

//shugo:raw nobody can call it from outside // want `//shugo:raw marks nothing`
func unexported(ctx context.Context, pool *pgxpool.Pool) {
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

//shugo:ungoverned it is governed already // want `//shugo:ungoverned exempts nothing`
func wrapped(ctx context.Context, id int) (int, error) {
	err := new(pgxpool.Pool).QueryRow(ctx, "SELECT 1").Scan(&id)
	return id, err
}

func Wire(g *governance.Guard) governance.Call[int, int] {
	return governance.Wrap(g, governance.Operation[int, int]{}, wrapped)
}

func Line(ctx context.Context, pool *pgxpool.Pool) {
	//shugo:ungoverned far from it // want `//shugo:ungoverned exempts nothing`

	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	//shugo:raw on a line // want `//shugo:raw marks nothing`
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	//shugo:ungovern misspelt // want `unknown directive //shugo:ungovern: want //shugo:ungoverned or //shugo:raw, and a reason`
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	// shugo:ungoverned a space makes it a comment
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

//shugo:ungoverned one line only
var count, _ = new(pgxpool.Pool).Exec(context.Background(), "DELETE FROM notes")
