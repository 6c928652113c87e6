//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRemoveLeftovers(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	hourAgo := time.Now().Add(-time.Hour)
	folder := func(name string, age time.Time) string {
		dir := filepath.Join(parent, name)
		writeFile(t, filepath.Join(dir, "lock"), "1\n")
		if err := os.Chtimes(dir, age, age); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	crashed := folder(runPrefix+"crashed", hourAgo)
	young := folder(runPrefix+"young", time.Now())
	other := folder("another-program", hourAgo)
	live := folder(runPrefix+"live", hourAgo)
	held, err := os.Open(filepath.Join(live, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := tryLock(held); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(parent, runPrefix+"link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	removeLeftovers(parent)
	for path, want := range map[string]bool{crashed: false, young: true, other: true, live: true, link: true} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", filepath.Base(path), err == nil, want)
		}
	}
}

func TestNewRunFolder(t *testing.T) {
	t.Parallel()
	parent, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for dir := parent; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	f, err := newRunFolder([]string{filepath.Join(parent, "none"), parent})
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(f.path) != parent || !strings.HasPrefix(filepath.Base(f.path), runPrefix) {
		t.Errorf("got %s, want a folder in %s", f.path, parent)
	}
	f.remove()
	if _, err := os.Stat(f.path); err == nil {
		t.Error("the folder is still there")
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	inner := filepath.Join(closed, "inner")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := reachable([]string{inner}, true); !strings.Contains(text(err), "none of "+inner) {
		t.Errorf("as root: got %v, want an error that names the folder", err)
	}
	if got, err := reachable([]string{inner}, false); err != nil || filepath.Base(got) != "inner" {
		t.Errorf("as another user: got %s, %v", got, err)
	}
	if got, err := reachable([]string{inner, "/"}, true); got != "/" || err != nil {
		t.Errorf("with a second folder: got %s, %v", got, err)
	}
}

func TestSocketFolder(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("x", 90)
	for work, want := range map[string]string{"/tmp/run": "/tmp/run", long: "", "/tmp/a b": "", "/tmp/a,b": ""} {
		if got := socketFolder(work); got != want {
			t.Errorf("%q: got %q, want %q", work, got, want)
		}
	}
}

func TestCopyTree(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	writeFile(t, filepath.Join(from, "a", "b"), "text")
	writeFile(t, filepath.Join(from, marker), "{}")
	if err := os.Chmod(filepath.Join(from, "a", "b"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(from, to, nil); err != nil {
		t.Fatal(err)
	}
	copied, err := inventory(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := copied[filepath.Join("a", "b")]; !ok || len(copied) != 1 {
		t.Errorf("got %v, want a/b alone", copied)
	}
	if _, err := os.Stat(filepath.Join(to, marker)); err == nil {
		t.Error("the marker was copied")
	}
	if info, err := os.Stat(filepath.Join(to, "a", "b")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info, err)
	}
	if err := copyTree(filepath.Join(from, "none"), to, nil); err == nil {
		t.Error("a folder that is not there was copied")
	}
}
