package unidic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/ikawaha/kagome-dict/uni"
)

// Config says what an analyzer is made of. The zero value is the dictionary as it is, with its tables in the user's cache folder.
type Config struct {
	Dir   string // where the packed tables are, writable by nobody who is not trusted; empty: shugo in os.UserCacheDir
	Words []Word // of the host, besides the dictionary's

	// Progress is told of each step as it begins, by the goroutine that loads; nil: nobody is.
	Progress func(Step)
}

// Step is a part of loading.
type Step string

// The steps. With a file of packed tables that is whole and of this version, only the first is taken.
const (
	Mapping   Step = "mapping"   // checking the file of packed tables and mapping it
	Waiting   Step = "waiting"   // for another process, or goroutine, that packs; not without one
	Unpacking Step = "unpacking" // the dictionary: a second or two that the context cannot cut short
	Packing   Step = "packing"   // making the tables
	Storing   Step = "storing"   // writing the file
)

// Storage says where the tables of an analyzer are.
type Storage struct {
	File   string // of packed tables; empty: they are in memory alone
	Mapped bool   // they share the memory of the file with other processes
	Packed bool   // they were packed in this process, which keeps the unpacked dictionary in memory too
	Found  error  // what was wrong with the file that there was; nil: nothing, or there was none
	Err    error  // why they are in memory alone
}

// Load returns an analyzer, which a program makes when it starts, and shares. The first time it packs the dictionary's tables into a
// file, 100 MB, which takes seconds. Later it checks the sums of that file and maps it. A file that is damaged, or of another version,
// is replaced. Where no file can be written, the tables stay in memory, and Storage says why. Of processes that start at once one packs,
// where the system has flock, and the others wait for it.
//
// A mapped file stays mapped until the process ends, since tokens point into it. It may be removed or replaced by renaming, but not
// changed in place, meanwhile.
func Load(ctx context.Context, config Config) (*Analyzer, error) {
	progress := config.Progress
	if progress == nil {
		progress = func(Step) {}
	}
	t, storage, err := load(ctx, config.Dir, uni.Dict, progress)
	if err != nil {
		return nil, fmt.Errorf("unidic: loading: %w", err)
	}
	a := newAnalyzer(t)
	a.storage = storage
	if len(config.Words) > 0 {
		if err := a.addWords(config.Words); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// load maps the tables, or makes them of a dictionary.
func load(ctx context.Context, dir string, unpack func() *dict.Dict, progress func(Step)) (*tables, Storage, error) {
	if err := ctx.Err(); err != nil {
		return nil, Storage{}, err
	}
	progress(Mapping)
	version := dictionaryVersion()
	file, noDir := tablesFile(dir, version)
	t, err := openTables(ctx, file, version)
	if err == nil {
		return t, Storage{File: file, Mapped: mapping}, nil
	}
	if noDir == nil {
		if noDir = os.MkdirAll(filepath.Dir(file), 0o755); noDir == nil {
			unlock, noLock := lockFile(ctx, file+".lock", func() { progress(Waiting) })
			if noLock == nil {
				defer unlock()
				t, err = openTables(ctx, file, version)
			}
		}
	}
	switch {
	case err == nil: // somebody else was faster
		return t, Storage{File: file, Mapped: mapping}, nil
	case ctx.Err() != nil:
		return nil, Storage{}, ctx.Err()
	}
	storage := Storage{Packed: true, Err: noDir}
	if !errors.Is(err, fs.ErrNotExist) && noDir == nil {
		storage.Found = err
	}
	return makeTables(ctx, file, version, storage, unpack, progress)
}

// makeTables packs a dictionary, stores the tables where there is a folder, and maps them from there.
func makeTables(
	ctx context.Context, file string, version [32]byte, storage Storage, unpack func() *dict.Dict, progress func(Step),
) (*tables, Storage, error) {
	progress(Unpacking)
	from := unpack()
	progress(Packing)
	packed, err := pack(ctx, from)
	if err != nil || storage.Err != nil {
		return packed, storage, err
	}
	progress(Storing)
	if storage.Err = storeTables(packed, file, version); storage.Err != nil {
		return packed, storage, nil
	}
	mapped, err := openTables(ctx, file, version)
	if err != nil { // somebody removed it, or changed it
		storage.Err = err
		return packed, storage, ctx.Err()
	}
	storage.File, storage.Mapped = file, mapping
	return mapped, storage, nil
}

// tablesFile returns the file of packed tables of a version.
func tablesFile(dir string, version [32]byte) (string, error) {
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "shugo")
	}
	return filepath.Join(dir, fmt.Sprintf("unidic-%x.tables", version[:6])), nil
}
