package pgsink

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The first statement of a unit travels with the BEGIN. With the effect in the round trip of the COMMIT, a unit of one
// statement takes two round trips, where a transaction of pgx takes three.

// canPipe reports whether a statement can travel with the BEGIN: not one without arguments, which pgx lets hold several
// statements, and not one with options of pgx, which batches do not take.
func (u *unit) canPipe(args []any) bool {
	if u.tx != nil || len(args) == 0 {
		return false
	}
	switch args[0].(type) {
	case pgx.QueryExecMode, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
		return false
	}
	return true
}

// pipe sends BEGIN and the statement, and returns the results from those of the statement on, to be closed.
func (u *unit) pipe(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	if err := u.connect(ctx); err != nil {
		return nil, err
	}
	var batch pgx.Batch
	batch.BeginTx(pgx.TxOptions{})
	batch.Queue(sql, args...)
	results := u.conn.Conn().SendBatch(ctx, &batch)
	u.tx = results.Tx()
	if _, err := results.Exec(); err != nil {
		u.aborted = true
		results.Close()
		return nil, err
	}
	return results, nil
}

func (u *unit) firstExec(ctx context.Context, sql string, args []any) (pgconn.CommandTag, error) {
	results, err := u.pipe(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := results.Exec()
	if closed := results.Close(); err == nil {
		err = closed
	}
	return tag, err
}

func (u *unit) firstQuery(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	results, err := u.pipe(ctx, sql, args)
	if err != nil {
		return noRows{err}, err
	}
	rows, err := results.Query()
	if err != nil {
		results.Close()
		return rows, err
	}
	return &firstRows{rows, results}, nil
}

// firstRows are rows that end their batch when they end.
type firstRows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Close ends the rows and the batch.
func (r *firstRows) Close() {
	r.Rows.Close()
	r.results.Close() // an error of it is that of the rows
}

// Next ends the batch after the last row.
func (r *firstRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan ends the batch when it fails, as that ends the rows.
func (r *firstRows) Scan(dest ...any) error {
	err := r.Rows.Scan(dest...)
	if err != nil {
		r.Close()
	}
	return err
}

// firstRow is a row that ends its batch when it is scanned.
type firstRow struct{ rows pgx.Rows }

// Scan reads the row, or returns pgx.ErrNoRows.
func (r firstRow) Scan(dest ...any) error {
	defer r.rows.Close()
	if err := r.rows.Err(); err != nil {
		return err
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
