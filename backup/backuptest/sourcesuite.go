package backuptest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// TestSource checks the contract of backup.Source with a subtest for each of its sentences. Each subtest calls open for a
// source of a store that holds something and that nobody changes meanwhile.
func TestSource(t *testing.T, open func(t testing.TB) backup.Source) {
	t.Helper()
	test(t, sourceChecks(), open)
}

// CheckSource runs the checks of TestSource one after the other and returns nil, or Violations. It calls open for each.
func CheckSource(ctx context.Context, open func() (backup.Source, error)) error {
	return collect(ctx, sourceChecks(), open)
}

func sourceChecks() []check[backup.Source] {
	return []check[backup.Source]{
		{"Name", sourceName},
		{"Cut", sourceCut},
		{"Writes", sourceWrites},
		{"Again", sourceAgain},
		{"CreateFails", sourceFails(func(r *recorder, err error) { r.create = err })},
		{"AppendFails", sourceFails(func(r *recorder, err error) { r.append = err })},
		{"CommitFails", sourceFails(func(r *recorder, err error) { r.commit = err })},
		{"EndedContext", sourceEndedContext},
		{"ContextEndsMidway", sourceContextEndsMidway},
	}
}

func sourceName(_ context.Context, s backup.Source) error {
	if err := backup.CheckSegment(s.Name()); err != nil {
		return err
	}
	if first, second := s.Name(), s.Name(); first != second {
		return fmt.Errorf("the method Name returns %q, then %q, want a constant", first, second)
	}
	return nil
}

// record backs up into a repository, with a recorder between, and returns the first thing that is wrong.
func record(ctx context.Context, s backup.Source, in *Repository, set func(*recorder)) (backup.Snapshot, error) {
	var r *recorder
	snapshot, err := in.Write(ctx, s.Name(), func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		r = &recorder{Writer: w, names: map[string]bool{}}
		set(r)
		cut, err := s.Backup(ctx, r)
		r.end()
		return cut, err
	})
	if wrong := r.wrong(); wrong != nil {
		return snapshot, wrong
	}
	return snapshot, err
}

func sourceCut(ctx context.Context, s backup.Source) error {
	snapshot, err := record(ctx, s, new(Repository), func(*recorder) {})
	if err != nil {
		return err
	}
	if cut := snapshot.Cut; cut.Time.IsZero() || cut.Time.Location() != time.UTC {
		return fmt.Errorf("the time of the cut is %v, want a moment in UTC", cut.Time)
	}
	return nil
}

func sourceWrites(ctx context.Context, s backup.Source) error {
	snapshot, err := record(ctx, s, new(Repository), func(*recorder) {})
	if err == nil && snapshot.Items == 0 {
		err = errors.New("a Backup writes no item of a store that holds something")
	}
	return err
}

func sourceAgain(ctx context.Context, s backup.Source) error {
	var in Repository
	first, err := record(ctx, s, &in, func(*recorder) {})
	if err != nil {
		return err
	}
	second, err := record(ctx, s, &in, func(*recorder) {})
	if err != nil {
		return fmt.Errorf("a second backup: %w", err)
	}
	if first.Items != second.Items {
		return fmt.Errorf("a second backup has %d items, want %d as the first", second.Items, first.Items)
	}
	if second.Cut.Time.Before(first.Cut.Time) {
		return fmt.Errorf("the cut of a second backup, %v, is before that of the first, %v", second.Cut.Time, first.Cut.Time)
	}
	return nil
}

func sourceFails(set func(*recorder, error)) func(context.Context, backup.Source) error {
	return func(ctx context.Context, s backup.Source) error {
		fault := errors.New("the writer fails")
		met := false
		_, err := record(ctx, s, new(Repository), func(r *recorder) { set(r, fault); r.met = &met })
		if !met {
			return errUnfit
		}
		if !errors.Is(err, fault) {
			return fmt.Errorf("a Backup returns %v, want the error of the writer", err)
		}
		return nil
	}
}

func sourceEndedContext(ctx context.Context, s backup.Source) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return sourceCancelled(ctx, s, nil)
}

func sourceContextEndsMidway(ctx context.Context, s backup.Source) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return sourceCancelled(ctx, s, cancel)
}

// sourceCancelled backs up with a context that has ended or is ended by the first Create. Only the source is given it: a
// repository would refuse by itself.
func sourceCancelled(ctx context.Context, s backup.Source, begun func()) error {
	var r *recorder
	_, err := new(Repository).Write(context.WithoutCancel(ctx), s.Name(), func(_ context.Context, w backup.Writer) (backup.Cut, error) {
		r = &recorder{Writer: w, names: map[string]bool{}, begun: begun}
		cut, err := s.Backup(ctx, r)
		r.end()
		return cut, err
	})
	if wrong := r.wrong(); wrong != nil {
		return wrong
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("a Backup whose context has ended returns %v, want context.Canceled", err)
	}
	return nil
}
