package governancetest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// Violations is what a suite found wrong. It is the error of CheckSink, CheckPolicy, CheckRegister and
// CheckCover.
type Violations []Violation

// Violation is a check that an implementation does not pass.
type Violation struct {
	Check string // the name of the check, which is also that of its subtest
	Text  string // what was found and what was expected
}

// String returns the name and the text.
func (v Violation) String() string { return v.Check + ": " + v.Text }

// Error returns a line for each violation.
func (v Violations) Error() string {
	texts := make([]string, len(v))
	for i, violation := range v {
		texts[i] = violation.String()
	}
	return "governancetest: " + strings.Join(texts, "\n")
}

// check is one named part of a suite for harnesses of type H.
type check[H any] struct {
	name string
	run  func(h H, ctx context.Context) error // a method expression of H
}

// errSkip is returned by a check for which the harness lacks a function.
var errSkip = errors.New("governancetest: the harness lacks a function")

// skipped returns the error of a check that cannot run without a field of the harness.
func skipped(field string) error { return fmt.Errorf("%w: set %s to run this check", errSkip, field) }

// test runs checks as parallel subtests, each with a harness of its own.
func test[H any](t *testing.T, checks []check[H], open func(t *testing.T) H) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			switch err := guarded(func() error { return c.run(h, t.Context()) }); {
			case errors.Is(err, errSkip):
				t.Skip(err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// collect runs checks one after the other and returns nil or Violations.
func collect[H any](ctx context.Context, checks []check[H], open func() (H, error)) error {
	var found Violations
	for _, c := range checks {
		err := guarded(func() error {
			h, err := open()
			if err != nil {
				return fmt.Errorf("open: %w", err)
			}
			return c.run(h, ctx)
		})
		if err != nil && !errors.Is(err, errSkip) {
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

// parallel calls f for 0 to n-1, each in a goroutine of its own, all at once, and returns their first error.
func parallel(n int, f func(i int) error) error {
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
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	goroutines = 32
	// patience is how long a call may stand still before its context ends, so that it is under way by then.
	patience = 100 * time.Millisecond
	// prompt is how long a call may take to come back after its context has ended. It is long, so that a slow machine is
	// no violation; a call that does not listen to its context takes for ever.
	prompt = 10 * time.Second
)

// answer is what a call returned.
type answer[T any] struct {
	value T
	err   error
}

// abandon calls f while the implementation stalls, ends the context of the call, and returns what f answers. The error
// says that f did not come back.
func abandon[T any](ctx context.Context, stall func() (release func()),
	f func(context.Context) (T, error)) (answer[T], error) {
	release := stall()
	defer release()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answers := make(chan answer[T], 1)
	go func() {
		var a answer[T]
		a.err = guarded(func() (err error) { a.value, err = f(ctx); return err })
		answers <- a
	}()
	late := time.NewTimer(patience + prompt)
	defer late.Stop()
	select {
	case a := <-answers:
		return a, nil
	case <-late.C:
		return answer[T]{}, fmt.Errorf("the call did not come back within %s of the end of its context", prompt)
	}
}
