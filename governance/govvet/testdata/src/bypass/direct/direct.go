// Package direct calls pgx in every way that a function can.
package direct

import (
	"context"
	"io"
	"log"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	db "github.com/jackc/pgx/v5/pgxpool"
)

// handler and request stand for those of net/http, which is slow to load.
type handler func(*request)

type request struct{ ctx context.Context }

type Store struct {
	pool *db.Pool
	conn *pgx.Conn
	raw  *pgconn.PgConn
}

func (s *Store) Exec1(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM notes") // want `\(\*pgxpool.Pool\).Exec is not governed: \(\*direct.Store\).Exec1 is not given to governance.Wrap; wrap it, or mark it //shugo:raw for the packages that do, or say in a comment //shugo:ungoverned why it may`
	return err
}

func (s *Store) Query(ctx context.Context) (pgx.Rows, error) {
	return s.pool.Query(ctx, "SELECT * FROM notes") // want `Pool\).Query is not governed`
}

func (s *Store) One(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&n) // want `QueryRow is not governed`
	return n, err
}

func (s *Store) Conn(ctx context.Context) error {
	if _, err := s.conn.Exec(ctx, "DELETE FROM notes"); err != nil { // want `Conn\).Exec is not governed`
		return err
	}
	return nil
}

func (s *Store) ConnRows(ctx context.Context) {
	rows, _ := s.conn.Query(ctx, "SELECT 1") // want `Conn\).Query is not governed`
	defer rows.Close()
}

func (s *Store) Collected(ctx context.Context) ([]int, error) {
	rows, _ := s.pool.Query(ctx, "SELECT 1") // want `Query is not governed`
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

func (s *Store) Acquired(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, "DELETE FROM notes") // want `\(\*pgxpool.Conn\).Exec is not governed`
	return err
}

func (s *Store) Chained(ctx context.Context) {
	conn, _ := s.pool.Acquire(ctx)
	conn.Conn().QueryRow(ctx, "SELECT 1") // want `\(\*pgx.Conn\).QueryRow is not governed`
}

func (s *Store) AcquireFunc(ctx context.Context) error {
	return s.pool.AcquireFunc(ctx, func(c *db.Conn) error {
		_, err := c.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed: \(\*direct.Store\).AcquireFunc is not given`
		return err
	})
}

func (s *Store) Transaction(ctx context.Context) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM notes"); err != nil { // want `pgx.Tx.Exec is not governed`
		return tx.Rollback(ctx)
	}
	return tx.Commit(ctx)
}

func (s *Store) Nested(ctx context.Context) {
	tx, _ := s.conn.BeginTx(ctx, pgx.TxOptions{})
	inner, _ := tx.Begin(ctx)
	inner.QueryRow(ctx, "SELECT 1") // want `pgx.Tx.QueryRow is not governed`
}

func (s *Store) BeginFunc(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Query(ctx, "SELECT 1") // want `pgx.Tx.Query is not governed`
		return err
	})
}

func (s *Store) TxConn(ctx context.Context) {
	tx, _ := s.pool.Begin(ctx)
	_, _ = tx.Conn().Exec(ctx, "DELETE FROM notes") // want `Conn\).Exec is not governed`
}

func (s *Store) Batch(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue("DELETE FROM notes")            // want `\(\*pgx.Batch\).Queue is not governed`
	return s.pool.SendBatch(ctx, b).Close() // want `SendBatch is not governed`
}

func (s *Store) BatchInTx(ctx context.Context, tx pgx.Tx) error {
	return tx.SendBatch(ctx, &pgx.Batch{}).Close() // want `pgx.Tx.SendBatch is not governed`
}

func (s *Store) QueueWithCallback(b *pgx.Batch) {
	b.Queue("SELECT 1").Query(func(pgx.Rows) error { return nil }) // want `Queue is not governed`
}

func (s *Store) Copy(ctx context.Context) error {
	_, err := s.pool.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromRows(nil)) // want `CopyFrom is not governed`
	return err
}

func (s *Store) CopyInTx(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.CopyFrom(ctx, // want `Tx.CopyFrom is not governed`
		pgx.Identifier{"notes"}, nil, nil)
	return err
}

func (s *Store) Prepared(ctx context.Context) error {
	if _, err := s.conn.Prepare(ctx, "drop", "DELETE FROM notes"); err != nil {
		return err
	}
	_, err := s.conn.Exec(ctx, "drop") // want `Exec is not governed`
	return err
}

func (s *Store) Simple(ctx context.Context) error {
	return s.raw.Exec(ctx, "DELETE FROM notes").Close() // want `\(\*pgconn.PgConn\).Exec is not governed`
}

func (s *Store) Params(ctx context.Context) error {
	_, err := s.raw.ExecParams(ctx, "DELETE FROM notes", nil, nil, nil, nil).Close() // want `ExecParams is not governed`
	return err
}

func (s *Store) PreparedRaw(ctx context.Context) error {
	_, err := s.raw.ExecPrepared(ctx, "drop", nil, nil, nil).Close() // want `ExecPrepared is not governed`
	return err
}

func (s *Store) CopyOut(ctx context.Context, w io.Writer) error {
	_, err := s.conn.PgConn().CopyTo(ctx, w, "COPY notes TO STDOUT") // want `CopyTo is not governed`
	return err
}

func (s *Store) CopyIn(ctx context.Context, r io.Reader) error {
	_, err := s.raw.CopyFrom(ctx, r, "COPY notes FROM STDIN") // want `PgConn\).CopyFrom is not governed`
	return err
}

func (s *Store) Pipeline(ctx context.Context) error {
	p := s.raw.StartPipeline(ctx)
	p.SendQueryParams("DELETE FROM notes", nil, nil, nil, nil) // want `SendQueryParams is not governed`
	return p.Sync()
}

func (s *Store) RawBatch(ctx context.Context) error {
	b := &pgconn.Batch{}
	b.ExecParams("DELETE FROM notes", nil, nil, nil, nil) // want `\(\*pgconn.Batch\).ExecParams is not governed`
	return s.raw.ExecBatch(ctx, b).Close()                // want `ExecBatch is not governed`
}

func (s *Store) LargeObject(ctx context.Context, tx pgx.Tx) error {
	objects := tx.LargeObjects()
	_, err := objects.Create(ctx, 0) // want `LargeObjects\).Create is not governed`
	return err
}

func (s *Store) Unlinked(ctx context.Context, tx pgx.Tx) error {
	objects := tx.LargeObjects()
	return objects.Unlink(ctx, 7) // want `LargeObjects\).Unlink is not governed`
}

func (s *Store) Goroutine(ctx context.Context) {
	go s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

func (s *Store) GoroutineLiteral(ctx context.Context) {
	go func() {
		s.pool.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed`
	}()
}

