package dirtarget

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// Get implements backup.BackupTarget.
func (t *Target) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	if offset < 0 {
		return nil, failed("get", name, fmt.Errorf("offset %d, expected 0 or more", offset))
	}
	root, err := t.open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := stat(root, name) // before it is opened: to open a pipe may block
	if err != nil {
		return nil, failed("get", name, err)
	}
	rest := max(info.Size()-offset, 0)
	if length < 0 || length > rest {
		length = rest
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, failed("get", name, err)
	}
	defer file.Close()
	data := make([]byte, length)
	for done := 0; done < len(data); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := file.ReadAt(data[done:min(len(data), done+piece)], offset+int64(done))
		done += n
		if errors.Is(err, io.EOF) && done < len(data) {
			return nil, failed("get", name, fmt.Errorf("%w: the file became shorter", io.ErrUnexpectedEOF))
		} else if err != nil && !errors.Is(err, io.EOF) {
			return nil, failed("get", name, err)
		}
	}
	return data, nil
}

// List implements backup.BackupTarget. It holds the entries of one folder per level in memory.
func (t *Target) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	return func(yield func(backup.Object, error) bool) {
		root, err := t.root()
		if err != nil {
			yield(backup.Object{}, err)
			return
		}
		defer root.Close()
		l := listing{ctx: ctx, root: root, prefix: prefix, yield: yield}
		l.folder(".")
	}
}

// listing is a walk through the folders.
type listing struct {
	ctx    context.Context
	root   *os.Root
	prefix string
	yield  func(backup.Object, error) bool
}

// folder yields the objects of a folder and those below, and reports whether to go on.
func (l *listing) folder(folder string) bool {
	if err := l.ctx.Err(); err != nil {
		l.yield(backup.Object{}, err)
		return false
	}
	entries, err := readFolder(l.root, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	} else if err != nil {
		l.yield(backup.Object{}, failed("list", folder, err))
		return false
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if backup.CheckName(name) != nil {
			continue
		}
		switch {
		case e.IsDir() && overlaps(name+"/", l.prefix):
			if !l.folder(name) {
				return false
			}
		case e.Type().IsRegular() && strings.HasPrefix(name, l.prefix):
			if !l.object(name) {
				return false
			}
		}
	}
	return true
}

func (l *listing) object(name string) bool {
	err := l.ctx.Err()
	var info fs.FileInfo
	if err == nil {
		info, err = stat(l.root, name)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, backup.ErrNotFound) {
		return true // deleted meanwhile
	} else if err != nil {
		l.yield(backup.Object{}, failed("list", name, err))
		return false
	}
	return l.yield(backup.Object{Name: name, Size: info.Size(), Modified: info.ModTime().UTC()}, nil)
}

// overlaps reports whether names that begin with folder can begin with prefix.
func overlaps(folder, prefix string) bool {
	return strings.HasPrefix(folder, prefix) || strings.HasPrefix(prefix, folder)
}

// sortName is what decides where an entry stands: a folder's objects have a slash after its name.
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

func readFolder(root *os.Root, folder string) ([]fs.DirEntry, error) {
	file, err := root.Open(folder)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.ReadDir(-1)
}
