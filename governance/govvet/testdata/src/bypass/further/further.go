// Package further was written after the check, to see what it does not find.
package further

import (
	"context"
	"database/sql"
	"iter"
	"sort"
	"sync"
	"time"

	pretended "example.com/governance"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	. "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/shugo-data/shugo/governance"
)

type store struct {
	pool *pgxpool.Pool
	once sync.Once
}

func (s *store) get(ctx context.Context, id int) (int, error) {
	err := s.pool.QueryRow(ctx, "SELECT $1", id).Scan(&id)
	return id, err
}

func (s *store) stream(ctx context.Context, id int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		_, err := s.pool.Query(ctx, "SELECT 1")
		yield(id, err)
	}
}

type Calls struct{ Get governance.Call[int, int] }

func Wire(g *governance.Guard, s *store) *Calls {
	governance.WrapSeq(g, governance.Operation[int, int]{}, s.stream)
	return &Calls{Get: governance.Wrap(g, governance.Operation[int, int]{}, s.get)}
}

func Overwritten(c *Calls, s *store) {
	c.Get = s.get // want `get goes around the guard`
}

func Copied(c Calls, s *store) Calls {
	d := c
	d.Get = func(ctx context.Context, id int) (int, error) {
		return s.get(ctx, id) // want `get goes around the guard`
	}
	return d
}

func OtherPackage(s *store) pretended.Call[int, int] {
	return pretended.Wrap(nil, nil, s.get) // want `get goes around the guard`
}

func Pulled(ctx context.Context, s *store) {
	next, stop := iter.Pull2(s.stream(ctx, 1)) // want `stream goes around the guard`
	defer stop()
	next()
}

func Once(ctx context.Context, s *store) {
	s.once.Do(func() { s.pool.Exec(ctx, "DELETE FROM notes") }) // want `Exec is not governed`
}

func Lazy(ctx context.Context, s *store) func() int {
	return sync.OnceValue(func() int {
		n, _ := s.get(ctx, 1) // want `get goes around the guard`
		return n
	})
}

func After(ctx context.Context, s *store) {
	time.AfterFunc(time.Hour, func() { s.get(ctx, 1) }) // want `get goes around the guard`
	context.AfterFunc(ctx, func() {
		s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	})
}

func Sorted(ctx context.Context, s *store, ids []int) {
	sort.Slice(ids, func(i, j int) bool {
		a, _ := s.get(ctx, ids[i]) // want `get goes around the guard`
		return a < j
	})
}

func DotImport(ctx context.Context, d DriverWithContext) {
	ExecuteQuery(ctx, d, "MATCH (n) DELETE n", nil, EagerResultTransformer) // want `ExecuteQuery is not governed`
}

func Recursive(ctx context.Context, s *store) {
	var f func(int)
	f = func(n int) {
		s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		f(n - 1)
	}
	f(3)
}

var _ = func() int {
	new(pgxpool.Pool).Exec(context.Background(), "DELETE FROM notes") // want `Exec is not governed`
	return 1
}()

var loaded = load(new(pgxpool.Pool))

func load(pool *pgxpool.Pool) func() {
	pool.Exec(context.Background(), "DELETE FROM notes") // want `Exec is not governed`
	return func() {}
}

type execFunc func(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)

func (f execFunc) drop(ctx context.Context) { f(ctx, "DROP TABLE notes") }

func FuncType(ctx context.Context, s *store) {
	execFunc(s.pool.Exec).drop(ctx) // want `Exec is not governed`
}

func exec(ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) error {
	_, err := pool.Exec(ctx, sql, args...) // want `Exec is not governed: further.exec is reached from further.Plain`
	return err
}

func Plain(ctx context.Context, s *store) error { return exec(ctx, s.pool, "DELETE FROM notes") }

func Labelled(ctx context.Context, rows []*sql.DB) {
outer:
	for _, db := range rows {
		if _, err := db.ExecContext(ctx, "DELETE FROM notes"); err != nil { // want `ExecContext is not governed`
			continue outer
		}
	}
}

