package filesource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// DirectoryConfig is what a Directory needs. Path is required.
type DirectoryConfig struct {
	Path     string                // where the roots are restored, each as a folder: nothing is there, or an empty directory
	Owners   bool                  // give what is restored its owners; needs the rights of the administrator
	Workers  int                   // files that are written at once; 0: the number of processors, at most 4
	Progress func(backup.Progress) // nil: nobody is told
}

// Directory restores a snapshot of a Source. It implements backup.Destination. Use one for one restore.
//
// Everything is built in a hidden folder beside Path, made durable and then renamed, so that Path has all or nothing. Since it
// is renamed, Path itself cannot be a mounted file system: restore into a folder of it.
type Directory struct {
	config DirectoryConfig
	header header

	faults func(path string) error // of tests: before a file is written

	done *meter.Meter // of the restore at work
}

var (
	_ backup.Destination = (*Directory)(nil)
	_ backup.Scratch     = (*Scratch)(nil)
)

// NewDirectory returns a Directory, or what is wrong with its configuration. It touches nothing.
func NewDirectory(config DirectoryConfig) (*Directory, error) {
	if config.Path == "" || config.Workers < 0 {
		return nil, fmt.Errorf("filesource: path %q, %d workers: expected a path, and no less than 0", config.Path, config.Workers)
	}
	p, err := filepath.Abs(config.Path)
	if err != nil {
		return nil, fmt.Errorf("filesource: %w", err)
	}
	if config.Path = p; config.Workers == 0 {
		config.Workers = min(4, runtime.GOMAXPROCS(0))
	}
	return &Directory{config: config}, nil
}

// Restore implements backup.Destination. The goal does not matter: no log carries files on. An error is ErrNotEmpty where
// something is at the path, ErrFull where the file system cannot take all, and ErrCorrupt where what was read is not what was
// written.
func (d *Directory) Restore(ctx context.Context, r backup.Reader, _ backup.Goal) (err error) {
	defer func() {
		if full(err) && !errors.Is(err, backup.ErrFull) {
			err = fmt.Errorf("%w: %w", backup.ErrFull, err)
		}
		if err != nil {
			err = fmt.Errorf("filesource: restore: %w", err)
		}
	}()
	if err := d.vacant(); err != nil {
		return err
	}
	h, entries, err := readTree(ctx, r)
	if err != nil {
		return err
	}
	if err := checkTree(entries, r.Items()); err != nil {
		return err
	}
	parent, base := filepath.Split(d.config.Path)
	hidden, err := os.MkdirTemp(parent, "."+base+".restoring-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, discard(hidden))
		}
	}()
	if err := d.build(ctx, r, hidden, h, entries); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.vacant(); err != nil {
		return err
	}
	if err := place(hidden, d.config.Path); err != nil {
		return err
	}
	d.header = h
	return syncPath(parent)
}

// place renames the finished folder.
func place(hidden, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is empty
		return err
	}
	return os.Rename(hidden, path)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written to it
	return flush(f)
}

