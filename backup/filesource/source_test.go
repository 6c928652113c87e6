package filesource_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/filesource"
)

// must returns a value without an error.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write writes a file, with an old time so that it is known again, and what is above it.
func write(t testing.TB, path string, data []byte) {
	t.Helper()
	ok(t, os.MkdirAll(filepath.Dir(path), 0o755))
	ok(t, os.WriteFile(path, data, 0o644))
}

func random(seed uint64, n int) []byte {
	data := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	r.Read(data) //nolint:errcheck // it reads always
	return data
}

func newSource(t testing.TB, config filesource.Config) *filesource.Source {
	t.Helper()
	config.Name = "files"
	return must(filesource.New(config))(t)
}

func of(path string) filesource.Config {
	return filesource.Config{Roots: []filesource.Root{{Name: "root", Path: path}}}
}

// bring restores a snapshot into a new directory, and examines it.
func bring(t testing.TB, repository *backuptest.Repository, id backup.SnapshotID) (string, []backup.Fact) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "restored")
	d := must(filesource.NewDirectory(filesource.DirectoryConfig{Path: path}))(t)
	ok(t, d.Restore(t.Context(), must(repository.Open(t.Context(), id))(t), backup.Goal{}))
	return path, must(d.Examine(t.Context()))(t).Facts
}

func wanted(t testing.TB, repository *backuptest.Repository, id backup.SnapshotID) []backup.Fact {
	t.Helper()
	return must(backup.ReadFacts(t.Context(), must(repository.Open(t.Context(), id))(t)))(t)
}

// look describes a tree independently of the package.
func look(t testing.TB, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	inodes := map[uint64]string{}
	ok(t, filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, text := strings.TrimPrefix(p, root), fmt.Sprint(info.Mode())
		switch {
		case e.Type() == fs.ModeSymlink:
			target, err := os.Readlink(p)
			all[rel] = "to " + target
			return err
		case e.Type() == 0:
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %d %x", len(data), data[:min(len(data), 64)])
			s := info.Sys().(*syscall.Stat_t)
			if first, known := inodes[s.Ino]; known {
				text += " same as " + first
			} else {
				inodes[s.Ino] = rel
			}
		}
		all[rel] = text + info.ModTime().UTC().Format(" 2006-01-02T15:04:05.999999999")
		return nil
	}))
	return all
}

// hard makes a tree of hard cases.
func hard(t testing.TB, root string) {
	t.Helper()
	write(t, root+"/empty", nil)
	write(t, root+"/small", []byte("小さい"))
	write(t, root+"/deep/er/and/deeper", []byte("x"))
	write(t, root+"/models/weights.gguf", random(1, 9<<20))
	write(t, root+"/models/exact", random(2, 4<<20))
	write(t, root+"/models/least", random(2, 256<<10))
	write(t, root+"/zeros", make([]byte, 5<<20))
	write(t, root+"/names/か\u3099", []byte("decomposed"))
	write(t, root+"/names/が", []byte("composed"))
	write(t, root+"/names/\xff\xfe not utf-8", []byte("bytes"))
	write(t, root+"/names/\xff\xfe large", random(3, 300<<10))
	write(t, root+"/names/a\nb \"quoted\" <&>\u2028 %2e ;'", []byte("signs"))
	write(t, root+"/names/"+strings.Repeat("n", 255), []byte("long"))
	ok(t, os.Link(root+"/models/weights.gguf", root+"/other name"))
	ok(t, os.Link(root+"/small", root+"/zz"))
	ok(t, os.Symlink("../../../etc/passwd", root+"/names/outside"))
	ok(t, os.Symlink("/", root+"/names/slash"))
	ok(t, os.Symlink("nothing", root+"/names/dangling"))
	ok(t, os.Symlink("\xff", root+"/names/bytes"))
	ok(t, os.MkdirAll(root+"/nothing in it", 0o700))
	ok(t, os.Chmod(root+"/small", 0o400))
	ok(t, os.Chmod(root+"/deep/er", 0o555))
	ok(t, os.Chtimes(root+"/small", time.Time{}, time.Date(1999, 12, 31, 23, 59, 59, 123456789, time.UTC)))
	ok(t, os.Chtimes(root+"/deep", time.Time{}, time.Date(2030, 1, 1, 0, 0, 0, 1, time.UTC)))
	hole := must(os.Create(root + "/hole"))(t)
	must(hole.WriteAt(random(4, 100_000), 3<<20))(t)
	must(hole.WriteAt(random(5, 700_000), 9<<20))(t)
	ok(t, hole.Truncate(20<<20))
	ok(t, hole.Close())
}

