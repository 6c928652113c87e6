package dirtarget

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"

	"github.com/shugo-data/shugo/backup"
)

const (
	drafts     = ".tmp"             // the folder of what is being written
	piece      = 1 << 20            // bytes written between two looks at the context
	maxSynced  = 4096               // folders remembered
	folderMode = 0o700              // of folders
	fileMode   = os.FileMode(0o600) // of objects
)

// Put implements backup.BackupTarget.
func (t *Target) Put(ctx context.Context, name string, data []byte) error {
	root, err := t.open(ctx, name)
	if err != nil {
		return err
	}
	defer root.Close()
	folder := path.Dir(name)
	if _, err := root.Lstat(name); err == nil {
		return t.exists(root, name)
	}
	if err := root.MkdirAll(folder, folderMode); errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist) {
		return refused(name, fmt.Errorf("%w: an object has the name of its folder: %w", backup.ErrName, err))
	} else if err != nil {
		return refused(name, err)
	}
	draft, err := writeDraft(ctx, root, data)
	if err != nil {
		return refused(name, err)
	}
	defer root.Remove(draft) // a second name of the object by then, or garbage: New removes what stays
	if err := root.Link(draft, name); errors.Is(err, fs.ErrExist) {
		return t.exists(root, name)
	} else if err != nil {
		return refused(name, err)
	}
	return refused(name, t.syncName(root, name))
}

// refused is failed for Put, which finds nothing missing but what somebody took away under it.
func refused(name string, err error) error {
	return classified("put", name, err, backup.ErrUnavailable)
}

// exists makes sure that the object found is as durable as one that was put, for a caller may build on it, and says that
// it is there. A folder in its place is refused.
func (t *Target) exists(root *os.Root, name string) error {
	if _, err := stat(root, name); err != nil {
		return refused(name, fmt.Errorf("%w: a folder has it", backup.ErrName))
	}
	if err := t.syncName(root, name); err != nil {
		return refused(name, err)
	}
	return refused(name, backup.ErrExists)
}

// writeDraft writes data where nobody looks for objects, to the disk.
func writeDraft(ctx context.Context, root *os.Root, data []byte) (name string, err error) {
	name = path.Join(drafts, rand.Text())
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Remove(name))
		}
	}()
	for len(data) > 0 && err == nil {
		n := min(len(data), piece)
		if err = ctx.Err(); err == nil {
			_, err = file.Write(data[:n])
		}
		data = data[n:]
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = file.Sync() // tried once: after a failure the system may have dropped the pages, and say yes to a second
	}
	return name, errors.Join(err, file.Close())
}

// syncName makes an object's name durable: the entry in its folder, and the folders that lead there.
func (t *Target) syncName(root *os.Root, name string) error {
	folder := path.Dir(name)
	if err := syncFolder(root, folder); err != nil {
		return err
	}
	t.mu.Lock()
	known := t.synced[folder]
	t.mu.Unlock()
	if known {
		return nil
	}
	for above := folder; above != "."; {
		above = path.Dir(above)
		if err := syncFolder(root, above); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.synced == nil || len(t.synced) >= maxSynced {
		t.synced = map[string]bool{}
	}
	t.synced[folder] = true
	return nil
}

func syncFolder(root *os.Root, folder string) error {
	file, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
