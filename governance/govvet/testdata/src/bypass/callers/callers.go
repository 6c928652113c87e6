// Package callers calls raw repositories of other packages.
package callers

import (
	"context"

	"bypass/kit"
	"bypass/records"
	"example.com/orm"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
)

func Wire(g *governance.Guard, r *records.Records) governance.Call[int, int] {
	return governance.Wrap(g, governance.Operation[int, int]{}, r.List)
}

func Method(ctx context.Context, r *records.Records) {
	r.List(ctx, 1) // want `\(\*records.Records\).List reaches \(\*pgxpool.Pool\).QueryRow and is not governed: callers.Method is not given`
}

func Indirect(ctx context.Context, r *records.Records) {
	r.Add(ctx, "x") // want `\(\*records.Records\).Add reaches \(\*pgxpool.Pool\).Exec and is not governed`
}

func Function(ctx context.Context, pool *pgxpool.Pool) {
	records.Count(ctx, pool) // want `records.Count reaches`
}

func Value(r *records.Records) func(context.Context, int) (int, error) {
	return r.List // want `List reaches`
}

func Expression(ctx context.Context, r *records.Records) {
	f := (*records.Records).List // want `List reaches`
	f(r, ctx, 1)
}

type embeds struct{ *records.Records }

func Embedded(ctx context.Context, e embeds) {
	e.List(ctx, 1) // want `List reaches`
}

func Interface(ctx context.Context, l records.Lister) {
	l.List(ctx, 1) // want `records.Lister.List reaches`
}

type lister interface {
	List(ctx context.Context, id int) (int, error)
}

func Handed(ctx context.Context, r *records.Records) { use(ctx, r) }

func use(ctx context.Context, l lister) {
	l.List(ctx, 1) // want `callers.lister.List reaches \(\*pgxpool.Pool\).QueryRow and is not governed: callers.use is reached from callers.Handed`
}

func Alias(ctx context.Context, r *records.Records) {
	type same = records.Records
	(*same).Add(r, ctx, "x") // want `Add reaches`
}

func Library(ctx context.Context, pool *pgxpool.Pool) {
	kit.Purge(ctx, pool) // want `kit.Purge reaches`
}

func Generic(ctx context.Context, pool *pgxpool.Pool) {
	kit.Table[string]{Pool: pool}.Get(ctx, 1) // want `Get reaches`
}

func GenericFunction(ctx context.Context, pool *pgxpool.Pool) {
	kit.Insert(ctx, pool, "x") // want `kit.Insert reaches`
}

func Goroutine(ctx context.Context, r *records.Records) {
	go func() {
		defer r.Add(ctx, "x") // want `Add reaches`
	}()
}

func Hooked(ctx context.Context, pool *pgxpool.Pool) {
	h := records.Hooks{Count: records.Count} // want `records.Count reaches`
	h.Count(ctx, pool)
}

//shugo:raw the next package governs it
func Layer(ctx context.Context, r *records.Records) error { return r.Add(ctx, "x") }

func ThirdParty(ctx context.Context, pool *pgxpool.Pool, rows []string) {
	orm.Select(ctx, pool, &rows, "SELECT 1") // want `orm.Select reaches orm.Querier.Query and is not governed`
}

func ThirdPartyMethod(ctx context.Context, pool *pgxpool.Pool) {
	orm.New(pool).Delete(ctx, "notes") // want `\(\*orm.Client\).Delete reaches \(\*pgxpool.Pool\).Exec and is not governed`
}

func ThirdPartyWrapped(g *governance.Guard, pool *pgxpool.Pool) func(context.Context, string) error {
	governance.WrapErr(g, governance.Operation[string, governance.Nothing]{}, orm.New(pool).Delete)
	return orm.New(pool).Delete // want `Delete reaches`
}

func constrained[T lister](ctx context.Context, t T) {
	t.List(ctx, 1) // want `callers.lister.List reaches`
}

func Constrained(ctx context.Context, r *records.Records) { constrained(ctx, r) }

func anonymous[T interface {
	Add(ctx context.Context, text string) error
}](ctx context.Context, t T) {
	t.Add(ctx, "x") // want `interface.Add reaches`
}

func Anonymous(ctx context.Context, r *records.Records) { anonymous(ctx, r) }

func Literal(ctx context.Context, r *records.Records) {
	for _, l := range []lister{r} {
		l.List(ctx, 1) // want `callers.lister.List reaches`
	}
}

var Default = (*records.Records)(nil).List // want `List reaches`
