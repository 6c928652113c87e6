// Package sqldb goes around the guard by database/sql.
package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/stdlib"
)

type Store struct {
	*sql.DB
	stmt *sql.Stmt
}

func (s *Store) Plain() error {
	_, err := s.DB.Exec("DELETE FROM notes") // want `\(\*sql.DB\).Exec is not governed`
	return err
}

func (s *Store) Embedded(ctx context.Context) error {
	_, err := s.ExecContext(ctx, "DELETE FROM notes") // want `\(\*sql.DB\).ExecContext is not governed`
	return err
}

func (s *Store) Rows(ctx context.Context) {
	rows, _ := s.QueryContext(ctx, "SELECT 1") // want `QueryContext is not governed`
	defer rows.Close()
}

func (s *Store) Row() error {
	return s.QueryRow("SELECT 1").Err() // want `QueryRow is not governed`
}

func (s *Store) RowContext(ctx context.Context) error {
	return s.QueryRowContext(ctx, "SELECT 1").Err() // want `QueryRowContext is not governed`
}

func (s *Store) Tx(ctx context.Context) error {
	tx, err := s.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err = tx.ExecContext(ctx, "DELETE FROM notes") // want `\(\*sql.Tx\).ExecContext is not governed`
	return err
}

func (s *Store) Conn1(ctx context.Context) error {
	conn, err := s.Conn(ctx)
	if err != nil {
		return err
	}
	_, err = conn.QueryContext(ctx, "SELECT 1") // want `\(\*sql.Conn\).QueryContext is not governed`
	return err
}

func (s *Store) Prepared(ctx context.Context) error {
	stmt, err := s.PrepareContext(ctx, "DELETE FROM notes")
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx) // want `\(\*sql.Stmt\).ExecContext is not governed`
	return err
}

func (s *Store) Held() error {
	_, err := s.stmt.Query() // want `\(\*sql.Stmt\).Query is not governed`
	return err
}

func (s *Store) Raw(ctx context.Context) error {
	conn, _ := s.Conn(ctx)
	return conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().Exec(ctx, "DELETE FROM notes") // want `\(\*pgx.Conn\).Exec is not governed`
		return err
	})
}

func (s *Store) Driver(ctx context.Context) error {
	conn, _ := s.Conn(ctx)
	return conn.Raw(func(c any) error {
		_, err := c.(driver.ExecerContext).ExecContext(ctx, "DELETE FROM notes", nil) // want `driver.ExecerContext.ExecContext is not governed`
		return err
	})
}

// DBTX is what query generators declare.
type DBTX interface {
	ExecContext(context.Context, string, ...interface{}) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...interface{}) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...interface{}) *sql.Row
}

type Queries struct{ db DBTX }

func New(db DBTX) *Queries { return &Queries{db} }

func (q *Queries) WithTx(tx *sql.Tx) *Queries { return &Queries{db: tx} }

func (q *Queries) DeleteNote(ctx context.Context, id int64) error {
	_, err := q.db.ExecContext(ctx, "DELETE FROM notes WHERE id = $1", id) // want `sqldb.DBTX.ExecContext is not governed`
	return err
}

func (q *Queries) GetNote(ctx context.Context, id int64) (text string, err error) {
	row := q.db.QueryRowContext(ctx, "SELECT text FROM notes WHERE id = $1", id) // want `sqldb.DBTX.QueryRowContext is not governed`
	err = row.Scan(&text)
	return text, err
}

type preparer interface {
	Exec(args ...any) (sql.Result, error)
}

func Again(s *sql.Stmt) { again(s) }

func again(p preparer) {
	p.Exec(1) // want `sqldb.preparer.Exec is not governed: sqldb.again is reached from sqldb.Again`
}
