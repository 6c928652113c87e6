//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const cacheVariable = "SHUGO_DEVSTACK_DIR"

// cacheRoot returns the folder that set-ups are kept in.
func cacheRoot() (string, error) {
	dir := os.Getenv(cacheVariable)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder: %w: name one in %s", err, cacheVariable)
		}
		dir = filepath.Join(user, "shugo", "devstack")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// marker is the file that a complete set-up ends with. It lists every other file and its size, so that one that was
// damaged later is noticed.
const marker = "complete.json"

// prepared returns the folder of a set-up, which make fills when it is not there, not complete, or damaged. Two devstacks
// that prepare the same wait for each other; a set-up that ends half way leaves nothing that a later one would take for
// whole.
func prepared(ctx context.Context, root, name string, make func(ctx context.Context, dir string) error) (string, error) {
	unlock, err := lock(ctx, filepath.Join(root, name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	dir := filepath.Join(root, name)
	if verify(dir) == nil {
		return dir, nil
	}
	if _, err := os.Stat(dir); err == nil {
		say("an earlier set-up of %s is incomplete: repairing it", name)
	}
	half := dir + ".half"
	for _, d := range []string{dir, half} {
		if err := os.RemoveAll(d); err != nil {
			return "", err
		}
	}
	if err := enoughSpace(root, 700); err != nil {
		return "", err
	}
	if err := os.Mkdir(half, 0o755); err != nil {
		return "", err
	}
	if err := make(ctx, half); err != nil {
		return "", errors.Join(err, os.RemoveAll(half))
	}
	if err := complete(half); err != nil {
		return "", errors.Join(err, os.RemoveAll(half))
	}
	return dir, os.Rename(half, dir)
}

// complete writes the marker.
func complete(dir string) error {
	sizes, err := measure(dir)
	if err != nil {
		return err
	}
	text, err := json.Marshal(sizes)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, marker), text, 0o644)
}

// verify reports whether a set-up is as its marker says.
func verify(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, marker))
	if err != nil {
		return err
	}
	var want map[string]int64
	if err := json.Unmarshal(text, &want); err != nil {
		return fmt.Errorf("%s: %w", marker, err)
	}
	for name, size := range want {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if info.Size() != size {
			return fmt.Errorf("%s has %d bytes, want %d", name, info.Size(), size)
		}
	}
	return nil
}

// measure returns the size of every file below a folder but the marker.
func measure(dir string) (map[string]int64, error) {
	sizes := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == marker {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		sizes[name] = info.Size()
		return err
	})
	return sizes, err
}

// lock takes a lock that ends with the process at the latest.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for waiting := false; ; waiting = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if !waiting {
			say("another devstack is setting up: waiting for it")
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// enoughSpace refuses to begin what the disk cannot hold.
func enoughSpace(dir string, megabytes uint64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return fmt.Errorf("free space of %s: %w", dir, err)
	}
	if free := uint64(stat.Bavail) * uint64(stat.Bsize) >> 20; free < megabytes {
		return fmt.Errorf("the disk is full: %s has %d MB free, want %d MB: free some space, or name another folder in %s or TMPDIR",
			dir, free, megabytes, cacheVariable)
	}
	return nil
}
