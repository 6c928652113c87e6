package backuptest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

// Violations is what a suite found wrong. It is the error of the Check functions.
type Violations []Violation

// Violation is a check that an implementation does not pass.
type Violation struct {
	Check string // the name of the check, which is also that of its subtest
	Text  string // what was found and what was expected
}

// Error returns a line for each violation.
func (v Violations) Error() string {
	texts := make([]string, len(v))
	for i, violation := range v {
		texts[i] = violation.Check + ": " + violation.Text
	}
	return "backuptest: " + strings.Join(texts, "\n")
}

// check is one named part of a suite for implementations of type I.
type check[I any] struct {
	name string
	run  func(ctx context.Context, of I) error
}

// errUnfit is returned by a check that does not fit an implementation.
var errUnfit = errors.New("backuptest: not for this implementation")

// test runs checks as subtests, each with an implementation of its own.
func test[I any](t *testing.T, checks []check[I], open func(t testing.TB) I) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			of := open(t)
			switch err := guarded(func() error { return c.run(t.Context(), of) }); {
			case errors.Is(err, errUnfit):
				t.Log(err) // not a skip: nothing is left undone
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// collect runs checks and returns nil or Violations.
func collect[I any](ctx context.Context, checks []check[I], open func() (I, error)) error {
	var found Violations
	for _, c := range checks {
		err := guarded(func() error {
			of, err := open()
			if err != nil {
				return fmt.Errorf("open: %w", err)
			}
			return c.run(ctx, of)
		})
		if err != nil && !errors.Is(err, errUnfit) {
			found = append(found, Violation{c.name, err.Error()})
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// guarded calls f; a panic is an error.
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return f()
}

// parallel calls f for 0 to n-1, all at once, and returns their errors.
func parallel(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			errs[i] = guarded(func() error { return f(i) })
		})
	}
	close(start)
	running.Wait()
	return errs
}
