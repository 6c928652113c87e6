package backuptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

func targetNames(ctx context.Context, t backup.BackupTarget) error {
	for _, name := range []string{"a", "0", "-", "_", "a.b", "a..b", "a.", "folder/a", "x/y/z/-_.0", strings.Repeat("n", 100) + "/" + strings.Repeat("m", 79)} { // 180 bytes: with room for the folder of backup.Within
		if err := has(ctx, t, name, []byte("data of "+name)); err != nil {
			return err
		}
	}
	return nil
}

func targetBadNames(ctx context.Context, t backup.BackupTarget) error {
	for _, name := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", ".a", "a/.b", "A", "a b", "a\\b", "a\x00", "a\n", "é",
		"a:b", "a*", strings.Repeat("n", backup.MaxName+1)} {
		_, err := t.Get(ctx, name, 0, -1)
		for method, err := range map[Method]error{Put: t.Put(ctx, name, nil), Get: err, Delete: t.Delete(ctx, name)} {
			if !errors.Is(err, backup.ErrName) {
				return fmt.Errorf("%s(%q) = %v, want ErrName", method, name, err)
			}
		}
	}
	return nil
}

func targetNotFound(ctx context.Context, t backup.BackupTarget) error {
	if err := t.Put(ctx, "there", []byte("data")); err != nil {
		return err
	}
	for _, name := range []string{"absent", "folder/absent", "ther"} {
		if data, err := t.Get(ctx, name, 0, -1); !errors.Is(err, backup.ErrNotFound) {
			return fmt.Errorf("Get(%s) = %d bytes, %v, want ErrNotFound", name, len(data), err)
		}
		if err := t.Delete(ctx, name); !errors.Is(err, backup.ErrNotFound) {
			return fmt.Errorf("Delete(%s) = %v, want ErrNotFound", name, err)
		}
	}
	return nil
}

func targetWhole(ctx context.Context, t backup.BackupTarget) error {
	for name, data := range map[string][]byte{"empty": nil, "one": {0}, "line": []byte("a\r\nb\x00\xff"), "page": pattern(4096), "odd": pattern(70001)} {
		if err := has(ctx, t, name, data); err != nil {
			return err
		}
	}
	return nil
}

func targetLarge(ctx context.Context, t backup.BackupTarget) error {
	return has(ctx, t, "large", pattern(backup.MaxChunk+12345))
}

func targetRanges(ctx context.Context, t backup.BackupTarget) error {
	data := pattern(1000)
	for name, data := range map[string][]byte{"a": data, "empty": nil} {
		if err := t.Put(ctx, name, data); err != nil {
			return err
		}
		size := int64(len(data))
		for _, r := range [][2]int64{{0, -1}, {0, 0}, {0, 1}, {0, size}, {0, size + 1}, {1, -1}, {1, 5}, {size - 1, 1}, {size - 1, 2}, {size - 1, -1},
			{size, -1}, {size, 0}, {size, 1}, {size + 1, -1}, {size + 1, 7}, {500, 1 << 62}, {1 << 62, 1 << 62}, {3, -9}} {
			from := min(max(r[0], 0), size)
			end := size
			if r[1] >= 0 && r[1] < size-from {
				end = from + r[1]
			}
			if r[0] < 0 {
				continue
			}
			if got, err := t.Get(ctx, name, r[0], r[1]); err != nil || !bytes.Equal(got, data[from:end]) {
				return fmt.Errorf("Get of %d bytes from %d of %d = %d bytes, %v, want those from %d to %d", r[1], r[0], size, len(got), err, from, end)
			}
		}
	}
	return nil
}

func targetNegativeOffset(ctx context.Context, t backup.BackupTarget) error {
	if err := t.Put(ctx, "a", []byte("data")); err != nil {
		return err
	}
	if data, err := t.Get(ctx, "a", -1, 2); err == nil {
		return fmt.Errorf("Get from -1 = %d bytes, want an error", len(data))
	}
	return nil
}

func targetFirstStays(ctx context.Context, t backup.BackupTarget) error {
	if err := t.Put(ctx, "a", []byte("first")); err != nil {
		return err
	}
	for _, data := range []string{"second", "", "first"} {
		if err := t.Put(ctx, "a", []byte(data)); !errors.Is(err, backup.ErrExists) {
			return fmt.Errorf("Put over an object = %v, want ErrExists", err)
		}
		if err := holds(ctx, t, "a", []byte("first")); err != nil {
			return err
		}
	}
	return nil
}

