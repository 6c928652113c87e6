package filesource_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/filesource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// forged returns a snapshot whose tree has the given lines, with an item "file/1" of 3 bytes and "group/1" of 6.
func forged(t testing.TB, lines ...string) backup.Reader {
	t.Helper()
	var repository backuptest.Repository
	s, err := repository.Write(t.Context(), "files", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		for name, text := range map[string]string{"tree": strings.Join(lines, "\n") + "\n", "file/1": "abc", "group/1": "abcdef"} {
			item, err := w.Create(ctx, name, "x")
			if err != nil {
				return backup.Cut{}, err
			}
			if err := errors.Join(item.Append(ctx, backup.Chunk{Data: []byte(text)}), item.Commit(ctx, nil)); err != nil {
				return backup.Cut{}, err
			}
		}
		return backup.Cut{}, nil
	})
	return must(repository.Open(t.Context(), must(s, err)(t).ID))(t)
}

func line(fields map[string]any) string {
	text, err := json.Marshal(fields)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestHostile refuses trees that no Source writes, and leaves nothing.
func TestHostile(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("abc"))
	const head, root = `{"version":1}`, `{"path":"r","kind":"directory","mode":493,"time":"2026-01-01T00:00:00Z"}`
	file := func(changes map[string]any) string {
		f := map[string]any{"path": "r/f", "kind": "file", "mode": 420, "time": "2026-01-01T00:00:00Z", "size": 3, "digest": sum[:], "item": "file/1"}
		for k, v := range changes {
			f[k] = v
		}
		return line(f)
	}
	if _, err := restored(t, forged(t, head, root, file(nil))); err != nil {
		t.Fatalf("a sound tree is refused: %v", err)
	}
	type m = map[string]any
	for name, test := range map[string]struct {
		lines []string
		err   error
	}{
		"empty":                  {[]string{""}, backup.ErrCorrupt},
		"another version":        {[]string{`{"version":2}`}, backup.ErrVersion},
		"no JSON":                {[]string{head, root, "{"}, backup.ErrCorrupt},
		"two dots":               {[]string{head, root, file(m{"path": "r/../../f"})}, backup.ErrCorrupt},
		"two dots as a root":     {[]string{head, `{"path":"..","kind":"directory"}`}, backup.ErrCorrupt},
		"two dots as bytes":      {[]string{head, root, file(m{"raw": []byte("r/../f")})}, backup.ErrCorrupt},
		"absolute":               {[]string{head, root, file(m{"path": "/etc/passwd"})}, backup.ErrCorrupt},
		"no path":                {[]string{head, root, file(m{"path": ""})}, backup.ErrCorrupt},
		"zero byte":              {[]string{head, root, file(m{"path": "r/\x00"})}, backup.ErrCorrupt},
		"below a file":           {[]string{head, root, file(nil), file(m{"path": "r/f/g"})}, backup.ErrCorrupt},
		"below a link":           {[]string{head, root, line(m{"path": "r/l", "kind": "symlink", "target": []byte("/tmp")}), file(m{"path": "r/l/g"})}, backup.ErrCorrupt},
		"below nothing":          {[]string{head, root, file(m{"path": "r/x/g"})}, backup.ErrCorrupt},
		"twice":                  {[]string{head, root, file(nil), file(nil)}, backup.ErrCorrupt},
		"unknown kind":           {[]string{head, root, file(m{"kind": "device"})}, backup.ErrCorrupt},
		"link to nothing":        {[]string{head, root, line(m{"path": "r/l", "kind": "symlink"})}, backup.ErrCorrupt},
		"name of nothing":        {[]string{head, root, file(m{"link": []byte("r/g")})}, backup.ErrCorrupt},
		"name of a directory":    {[]string{head, root, file(m{"link": []byte("r")})}, backup.ErrCorrupt},
		"name of itself":         {[]string{head, root, file(m{"link": []byte("r/f")})}, backup.ErrCorrupt},
		"no item":                {[]string{head, root, file(m{"item": "file/2"})}, backup.ErrCorrupt},
		"larger than its item":   {[]string{head, root, file(m{"size": 4})}, backup.ErrCorrupt},
		"negative":               {[]string{head, root, file(m{"size": -1})}, backup.ErrCorrupt},
		"enormous":               {[]string{head, root, file(m{"size": int64(1) << 62})}, backup.ErrCorrupt},
		"beyond its group":       {[]string{head, root, file(m{"item": "group/1", "offset": 4})}, backup.ErrCorrupt},
		"parts overlap":          {[]string{head, root, file(m{"extents": []m{{"o": 0, "n": 2}, {"o": 1, "n": 1}}})}, backup.ErrCorrupt},
		"part beyond the end":    {[]string{head, root, file(m{"extents": []m{{"o": 2, "n": 3}}})}, backup.ErrCorrupt},
		"part of overflow":       {[]string{head, root, file(m{"extents": []m{{"o": int64(1) << 62, "n": int64(1) << 62}}})}, backup.ErrCorrupt},
		"digest of another":      {[]string{head, root, file(m{"digest": make([]byte, 32)})}, backup.ErrCorrupt},
		"digest too short":       {[]string{head, root, file(m{"digest": sum[:4]})}, backup.ErrCorrupt},
		"wrong place in a group": {[]string{head, root, file(m{"item": "group/1", "offset": 1})}, backup.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left, err := restored(t, forged(t, test.lines...))
			if !errors.Is(err, test.err) || len(left) > 0 {
				t.Errorf("error %v, want %v; left are %v", err, test.err, left)
			}
		})
	}
}

