package walsink_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
	"github.com/shugo-data/shugo/internal/servertest"
)

// crashed returns a directory as a crash leaves it after n events, one group each, and the file that was written last.
func crashed(t *testing.T, n int) (dir, last string) {
	t.Helper()
	live := t.TempDir()
	sink := open(t, walsink.Config{Dir: live})
	for i := range n {
		if err := sink.Record(context.Background(), event(governance.Denial, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(live)); err != nil {
		t.Fatal(err)
	}
	return dir, segments(t, dir)[0]
}

func segments(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.wal"))
	if err != nil || len(names) == 0 {
		t.Fatalf("segments: %v, %v", names, err)
	}
	return names
}

// frames returns where each frame of a file begins, and where the last one ends.
func frames(t testing.TB, path string) []int64 {
	t.Helper()
	offsets, err := walsink.Frames(path)
	if err != nil {
		t.Fatal(err)
	}
	return offsets
}

// reopen opens a directory and returns the numbers of the events in it.
func reopen(t testing.TB, dir string) ([]uint64, error) {
	t.Helper()
	sink, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms(t)})
	if err != nil {
		return nil, err
	}
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	return numbers(t, dir), nil
}

func numbers(t testing.TB, dir string) []uint64 {
	t.Helper()
	records, err := collect(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []uint64
	for _, r := range records {
		all = append(all, number(r.ID))
	}
	return all
}

func upTo(n int) []uint64 {
	var all []uint64
	for i := range n {
		all = append(all, uint64(i))
	}
	return all
}

// TestTornTail cuts the file at every byte of its last two frames, as a crash does to a group whose sync did not return:
// what is whole before the cut stays, and the sink goes on behind it.
func TestTornTail(t *testing.T) {
	t.Parallel()
	const n = 3
	dir, path := crashed(t, n)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	offsets := frames(t, path)
	step := int64(servertest.Count(3, 1)) // together, the three fillings cut at every byte
	for i, fill := range []string{"ends", "zeros", "rubbish"} {
		for cut := offsets[1] + int64(i); cut <= offsets[n]; cut += step {
			torn := append([]byte{}, whole[:cut]...)
			switch fill {
			case "zeros":
				torn = append(torn, make([]byte, 4096)...)
			case "rubbish":
				torn = append(torn, []byte(strings.Repeat("rubbish ", 100))...)
			}
			if err := os.WriteFile(path, torn, 0o600); err != nil {
				t.Fatal(err)
			}
			want := 1
			for offsets[want] < cut && offsets[want+1] <= cut {
				want++
			}
			got, err := reopen(t, dir)
			if err != nil {
				t.Fatalf("cut at %d, then %s: %v", cut, fill, err)
			}
			if diff := cmp.Diff(upTo(want), got); diff != "" {
				t.Fatalf("cut at %d, then %s (-want +got):\n%s", cut, fill, diff)
			}
			if err := os.Remove(filepath.Join(dir, "mark")); err != nil { // it says how the last round ended
				t.Fatal(err)
			}
		}
	}
}

// TestFlippedBits flips every bit of the first frames: each flip is found, with its place, and nothing is lost silently.
// A flip in the last frame looks like a torn one, so that only it is missing, and Cut says so.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	const n = 4
	dir, path := crashed(t, n)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	offsets := frames(t, path)
	whole = whole[:offsets[n]+64]
	for at := int64(0); at < offsets[n]; at++ {
		for bit := range 8 {
			if bit != int(at%8) && at >= offsets[0]+20 { // all bits of heads, one of each byte of the rest
				continue
			}
			flipped := append([]byte{}, whole...)
			flipped[at] ^= 1 << bit
			if err := os.WriteFile(path, flipped, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := collect(dir)
			var damage *walsink.DamagedError
			switch last := at >= offsets[n-1]; {
			case last && (err != nil || len(got) != n-1):
				t.Fatalf("bit %d of byte %d, in the last frame: %d records, %v", bit, at, len(got), err)
			case last:
			case errors.Is(err, walsink.ErrVersion) && at >= 8 && at < 12:
			case !errors.As(err, &damage) || damage.File != path || damage.Offset > at:
				t.Fatalf("bit %d of byte %d: %d records, error %v", bit, at, len(got), err)
			}
		}
	}
}

// TestDamagedDirectory removes, exchanges and shortens files.
func TestDamagedDirectory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		damage func(dir string, files []string) error
		want   string
	}{
		"file in the middle removed":      {func(_ string, f []string) error { return os.Remove(f[1]) }, "and the next file begins at"},
		"first file removed":              {func(_ string, f []string) error { return os.Remove(f[0]) }, "the oldest file begins at position"},
		"last file removed":               {func(_ string, f []string) error { return os.Remove(f[len(f)-1]) }, "want 200"},
		"first file shortened":            {func(_ string, f []string) error { return os.Truncate(f[0], 2000) }, "where position"},
		"first file shortened to nothing": {func(_ string, f []string) error { return os.Truncate(f[0], 0) }, "begins with"},
		"last file shortened":             {func(_ string, f []string) error { return os.Truncate(f[len(f)-1], 48) }, "want 200"},
		"file renamed":                    {func(_ string, f []string) error { return os.Rename(f[0], f[0][:len(f[0])-5]+"7.wal") }, "under the name of another"},
		"all files removed": {func(_ string, f []string) error {
			return errors.Join(func() (errs []error) {
				for _, name := range f {
					errs = append(errs, os.Remove(name))
				}
				return errs
			}()...)
		}, "there are no segments"},
		"mark is rubbish": {func(dir string, _ []string) error {
			return os.WriteFile(filepath.Join(dir, "mark"), []byte("rubbish"), 0o600)
		}, "want \"SHUGOMRK\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			sink := open(t, walsink.Config{Dir: dir, SegmentBytes: 4096})
			for i := range 200 {
				if err := sink.Record(context.Background(), event(governance.Denial, uint64(i))); err != nil {
					t.Fatal(err)
				}
			}
			if err := sink.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := test.damage(dir, segments(t, dir)); err != nil {
				t.Fatal(err)
			}
			for _, read := range []func() error{
				func() error { _, err := collect(dir); return err },
				func() error { _, err := reopen(t, dir); return err },
			} {
				if err := read(); !errors.Is(err, walsink.ErrDamaged) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want ErrDamaged and %q", err, test.want)
				}
			}
		})
	}
}

// TestForeignFiles opens files of a newer version, and of another directory.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	dir, path := crashed(t, 3)
	_, other := crashed(t, 3)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[11]++
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t, dir); !errors.Is(err, walsink.ErrVersion) || !strings.Contains(fmt.Sprint(err), path) {
		t.Errorf("newer version: %v, want ErrVersion and the file", err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t, dir); !errors.Is(err, walsink.ErrDamaged) || !strings.Contains(fmt.Sprint(err), "of origin") {
		t.Errorf("file of another directory: %v, want ErrDamaged", err)
	}
}

// TestLocked opens a directory twice.
func TestLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sink := open(t, walsink.Config{Dir: dir})
	c := walsink.Config{Dir: dir, Pseudonyms: pseudonyms(t)}
	if _, err := walsink.New(c); !errors.Is(err, walsink.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("opened twice: %v, want ErrLocked", err)
	}
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := open(t, c)
	if err := again.Record(context.Background(), event(governance.Denial, 1)); err != nil {
		t.Error(err)
	}
}