// TestRoundTrip brings back hard cases, twice: read, and used again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	hard(t, root)
	t.Cleanup(func() { os.Chmod(root+"/deep/er", 0o755) }) //nolint:errcheck // TempDir says so
	settled(t, root)
	var repository backuptest.Repository
	s := newSource(t, of(root))
	want := look(t, root)
	for n := range 2 {
		snapshot := must(repository.Write(t.Context(), "files", s.Backup))(t)
		path, got := bring(t, &repository, snapshot.ID)
		t.Cleanup(func() { os.Chmod(path+"/root/deep/er", 0o755) }) //nolint:errcheck // TempDir says so
		if diff := cmp.Diff(want, look(t, path+"/root")); diff != "" {
			t.Errorf("restore %d (-want +got):\n%s", n, diff)
		}
		if diff := cmp.Diff(wanted(t, &repository, snapshot.ID), got); diff != "" || len(got) < 15 {
			t.Errorf("facts %d (-want +got):\n%s", n, diff)
		}
		if runtime.GOOS == "linux" {
			if have, most := blocks(t, path+"/root/hole"), int64(1<<20); have > most {
				t.Errorf("the sparse file takes %d bytes", have)
			}
		}
	}
}

func blocks(t testing.TB, path string) int64 {
	t.Helper()
	return must(os.Stat(path))(t).Sys().(*syscall.Stat_t).Blocks * 512
}

// settled waits until no file is so young that a later change may show the same time.
func settled(t testing.TB, root string) {
	t.Helper()
	select {
	case <-time.After(2100 * time.Millisecond):
	case <-t.Context().Done():
		t.Fatal("ended")
	}
	if _, err := os.Stat(root); err != nil {
		t.Fatal(err)
	}
}

// counter counts the items that a source writes and uses again.
type counter struct {
	backup.Writer
	created, reused map[string]bool
}

func (c *counter) Create(ctx context.Context, name, kind string) (backup.ItemWriter, error) {
	c.created[name] = true
	return c.Writer.Create(ctx, name, kind)
}

func (c *counter) Reuse(ctx context.Context, name string) error {
	c.reused[name] = true
	return c.Writer.Reuse(ctx, name)
}

// counted takes a snapshot, and returns how many items it wrote and used again, besides the tree and the facts.
func counted(t testing.TB, repository *backuptest.Repository, s *filesource.Source) (id backup.SnapshotID, created, reused int) {
	t.Helper()
	c := &counter{created: map[string]bool{}, reused: map[string]bool{}}
	snapshot := must(repository.Write(t.Context(), "files", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		c.Writer = w
		s2 := *c
		return s.Backup(ctx, &s2)
	}))(t)
	return snapshot.ID, len(c.created) - 2, len(c.reused)
}

