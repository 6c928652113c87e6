package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// guardTx is the transaction that a unit shows to repositories: it begins when it is first used, and only the unit ends
// it.
type guardTx struct {
	unit *unit
	open func(context.Context) (pgx.Tx, error) // the transaction, or the savepoint, to work in
	root bool                                  // not within a savepoint
}

var _ pgx.Tx = (*guardTx)(nil)

// Begin sets a savepoint. Rolling back to it forgets the effects recorded since.
func (g *guardTx) Begin(ctx context.Context) (pgx.Tx, error) {
	mark := g.unit.mark()
	outer, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	inner, err := outer.Begin(ctx)
	if err != nil {
		return nil, err
	}
	open := func(context.Context) (pgx.Tx, error) { return inner, nil }
	return &savepoint{guardTx: guardTx{unit: g.unit, open: open}, inner: inner, mark: mark}, nil
}

// Commit refuses: the unit commits.
func (g *guardTx) Commit(context.Context) error { return ErrNotYours }

// Rollback refuses: the unit rolls back when the call returns an error.
func (g *guardTx) Rollback(context.Context) error { return ErrNotYours }

// CopyFrom is that of the transaction.
func (g *guardTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string,
	source pgx.CopyFromSource) (int64, error) {
	tx, err := g.open(ctx)
	if err != nil {
		return 0, err
	}
	return tx.CopyFrom(ctx, table, columns, source)
}

// SendBatch is that of the transaction.
func (g *guardTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	tx, err := g.open(ctx)
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	return tx.SendBatch(ctx, b)
}

// LargeObjects is that of the transaction. It has no error to return: use it after a statement that began the
// transaction.
func (g *guardTx) LargeObjects() pgx.LargeObjects {
	tx, err := g.open(g.unit.ctx)
	if err != nil {
		return pgx.LargeObjects{}
	}
	return tx.LargeObjects()
}

// Prepare is that of the transaction.
func (g *guardTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	tx, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	return tx.Prepare(ctx, name, sql)
}

// Exec is that of the transaction.
func (g *guardTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if g.root && g.unit.canPipe(args) {
		return g.unit.firstExec(ctx, sql, args)
	}
	tx, err := g.open(ctx)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	return tx.Exec(ctx, sql, args...)
}

// Query is that of the transaction.
func (g *guardTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if g.root && g.unit.canPipe(args) {
		return g.unit.firstQuery(ctx, sql, args)
	}
	tx, err := g.open(ctx)
	if err != nil {
		return noRows{err}, err
	}
	return tx.Query(ctx, sql, args...)
}

// QueryRow is that of the transaction.
func (g *guardTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if g.root && g.unit.canPipe(args) {
		rows, _ := g.unit.firstQuery(ctx, sql, args)
		return firstRow{rows}
	}
	tx, err := g.open(ctx)
	if err != nil {
		return noRows{err}
	}
	return tx.QueryRow(ctx, sql, args...)
}

// Conn returns the connection of the transaction, or nil when the transaction could not begin.
func (g *guardTx) Conn() *pgx.Conn {
	tx, err := g.open(g.unit.ctx)
	if err != nil {
		return nil
	}
	return tx.Conn()
}

// savepoint is a part of the unit that may be rolled back by itself.
type savepoint struct {
	guardTx
	inner pgx.Tx
	mark  int // how many effects were pending before it
}

// Commit releases the savepoint; what was done since commits with the unit.
func (s *savepoint) Commit(ctx context.Context) error { return s.inner.Commit(ctx) }

// Rollback undoes what was done since the savepoint, and forgets the effects of it.
func (s *savepoint) Rollback(ctx context.Context) error {
	err := s.inner.Rollback(ctx)
	if err == nil {
		s.unit.drop(s.mark)
	}
	return err
}

// noRows is the result of a query that was never sent.
type noRows struct{ err error }

func (noRows) Close()                                       {}
func (n noRows) Err() error                                 { return n.err }
func (noRows) CommandTag() pgconn.CommandTag                { return pgconn.CommandTag{} }
func (noRows) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (noRows) Next() bool                                   { return false }
func (n noRows) Scan(...any) error                          { return n.err }
func (n noRows) Values() ([]any, error)                     { return nil, n.err }
func (noRows) RawValues() [][]byte                          { return nil }
func (noRows) TypeMap() *pgtype.Map                         { return pgtype.NewMap() }
func (noRows) Conn() *pgx.Conn                              { return nil }
