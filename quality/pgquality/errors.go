package pgquality

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Errors that a caller branches on. A report is returned with none of them: what could be answered in spite of a fault is in the report,
// and what could not is there as not assessed, with the reason.
var (
	// ErrDataset: there is no such table, view or column of a key.
	ErrDataset = errors.New("pgquality: no such dataset")
	// ErrPermission: the role may not read the dataset.
	ErrPermission = errors.New("pgquality: not permitted")
	// ErrBusy: another session assesses the same suite.
	ErrBusy = errors.New("pgquality: the suite is being assessed")
	// ErrTimeLimit: a statement, or a lock that it waited for, took longer than the configured limit.
	ErrTimeLimit = errors.New("pgquality: time limit exceeded")
)

// DatabaseError is an error of the server without its text, which may hold values of rows. It wraps nothing.
type DatabaseError struct {
	State string // SQLSTATE, five characters
	Stage string // what was being done
}

// Error says what was being done and the SQLSTATE.
func (e *DatabaseError) Error() string {
	return fmt.Sprintf("pgquality: %s: SQLSTATE %s", e.Stage, e.State)
}

// stripped returns an error of the driver without what a server may have put into it from rows.
func stripped(ctx context.Context, stage string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("pgquality: %s: %w", stage, cause)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("pgquality: %s: %w", stage, err)
	}
	database := &DatabaseError{State: pg.Code, Stage: stage}
	switch pg.Code {
	case "57014", "55P03": // query_canceled by statement_timeout, lock_not_available by lock_timeout
		return fmt.Errorf("%w: %w", ErrTimeLimit, database)
	case "42501":
		return fmt.Errorf("%w: %w", ErrPermission, database)
	case "42P01":
		return fmt.Errorf("%w: %w", ErrDataset, database)
	}
	return database
}

// local says whether an error concerns one check alone, so that the others may be asked without it: wrong data, a missing function, a
// right that is missing. A lost connection, a time limit and a full disk concern all.
func local(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	switch pg.Code[:2] {
	case "21", "22", "2F", "38", "39", "42", "0A", "P0":
		return true
	}
	return false
}
