package dirtarget

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"sync"
	"syscall"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// Config says which directory a Target uses, and how.
type Config struct {
	Dir     string           // the directory; New makes it if its parent is there
	Kind    backup.PlaceKind // what Capabilities says; empty: backup.Local
	Retain  time.Duration    // for how long after Put Delete refuses with ErrRetained; 0: not at all
	KeepAll bool             // Delete refuses always
}

// Target is a backup.BackupTarget in a directory. It is safe for concurrent use, also by several processes.
type Target struct {
	config Config

	mu     sync.Mutex
	synced map[string]bool // folders that are known to be on the disk, with all above them
}

var _ backup.BackupTarget = (*Target)(nil)

// New returns a Target, having made sure that the directory can be written and knows hard links. It removes what writers
// that died have left. Files that it makes are readable by their owner alone. All problems are in one error, which is
// ErrUnavailable if the directory cannot be reached.
func New(c Config) (*Target, error) {
	var problems []error
	if c.Dir == "" {
		problems = append(problems, errors.New("dirtarget: Config.Dir is empty, expected a directory"))
	}
	if c.Retain < 0 {
		problems = append(problems, fmt.Errorf("dirtarget: Config.Retain is %v, expected 0 or more", c.Retain))
	}
	switch c.Kind {
	case "":
		c.Kind = backup.Local
	case backup.Local, backup.Cloud:
	default:
		problems = append(problems, fmt.Errorf("dirtarget: Config.Kind is %q, expected %q or %q", c.Kind, backup.Local, backup.Cloud))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	t := &Target{config: c}
	if err := t.prepare(); err != nil {
		return nil, err
	}
	return t, nil
}

// Capabilities implements backup.BackupTarget.
func (t *Target) Capabilities() backup.Capabilities {
	return backup.Capabilities{Delete: !t.config.KeepAll, Retain: t.config.Retain, Kind: t.config.Kind}
}

// Delete implements backup.BackupTarget. The error is ErrRetained also where the operating system forbids it. Folders
// stay, for another writer may be about to use them.
func (t *Target) Delete(ctx context.Context, name string) error {
	root, err := t.open(ctx, name)
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := stat(root, name)
	if err != nil {
		return failed("delete", name, err)
	}
	if t.config.KeepAll || time.Since(info.ModTime()) < t.config.Retain {
		return failed("delete", name, backup.ErrRetained)
	}
	if err := root.Remove(name); errors.Is(err, os.ErrPermission) {
		return failed("delete", name, fmt.Errorf("%w: %w", backup.ErrRetained, err))
	} else if err != nil {
		return failed("delete", name, err)
	}
	return failed("delete", name, syncFolder(root, path.Dir(name)))
}

// open checks a name and opens the directory, anew each time: what was unmounted is noticed, and nothing is to be closed.
func (t *Target) open(ctx context.Context, name string) (*os.Root, error) {
	if err := backup.CheckName(name); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.root()
}

func (t *Target) root() (*os.Root, error) {
	root, err := os.OpenRoot(t.config.Dir)
	if err != nil {
		return nil, fmt.Errorf("dirtarget: %w: %w", backup.ErrUnavailable, err)
	}
	if _, err := root.Lstat(drafts); err != nil { // the empty mount point of a disk that is gone, for one
		root.Close()
		return nil, fmt.Errorf("dirtarget: %w: not the directory that New prepared: %w", backup.ErrUnavailable, err)
	}
	return root, nil
}

// stat describes an object. What is not a regular file is none.
func stat(root *os.Root, name string) (os.FileInfo, error) {
	info, err := root.Lstat(name)
	if errors.Is(err, syscall.ENOTDIR) || err == nil && !info.Mode().IsRegular() {
		return nil, backup.ErrNotFound
	}
	return info, err
}
