package pgseal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// What a caller can branch on. Test with errors.Is.
var (
	// ErrNotMigrated: the trail or its seals are not in the database: see Migrate.
	ErrNotMigrated = errors.New("pgseal: the audit trail or its seals are not in this schema: call Migrate")
	// ErrBusy: another sealer is at work.
	ErrBusy = errors.New("pgseal: another sealer is at work")
	// ErrFenced: another sealer has begun since, and this one can write no more.
	ErrFenced = errors.New("pgseal: another sealer has taken over")
	// ErrForeign: the database is a copy of the one that the log belongs to: see Sealer.Link.
	ErrForeign = errors.New("pgseal: the log belongs to another database: link a new one")
	// ErrRolledBack: the log does not continue what was published: the database was set back, or the log changed.
	ErrRolledBack = errors.New("pgseal: the log does not continue its published checkpoint")
	// ErrDamaged: what is stored of the seals contradicts itself: see Verify.
	ErrDamaged = errors.New("pgseal: the seals are damaged")
	// ErrCheckpoint: a checkpoint is not one of the log, or is not signed by a known key.
	ErrCheckpoint = errors.New("pgseal: not a checkpoint that is trusted")
	// ErrNotFound: no record has this ID and kind.
	ErrNotFound = errors.New("pgseal: no such record")
	// ErrUnsealed: the record is not sealed yet, or no checkpoint has been made since.
	ErrUnsealed = errors.New("pgseal: the record is not sealed yet")
	// ErrExport: the export is damaged, or is none.
	ErrExport = errors.New("pgseal: not an export that holds")
)

// failure is an error of the driver, safe to print: drivers quote rows, so that only the class of the cause is shown.
// errors.Is and errors.As see the cause itself.
type failure struct {
	what  string
	cause error
}

// fail returns err as a failure of what was done, or nil. Errors of this package stay as they are.
func fail(what string, err error) error {
	if err == nil || known(err) {
		return err
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code {
		case "42P01", "3F000", "42703": // undefined table, schema, column
			return fmt.Errorf("%w (%s: %w)", ErrNotMigrated, what, &failure{what, err})
		}
	}
	return &failure{what, err}
}

func known(err error) bool {
	for _, class := range []error{ErrNotMigrated, ErrBusy, ErrFenced, ErrForeign, ErrRolledBack, ErrDamaged, ErrCheckpoint,
		ErrNotFound, ErrUnsealed, ErrExport} {
		if errors.Is(err, class) {
			return true
		}
	}
	f, h := (*failure)(nil), (*hostError)(nil)
	return errors.As(err, &f) || errors.As(err, &h)
}

// hostError is an error of what the host gave: a signer, or Config.Published. It is shown as it is.
type hostError struct {
	what  string
	cause error
}

// Error names what failed, and its error.
func (h *hostError) Error() string { return "pgseal: " + h.what + ": " + h.cause.Error() }

// Unwrap returns the cause.
func (h *hostError) Unwrap() error { return h.cause }

// Error names what was done and the class of the cause.
func (f *failure) Error() string {
	class := fmt.Sprintf("%T", f.cause)
	pg := (*pgconn.PgError)(nil)
	switch {
	case errors.As(f.cause, &pg):
		class = "SQLSTATE " + pg.Code
	case errors.Is(f.cause, context.DeadlineExceeded), errors.Is(f.cause, context.Canceled):
		class = "the context ended"
	}
	return fmt.Sprintf("pgseal: %s: %s", f.what, class)
}

// Format implements fmt.Formatter: every verb shows Error, since %#v would print the cause.
func (f *failure) Format(s fmt.State, _ rune) { fmt.Fprint(s, f.Error()) }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

// damaged returns err, which says what contradicts what, as ErrDamaged.
func damaged(err error) error { return fmt.Errorf("%w: %w", ErrDamaged, err) }
