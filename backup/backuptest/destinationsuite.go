package backuptest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
)

// Restoring is what a suite needs to look at a destination.
type Restoring struct {
	Source      backup.Source      // of a store that holds something and that nobody changes; it writes its facts
	Destination backup.Destination // fresh, and one in which the source's snapshots can be restored
}

// TestDestination checks the contract of backup.Destination with a subtest for each of its sentences. Each subtest calls open
// for a destination of its own.
func TestDestination(t *testing.T, open func(t testing.TB) Restoring) {
	t.Helper()
	test(t, destinationChecks(), open)
}

// CheckDestination runs the checks of TestDestination one after the other and returns nil, or Violations.
func CheckDestination(ctx context.Context, open func() (Restoring, error)) error {
	return collect(ctx, destinationChecks(), open)
}

func destinationChecks() []check[Restoring] {
	return []check[Restoring]{
		{"Facts", destinationFacts},
		{"NotEmpty", destinationNotEmpty},
		{"EndedContext", destinationEndedContext},
		{"ContextEndsMidway", destinationContextEndsMidway},
		{"Corrupt", destinationCorrupt},
	}
}

// snapshot backs up and opens what was written.
func (r Restoring) snapshot(ctx context.Context) (backup.Reader, error) {
	var in Repository
	s, err := in.Write(ctx, r.Source.Name(), r.Source.Backup)
	if err != nil {
		return nil, err
	}
	return in.Open(ctx, s.ID)
}

// compare returns an error unless the destination shows what the snapshot says.
func (r Restoring) compare(ctx context.Context, from backup.Reader) error {
	want, err := backup.ReadFacts(ctx, from)
	if err != nil {
		return err
	}
	got, err := r.Destination.Examine(ctx)
	if err != nil {
		return fmt.Errorf("the method Examine returns %w", err)
	}
	for _, f := range got.Findings {
		if !f.Passed {
			return fmt.Errorf("the check %q does not pass: %s", f.Check, f.Detail)
		}
	}
	byName := func(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) }
	facts := slices.SortedFunc(slices.Values(got.Facts), byName)
	slices.SortFunc(want, byName)
	if !slices.Equal(facts, want) {
		return fmt.Errorf("the method Examine has %d facts that are not the %d of the snapshot", len(facts), len(want))
	}
	return nil
}

func destinationFacts(ctx context.Context, r Restoring) error {
	from, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	if err := r.Destination.Restore(ctx, from, backup.Goal{}); err != nil {
		return fmt.Errorf("the method Restore returns %w", err)
	}
	return r.compare(ctx, from)
}

func destinationNotEmpty(ctx context.Context, r Restoring) error {
	if err := destinationFacts(ctx, r); err != nil {
		return err
	}
	from, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	if err := r.Destination.Restore(ctx, from, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		return fmt.Errorf("a Restore over what was restored = %v, want ErrNotEmpty", err)
	}
	return r.compare(ctx, from)
}

// fails restores in vain, and looks whether that could be taken for a success.
func (r Restoring) fails(ctx context.Context, from backup.Reader, restore context.Context, reader backup.Reader, want error) error {
	if err := r.Destination.Restore(restore, reader, backup.Goal{}); !errors.Is(err, want) {
		return fmt.Errorf("the method Restore returns %v, want %w", err, want)
	}
	if r.compare(ctx, from) == nil {
		return errors.New("after a Restore that failed, Examine shows a restored store")
	}
	return nil
}

func destinationEndedContext(ctx context.Context, r Restoring) error {
	from, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return r.fails(ctx, from, ended, from, context.Canceled)
}

func destinationContextEndsMidway(ctx context.Context, r Restoring) error {
	from, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	ends, cancel := context.WithCancel(ctx)
	defer cancel()
	return r.fails(ctx, from, ends, &tamperedReader{Reader: from, chunk: func(data []byte) ([]byte, error) {
		cancel()
		return data, nil
	}}, context.Canceled)
}

func destinationCorrupt(ctx context.Context, r Restoring) error {
	from, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	return r.fails(ctx, from, ctx, &tamperedReader{Reader: from, chunk: func([]byte) ([]byte, error) {
		return nil, &backup.CorruptError{Object: "chunk", Text: "damaged by the suite"}
	}}, backup.ErrCorrupt)
}

// tamperedReader changes what is read.
type tamperedReader struct {
	backup.Reader
	chunk func([]byte) ([]byte, error)
}

// Chunk implements backup.Reader.
func (r *tamperedReader) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	data, err := r.Reader.Chunk(ctx, item, number)
	if err != nil {
		return nil, err
	}
	return r.chunk(data)
}
