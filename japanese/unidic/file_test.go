package unidic

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ikawaha/kagome-dict/dict"
)

// steady returns a tiny dictionary, the same each time.
func steady() *dict.Dict {
	n := int16(0)
	return tiny(func() int16 { n += 7; return n % 500 })
}

// loadTiny loads the tiny dictionary, and returns the steps too.
func loadTiny(t *testing.T, dir string) (*tables, Storage, []Step) {
	t.Helper()
	var steps []Step
	tables, storage, err := load(t.Context(), dir, steady, func(s Step) { steps = append(steps, s) })
	if err != nil {
		t.Fatal(err)
	}
	return tables, storage, steps
}

// tablesIn returns the files in a folder but for locks.
func tablesIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".lock") {
			names = append(names, f.Name())
		}
	}
	return names
}

func TestMapped(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	first, stored, steps := loadTiny(t, dir)
	if want := []Step{Mapping, Unpacking, Packing, Storing}; !slices.Equal(steps, want) || !stored.Packed || stored.Err != nil || stored.Found != nil {
		t.Errorf("the first time: steps %v, %+v", steps, stored)
	}
	second, mapped, steps := loadTiny(t, dir)
	if want := (Storage{File: stored.File, Mapped: mapping}); !slices.Equal(steps, []Step{Mapping}) || mapped != want {
		t.Errorf("the second time: steps %v, %+v", steps, mapped)
	}
	packed, err := pack(t.Context(), steady())
	if err != nil {
		t.Fatal(err)
	}
	for i, section := range packed.sections() {
		if !bytes.Equal(section, first.sections()[i]) || !bytes.Equal(section, second.sections()[i]) {
			t.Errorf("section %d is not what was packed", i)
		}
	}
	if files := tablesIn(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// TestDamage changes the file in all ways that there are: each bit, each length, another version. None is taken for good, and loading
// replaces the file.
func TestDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, storage, _ := loadTiny(t, dir)
	good, err := os.ReadFile(storage.File)
	if err != nil {
		t.Fatal(err)
	}
	version := dictionaryVersion()
	h, err := decodeHeader(good, version)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "damaged"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open := func(at int, b []byte) error {
		if _, err := f.WriteAt(b, int64(at)); err != nil {
			t.Fatal(err)
		}
		_, err := openTables(t.Context(), f.Name(), version)
		return err
	}
	if err := open(0, good); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(good); at += 1 + at/3000*100 { // most of the file is the table of characters
		inside := at < binary.Size(h)
		for _, s := range h.Sections {
			inside = inside || int64(at) >= s.Offset && int64(at) < s.Offset+s.Length
		}
		if inside && open(at, []byte{good[at] ^ 1<<(at%8)}) == nil {
			t.Errorf("a flipped bit in byte %d was not found", at)
		}
		if _, err := f.WriteAt(good[at:at+1], int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []int{len(good) - 1, len(good) / 2, 100, 7, 1, 0} {
		if err := f.Truncate(int64(size)); err != nil {
			t.Fatal(err)
		}
		if err := open(0, nil); !errors.Is(err, errDamaged) {
			t.Errorf("error %v of a file cut off after %d bytes", err, size)
		}
	}
	version[0]++
	if err := open(0, good); err == nil || errors.Is(err, errDamaged) {
		t.Errorf("error %v of another version", err)
	}
	bad := bytes.Clone(good)
	bad[len(bad)-1] ^= 1
	if err := os.WriteFile(storage.File, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, again, _ := loadTiny(t, dir); !errors.Is(again.Found, errDamaged) || again.Err != nil || again.File != storage.File {
		t.Errorf("a damaged file was not replaced: %+v", again)
	}
	if _, last, _ := loadTiny(t, dir); last.Packed || last.Found != nil {
		t.Errorf("after it was replaced: %+v", last)
	}
}

// TestNoFolder shows that an analyzer needs no file.
func TestNoFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tables, storage, _ := loadTiny(t, filepath.Join(file, "folder"))
	if storage.Err == nil || storage.File != "" || storage.Mapped || !storage.Packed {
		t.Errorf("below a file: %+v", storage)
	}
	if tokens := analyze(t, newAnalyzer(tables), "あい"); len(tokens) == 0 {
		t.Error("no tokens from memory")
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	packed, err := pack(t.Context(), steady())
	if err != nil {
		t.Fatal(err)
	}
	if err := writeTables(full, packed, dictionaryVersion()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
}

// TestTogether loads in many goroutines, each of which finds no file at first.
func TestTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var packed atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			_, storage, err := load(context.Background(), dir, steady, func(Step) {})
			if err != nil || storage.Err != nil || storage.Found != nil {
				t.Errorf("%+v, error %v", storage, err)
			}
			if storage.Packed {
				packed.Add(1)
			}
		})
	}
	group.Wait()
	if mapping && packed.Load() != 1 {
		t.Errorf("%d packed", packed.Load())
	}
	if files := tablesIn(t, dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}
}

// TestWaitEnds shows that waiting for another process ends with its context.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	if !mapping {
		t.Skip("this GOOS, " + runtime.GOOS + ", has no lock")
	}
	name := filepath.Join(t.TempDir(), "lock")
	unlock, err := lockFile(t.Context(), name, func() { t.Error("waits for nobody") })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := lockFile(ctx, name, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a context that ended while waiting", err)
	}
	unlock()
	if again, err := lockFile(t.Context(), name, func() { t.Error("waits for nobody") }); err != nil {
		t.Error(err)
	} else {
		again()
	}
}

// TestLoadEnds ends a context at each place where loading looks at it.
func TestLoadEnds(t *testing.T) {
	t.Parallel()
	for asked := 0; ; asked++ {
		dir := t.TempDir()
		ctx := &countdown{Context: context.Background(), left: asked}
		_, _, err := load(ctx, dir, steady, func(Step) {})
		if err == nil && asked >= 10 {
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v of a context that ended when asked %d times", err, asked)
		}
		for _, name := range tablesIn(t, dir) {
			if !strings.HasSuffix(name, ".tables") {
				t.Errorf("%s is left of loading that ended when asked %d times", name, asked)
			}
		}
	}
}

func FuzzHeader(f *testing.F) {
	version := dictionaryVersion()
	b, err := (&header{Version: version, Rights: 1}).encode()
	if err != nil {
		f.Fatal(err)
	}
	copy(b, magic)
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeHeader(b, version)
		if err != nil {
			return
		}
		again, err := h.encode()
		if diff := cmp.Diff(b[:len(again)], again); err != nil || diff != "" {
			t.Errorf("error %v, decoded and encoded again (-, +):\n%s", err, diff)
		}
	})
}
