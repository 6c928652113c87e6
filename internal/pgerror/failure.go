// Package pgerror makes errors of the driver of PostgreSQL safe to print.
//
// Drivers and servers quote rows, addresses and passwords in their errors, and write several lines. A Failure shows what was
// being done and the class of the cause alone; errors.Is and errors.As still see the cause itself.
package pgerror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Failure is an error of the driver, safe to print.
type Failure struct {
	What  string // was being done, such as "pgsource: read the catalog"; it holds no value of a row
	Class error  // what a caller may branch on; nil: nothing
	cause error
}

// Wrap returns err as a failure of what was being done, or nil. An err that is a Failure already is returned as it is.
func Wrap(what string, err error) error { return WrapAs(what, nil, err) }

// WrapAs is Wrap with a class, which errors.Is finds in the result.
func WrapAs(what string, class, err error) error {
	if f := (*Failure)(nil); err == nil || errors.As(err, &f) && class == nil {
		return err
	}
	return &Failure{What: what, Class: class, cause: err}
}

// State returns the SQLSTATE of an error of the server, or nothing.
func State(err error) string {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// Error says what was being done, and the class of the cause.
func (f *Failure) Error() string {
	if f.Class != nil {
		return fmt.Sprintf("%s: %s (%s)", f.What, f.Class, classOf(f.cause))
	}
	return fmt.Sprintf("%s: %s", f.What, classOf(f.cause))
}

// Format implements fmt.Formatter: every verb shows Error, since %#v would print the cause.
func (f *Failure) Format(s fmt.State, _ rune) { io.WriteString(s, f.Error()) }

// Unwrap returns the class and the cause.
func (f *Failure) Unwrap() []error {
	if f.Class == nil {
		return []error{f.cause}
	}
	return []error{f.Class, f.cause}
}

// classOf returns what may be shown of an error whose text nobody vouches for.
func classOf(err error) string {
	if state := State(err); state != "" {
		return "SQLSTATE " + state
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, pgx.ErrTxCommitRollback, pgx.ErrNoRows,
		pgx.ErrTxClosed, net.ErrClosed, os.ErrDeadlineExceeded, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%T", err)
}
