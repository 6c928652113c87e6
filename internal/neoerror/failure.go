// Package neoerror makes errors of the driver of Neo4j safe to print.
//
// The server quotes values of properties in its messages. A Failure shows what was being done and the server's code alone;
// errors.Is and errors.As still see the cause itself.
package neoerror

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Failure is an error of the driver, safe to print.
type Failure struct {
	What  string // was being done, such as "neosource: read nodes"; it holds no value of a property
	Code  string // of the server, such as "Neo.ClientError.Security.Unauthorized"; empty: it was no answer of the server
	cause error
}

// Wrap returns err as a failure of what was being done, or nil. An err that is a Failure already is returned as it is; of one
// that has a Failure in it the result shows that alone, since the driver puts what the server said around errors.
func Wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	if f, is := err.(*Failure); is {
		return f
	}
	if f := (*Failure)(nil); errors.As(err, &f) {
		return &Failure{What: f.What, Code: f.Code, cause: err}
	}
	return &Failure{What: what, Code: Code(err), cause: err}
}

// Code returns the server's code of an error, or nothing.
func Code(err error) string {
	if refused := refusal(err); refused != nil {
		return refused.Code
	}
	return ""
}

// refusal returns what the server said, or nil.
func refusal(err error) *neo4j.Neo4jError {
	refused := (*neo4j.Neo4jError)(nil)
	if errors.As(err, &refused) {
		refused.Title() // from here on Code is the one of today's servers: the driver renames some, but not before it is asked
	}
	return refused
}

// Lost reports whether the server could not be reached, or the connection broke.
func Lost(err error) bool {
	lost := (*neo4j.ConnectivityError)(nil)
	return errors.As(err, &lost)
}

// Passing reports whether the same work may succeed when it is tried again: after a deadlock, or when what it was about to
// change was deleted meanwhile.
func Passing(err error) bool {
	refused := refusal(err)
	if refused == nil {
		return false
	}
	switch refused.Code {
	case "Neo.ClientError.Statement.EntityNotFound", "Neo.ClientError.Transaction.LockClientStopped":
		return true
	}
	return neo4j.IsRetryable(refused)
}

// Error says what was being done, and the class of the cause.
func (f *Failure) Error() string {
	switch {
	case f.Code != "":
		return f.What + ": " + f.Code
	case errors.Is(f.cause, context.Canceled), errors.Is(f.cause, context.DeadlineExceeded):
		if errors.Is(f.cause, context.Canceled) {
			return f.What + ": " + context.Canceled.Error()
		}
		return f.What + ": " + context.DeadlineExceeded.Error()
	case Lost(f.cause):
		return f.What + ": server cannot be reached"
	}
	return fmt.Sprintf("%s: %T", f.What, f.cause)
}

// Format implements fmt.Formatter: every verb shows Error, since %#v would print the cause.
func (f *Failure) Format(s fmt.State, _ rune) { io.WriteString(s, f.Error()) }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.cause }
