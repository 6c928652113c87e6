package pgsink

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What a caller can branch on. Test with errors.Is.
var (
	// ErrNotMigrated: the audit trail is not in the database, or is older than this package: see Migrate.
	ErrNotMigrated = errors.New("pgsink: the audit trail is not in this schema: call Migrate")
	// ErrOutcomeUnknown: the connection was lost, or the context ended, while a unit of work was being committed. Either
	// the write and its effect are both in the database or neither is: Search by the event's ID tells which.
	ErrOutcomeUnknown = errors.New("pgsink: unknown whether the write was committed")
	// ErrNotYours: a call inside InTx tried to end the transaction, which is the unit's to end.
	ErrNotYours = errors.New("pgsink: the transaction belongs to the unit of work, which ends it")
	// ErrEnded: a unit of work was used after its end, or a statement such as COMMIT ended its transaction inside it.
	ErrEnded = errors.New("pgsink: the unit of work has ended")
	// ErrTooEarly: InBatchLater was called inside a batch, which is sent only after it must have returned.
	ErrTooEarly = errors.New("pgsink: the result of a batch is needed before the batch is sent")
	// ErrQuery: a Query contradicts itself.
	ErrQuery = errors.New("pgsink: bad query")
	// ErrRights: the role of the pool may not change what Erase has to change.
	ErrRights = errors.New("pgsink: the role lacks rights")
	// ErrGap: entries are missing before those that Take was given: see GapError.
	ErrGap = errors.New("pgsink: entries are missing")
	// ErrEntry: Take was given something that is no entry of a log: see EntryError.
	ErrEntry = errors.New("pgsink: not an entry of a log")
)

// failure is an error of the driver, safe to print: drivers quote rows and write several lines, so that only the class of
// the cause is shown. errors.Is and errors.As see the cause itself.
type failure struct {
	what  string
	class error // one of the errors above; nil: none
	cause error
}

// fail returns err as a failure of what was done, or nil. An err that is a failure already is returned as it is.
func fail(what string, err error) error {
	if f := (*failure)(nil); err == nil || errors.As(err, &f) {
		return err
	}
	return &failure{what: what, cause: err}
}

// unrecorded returns err as a failure to insert into the audit trail, or nil.
func unrecorded(err error) error {
	if err == nil {
		return nil
	}
	return &failure{what: "record", class: missing(err), cause: err}
}

// missing returns ErrNotMigrated when err says that the trail's table, or a part of it, is not there, otherwise nil.
func missing(err error) error {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code {
		case "42P01", "3F000", "42703", "42704": // undefined table, schema, column, type
			return ErrNotMigrated
		}
	}
	return nil
}

// Error names what was done and the class of the cause.
func (f *failure) Error() string {
	if f.class != nil {
		return fmt.Sprintf("%s (%s: %s)", f.class, f.what, classOf(f.cause))
	}
	return fmt.Sprintf("pgsink: %s: %s", f.what, classOf(f.cause))
}

// Format implements fmt.Formatter: every verb shows Error, since %#v would print the cause.
func (f *failure) Format(s fmt.State, _ rune) { fmt.Fprint(s, f.Error()) }

// Unwrap returns the class and the cause.
func (f *failure) Unwrap() []error {
	if f.class == nil {
		return []error{f.cause}
	}
	return []error{f.class, f.cause}
}

// classOf returns what may be shown of an error whose text nobody vouches for.
func classOf(err error) string {
	pg := (*pgconn.PgError)(nil)
	switch {
	case errors.As(err, &pg):
		return "SQLSTATE " + pg.Code
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case errors.Is(err, context.Canceled):
		return context.Canceled.Error()
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return pgx.ErrTxCommitRollback.Error()
	}
	return fmt.Sprintf("%T", err)
}
