package neodump

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/shugo-data/shugo/backup"
)

// lockFile is in a database's folder and not in archives.
const lockFile = "database_lock"

// place is where a database is.
type place struct {
	data         string // its folder
	transactions string // that of its transaction logs
}

// facts reads the files of a database, makes them durable if asked to, and returns what is compared. An error is
// fs.ErrNotExist where a folder is missing.
func (p place) facts(ctx context.Context, durable bool) ([]backup.Fact, error) {
	var facts []backup.Fact
	for _, root := range []string{p.data, p.transactions} {
		err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			name, err := filepath.Rel(root, file)
			if err != nil || name == lockFile {
				return err
			}
			if entry.IsDir() {
				if durable {
					return syncFolder(file)
				}
				return nil
			}
			fact, err := fileFact(ctx, file, filepath.ToSlash(name), durable)
			facts = append(facts, fact)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(facts) == 0 {
		return nil, nil
	}
	return sorted(facts)
}

// fileFact reads a file.
func fileFact(ctx context.Context, file, name string, durable bool) (fact backup.Fact, err error) {
	f, err := os.Open(file)
	if err != nil {
		return fact, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fact, err = factOf(name, reading{ctx, f})
	if err == nil && durable {
		err = f.Sync()
	}
	return fact, err
}

// reading is a reader that ends with its context.
type reading struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (r reading) Read(to []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(to)
}

// vacant returns nil where nothing is, or an empty folder, and backup.ErrNotEmpty otherwise.
func (p place) vacant() error {
	for _, folder := range []string{p.data, p.transactions} {
		about, err := os.Lstat(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !about.IsDir() {
			return backup.ErrNotEmpty
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
			return errors.Join(err, backup.ErrNotEmpty)
		}
	}
	return nil
}

// move renames a database into a place that is vacant, or leaves it where it was. Its own folder goes first: a server that finds it without
// its transaction logs refuses it.
func (p place) move(to place) (err error) {
	if err := to.vacant(); err != nil { // as it was before the load
		return err
	}
	for _, folder := range []string{to.data, to.transactions} {
		if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
			return err
		}
		if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty one
			return err
		}
	}
	back := func(from, to string) {
		if err != nil {
			err = errors.Join(err, os.Rename(from, to))
		}
	}
	if err := os.Rename(p.data, to.data); err != nil {
		return err
	}
	defer func() { back(to.data, p.data) }()
	if err := os.Rename(p.transactions, to.transactions); err != nil {
		return err
	}
	defer func() { back(to.transactions, p.transactions) }()
	for _, folder := range []string{to.data, to.transactions} {
		parent := filepath.Dir(folder)
		if err := errors.Join(syncFolder(parent), syncFolder(filepath.Dir(parent))); err != nil { // it may be new
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
