//go:build linux || darwin

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const runPrefix = "shugo-devstack-"

// runFolder is the folder of one run. It holds the servers' data and logs, and is removed at the end.
type runFolder struct {
	path string
	lock *os.File // held while the run lives
}

// newRunFolder makes the folder of one run and locks it, so that nobody takes it for one that was left behind.
func newRunFolder(parents []string) (*runFolder, error) {
	parent, err := reachable(parents, os.Geteuid() == 0)
	if err != nil {
		return nil, err
	}
	removeLeftovers(parent)
	if err := enoughSpace(parent, runSpace); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, runPrefix)
	if err != nil {
		return nil, err
	}
	f, err := claim(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("run folder: %w", err), os.RemoveAll(dir))
	}
	return &runFolder{dir, f}, nil
}

// claim locks a folder. Its process number is written down for people who look.
func claim(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = tryLock(f)
	if err == nil {
		_, err = fmt.Fprintf(f, "%d %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	}
	if err == nil {
		// A server that runs as another user passes through this folder to its own, which is closed to others.
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *runFolder) remove() {
	removeBusy(f.path)
	f.lock.Close()
}

// reachable returns the first folder that exists; for root, the first that every account can pass through, since the
// server has another.
func reachable(dirs []string, root bool) (string, error) {
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil {
			continue
		}
		if dir, err = filepath.EvalSymlinks(dir); err == nil && (!root || open(dir)) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no folder for the servers' data: none of %s is one that every user can reach: name one in TMPDIR",
		strings.Join(dirs, ", "))
}

// open reports whether everybody may pass through a folder and those above it.
func open(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || !info.IsDir() || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// removeLeftovers removes the folders of runs that ended with the machine. One that is younger than a minute may not have
// its lock yet; one of another user is none of our business.
func removeLeftovers(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, runPrefix+"*")) // the pattern is well formed
	for _, dir := range dirs {
		if info, err := os.Lstat(dir); err != nil || !leftover(dir, info) {
			continue
		}
		if os.RemoveAll(dir) == nil {
			say("removed %s, which an earlier run left behind", dir)
		}
	}
}

func leftover(dir string, info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) != os.Geteuid() || !info.IsDir() || time.Since(info.ModTime()) < time.Minute {
		return false
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return tryLock(f) == nil
}
