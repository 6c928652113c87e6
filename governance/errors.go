package governance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The classes of error that a governed call returns. Test for them with errors.Is.
var (
	// ErrDenied is the class of *DeniedError: the call did not run.
	ErrDenied = errors.New("governance: denied")
	// ErrUnrecorded is the class of *AuditError: the audit sink did not take an event.
	ErrUnrecorded = errors.New("governance: not on record")
	// ErrWiring is the class of *WiringError: an operation does not fit its manifest.
	ErrWiring = errors.New("governance: wiring")
)

// DeniedError says that a call was refused and did not run. No rendering of it shows a person or a value.
type DeniedError struct {
	ID        EventID  // of the call, to find its Denial in the audit trail
	Operation string   // the name under which the call was wrapped
	Category  Category // that refused; empty when the refusal does not depend on it
	Action    Action   // what the call would have done
	Stage     Stage    // that refused
	Rule      string   // that denied, or that would have allowed if its condition held; may be empty
	Reason    Reason   // why
	Version   Version  // of the manifest that decided
	cause     *error
}

// Error names the stage, the reason and the rule.
func (e *DeniedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "governance: %s denied at %s: %s", e.Operation, e.Stage, e.Reason)
	if e.Rule != "" {
		fmt.Fprintf(&b, " (%s)", e.Rule)
	}
	if e.Category != "" {
		fmt.Fprintf(&b, " to %s %s", e.Action, e.Category)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %s", safeText(*e.cause))
	}
	return b.String()
}

// Is reports whether target is ErrDenied.
func (e *DeniedError) Is(target error) bool { return target == ErrDenied }

// Unwrap returns what a check, a policy, a register or the audit sink returned, if one of them caused the refusal. Its
// text is the host's and may hold personal data; DeniedError shows only its type.
func (e *DeniedError) Unwrap() error { return unhide(e.cause) }

// Format implements fmt.Formatter: every verb shows Error, since %#v would print the cause.
func (e *DeniedError) Format(f fmt.State, _ rune) { io.WriteString(f, e.Error()) }

// AuditError says that the audit sink did not take an event. When Kind is Effect, the call has run: it must not be
// repeated blindly.
type AuditError struct {
	Operation string // the name under which the call was wrapped
	Kind      Kind   // of the event that was not taken
	cause     *error
}

// Error names the operation and the kind of event.
func (e *AuditError) Error() string {
	return fmt.Sprintf("governance: %s: %s not on record: %s", e.Operation, e.Kind, safeText(unhide(e.cause)))
}

// Is reports whether target is ErrUnrecorded.
func (e *AuditError) Is(target error) bool { return target == ErrUnrecorded }

// Unwrap returns the sink's error.
func (e *AuditError) Unwrap() error { return unhide(e.cause) }

// Format implements fmt.Formatter: every verb shows Error.
func (e *AuditError) Format(f fmt.State, _ rune) { io.WriteString(f, e.Error()) }

// CallError carries the error of a wrapped call. Errors of drivers quote rows, so for personal categories only the type
// of the cause, and its SQLSTATE if it has one, is shown; errors.Is and errors.As see the cause itself.
type CallError struct {
	Operation string // the name under which the call was wrapped
	personal  bool
	cause     *error
}

// Error names the operation and the cause, as far as it may be shown.
func (e *CallError) Error() string {
	cause := unhide(e.cause)
	text := safeText(cause)
	if !e.personal && cause != nil {
		text = cause.Error()
	}
	return fmt.Sprintf("governance: %s: %s", e.Operation, text)
}

// Unwrap returns the error of the wrapped call.
func (e *CallError) Unwrap() error { return unhide(e.cause) }

// Format implements fmt.Formatter: every verb shows Error.
func (e *CallError) Format(f fmt.State, _ rune) { io.WriteString(f, e.Error()) }

// WiringError says why an operation cannot be wrapped, or why a manifest does not fit the operations that are.
type WiringError struct {
	Operation string   // the name of the operation; may be empty
	Faults    []string // at least one, each saying what was found and what was expected
}

// Error returns all faults in one line.
func (e *WiringError) Error() string {
	return fmt.Sprintf("governance: operation %q: %s", e.Operation, strings.Join(e.Faults, "; "))
}

// Is reports whether target is ErrWiring.
func (e *WiringError) Is(target error) bool { return target == ErrWiring }

// PanicError is the cause of a refusal by a function of the host that panicked. It does not render the value.
type PanicError struct {
	Value any    // what the function panicked with; may hold personal data
	Stack []byte // of the goroutine at the panic, as runtime/debug.Stack returns it
}

// Error says that a function panicked, and with what type of value.
func (e *PanicError) Error() string { return fmt.Sprintf("panic of type %T", e.Value) }

// Format implements fmt.Formatter: every verb shows Error, of a pointer and of a copy.
func (e PanicError) Format(f fmt.State, _ rune) { io.WriteString(f, e.Error()) }

// MarshalText implements encoding.TextMarshaler with Error, so that JSON shows no value either.
func (e PanicError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// hide keeps an error where package fmt does not print it. For a copy of an error, and for a verb that does not fit, fmt
// goes around Format and Error and prints fields, but it follows no pointer to an interface.
func hide(err error) *error {
	if err == nil {
		return nil
	}
	return &err
}

func unhide(err *error) error {
	if err == nil {
		return nil
	}
	return *err
}

// safeText returns what may be shown of an error whose text nobody vouches for: the text of errors that never hold a
// value, otherwise the type, and the SQLSTATE code of a database's error.
func safeText(err error) string {
	switch e := err.(type) {
	case *DeniedError, *AuditError, *PanicError:
		return e.Error()
	case *CallError:
		if e.personal {
			return e.Error()
		}
	}
	if err == context.Canceled || err == context.DeadlineExceeded {
		return err.Error()
	}
	text := fmt.Sprintf("%T", err)
	if state := (interface{ SQLState() string })(nil); errors.As(err, &state) {
		if code := state.SQLState(); isSQLState(code) {
			text += " SQLSTATE " + code
		}
	}
	return text
}

// isSQLState reports whether a text has the form of a SQLSTATE: five digits or capital letters. Anything else that an
// error calls its state may be a value.
func isSQLState(code string) bool {
	return len(code) == 5 && strings.Trim(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
