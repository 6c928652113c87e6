// Package values hides statements in values of function type.
package values

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

type query func(ctx context.Context, sql string, args ...any) (pgx.Rows, error)

func Local(ctx context.Context, pool *pgxpool.Pool) {
	f := pool.Query // want `Query is not governed: values.Local is not given`
	f(ctx, "SELECT 1")
}

func Expression(ctx context.Context, pool *pgxpool.Pool) {
	(*pgxpool.Pool).Exec(pool, ctx, "DELETE FROM notes") // want `Exec is not governed`
}

func ExpressionValue(ctx context.Context, pool *pgxpool.Pool) {
	exec := (*pgxpool.Pool).Exec // want `Exec is not governed`
	exec(pool, ctx, "DELETE FROM notes")
}

func InterfaceExpression(ctx context.Context, tx pgx.Tx) {
	exec := pgx.Tx.Exec // want `Exec is not governed`
	exec(tx, ctx, "DELETE FROM notes")
}

type holder struct{ q query }

func Field(pool *pgxpool.Pool) *holder {
	return &holder{q: pool.Query} // want `Query is not governed`
}

func (h *holder) Use(ctx context.Context) { h.q(ctx, "SELECT 1") }

type positional struct{ q query }

func Positional(ctx context.Context, pool *pgxpool.Pool) {
	p := positional{pool.Query} // want `Query is not governed`
	p.q(ctx, "SELECT 1")
}

type assigned struct{ q query }

func Assigned(ctx context.Context, pool *pgxpool.Pool) {
	var a assigned
	a.q = pool.Query // want `Query is not governed`
	a.q(ctx, "SELECT 1")
}

func Mapped(ctx context.Context, pool *pgxpool.Pool) {
	all := map[string]query{"all": pool.Query} // want `Query is not governed`
	all["all"](ctx, "SELECT 1")
}

func MappedLater(ctx context.Context, pool *pgxpool.Pool) {
	all := map[string]query{}
	all["all"] = pool.Query // want `Query is not governed`
	all["all"](ctx, "SELECT 1")
}

func Sliced(ctx context.Context, pool *pgxpool.Pool) {
	for _, f := range []query{pool.Query} { // want `Query is not governed`
		f(ctx, "SELECT 1")
	}
}

func Appended(ctx context.Context, pool *pgxpool.Pool) {
	var all []query
	all = append(all, pool.Query) // want `Query is not governed`
	all[0](ctx, "SELECT 1")
}

func Sent(pool *pgxpool.Pool, c chan query) {
	c <- pool.Query // want `Query is not governed`
}

func Argument(ctx context.Context, pool *pgxpool.Pool) {
	apply(ctx, pool.Query) // want `Query is not governed`
}

func apply(ctx context.Context, q query) { q(ctx, "SELECT 1") }

func Returned(pool *pgxpool.Pool) query {
	return pool.Query // want `Query is not governed`
}

func Boxed(pool *pgxpool.Pool) any {
	var box any = pool.Query // want `Query is not governed`
	return box
}

func Converted(ctx context.Context, pool *pgxpool.Pool) {
	query(pool.Query)(ctx, "SELECT 1") // want `Query is not governed`
}

func Parenthesised(ctx context.Context, pool *pgxpool.Pool) {
	((pool).Query)(ctx, "SELECT 1") // want `Query is not governed`
}

func Pointer(ctx context.Context, pool *pgxpool.Pool) {
	f := query(pool.Query) // want `Query is not governed`
	g := &f
	(*g)(ctx, "SELECT 1")
}

var global func(*pgxpool.Pool, context.Context, string, ...any) (pgconn.CommandTag, error) = (*pgxpool.Pool).Exec // want `Exec is not governed`

func Global(ctx context.Context, pool *pgxpool.Pool) { global(pool, ctx, "DELETE FROM notes") }

var Exported = func(ctx context.Context, pool *pgxpool.Pool) {
	pool.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed`
}

func Curried(pool *pgxpool.Pool) func() func(context.Context) {
	return func() func(context.Context) {
		return func(ctx context.Context) {
			pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		}
	}
}

func Immediate(ctx context.Context, pool *pgxpool.Pool) {
	func() {
		pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	}()
}

func Reassigned(ctx context.Context, pool *pgxpool.Pool, g *governance.Guard, op governance.Operation[int, int]) {
	call := governance.Wrap(g, op, list)
	call = list // want `values.list goes around the guard: it reaches \(\*pgxpool.Pool\).QueryRow and is governed elsewhere, but not here; call the governed one`
	call(ctx, 1)
}

func list(ctx context.Context, n int) (int, error) {
	err := new(pgxpool.Pool).QueryRow(ctx, "SELECT $1", n).Scan(&n)
	return n, err
}
