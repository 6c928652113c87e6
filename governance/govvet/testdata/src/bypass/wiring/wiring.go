// Package wiring has governed calls with bare ones beside them, and what only looks like a guard.
package wiring

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

type store struct{ pool *pgxpool.Pool }

func (s store) add(ctx context.Context, text string) error {
	_, err := s.pool.Exec(ctx, "INSERT INTO notes VALUES ($1)", text)
	return err
}

func (s store) list(ctx context.Context, id int) ([]string, error) { return s.read(ctx, id) }

func (s store) read(ctx context.Context, id int) ([]string, error) {
	rows, err := s.pool.Query(ctx, "SELECT text FROM notes WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (s store) forgotten(ctx context.Context, id int) ([]string, error) {
	rows, err := s.pool.Query(ctx, "SELECT text FROM notes WHERE id = $1", id) // want `Query is not governed: wiring.store.forgotten is not given`
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (s store) stream(ctx context.Context, id int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		_, err := s.pool.Query(ctx, "SELECT text FROM notes WHERE id = $1", id)
		yield("", err)
	}
}

type Notes struct {
	Add    func(context.Context, string) error
	List   governance.Call[int, []string]
	Stream governance.Seq[int, string]
	Bare   governance.Call[int, []string]
}

func Wire(g *governance.Guard, s store, sink *pgsink.Sink) Notes {
	return Notes{
		Add:    pgsink.InTxErr(sink, governance.WrapErr(g, governance.Operation[string, governance.Nothing]{}, s.add)),
		List:   governance.Wrap(g, governance.Operation[int, []string]{}, s.list),
		Stream: governance.WrapSeq(g, governance.Operation[int, string]{}, s.stream),
		Bare:   s.list, // want `wiring.store.list goes around the guard`
	}
}

func Beside(ctx context.Context, s store) {
	s.list(ctx, 1) // want `list goes around the guard`
}

func Helper(ctx context.Context, s store) {
	s.read(ctx, 1) // want `read goes around the guard`
}

func Streamed(ctx context.Context, s store) {
	for range s.stream(ctx, 1) { // want `stream goes around the guard`
	}
}

func InTxAlone(s store, sink *pgsink.Sink) func(context.Context, string) error {
	return pgsink.InTxErr(sink, s.add) // want `add goes around the guard`
}

func InBatchAlone(s store, sink *pgsink.Sink) func(context.Context, string) error {
	return pgsink.InBatchErr(sink, func(ctx context.Context, text string) error {
		_, err := s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		return err
	})
}

// Wrap has the name of the guard's, and nothing more.
func Wrap[In, Out any](_ *governance.Guard, _ governance.Operation[In, Out], next governance.Call[In, Out]) governance.Call[In, Out] {
	return next
}

func Shadowed(g *governance.Guard, s store) governance.Call[int, []string] {
	return Wrap(g, governance.Operation[int, []string]{}, s.list) // want `list goes around the guard`
}

func ShadowedPackage(s store) governance.Call[int, []string] {
	governance := pretender{}
	return governance.Wrap(s.list) // want `list goes around the guard`
}

type pretender struct{}

func (pretender) Wrap(next governance.Call[int, []string]) governance.Call[int, []string] {
	return next
}

// leaky wraps its argument, and calls it without the guard as well.
func leaky(g *governance.Guard, next governance.Call[int, []string]) governance.Call[int, []string] {
	_, _ = next(context.Background(), 0)
	return governance.Wrap(g, governance.Operation[int, []string]{}, next)
}

func Leaky(g *governance.Guard, s store) governance.Call[int, []string] {
	return leaky(g, s.list) // want `list goes around the guard`
}

// sometimes wraps its argument only if there is a guard.
func sometimes(g *governance.Guard, next governance.Call[int, []string]) governance.Call[int, []string] {
	if g == nil {
		return next
	}
	return governance.Wrap(g, governance.Operation[int, []string]{}, next)
}

func Sometimes(g *governance.Guard, s store) governance.Call[int, []string] {
	return sometimes(g, s.list) // want `list goes around the guard`
}

func Check(g *governance.Guard, s store) governance.Call[int, []string] {
	return governance.Wrap(g, governance.Operation[int, []string]{}, s.list, func(ctx context.Context, id int) error {
		_, err := s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		return err
	})
}

func CheckByName(g *governance.Guard, s store) governance.Call[int, []string] {
	return governance.Wrap(g, governance.Operation[int, []string]{}, s.list, s.check)
}

func (s store) check(ctx context.Context, id int) error {
	return s.pool.QueryRow(ctx, "SELECT 1").Scan(&id) // want `QueryRow is not governed: wiring.store.check is reached from wiring.CheckByName`
}

func Subject(g *governance.Guard, s store) governance.Call[int, []string] {
	return governance.Wrap(g, governance.Operation[int, []string]{
		Subject: func(id int) (who governance.Subject) {
			s.pool.QueryRow(context.Background(), "SELECT owner FROM notes").Scan(&who) // want `QueryRow is not governed`
			return who
		},
	}, s.list)
}

func Evaluated(ctx context.Context, g *governance.Guard, s store) governance.Call[int, []string] {
	return governance.Wrap(g, governance.Operation[int, []string]{}, make1(s.pool.QueryRow(ctx, "SELECT 1"))) // want `QueryRow is not governed`
}

func make1(row pgx.Row) governance.Call[int, []string] {
	return func(context.Context, int) ([]string, error) { return nil, row.Scan() }
}

func Discarded(ctx context.Context, g *governance.Guard, s store) {
	_ = governance.Wrap(g, governance.Operation[int, []string]{}, s.list)
	_, _ = s.list(ctx, 1) // want `list goes around the guard`
}

func WithTx(ctx context.Context, s store) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	ctx = pgsink.WithTx(ctx, tx)
	if _, err := tx.Exec(ctx, "DELETE FROM notes"); err != nil { // want `Tx.Exec is not governed`
		return err
	}
	return tx.Commit(ctx)
}

