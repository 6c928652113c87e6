//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const runPrefix = "shugo-devstack-"

// newRunFolder makes the folder of one run and locks it, so that nobody takes it for one that was left behind.
func newRunFolder() (dir string, release func(), err error) {
	removeLeftovers(os.TempDir())
	if err := enoughSpace(os.TempDir(), 300); err != nil {
		return "", nil, err
	}
	dir, err = os.MkdirTemp("", runPrefix)
	if err != nil {
		return "", nil, err
	}
	// A server that runs as another user passes through this folder to its own, which is closed to others.
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("run folder: %w", err), os.RemoveAll(dir))
	}
	return dir, func() { f.Close() }, nil
}

// removeLeftovers removes the folders of runs that ended with the machine. One that is younger than a minute may not have
// its lock yet.
func removeLeftovers(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, runPrefix+"*")) // the pattern is well formed
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			free := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
			f.Close()
			if !free {
				continue
			}
		}
		if os.RemoveAll(dir) == nil {
			say("removed %s, which an earlier run left behind", dir)
		}
	}
}

// copyTree copies a folder with its permissions. When owner is not nil, everything belongs to it.
func copyTree(from, to string, owner *account) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if d.IsDir() {
			err = os.MkdirAll(target, info.Mode().Perm())
		} else if name != marker {
			err = copyFile(path, target, info.Mode().Perm())
		} else {
			return nil
		}
		if err != nil {
			return err
		}
		return owner.own(target)
	})
}

func copyFile(from, to string, mode os.FileMode) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
