package quality

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Validator judges a value before it is written, and returns what is wrong with it. It is safe for concurrent use.
type Validator[T any] interface {
	// Validate returns the defects of a value: none, when it is good. An error says that it could not be judged: a [SkippedError] when
	// what the validator needs is not there. Neither holds the value of a field.
	Validate(ctx context.Context, value T) ([]Issue, error)
}

// ValidatorFunc is a function that is a [Validator].
type ValidatorFunc[T any] func(ctx context.Context, value T) ([]Issue, error)

// Validate calls the function. A nil function cannot judge, which is an error.
func (f ValidatorFunc[T]) Validate(ctx context.Context, value T) ([]Issue, error) {
	if f == nil {
		return nil, errors.New("quality: the validator is a nil function")
	}
	return f(ctx, value)
}

// SkippedError is the error of a validator that cannot judge because something that it needs is not wired.
type SkippedError struct {
	Code    string // of what was not judged
	Because string // what is missing
}

// Error says what was skipped, and why.
func (e *SkippedError) Error() string {
	return fmt.Sprintf("quality: %s skipped, because %s", e.Code, e.Because)
}

// ErrRejected is the error of a value that a [Gate] does not let pass.
var ErrRejected = errors.New("quality: rejected")

// RejectedError says what is wrong with a value. It is [ErrRejected].
type RejectedError struct {
	Issues []Issue // at least one
}

// Error lists the issues: codes and fields, no values.
func (e *RejectedError) Error() string {
	texts := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		texts[i] = issue.String()
	}
	return ErrRejected.Error() + ": " + strings.Join(texts, "; ")
}

// Is says that the error is ErrRejected.
func (e *RejectedError) Is(target error) bool { return target == ErrRejected }

// String returns the issue in one line.
func (i Issue) String() string {
	var b strings.Builder
	b.WriteString(i.Code)
	if i.Field != "" {
		b.WriteString(" " + i.Field)
	}
	if i.Text != "" {
		b.WriteString(": " + i.Text)
	}
	if i.Mend != "" {
		b.WriteString(" (" + i.Mend + ")")
	}
	return b.String()
}