// restored restores a snapshot, and returns what there is then.
func restored(t testing.TB, r backup.Reader, change ...func(*filesource.Directory)) ([]string, error) {
	t.Helper()
	parent := t.TempDir()
	d := must(filesource.NewDirectory(filesource.DirectoryConfig{Path: filepath.Join(parent, "to")}))(t)
	for _, c := range change {
		c(d)
	}
	err := d.Restore(t.Context(), r, backup.Goal{})
	var names []string
	for _, e := range must(os.ReadDir(parent))(t) {
		names = append(names, e.Name())
	}
	return names, err
}

// FuzzTree restores whatever tree below a directory, and nothing beside it.
func FuzzTree(f *testing.F) {
	for _, text := range []string{
		`{"path":"r","kind":"directory","mode":493}`,
		`{"path":"r","kind":"symlink","target":"L2V0Yw=="}` + "\n" + `{"path":"r/f","kind":"file","item":"file/1","size":3}`,
		`{"path":"f","kind":"file","item":"file/1","size":3,"digest":"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}`,
		`{"path":"f","kind":"file","item":"group/1","size":3,"offset":3,"digest":"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=","extents":[{"o":0,"n":3}]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, `"size":`) && len(text) > 4000 {
			return
		}
		names, err := restored(t, forged(t, `{"version":1}`, text))
		if err == nil && !slices.Equal(names, []string{"to"}) || err != nil && len(names) > 0 {
			t.Errorf("%v, %v", names, err)
		}
	})
}

// sample returns a snapshot of some files.
func sample(t testing.TB) backup.Reader {
	t.Helper()
	root := t.TempDir()
	for i := range 20 {
		write(t, fmt.Sprintf("%s/%d/small", root, i), fmt.Append(nil, i))
		write(t, fmt.Sprintf("%s/%d/large", root, i), random(uint64(i), 300<<10))
	}
	ok(t, os.Chmod(root+"/3", 0o555))
	t.Cleanup(func() { os.Chmod(root+"/3", 0o755) }) //nolint:errcheck // TempDir says so
	var repository backuptest.Repository
	s := must(repository.Write(t.Context(), "files", newSource(t, of(root)).Backup))(t)
	return must(repository.Open(t.Context(), s.ID))(t)
}

// TestRestoreFails leaves nothing behind: with a full disk, cancelled, and where something is already.
func TestRestoreFails(t *testing.T) {
	t.Parallel()
	r := sample(t)
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
		var n atomic.Int32
		left, err := restored(t, r, func(d *filesource.Directory) {
			d.Fault(func(string) error {
				if n.Add(1) < 30 {
					return nil
				}
				return &os.PathError{Op: "write", Path: "x", Err: cause}
			})
		})
		if !errors.Is(err, cause) || errors.Is(err, backup.ErrFull) != (cause == syscall.ENOSPC) || len(left) > 0 {
			t.Errorf("%v: error %v, left are %v", cause, err, left)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	parent := t.TempDir()
	d := must(filesource.NewDirectory(filesource.DirectoryConfig{Path: parent + "/to", Workers: 1}))(t)
	d.Fault(func(string) error { stop(); return nil })
	if err := d.Restore(ctx, r, backup.Goal{}); !errors.Is(err, context.Canceled) || len(must(os.ReadDir(parent))(t)) > 0 {
		t.Errorf("cancelled: %v", err)
	}
	write(t, parent+"/to/there", nil)
	if err := d.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("something is there: %v", err)
	}
	write(t, parent+"/file", nil)
	d = must(filesource.NewDirectory(filesource.DirectoryConfig{Path: parent + "/file"}))(t)
	if err := d.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("a file is there: %v", err)
	}
	ok(t, os.Remove(parent+"/to/there"))
	d = must(filesource.NewDirectory(filesource.DirectoryConfig{Path: parent + "/to"}))(t)
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Errorf("an empty directory is there: %v", err)
	}
	ok(t, os.Chmod(parent+"/to/root/3", 0o755))
}

// TestExamineFinds finds every change of what was restored.
func TestExamineFinds(t *testing.T) {
	t.Parallel()
	r := sample(t)
	want := must(backup.ReadFacts(t.Context(), r))(t)
	for name, change := range map[string]func(p string) error{
		"nothing":     nil,
		"a byte":      func(p string) error { return os.WriteFile(p+"/1/small", []byte("2"), 0o644) },
		"a file less": func(p string) error { return os.Remove(p + "/1/small") },
		"a file more": func(p string) error { return os.WriteFile(p+"/1/new", nil, 0o644) },
		"permissions": func(p string) error { return os.Chmod(p+"/1/large", 0o600) },
		"a directory": func(p string) error { return os.Chmod(p+"/1", 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &filesource.Scratch{Parent: t.TempDir()}
			d, closed, err := s.Open(t.Context())
			ok(t, err)
			ok(t, d.Restore(t.Context(), r, backup.Goal{}))
			if change != nil {
				dirs := must(filepath.Glob(s.Parent + "/*/restored/root"))(t)
				ok(t, change(dirs[0]))
			}
			got := must(d.Examine(t.Context()))(t)
			c := backup.Certificate{Want: want, Got: got.Facts}
			if c.Passed() != (change == nil) {
				t.Errorf("passed is %v: %v", c.Passed(), c.Differences())
			}
			ok(t, closed(t.Context()))
			if left := must(os.ReadDir(s.Parent))(t); len(left) > 0 {
				t.Errorf("left are %v", left)
			}
		})
	}
}

// TestSparse backs up and restores 2 GiB with three pieces of data.
func TestSparse(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("holes are found on Linux alone")
	}
	root := t.TempDir()
	f := must(os.Create(root + "/disk"))(t)
	size := int64(servertest.Count(256<<20, 2<<30)) // it is hashed, holes and all
	for i, at := range []int64{1 << 20, size / 2, size - 4096} {
		must(f.WriteAt(random(uint64(i), 4096), at))(t)
	}
	ok(t, f.Close())
	var repository backuptest.Repository
	s := must(repository.Write(t.Context(), "files", newSource(t, of(root)).Backup))(t)
	if s.Size > 64<<10 {
		t.Errorf("%d bytes are stored", s.Size)
	}
	path, got := bring(t, &repository, s.ID)
	if diff := cmp.Diff(wanted(t, &repository, s.ID), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if have := blocks(t, path+"/root/disk"); have > 1<<20 {
		t.Errorf("it takes %d bytes", have)
	}
}

// TestAttributes brings extended attributes back, where the file system has some.
func TestAttributes(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root+"/dir/file", []byte("x"))
	for _, p := range []string{root + "/dir", root + "/dir/file"} {
		if err := setAttribute(p, "user.shugo", "守護\x00"); err != nil {
			if runtime.GOOS != "linux" || errors.Is(err, syscall.ENOTSUP) {
				t.Skip("the file system has no attributes")
			}
			t.Fatal(err)
		}
	}
	config := of(root)
	config.Attributes = true
	var repository backuptest.Repository
	s := must(repository.Write(t.Context(), "files", newSource(t, config).Backup))(t)
	path, got := bring(t, &repository, s.ID)
	if diff := cmp.Diff(wanted(t, &repository, s.ID), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if value := attribute(t, path+"/root/dir/file", "user.shugo"); value != "守護\x00" {
		t.Errorf("%q", value)
	}
}

func setAttribute(path, name, value string) error {
	return syscall.Setxattr(path, name, []byte(value), 0)
}

func attribute(t testing.TB, path, name string) string {
	t.Helper()
	value := make([]byte, 100)
	n := must(syscall.Getxattr(path, name, value))(t)
	return string(value[:n])
}
