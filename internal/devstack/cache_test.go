//go:build linux || darwin

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// letters is a set-up of two files. It counts in made how often it was made.
func letters(made *int) setup {
	return setup{name: "letters-v1", make: func(_ context.Context, dir string) error {
		*made++
		return errors.Join(
			os.Mkdir(filepath.Join(dir, "lib"), 0o755),
			os.WriteFile(filepath.Join(dir, "lib", "a"), []byte("aaa"), 0o644),
			os.WriteFile(filepath.Join(dir, "b"), []byte("bbb"), 0o644),
		)
	}}
}

func TestPrepareRepairs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		damage func(t *testing.T, dir string)
		deep   bool
		again  bool
	}{
		"whole":         {damage: func(*testing.T, string) {}},
		"another file":  {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "c"), "c") }},
		"truncated":     {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "lib", "a"), "aa") }, again: true},
		"missing":       {damage: func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "b")) }, again: true},
		"no marker":     {damage: func(t *testing.T, dir string) { remove(t, filepath.Join(dir, marker)) }, again: true},
		"half a marker": {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, marker), `{"b":`) }, again: true},
		"empty marker":  {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, marker), `{}`) }, again: true},
		"changed":       {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "b"), "bxb") }},
		"changed, deep": {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, "b"), "bxb") }, deep: true, again: true},
		"no folder":     {damage: func(t *testing.T, dir string) { remove(t, dir) }, again: true},
		"half is there": {damage: func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir+".half", "b"), "b"); remove(t, dir) }, again: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, made := t.TempDir(), 0
			s := letters(&made)
			s.deep = test.deep
			dir, err := s.prepare(t.Context(), root)
			if err != nil {
				t.Fatal(err)
			}
			test.damage(t, dir)
			if _, err := s.prepare(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			want := 1
			if test.again {
				want = 2
			}
			if made != want {
				t.Errorf("made %d times, want %d", made, want)
			}
			if err := verify(dir, test.deep); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(dir + ".half"); !errors.Is(err, fs.ErrNotExist) {
				t.Error("the half folder is still there")
			}
		})
	}
}

func TestPrepareFails(t *testing.T) {
	t.Parallel()
	root, cause := t.TempDir(), errors.New("no network")
	s := setup{name: "x-v1", make: func(_ context.Context, dir string) error {
		writeFile(t, filepath.Join(dir, "part"), "p")
		return cause
	}}
	if _, err := s.prepare(t.Context(), root); !errors.Is(err, cause) {
		t.Fatalf("got %v, want %v", err, cause)
	}
	left, err := filepath.Glob(filepath.Join(root, "x-v1*"))
	if err != nil || len(left) != 1 || !strings.HasSuffix(left[0], ".lock") {
		t.Errorf("left: %v, %v, want the lock alone", left, err)
	}
}

func TestPrepareOnce(t *testing.T) {
	t.Parallel()
	root, made := t.TempDir(), 0
	s := letters(&made)
	errs := make(chan error)
	for range 4 {
		go func() {
			_, err := s.prepare(t.Context(), root)
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times, want once", made)
	}
}

func TestCondemn(t *testing.T) {
	t.Parallel()
	root, made := t.TempDir(), 0
	s := letters(&made)
	dir, err := s.prepare(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if s.condemn(dir) {
		t.Error("a whole set-up is condemned")
	}
	writeFile(t, filepath.Join(dir, "b"), "bxb")
	if !s.condemn(dir) {
		t.Error("a damaged set-up is not condemned")
	}
	if _, err := s.prepare(t.Context(), root); err != nil || made != 2 || verify(dir, true) != nil {
		t.Errorf("made %d times, %v, %v: want a repair", made, err, verify(dir, true))
	}
}

func TestLockEndsWithContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lock(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	unlock()
	again, err := lock(t.Context(), path) // a process that another test starts may have the file until it runs its program
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestCompareSpace(t *testing.T) {
	t.Parallel()
	if err := compareSpace("/x", 10, 10); err != nil {
		t.Error(err)
	}
	const want = "the disk is full: devstack needs 10 MB in /x, 9 MB free"
	if err := compareSpace("/x", 10, 9); !strings.HasPrefix(text(err), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := enoughSpace(t.TempDir(), 1<<40); err == nil {
		t.Error("an exabyte is free")
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