func Condition(ctx context.Context, s *store) bool {
	return s.pool != nil && s.pool.QueryRow(ctx, "SELECT 1").Scan(nil) == nil // want `QueryRow is not governed`
}

func SwitchTag(ctx context.Context, s *store) {
	switch n, err := s.get(ctx, 1); { // want `get goes around the guard`
	case err == nil && n > 0:
	}
}

func RangeOver(ctx context.Context, s *store) {
	for id := range s.stream(ctx, 1) { // want `stream goes around the guard`
		_ = id
	}
}

func NamedResult(s *store) (call governance.Call[int, int]) {
	call = s.get // want `get goes around the guard`
	return
}

func Ternary(s *store, bare bool, g *governance.Guard) governance.Call[int, int] {
	call := governance.Wrap(g, governance.Operation[int, int]{}, s.get)
	if bare {
		call = func(ctx context.Context, id int) (int, error) { return s.get(ctx, id) } // want `get goes around the guard`
	}
	return call
}

type embeds struct{ store }

func (e *embeds) Direct(ctx context.Context) {
	e.get(ctx, 1)                         // want `get goes around the guard`
	e.store.pool.Exec(ctx, "DELETE FROM") // want `Exec is not governed`
}

type contract interface {
	get(ctx context.Context, id int) (int, error)
}

func ByContract(ctx context.Context, c contract) {
	c.get(ctx, 1) // want `contract.get reaches`
}

func ContractExpression(ctx context.Context, c contract) {
	contract.get(c, ctx, 1) // want `contract.get reaches`
}

func GenericContract[C contract](ctx context.Context, c C) {
	c.get(ctx, 1) // want `contract.get reaches`
}

func AfterConnect(config *struct {
	AfterConnect func(context.Context, *pgx.Conn) error
}) {
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		return err
	}
}

func Trailing(ctx context.Context, s *store) {
	s.pool.Exec(ctx, "SET a TO b")        //shugo:ungoverned a setting
	s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

//shugo:ungoverned this one only
func excused(ctx context.Context, s *store, then func()) {
	s.pool.Exec(ctx, "CREATE TABLE notes ()")
	then()
}

func Callback(ctx context.Context, s *store) {
	excused(ctx, s, func() {
		s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	})
}

func Returned(ctx context.Context, s *store) (n int, err error) {
	defer func() { n, err = s.get(ctx, n) }() // want `get goes around the guard`
	return 1, nil
}

func Arguments(ctx context.Context, s *store) { use(s.get(ctx, 1)) } // want `get goes around the guard`

func use(n int, err error) {}

func Index(ctx context.Context, s *store) {
	calls := [...]governance.Call[int, int]{s.get} // want `get goes around the guard`
	calls[0](ctx, 1)
}

func StructOfCalls(ctx context.Context, s *store) {
	one := struct {
		f func(context.Context, int) (int, error)
	}{s.get} // want `get goes around the guard`
	one.f(ctx, 1)
}

func Any(ctx context.Context, s *store) {
	boxes := []any{s.get} // want `get goes around the guard`
	boxes[0].(func(context.Context, int) (int, error))(ctx, 1)
}

func Channel(ctx context.Context, s *store) {
	c := make(chan governance.Call[int, int], 1)
	c <- s.get // want `get goes around the guard`
	(<-c)(ctx, 1)
}

type tree struct{ left, right *tree }

func (t *tree) Walk(visit func(*tree)) { visit(t) }

func Visitor(ctx context.Context, s *store, t *tree) {
	t.Walk(func(*tree) {
		s.pool.SendBatch(ctx, &pgx.Batch{}) // want `SendBatch is not governed`
	})
}

func GenericHelper(ctx context.Context, s *store) {
	must(s.pool.Query(ctx, "SELECT 1")) // want `Query is not governed`
}

func must[T any](t T, err error) T { return t }

func Indexed(ctx context.Context, s *store, m map[int][]func()) {
	id := func() int {
		n, _ := s.get(ctx, 1) // want `get goes around the guard`
		return n
	}
	if m[id()] == nil || len(m[must(s.get(ctx, 1))]) == 0 { // want `get goes around the guard`
		return
	}
}