func targetOneWins(ctx context.Context, t backup.BackupTarget) error {
	for round := range 10 {
		name := fmt.Sprintf("race/%d", round)
		own := func(i int) []byte { return bytes.Repeat([]byte{byte('a' + i)}, 1000) }
		won := -1
		for i, err := range parallel(16, func(i int) error { return t.Put(ctx, name, own(i)) }) {
			switch {
			case err == nil && won >= 0:
				return fmt.Errorf("callers %d and %d both put an object", won, i)
			case err == nil:
				won = i
			case !errors.Is(err, backup.ErrExists):
				return fmt.Errorf("Put at once with others = %v, want ErrExists", err)
			}
		}
		if won < 0 {
			return errors.New("nobody put the object, want one of 16 callers")
		}
		if err := holds(ctx, t, name, own(won)); err != nil {
			return fmt.Errorf("%w, from the caller that succeeded", err)
		}
	}
	return nil
}

func targetConcurrent(ctx context.Context, t backup.BackupTarget) error {
	return errors.Join(parallel(16, func(i int) error {
		for n := range 4 {
			if err := has(ctx, t, fmt.Sprintf("c/%d/%d", n, i), pattern(100*i+n)); err != nil {
				return err
			}
			for _, err := range t.List(ctx, "c/") {
				if err != nil {
					return err
				}
			}
		}
		return nil
	})...)
}

func targetDataNotKept(ctx context.Context, t backup.BackupTarget) error {
	data := pattern(5000)
	if err := t.Put(ctx, "a", data); err != nil {
		return err
	}
	if !bytes.Equal(data, pattern(5000)) {
		return errors.New("Put changes data")
	}
	clear(data)
	return holds(ctx, t, "a", pattern(5000))
}

func targetDataNotShared(ctx context.Context, t backup.BackupTarget) error {
	if err := t.Put(ctx, "a", pattern(5000)); err != nil {
		return err
	}
	data, err := t.Get(ctx, "a", 0, -1)
	if err != nil {
		return err
	}
	clear(data)
	return holds(ctx, t, "a", pattern(5000))
}

func targetEndedContext(ctx context.Context, t backup.BackupTarget) error {
	if err := t.Put(ctx, "there", []byte("data")); err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err := t.Get(ended, "there", 0, -1)
	failures := map[Method]error{Put: t.Put(ended, "new", []byte("data")), Get: err, Delete: t.Delete(ended, "there"), List: nil}
	for _, err := range t.List(ended, "") {
		failures[List] = err
	}
	for method, err := range failures {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s with an ended context = %v, want context.Canceled", method, err)
		}
	}
	if err := holds(ctx, t, "there", []byte("data")); err != nil {
		return err
	}
	if _, err := t.Get(ctx, "new", 0, -1); !errors.Is(err, backup.ErrNotFound) {
		return fmt.Errorf("Get of what a cancelled Put was to keep = %v, want ErrNotFound", err)
	}
	return nil
}

// has puts an object and looks whether it is there.
func has(ctx context.Context, t backup.BackupTarget, name string, data []byte) error {
	if err := t.Put(ctx, name, data); err != nil {
		return fmt.Errorf("Put of %d bytes = %w", len(data), err)
	}
	return holds(ctx, t, name, data)
}

// holds looks whether an object is as it should be.
func holds(ctx context.Context, t backup.BackupTarget, name string, want []byte) error {
	got, err := t.Get(ctx, name, 0, -1)
	if err != nil {
		return fmt.Errorf("Get(%s) = %w", name, err)
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("Get(%s) = %d other bytes, want the %d that were put", name, len(got), len(want))
	}
	return nil
}

// pattern returns n bytes in which no range looks like another of the same length at once.
func pattern(n int) []byte {
	data := make([]byte, n)
	state := uint32(n) | 1
	for i := range data {
		state = state*1664525 + 1013904223 // the generator of Numerical Recipes, for bytes that do not compress
		data[i] = byte(state >> 24)
	}
	return data
}
