// Package notes wires its calls in all the ways that hosts do.
package notes

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	gov "github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

type store struct {
	pool   *pgxpool.Pool
	driver neo4j.DriverWithContext
}

type op = gov.Operation[int, int]

type Calls struct {
	A, B, C, D, E, F, G, H, I, J, K, L, M, N gov.Call[int, int]

	Write, Unit func(context.Context, int) error
	Rows        gov.Seq[int, int]
}

func (s *store) get(ctx context.Context, id int) (int, error) {
	err := s.pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

func (s *store) helped(ctx context.Context, id int) (int, error) { return s.help(ctx, id) }

func (s *store) help(ctx context.Context, id int) (int, error) {
	return s.helpMore(ctx, "SELECT $1", id)
}

func (s *store) helpMore(ctx context.Context, sql string, id int) (int, error) {
	rows, err := s.pool.Query(ctx, sql, id)
	if err != nil {
		return 0, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int])
	return len(all), err
}

func (s *store) inTx(ctx context.Context, id int) (int, error) {
	return id, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM notes WHERE id = $1", id)
		return err
	})
}

func (s *store) concurrently(ctx context.Context, id int) (int, error) {
	done := make(chan error)
	go func() {
		_, err := s.pool.Exec(ctx, "DELETE FROM notes WHERE id = $1", id)
		done <- err
	}()
	return id, <-done
}

func (s *store) graph(ctx context.Context, id int) (int, error) {
	_, err := neo4j.ExecuteQuery(ctx, s.driver, "MATCH (n {id: $id}) RETURN n", map[string]any{"id": id}, neo4j.EagerResultTransformer)
	return id, err
}

func (s *store) session(ctx context.Context, id int) (int, error) {
	session := s.driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(ctx)
	_, err := session.ExecuteRead(ctx, work)
	return id, err
}

func work(tx neo4j.ManagedTransaction) (any, error) {
	return tx.Run(context.Background(), "RETURN 1", nil)
}

func (s *store) write(ctx context.Context, id int) error {
	tx, _ := pgsink.TxFrom(ctx)
	_, err := tx.Exec(ctx, "DELETE FROM notes WHERE id = $1", id)
	return err
}

func (s *store) queue(ctx context.Context, id int) error {
	b, _ := pgsink.BatchFrom(ctx)
	b.Queue("DELETE FROM notes WHERE id = $1", id)
	return nil
}

func (s *store) rows(ctx context.Context, id int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		rows, err := s.pool.Query(ctx, "SELECT $1", id)
		for err == nil && rows.Next() && yield(id, rows.Scan(&id)) {
		}
	}
}

func free(pool *pgxpool.Pool) gov.Call[int, int] {
	return func(ctx context.Context, id int) (int, error) {
		err := pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
		return id, err
	}
}

// Wire has a use in each line.
func Wire(g *gov.Guard, s *store, sink *pgsink.Sink) Calls {
	wrap := gov.Wrap[int, int]
	local := s.get
	literal := func(ctx context.Context, id int) (int, error) {
		_, err := s.pool.Exec(ctx, "DELETE FROM notes WHERE id = $1", id)
		return id, err
	}
	made := free(s.pool)
	var late gov.Call[int, int]
	late = s.helped
	return Calls{
		A:     gov.Wrap(g, op{}, s.get),                                                            // legitimate: method value
		B:     gov.Wrap[int, int](g, op{}, s.helped),                                               // legitimate: through helpers
		C:     pgsink.InTx(sink, gov.Wrap(g, op{}, s.inTx)),                                        // legitimate: unit of work
		D:     gov.Wrap(g, op{}, s.concurrently),                                                   // legitimate: goroutine in a governed call
		E:     gov.Wrap(g, op{}, s.graph),                                                          // legitimate: graph
		F:     gov.Wrap(g, op{}, s.session),                                                        // legitimate: managed transaction by name
		G:     wrap(g, op{}, s.get),                                                                // legitimate: Wrap in a variable
		H:     gov.Wrap(g, op{}, local),                                                            // legitimate: method value in a variable
		I:     gov.Wrap(g, op{}, literal),                                                          // legitimate: literal in a variable
		J:     gov.Wrap(g, op{}, free(s.pool)),                                                     // legitimate: function that makes the call
		K:     gov.Wrap(g, op{}, gov.Call[int, int](s.get)),                                        // legitimate: conversion
		L:     gov.Wrap(g, op{}, (s.get)),                                                          // legitimate: parentheses
		M:     gov.Wrap(g, op{}, made),                                                             // legitimate: made before
		N:     gov.Wrap(g, op{}, late),                                                             // legitimate: assigned before
		Write: pgsink.InBatchErr(sink, gov.WrapErr(g, gov.Operation[int, gov.Nothing]{}, s.queue)), // legitimate: batch
		Unit:  pgsink.InTxErr(sink, gov.WrapErr(g, gov.Operation[int, gov.Nothing]{}, s.write)),    // legitimate: transaction of the context
		Rows:  gov.WrapSeq(g, op{}, s.rows),                                                        // legitimate: sequence
	}
}

// Literal gives a literal to Wrap. legitimate: literal
func Literal(g *gov.Guard, pool *pgxpool.Pool) gov.Call[int, int] {
	return gov.Wrap(g, op{}, func(ctx context.Context, id int) (int, error) {
		err := pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
		return id, err
	})
}