// vacant refuses a path where something is.
func (d *Directory) vacant() error {
	info, err := os.Lstat(d.config.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%q is no directory: %w", d.config.Path, backup.ErrNotEmpty)
	}
	f, err := os.Open(d.config.Path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if names, err := f.Readdirnames(1); len(names) > 0 || err == nil {
		return fmt.Errorf("%q has something in it: %w", d.config.Path, backup.ErrNotEmpty)
	}
	if parent, err := os.Stat(filepath.Dir(d.config.Path)); err == nil && device(parent) != device(info) {
		return fmt.Errorf("%q is a mounted file system, which cannot be put in place as a whole: expected a folder of it", d.config.Path)
	}
	return nil
}

// build makes the tree below a folder.
func (d *Directory) build(ctx context.Context, r backup.Reader, hidden string, h header, entries []entry) error {
	root, err := os.OpenRoot(hidden)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // what is written is synced by then
	top, err := root.Open(".")
	if err != nil {
		return err
	}
	defer top.Close() //nolint:errcheck // nothing was written to it
	total := int64(0)
	for _, e := range entries {
		if e.Kind == regular && e.Link == nil {
			total += e.data()
		}
	}
	d.done = meter.New("restore "+r.Snapshot().Source, total, d.config.Progress)
	if left, known := free(top); known && left < total {
		return fmt.Errorf("%d bytes are needed, %d are free: %w", total, left, backup.ErrFull)
	}
	for _, e := range entries {
		if e.Kind == directory {
			if err := root.Mkdir(system(e.path()), 0o700); err != nil {
				return err
			}
		}
	}
	w := &restore{Directory: d, reader: r, root: root, header: h}
	if err := w.files(ctx, entries); err != nil {
		return err
	}
	if err := w.finish(ctx, entries); err != nil {
		return err
	}
	return flush(top)
}

// Examine implements backup.Destination: it reads everything that was restored, and returns the facts that a Source observes.
// Those of a snapshot with owners are found again only if they were restored: see DirectoryConfig.Owners.
func (d *Directory) Examine(ctx context.Context) (backup.Examination, error) {
	e := backup.Examination{Versions: map[string]string{"go": runtime.Version(), "filesource": fmt.Sprint(version)}}
	listing, err := os.ReadDir(d.config.Path)
	if err != nil {
		return e, fmt.Errorf("filesource: %w", err)
	}
	config := Config{Name: "examination", Owners: d.header.Owners && d.config.Owners, Attributes: d.header.Attributes, Workers: d.config.Workers}
	for _, l := range listing {
		config.Roots = append(config.Roots, Root{Name: l.Name(), Path: filepath.Join(d.config.Path, l.Name())})
	}
	if len(config.Roots) == 0 {
		return e, nil
	}
	s, err := New(config)
	if err != nil {
		return e, err
	}
	entries, _, err := s.survey(ctx, observer{}, time.Now())
	e.Facts = facts(entries)
	return e, err
}

// discard removes what a failed restore left, directories that it may not write to included.
func discard(hidden string) error {
	if os.RemoveAll(hidden) == nil {
		return nil
	}
	root, err := os.OpenRoot(hidden)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it is removed
	open := func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			return root.Chmod(system(p), 0o700)
		}
		return nil
	}
	if err := fs.WalkDir(root.FS(), ".", open); err != nil {
		return err
	}
	return os.RemoveAll(hidden)
}

// Scratch makes directories for drills, and removes them. It implements backup.Scratch.
type Scratch struct {
	Parent  string // in which they are made, a directory; empty: that of os.TempDir
	Owners  bool   // see DirectoryConfig
	Workers int    // see DirectoryConfig
}

// Open implements backup.Scratch.
func (s *Scratch) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	parent, err := os.MkdirTemp(s.Parent, "shugo-drill-")
	if err != nil {
		return nil, nil, fmt.Errorf("filesource: scratch: %w", err)
	}
	d, err := NewDirectory(DirectoryConfig{Path: filepath.Join(parent, "restored"), Owners: s.Owners, Workers: s.Workers})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(parent))
	}
	return d, func(context.Context) error { return discard(parent) }, nil
}

// observer is a writer that keeps nothing: what is surveyed is described all the same.
type observer struct{}

func (observer) Create(context.Context, string, string) (backup.ItemWriter, error) {
	return observer{}, nil
}

func (observer) Previous() backup.Reader { return nil }

func (observer) Reuse(_ context.Context, name string) error {
	return fmt.Errorf("filesource: item %q: %w", name, backup.ErrNotFound)
}

func (observer) Append(ctx context.Context, c backup.Chunk) error {
	if c.Release != nil {
		c.Release()
	}
	return ctx.Err()
}

func (observer) Commit(ctx context.Context, _ []byte) error { return ctx.Err() }