func (s *Store) Deferred(ctx context.Context) {
	defer s.conn.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
}

func (s *Store) DeferredLiteral(ctx context.Context) {
	defer func() {
		if recover() != nil {
			s.pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
		}
	}()
}

func (s *Store) Handler() handler {
	return handler(func(r *request) {
		s.pool.QueryRow(r.ctx, "SELECT 1") // want `QueryRow is not governed`
	})
}

func (s *Store) ServeHTTP(r *request) {
	_, _ = s.pool.Query(r.ctx, "SELECT 1") // want `Query is not governed`
}

func (s *Store) Sequence(ctx context.Context) func(func(int) bool) {
	return func(yield func(int) bool) {
		rows, _ := s.pool.Query(ctx, "SELECT 1") // want `Query is not governed`
		for rows.Next() && yield(1) {
		}
	}
}

func (s *Store) Switched(ctx context.Context, what any) {
	switch q := what.(type) {
	case *db.Pool:
		q.Exec(ctx, "DELETE FROM notes") // want `Pool\).Exec is not governed`
	case pgx.Tx:
		q.Exec(ctx, "DELETE FROM notes") // want `Tx.Exec is not governed`
	case interface {
		Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
	}:
		q.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	}
}

func (s *Store) Selected(ctx context.Context, c chan *db.Pool) {
	select {
	case pool := <-c:
		pool.QueryRow(ctx, "SELECT 1") // want `QueryRow is not governed`
	default:
	}
}

func New(ctx context.Context, url string) *Store {
	pool, err := db.New(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	var version string
	if err := pool.QueryRow(ctx, "SELECT version()").Scan(&version); err != nil { // want `QueryRow is not governed: direct.New is not given`
		log.Fatal(err)
	}
	return &Store{pool: pool}
}

func init() {
	pool, _ := db.New(context.Background(), "")
	pool.Exec(context.Background(), "CREATE TABLE notes ()") // want `Exec is not governed: direct.init is not given`
}

var started, _ = (&db.Pool{}).Query(context.Background(), "SELECT 1") // want `Query is not governed: it runs when the program starts; move it behind the guard`

func unused(ctx context.Context, pool *db.Pool) {
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed: direct.unused is not given`
}

func ping(ctx context.Context, pool *db.Pool) { pong(ctx, pool) }

func pong(ctx context.Context, pool *db.Pool) {
	pool.Exec(ctx, "DELETE FROM notes") // want `Exec is not governed`
	ping(ctx, pool)
}