// Expression is a method expression in a literal. legitimate: method expression
func Expression(g *gov.Guard, s *store) gov.Call[int, int] {
	return gov.Wrap(g, op{}, func(ctx context.Context, id int) (int, error) { return (*store).get(s, ctx, id) })
}

// New makes the store where it is wrapped. legitimate: constructor in the argument
func New(g *gov.Guard, pool *pgxpool.Pool) gov.Call[int, int] {
	return gov.Wrap(g, op{}, (&store{pool: pool}).get)
}

// Unit calls governed calls in a transaction of the host's. legitimate: Begin and WithTx
func Unit(ctx context.Context, pool *pgxpool.Pool, c Calls) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		return c.Write(pgsink.WithTx(ctx, tx), 1)
	})
}

// UnitByHand is the same by hand. legitimate: Begin, WithTx and Commit
func UnitByHand(ctx context.Context, pool *pgxpool.Pool, c Calls) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if err := c.Write(pgsink.WithTx(ctx, tx), 1); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// Together sends what governed calls have queued. legitimate: WithBatch and SendBatch
func Together(ctx context.Context, pool *pgxpool.Pool, c Calls) error {
	b := &pgx.Batch{}
	if err := c.Write(pgsink.WithBatch(ctx, b), 1); err != nil {
		return err
	}
	return pool.SendBatch(ctx, b).Close()
}

// Health sends no statement. legitimate: ping
func Health(ctx context.Context, pool *pgxpool.Pool, d neo4j.DriverWithContext) error {
	if err := pool.Ping(ctx); err != nil {
		return err
	}
	return d.VerifyConnectivity(ctx)
}

// Migrate is an adapter's. legitimate: Shugo's own package
func Migrate(ctx context.Context, pool *pgxpool.Pool) error { return pgsink.Migrate(ctx, pool) }

// Typed calls with types that the field gives away. legitimate: governed calls
func Typed(ctx context.Context, c Calls) (int, error) { return c.A(ctx, 1) }

// Clock has a method of a driver's name. legitimate: other Exec, Query and Run
type Clock struct{}

func (Clock) Exec(ctx context.Context, command string) error            { return nil }
func (Clock) Query(q string) (time.Time, error)                         { return time.Time{}, nil }
func (Clock) Run(ctx context.Context, s neo4j.SessionWithContext) error { return nil }

func Ticks(ctx context.Context, c Clock) {
	c.Exec(ctx, "tick")
	c.Query("now")
	c.Run(ctx, nil)
}

// scan reads an answer. legitimate: rows of a governed call
func scan(rows pgx.Rows, results pgx.BatchResults) (n int, err error) {
	rows.Scan(&n)
	_, err = results.Exec()
	return n, err
}

var _ = scan

func (s *store) wrapAll(g *gov.Guard) []gov.Call[int, int] {
	var governed []gov.Call[int, int]
	for _, call := range []gov.Call[int, int]{s.get, s.helped} { // legitimate: list of calls
		governed = append(governed, gov.Wrap(g, op{}, call))
	}
	return governed
}

func (s *store) byName(g *gov.Guard) map[string]gov.Call[int, int] {
	calls := map[string]gov.Call[int, int]{"get": s.get} // legitimate: map of calls
	for name, call := range calls {
		calls[name] = gov.Wrap(g, op{}, call)
	}
	return nil
}

var _, _ = (*store).wrapAll, (*store).byName

// Bus has methods of a driver's names with type parameters. legitimate: generic Query and Exec
type Bus[T any] struct{ last T }

func (b *Bus[T]) Query(topic string, args ...any) (T, error) { return b.last, nil }
func (b *Bus[T]) Exec(command T) error                       { return nil }
func (b *Bus[T]) Run(ctx context.Context, name string) error { return nil }

func Publish(ctx context.Context, b *Bus[int]) {
	b.Query("x")
	b.Exec(1)
	b.Run(ctx, "x")
}

// Actor is an interface with the same. legitimate: interface with Exec, Run and Query
type Actor interface {
	Exec(ctx context.Context, command string) error
	Run(ctx context.Context) error
	Query(ctx context.Context, id int) (string, error)
}

func Act(ctx context.Context, a Actor) {
	a.Exec(ctx, "x")
	a.Run(ctx)
	a.Query(ctx, 1)
}

// journal writes to the database by an interface that half of the world has. legitimate: interface of the standard library
type journal struct{ pool *pgxpool.Pool }

// Write is exempt.
//
//shugo:ungoverned lines of the log say nothing of persons
func (j journal) Write(line []byte) (int, error) {
	_, err := j.pool.Exec(context.Background(), "INSERT INTO log VALUES ($1)", line)
	return len(line), err
}

func Print(w io.Writer) { w.Write(nil) }

func Log(pool *pgxpool.Pool) { Print(journal{pool}) }

type getFunc func(context.Context, int) (int, error)

func (f getFunc) Get(ctx context.Context, id int) (int, error) { return f(ctx, id) }

type getter interface {
	Get(ctx context.Context, id int) (int, error)
}

// Adapted is governed behind an interface. legitimate: function type as an adapter
func Adapted(g *gov.Guard, s *store) getter { return getFunc(gov.Wrap(g, op{}, s.get)) }

func Got(ctx context.Context, i getter) (int, error) { return i.Get(ctx, 1) }

// Hooks send no statement. legitimate: connection's type and prepared text
func Hooks(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Prepare(ctx, "get", "SELECT $1")
	return err
}
