package qualitytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// States is what keeps states between assessments: pgquality.States.
type States interface {
	// Load returns the last state that was saved under a name, or nil when there is none.
	Load(ctx context.Context, name string) ([]byte, error)
	// Save keeps a state under a name, in place of an earlier one.
	Save(ctx context.Context, name string, state []byte) error
}

// TestStates fails a test for each check that an implementation does not pass. The function opens one that is empty.
func TestStates(t *testing.T, open func(t *testing.T) States) {
	t.Helper()
	for _, c := range statesChecks() {
		t.Run(c.name, func(t *testing.T) {
			if err := guarded(func() error { return c.run(t.Context(), open(t)) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// CheckStates returns nil, or the [Violations] of an implementation. The function opens one that is empty.
func CheckStates(ctx context.Context, open func() States) error {
	var found Violations
	for _, c := range statesChecks() {
		if err := guarded(func() error { return c.run(ctx, open()) }); err != nil {
			found = append(found, Violation{Check: c.name, Text: err.Error()})
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

type statesCheck struct {
	name string
	run  func(context.Context, States) error
}

func statesChecks() []statesCheck {
	return []statesCheck{
		{"nothing is nil", statesNothing}, {"the last state is loaded", statesLast}, {"names are apart", statesApart},
		{"any bytes are kept", statesBytes}, {"a state belongs to the caller", statesOwned}, {"concurrent use", statesConcurrent},
	}
}

// expectState loads, and compares.
func expectState(ctx context.Context, s States, name string, want []byte) error {
	got, err := s.Load(ctx, name)
	if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
		return fmt.Errorf("loaded %d bytes (nil: %v), %v: expected the %d saved last", len(got), got == nil, err, len(want))
	}
	return nil
}

func statesNothing(ctx context.Context, s States) error {
	return expectState(ctx, s, "nobody saved this", nil)
}

func statesLast(ctx context.Context, s States) error {
	for _, state := range []string{"first", "second, which is longer", "3"} {
		if err := s.Save(ctx, "name", []byte(state)); err != nil {
			return fmt.Errorf("saving: %w", err)
		}
		if err := expectState(ctx, s, "name", []byte(state)); err != nil {
			return err
		}
	}
	return nil
}

func statesApart(ctx context.Context, s States) error {
	names := []string{"a", "A", "a ", "a/b", "会話: メッセージ", `quote's "name"`}
	for _, name := range names {
		if err := s.Save(ctx, name, []byte("of "+name)); err != nil {
			return fmt.Errorf("saving: %w", err)
		}
	}
	for _, name := range names {
		if err := expectState(ctx, s, name, []byte("of "+name)); err != nil {
			return err
		}
	}
	return nil
}

func statesBytes(ctx context.Context, s States) error {
	state := make([]byte, 1<<17)
	for i := range state {
		state[i] = byte(i * 7 >> 3)
	}
	if err := s.Save(ctx, "bytes", state); err != nil {
		return fmt.Errorf("saving: %w", err)
	}
	return expectState(ctx, s, "bytes", state)
}

// statesOwned changes what was saved and what was loaded: neither may change what is kept.
func statesOwned(ctx context.Context, s States) error {
	mine := []byte("as saved")
	if err := s.Save(ctx, "name", mine); err != nil {
		return fmt.Errorf("saving: %w", err)
	}
	mine[0] = 'X'
	loaded, err := s.Load(ctx, "name")
	if err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	for i := range loaded {
		loaded[i] = 'Y'
	}
	return expectState(ctx, s, "name", []byte("as saved"))
}

func statesConcurrent(ctx context.Context, s States) error {
	var group sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		group.Go(func() {
			name := fmt.Sprint("of ", i)
			faults[i] = guarded(func() error {
				return errors.Join(s.Save(ctx, name, []byte(name)), expectState(ctx, s, name, []byte(name)))
			})
		})
	}
	group.Wait()
	return errors.Join(faults...)
}
