package monitor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// What a caller can branch on. Test with errors.Is.
var (
	// ErrNotMigrated: the tables of the monitor are not in the schema: see Migrate.
	ErrNotMigrated = errors.New("monitor: its tables are not in this schema: call Migrate")
	// ErrRights: the role of the pool lacks rights: see the documentation of the package.
	ErrRights = errors.New("monitor: the role lacks rights")
	// ErrBusy: RunOnce: another replica, or another call, is running the assessment.
	ErrBusy = errors.New("monitor: the assessment is running elsewhere")
	// ErrLost: RunOnce: the lease of the run ran out, and nothing of it was stored. Another replica may have taken over.
	ErrLost = errors.New("monitor: the lease of the run is lost")
	// ErrFailed: RunOnce: the assessment gave no report. Where it returned an error, that is wrapped as well.
	ErrFailed = errors.New("monitor: the assessment failed")
	// ErrUnknown: no assessment has this name.
	ErrUnknown = errors.New("monitor: no assessment has this name")
	// ErrNoReport: Latest: there is no report yet.
	ErrNoReport = errors.New("monitor: no report yet")
)

// failure is an error of the driver, safe to print: drivers quote rows, so that only the class of the cause is shown. errors.Is and
// errors.As see the cause itself.
type failure struct {
	what  string
	class error // one of the errors above; nil: none
	cause error
}

// fail returns err as a failure of what was done, or nil. Errors of this package stay as they are.
func fail(what string, err error) error {
	if f := (*failure)(nil); err == nil || errors.As(err, &f) || errors.Is(err, ErrLost) {
		return err
	}
	f := &failure{what: what, cause: err}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code {
		case "42P01", "3F000", "42703": // undefined table, schema, column
			f.class = ErrNotMigrated
		case "42501":
			f.class = ErrRights
		}
	}
	return f
}

// Error names what was done and the class of the cause.
func (f *failure) Error() string {
	if f.class != nil {
		return fmt.Sprintf("%s (%s: %s)", f.class, f.what, classOf(f.cause))
	}
	return fmt.Sprintf("monitor: %s: %s", f.what, classOf(f.cause))
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

// classOf returns what may be shown, and stored, of an error whose text nobody vouches for.
func classOf(err error) string {
	pg, panicked := (*pgconn.PgError)(nil), (*panicError)(nil)
	switch {
	case errors.As(err, &pg):
		return "SQLSTATE " + pg.Code
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case errors.Is(err, context.Canceled):
		return context.Canceled.Error()
	case errors.As(err, &panicked):
		return panicked.Error()
	case errors.Is(err, errStalled):
		return errStalled.Error()
	case errors.Is(err, errAbandoned):
		return errAbandoned.Error()
	case errors.Is(err, errEmpty):
		return errEmpty.Error()
	}
	for { // the innermost type says most
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("an error of type %T", err)
		}
		err = inner
	}
}

// passing reports whether an error may be gone when the same is tried again: whatever is no answer of the server's, and answers about
// the state of the server (PostgreSQL, appendix A).
func passing(err error) bool {
	pg := (*pgconn.PgError)(nil)
	if !errors.As(err, &pg) {
		return true
	}
	switch pg.Code[:2] {
	case "08", "40", "53", "55", "57", "58": // connection, rollback, resources, object state, operator, system
		return true
	}
	return pg.Code == "25006" // read-only: a standby that is to be promoted
}
