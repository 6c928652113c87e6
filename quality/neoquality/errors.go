package neoquality

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// The errors of an assessment. A cancelled context is context.Canceled or context.DeadlineExceeded.
var (
	ErrConfig      = errors.New("neoquality: faulty config")                                 // the text names every fault
	ErrUnreachable = errors.New("neoquality: server cannot be reached")                      // or the connection broke
	ErrCredentials = errors.New("neoquality: server refuses the credentials")                // user, password or token
	ErrForbidden   = errors.New("neoquality: user lacks a privilege")                        // Enterprise only: Community has no roles
	ErrTimeout     = errors.New("neoquality: transaction took longer than its time limit")   // Config.Timeout, or the server's own
	ErrDatabase    = errors.New("neoquality: no such database")                              // Config.Database
	ErrOrder       = errors.New("neoquality: ids are not in ascending order of their bytes") // of a Mirror
	ErrIDs         = errors.New("neoquality: ids of the other store cannot be read")         // of a Mirror; wraps the host's error
	ErrAnswer      = errors.New("neoquality: server gave an answer of an unexpected form")   // a version that this package does not know
)

// StatementError is the error of a statement that the server refused or broke off. Its text has the server's code, not the server's
// message: that may quote the value of a property. The driver's own error, with the message, is found by errors.As.
type StatementError struct {
	Stage string // what was being done
	Code  string // of the server, such as "Neo.ClientError.Security.Unauthorized"; empty: the driver's error is no answer of the server

	class error // one of the errors above, or nil
	cause error
}

// Error says what was being done, and what is known of why it failed.
func (e *StatementError) Error() string {
	text := "neoquality: " + e.Stage
	if e.class != nil {
		text += ": " + strings.TrimPrefix(e.class.Error(), "neoquality: ")
	}
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	return text
}

// Unwrap returns the error of this package, if it is one, and that of the driver.
func (e *StatementError) Unwrap() []error {
	if e.class == nil {
		return []error{e.cause}
	}
	return []error{e.class, e.cause}
}

// failure says what an error of the driver means.
func failure(ctx context.Context, stage string, err error) error {
	e := &StatementError{Stage: stage, cause: err}
	var refused *neo4j.Neo4jError
	if errors.As(err, &refused) {
		e.Code, e.class = refused.Code, class(refused.Code)
	} else if neo4j.IsConnectivityError(err) {
		e.class = ErrUnreachable
	}
	if cancelled := ctx.Err(); cancelled != nil {
		e.class = cancelled
	}
	return e
}

// class returns the error of this package that a code of the server stands for.
func class(code string) error {
	switch code {
	case "Neo.ClientError.Security.Unauthorized", "Neo.ClientError.Security.AuthenticationRateLimit",
		"Neo.ClientError.Security.CredentialsExpired", "Neo.ClientError.Security.TokenExpired":
		return ErrCredentials
	case "Neo.ClientError.Security.Forbidden", "Neo.ClientError.Security.AuthorizationExpired":
		return ErrForbidden
	case "Neo.ClientError.Transaction.TransactionTimedOut", "Neo.TransientError.Transaction.TransactionTimedOut",
		"Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration":
		return ErrTimeout
	case "Neo.ClientError.Database.DatabaseNotFound":
		return ErrDatabase
	}
	return nil
}

// unexpected is the error of an answer that has not the form that was asked for.
func unexpected(stage string, found any, expected string) error {
	return fmt.Errorf("%w: %s: found %T, expected %s", ErrAnswer, stage, found, expected)
}
