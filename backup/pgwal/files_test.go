package pgwal_test

import (
	"context"
	"encoding/gob"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// files is the least that keeps logs through a loss of power: each group is a file, which is synchronized, and so is its folder.
type files struct {
	dir string
	mu  sync.Mutex
	n   int
}

func (f *files) Log(name string) backup.Log { return filedLog{f, name} }

type filedLog struct {
	files *files
	name  string
}

func (l filedLog) Append(_ context.Context, entries ...backup.Entry) error {
	l.files.mu.Lock()
	l.files.n++
	path := filepath.Join(l.files.dir, fmt.Sprintf("%s-%09d", l.name, l.files.n))
	l.files.mu.Unlock()
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	defer file.Close()
	if err := gob.NewEncoder(file).Encode(entries); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(l.files.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (l filedLog) Entries(ctx context.Context, from uint64) iter.Seq2[backup.Entry, error] {
	return func(yield func(backup.Entry, error) bool) {
		memory, err := l.files.read(ctx)
		if err != nil {
			yield(backup.Entry{}, err)
			return
		}
		for e, err := range memory.Log(l.name).Entries(ctx, from) {
			if !yield(e, err) {
				return
			}
		}
	}
}

func (f *files) Logs(ctx context.Context) ([]backup.LogState, error) {
	memory, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	return memory.Logs(ctx)
}

// read reads all files.
func (f *files) read(ctx context.Context) (*backuptest.Repository, error) {
	paths, err := filepath.Glob(filepath.Join(f.dir, "*"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	memory := &backuptest.Repository{}
	for _, path := range paths {
		if strings.HasSuffix(path, ".new") {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		var entries []backup.Entry
		err = gob.NewDecoder(file).Decode(&entries)
		file.Close()
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(filepath.Base(path), "-")
		if err := memory.Log(name).Append(ctx, entries...); err != nil {
			return nil, err
		}
	}
	return memory, nil
}