func TxFrom(ctx context.Context) {
	if tx, ok := pgsink.TxFrom(ctx); ok {
		tx.Exec(ctx, "DELETE FROM notes") // want `Tx.Exec is not governed`
	}
}

func BatchFrom(ctx context.Context) {
	if b, ok := pgsink.BatchFrom(ctx); ok {
		b.Queue("DELETE FROM notes") // want `Queue is not governed`
	}
}

func WithBatch(ctx context.Context, pool *pgxpool.Pool, n Notes) error {
	b, other := &pgx.Batch{}, &pgx.Batch{}
	if err := n.Add(pgsink.WithBatch(ctx, b), "a"); err != nil {
		return err
	}
	b.Queue("DELETE FROM notes")              // want `Queue is not governed`
	return pool.SendBatch(ctx, other).Close() // want `SendBatch is not governed`
}

type governed struct {
	store
	List governance.Call[int, []string]
}

func Promoted(ctx context.Context, g *governance.Guard, s store) {
	n := governed{store: s, List: governance.Wrap(g, governance.Operation[int, []string]{}, s.list)}
	n.List(ctx, 1)
	n.list(ctx, 1) // want `list goes around the guard`
}

func Retried(ctx context.Context, s store) {
	retry(func() error {
		return s.add(ctx, "again") // want `add goes around the guard`
	})
}

func retry(do func() error) {
	for do() != nil {
	}
}

func Local(ctx context.Context, g *governance.Guard, s store) {
	list := s.list
	governance.Wrap(g, governance.Operation[int, []string]{}, list)
	list(ctx, 1) // want `list goes around the guard`
}

// preloaded asks the database before it returns its call.
func preloaded(pool *pgxpool.Pool) governance.Call[int, []string] {
	var text string
	pool.QueryRow(context.Background(), "SELECT text FROM notes").Scan(&text) // want `QueryRow is not governed: wiring.Preloaded is not given`
	return func(context.Context, int) ([]string, error) { return []string{text}, nil }
}

func Preloaded(g *governance.Guard, s store) governance.Call[int, []string] {
	return governance.Wrap(g, governance.Operation[int, []string]{}, preloaded(s.pool))
}

func outer(pool *pgxpool.Pool) governance.Call[int, []string] { return inner(pool) }

func inner(pool *pgxpool.Pool) governance.Call[int, []string] {
	warm(pool) // want `wiring.warm goes around the guard`
	return nil
}

func warm(pool *pgxpool.Pool) { pool.Exec(context.Background(), "DELETE FROM notes") }

func Twice(g *governance.Guard, s store) governance.Call[int, []string] {
	call := outer(s.pool)
	return governance.Wrap(g, governance.Operation[int, []string]{}, call)
}

// wrapped again by a field that is read bare elsewhere.
type kept struct {
	next governance.Call[int, []string]
}

func Kept(g *governance.Guard, s store) governance.Call[int, []string] {
	k := kept{next: s.list}
	return governance.Wrap(g, governance.Operation[int, []string]{}, k.next)
}

func (k kept) Call(ctx context.Context) {
	k.next(ctx, 1) // want `next goes around the guard`
}

func Compared(ctx context.Context, g *governance.Guard, s store) {
	if list := governance.Wrap(g, governance.Operation[int, []string]{}, s.list); list == nil {
		s.list(ctx, 1) // want `list goes around the guard`
	}
}

func Method(ctx context.Context, g *governance.Guard, s store) {
	var registry registry
	registry.wrap(s.list) // want `list goes around the guard`
}

type registry struct {
	calls []governance.Call[int, []string]
}

func (r *registry) wrap(next governance.Call[int, []string]) { r.calls = append(r.calls, next) }

func (r *registry) Run(ctx context.Context) {
	for _, call := range r.calls {
		call(ctx, 1)
	}
}
