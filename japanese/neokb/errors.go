package neokb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// The errors of a knowledge base. A cancelled context is context.Canceled or context.DeadlineExceeded.
var (
	ErrConfig      = errors.New("neokb: faulty config")                               // the text names every fault
	ErrUnreachable = errors.New("neokb: server cannot be reached")                    // or the connection broke
	ErrCredentials = errors.New("neokb: server refuses the credentials")              // user, password or token
	ErrForbidden   = errors.New("neokb: user lacks a privilege")                      // Enterprise only: Community has no roles
	ErrTimeout     = errors.New("neokb: look-up took longer than its time limit")     // Config.Timeout, or the server's own
	ErrDatabase    = errors.New("neokb: no such database")                            // Config.Database
	ErrAnswer      = errors.New("neokb: server gave an answer of an unexpected form") // a version that this package does not know
)

// LookUpError is the error of a look-up that the server refused or broke off. Its text has the server's code, not the server's message, which
// may quote a value. The driver's own error, with the message, is found by errors.As.
type LookUpError struct {
	Label string // that was looked up
	Code  string // of the server: "Neo.ClientError.Security.Unauthorized"; empty: the driver's error is no answer of the server

	class error // one of the errors above, or the context's, or nil
	cause error
}

// Error says what was looked up, and what is known of why it failed.
func (e *LookUpError) Error() string {
	text := "neokb: label " + e.Label
	if e.class != nil {
		text += ": " + strings.TrimPrefix(e.class.Error(), "neokb: ")
	}
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	return text
}

// Unwrap returns the error of this package, if it is one, and that of the driver.
func (e *LookUpError) Unwrap() []error {
	if e.class == nil {
		return []error{e.cause}
	}
	return []error{e.class, e.cause}
}

// failure says what an error of the driver means.
func failure(ctx context.Context, label string, err error) error {
	e := &LookUpError{Label: label, cause: err}
	var refused *neo4j.Neo4jError
	if errors.As(err, &refused) {
		e.Code, e.class = refused.Code, class(refused.Code)
	} else if unreachable(err) {
		e.class = ErrUnreachable
	}
	if ended := ctx.Err(); ended != nil {
		e.class = ended
	}
	return e
}

// unreachable says whether the driver could not reach the server, or gave up trying.
func unreachable(err error) bool {
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) {
		return slices.ContainsFunc(limit.Errors, neo4j.IsConnectivityError)
	}
	return neo4j.IsConnectivityError(err)
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
