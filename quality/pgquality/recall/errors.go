package recall

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Errors that a caller branches on.
var (
	// ErrConfig: the configuration names nothing to measure, or contradicts itself; the text names every fault.
	ErrConfig = errors.New("recall: faulty configuration")
	// ErrDataset: there is no such table or column.
	ErrDataset = errors.New("recall: no such dataset")
	// ErrPermission: the role may not read the table.
	ErrPermission = errors.New("recall: not permitted")
	// ErrTimeLimit: a statement, or a lock that it waited for, took longer than the configured limit.
	ErrTimeLimit = errors.New("recall: time limit exceeded")
)

// DatabaseError is an error of the server without its text, which may hold parameters of filters. It wraps nothing.
type DatabaseError struct {
	State string // SQLSTATE, five characters
	Stage string // what was being done
}

// Error says what was being done and the SQLSTATE.
func (e *DatabaseError) Error() string {
	return fmt.Sprintf("recall: %s: SQLSTATE %s", e.Stage, e.State)
}

// stripped returns an error of the driver without what the server may have put into it.
func stripped(ctx context.Context, stage string, err error) error {
	var pg *pgconn.PgError
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("recall: %s: %w", stage, cause)
	}
	if !errors.As(err, &pg) {
		return fmt.Errorf("recall: %s: %w", stage, err)
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
