package dirtarget_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/dirtarget"
)

func open(t testing.TB, c dirtarget.Config) *dirtarget.Target {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	target, err := dirtarget.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := dirtarget.New(dirtarget.Config{Retain: -1, Kind: "tape"})
	want := `dirtarget: Config.Dir is empty, expected a directory
dirtarget: Config.Retain is -1ns, expected 0 or more
dirtarget: Config.Kind is "tape", expected "local" or "cloud"`
	if err == nil || err.Error() != want {
		t.Errorf("New = %v, want %s", err, want)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), filepath.Join(t.TempDir(), "a", "b")} {
		if _, err := dirtarget.New(dirtarget.Config{Dir: dir}); !errors.Is(err, backup.ErrUnavailable) {
			t.Errorf("New(%s) = %v, want ErrUnavailable", filepath.Base(dir), err)
		}
	}
}

func TestTidiesUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dirtarget.Config{Dir: dir})
	old, young := filepath.Join(dir, ".tmp", "old"), filepath.Join(dir, ".tmp", "young")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, before, before); err != nil {
		t.Fatal(err)
	}
	target := open(t, dirtarget.Config{Dir: dir})
	if err := target.Put(t.Context(), "a/b", []byte("data")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := target.Put(ctx, "a/c", []byte("data")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put with a cancelled context = %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".tmp", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{young}, left); diff != "" {
		t.Errorf("drafts (-want +got):\n%s", diff)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made")
	if err := open(t, dirtarget.Config{Dir: dir}).Put(t.Context(), "a/b/c", nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, ".tmp": 0o700, "a": 0o700, "a/b": 0o700, "a/b/c": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %q is %o, want %o", name, got, want)
		}
	}
}

func TestForeignFiles(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	target := open(t, dirtarget.Config{Dir: dir})
	secret := filepath.Join(outside, "secret")
	for _, err := range []error{
		os.WriteFile(secret, []byte("secret"), 0o600),
		os.Symlink(secret, filepath.Join(dir, "link")),
		os.Symlink(outside, filepath.Join(dir, "folder")),
		os.WriteFile(filepath.Join(dir, "Upper"), nil, 0o600),
		os.Mkdir(filepath.Join(dir, "empty"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	for _, name := range []string{"link", "folder/secret", "empty"} {
		if data, err := target.Get(ctx, name, 0, -1); err == nil {
			t.Errorf("Get(%s) = %q, want an error", name, data)
		}
		if err := target.Delete(ctx, name); err == nil {
			t.Errorf("Delete(%s) succeeds", name)
		}
	}
	for _, name := range []string{"link", "folder/new", "empty"} {
		if err := target.Put(ctx, name, nil); err == nil || errors.Is(err, backup.ErrExists) {
			t.Errorf("Put(%s) = %v, want an error that is not ErrExists", name, err)
		}
	}
	for o, err := range target.List(ctx, "") {
		t.Errorf("List yields %v, %v", o, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside there are %v, %v", entries, err)
	}
}

func TestFolderAndObject(t *testing.T) {
	t.Parallel()
	target, ctx := open(t, dirtarget.Config{}), t.Context()
	if err := target.Put(ctx, "a", nil); err != nil {
		t.Fatal(err)
	}
	if err := target.Put(ctx, "a/b", nil); !errors.Is(err, backup.ErrName) {
		t.Errorf("Put below an object = %v, want ErrName", err)
	}
	if _, err := target.Get(ctx, "a/b", 0, -1); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("Get below an object = %v, want ErrNotFound", err)
	}
}

func TestUnmounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, ctx := open(t, dirtarget.Config{Dir: dir}), t.Context()
	check := func(when string) {
		t.Helper()
		_, getErr := target.Get(ctx, "a", 0, -1)
		var listErr error
		for _, listErr = range target.List(ctx, "") {
		}
		for _, err := range []error{target.Put(ctx, "a", nil), getErr, listErr, target.Delete(ctx, "a")} {
			if !errors.Is(err, backup.ErrUnavailable) || errors.Is(err, backup.ErrNotFound) {
				t.Errorf("%s: %v, want ErrUnavailable", when, err)
			}
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	check("gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	check("an empty mount point")
	target = open(t, dirtarget.Config{Dir: dir})
	if err := target.Put(ctx, "a", nil); err != nil {
		t.Error(err)
	}
}

func TestRetains(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx := t.Context()
	for _, c := range []dirtarget.Config{{Dir: dir, Retain: time.Hour}, {Dir: dir, KeepAll: true}} {
		target := open(t, c)
		if err := target.Put(ctx, "a", []byte("1")); err != nil && !errors.Is(err, backup.ErrExists) {
			t.Fatal(err)
		}
		if err := target.Delete(ctx, "a"); !errors.Is(err, backup.ErrRetained) {
			t.Errorf("Delete = %v, want ErrRetained", err)
		}
		if err := target.Delete(ctx, "b"); !errors.Is(err, backup.ErrNotFound) {
			t.Errorf("Delete of nothing = %v, want ErrNotFound", err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "a"), past, past); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dirtarget.Config{Dir: dir, Retain: time.Hour}).Delete(ctx, "a"); err != nil {
		t.Errorf("Delete after the time = %v", err)
	}
}

func TestPutKeepsFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, other := open(t, dirtarget.Config{Dir: dir}), open(t, dirtarget.Config{Dir: dir})
	if err := one.Put(t.Context(), "x/y", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := other.Put(t.Context(), "x/y", []byte("second")); !errors.Is(err, backup.ErrExists) {
		t.Errorf("second Put = %v, want ErrExists", err)
	}
	if data, err := other.Get(t.Context(), "x/y", 0, -1); err != nil || !bytes.Equal(data, []byte("first")) {
		t.Errorf("Get = %q, %v", data, err)
	}
}

func TestConforms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]dirtarget.Config{"deletes": {}, "retains": {Retain: time.Hour, Kind: backup.Cloud}, "keeps": {KeepAll: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backuptest.TestTarget(t, func(t testing.TB) backup.BackupTarget { return open(t, c) })
		})
	}
}