// TestReuse reads what has changed, and nothing else.
func TestReuse(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 400 {
		write(t, fmt.Sprintf("%s/small/%d", root, i), fmt.Append(nil, i))
	}
	for i := range 5 {
		write(t, fmt.Sprintf("%s/large/%d", root, i), random(uint64(i), 300<<10))
	}
	settled(t, root)
	var repository backuptest.Repository
	config := of(root)
	config.Workers = 1
	s := newSource(t, config)
	_, groups, reused := counted(t, &repository, s)
	if groups -= 5; groups < 2 || reused != 0 {
		t.Fatalf("%d groups, %d used again at first", groups, reused)
	}
	if _, created, reused := counted(t, &repository, s); created != 0 || reused != groups+5 {
		t.Errorf("nothing changed: %d written, %d used again", created, reused)
	}
	// The same size and time: the time of the change of the description tells.
	info := must(os.Stat(root + "/large/3"))(t)
	write(t, root+"/large/3", random(99, 300<<10))
	ok(t, os.Chtimes(root+"/large/3", time.Time{}, info.ModTime()))
	write(t, root+"/small/77", []byte("other"))
	id, created, reused := counted(t, &repository, s)
	if created != 2 || reused != groups+5-2 {
		t.Errorf("two changed: %d written, %d used again", created, reused)
	}
	path, _ := bring(t, &repository, id)
	if diff := cmp.Diff(look(t, root), look(t, path+"/root")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Both were read within the granularity of their times: they are read again though they seem unchanged.
	if _, created, _ := counted(t, &repository, s); created != 2 {
		t.Errorf("young files: %d written", created)
	}
	config.Reread = true
	if _, created, reused := counted(t, &repository, newSource(t, config)); created != groups+5 || reused != 0 {
		t.Errorf("all is read: %d written, %d used again", created, reused)
	}
}

// TestPatterns keeps what is included and not excluded.
func TestPatterns(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, p := range []string{"a.txt", "b.log", "x/a.txt", "x/y/a.txt", "x/y/b.log", "cache/a.txt", "x/cache/deep/a.txt", "only/b.log"} {
		write(t, root+"/"+p, []byte(p))
	}
	for name, test := range map[string]struct {
		include, exclude []string
		want             []string
	}{
		"all but caches": {nil, []string{"**/cache"}, []string{"", "/a.txt", "/b.log", "/only", "/only/b.log", "/x", "/x/a.txt", "/x/y", "/x/y/a.txt", "/x/y/b.log"}},
		"texts at top":   {[]string{"*.txt"}, nil, []string{"", "/a.txt"}},
		"texts":          {[]string{"**/*.txt"}, []string{"cache/**"}, []string{"", "/a.txt", "/x", "/x/a.txt", "/x/cache", "/x/cache/deep", "/x/cache/deep/a.txt", "/x/y", "/x/y/a.txt"}},
		"a folder":       {[]string{"x/y"}, nil, []string{"", "/x", "/x/y", "/x/y/a.txt", "/x/y/b.log"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var repository backuptest.Repository
			s := newSource(t, filesource.Config{Roots: []filesource.Root{{Name: "root", Path: root, Include: test.include, Exclude: test.exclude}}})
			path, _ := bring(t, &repository, must(repository.Write(t.Context(), "files", s.Backup))(t).ID)
			if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(look(t, path+"/root")))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestChanging reads files that are changed while they are read, so many times.
func TestChanging(t *testing.T) {
	t.Parallel()
	in := func(f *os.File) error { _, err := f.WriteAt([]byte{1}, 0); return err }
	on := func(f *os.File) error { _, err := f.Write([]byte{1}); return err }
	off := func(f *os.File) error { return f.Truncate(10) }
	for name, test := range map[string]struct {
		size    int
		growing bool
		times   int
		change  func(*os.File) error
		err     error
	}{
		"small, once":             {1000, false, 1, in, nil},
		"large, once":             {1 << 20, false, 1, in, nil},
		"large, growing once":     {1 << 20, false, 1, on, nil},
		"small, always":           {1000, false, 100, in, backup.ErrChanged},
		"large, always":           {1 << 20, false, 100, in, backup.ErrChanged},
		"large, growing":          {1 << 20, false, 100, on, backup.ErrChanged},
		"small, growing as it is": {1000, true, 100, on, nil},
		"large, growing as it is": {1 << 20, true, 100, on, nil},
		"large, cut once":         {1 << 20, true, 1, off, nil},
		"large, cut short":        {1 << 20, false, 1, off, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			write(t, root+"/quiet", []byte("quiet"))
			write(t, root+"/busy", random(1, test.size))
			f := must(os.OpenFile(root+"/busy", os.O_RDWR, 0))(t)
			defer f.Close() //nolint:errcheck // the test is over
			must(f.Seek(0, 2))(t)
			config := of(root)
			if test.growing {
				config.Growing = []string{"busy"}
			}
			s := newSource(t, config)
			changed := 0
			s.Meanwhile(func(p string) {
				if p == "root/busy" && changed < test.times {
					changed++
					ok(t, test.change(f))
				}
			})
			var repository backuptest.Repository
			snapshot, err := repository.Write(t.Context(), "files", s.Backup)
			if !errors.Is(err, test.err) || err != nil && !strings.Contains(err.Error(), `"root/busy"`) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if all := must(repository.Snapshots(t.Context()))(t); (len(all) == 1) != (test.err == nil) {
				t.Errorf("%d snapshots", len(all))
			}
			if err != nil {
				return
			}
			path, got := bring(t, &repository, snapshot.ID)
			if diff := cmp.Diff(wanted(t, &repository, snapshot.ID), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := must(os.ReadFile(root + "/busy"))(t)
			if test.growing && changed > 0 && test.size < len(want) {
				want = want[:test.size]
			}
			if diff := cmp.Diff(want, must(os.ReadFile(path+"/root/busy"))(t)); diff != "" {
				t.Error("another content")
			}
		})
	}
}

// TestVanishing backs up a tree in which files come and go.
func TestVanishing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 200 {
		write(t, fmt.Sprintf("%s/%d/stays", root, i%20), fmt.Append(nil, i))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				p := fmt.Sprintf("%s/%d/goes/%d", root, n%20, n)
				write(t, p, random(uint64(n), n%3*200<<10))
				ok(t, os.RemoveAll(filepath.Dir(p)))
			}
		}
	}()
	var repository backuptest.Repository
	s := newSource(t, of(root))
	for range 20 {
		snapshot, err := repository.Write(t.Context(), "files", s.Backup)
		if errors.Is(err, backup.ErrChanged) {
			continue
		}
		ok(t, err)
		path, got := bring(t, &repository, snapshot.ID)
		if diff := cmp.Diff(wanted(t, &repository, snapshot.ID), got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		for i := range 20 {
			must(os.Stat(fmt.Sprintf("%s/root/%d/stays", path, i)))(t)
		}
	}
	close(stop)
	<-stopped
	if len(must(repository.Snapshots(t.Context()))(t)) < 5 {
		t.Error("most backups were refused")
	}
}

// TestSpecial leaves out what is no file, and says so, without waiting for a pipe.
func TestSpecial(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, root+"/file", []byte("file"))
	ok(t, syscall.Mkfifo(root+"/pipe", 0o600))
	dir := must(os.MkdirTemp("", "s"))(t)   // a socket's path is short
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // the test is over
	l := must(net.Listen("unix", dir+"/s"))(t)
	defer l.Close() //nolint:errcheck // the test is over
	var got []filesource.Skipped
	config := filesource.Config{Roots: []filesource.Root{{Name: "b", Path: root}, {Name: "a", Path: dir}}, Skipped: func(s filesource.Skipped) { got = append(got, s) }}
	var repository backuptest.Repository
	must(repository.Write(t.Context(), "files", newSource(t, config).Backup))(t)
	want := []filesource.Skipped{{Path: "a/s", Kind: "socket"}, {Path: "b/pipe", Kind: "pipe"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNewProblems returns all problems in one error.
func TestNewProblems(t *testing.T) {
	t.Parallel()
	_, err := filesource.New(filesource.Config{Workers: -1, Growing: []string{"a//b"}, Roots: []filesource.Root{
		{Name: "a/b", Path: "x"}, {Name: ".."}, {Name: "c", Path: "x", Include: []string{"["}, Exclude: []string{"../x"}}, {Name: "c", Path: "y"},
	}})
	for _, want := range []string{"no Name", `name "a/b"`, `name ".."`, "no Path", `pattern "["`, `pattern "../x"`, `"c" twice`, `Growing: pattern "a//b"`, "-1 Workers"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}
