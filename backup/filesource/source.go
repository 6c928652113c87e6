package filesource

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// Config is what a Source needs. Name and Roots are required.
type Config struct {
	Name  string // of the source
	Roots []Root // what is backed up

	Owners     bool // keep the numbers of owners and groups, and set-user-ID and set-group-ID
	Attributes bool // keep extended attributes; Linux alone
	Reread     bool // read every file every time, though it seems unchanged: for file systems whose clock is not ours

	// Growing are patterns of files that are only ever written at their end, such as logs, below the root. They are taken as
	// long as they were when they were opened, and are not refused for having grown.
	Growing []string

	Workers  int                   // files that are read at once; 0: the number of processors, at most 4
	Skipped  func(Skipped)         // told of each socket, device and pipe that is left out; nil: the snapshot says which
	Progress func(backup.Progress) // nil: nobody is told
}

// Root is a directory that is backed up.
//
// Patterns have slashes. A segment is that of path.Match, and "**" stands for any number of segments, none included. A
// pattern that matches a directory matches what is in it. So "*.gguf" is a file of the root itself, and "**/*.gguf" is one anywhere.
type Root struct {
	Name    string   // unique: the first segment of the paths in the snapshot; no slash
	Path    string   // of the directory
	Include []string // patterns of the paths below it that are kept; nil: all
	Exclude []string // patterns of those that are not
}

// Source backs directories up. It implements backup.Source.
type Source struct {
	config  Config
	chunker *chunker
	buffers sync.Pool

	meanwhile func(path string) // of tests: after a file was read, before it is looked at again
}

var _ backup.Source = (*Source)(nil)

const (
	smallFile   = 256 << 10 // from here on a file has an item of its own
	mostExtents = 10_000    // of a file that is kept as sparse
	attempts    = 4         // at reading a file that changes meanwhile
	mostSkipped = 1000      // that a snapshot names
)

// New returns a Source, or all that is wrong with its Config in one error. It opens nothing.
func New(config Config) (*Source, error) {
	var problems []error
	wrong := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("filesource: "+format, values...))
	}
	if config.Name == "" {
		wrong("no Name")
	}
	if len(config.Roots) == 0 {
		wrong("no Roots")
	}
	names := map[string]bool{}
	for i, r := range config.Roots {
		if !local(r.Name) || strings.Contains(r.Name, "/") {
			wrong("roots[%d]: name %q, expected one segment of a path", i, r.Name)
		}
		if names[r.Name] {
			wrong("roots[%d]: name %q twice", i, r.Name)
		}
		names[r.Name] = true
		if r.Path == "" {
			wrong("roots[%d]: no Path", i)
		}
		for _, p := range slices.Concat(r.Include, r.Exclude) {
			if err := checkPattern(p); err != nil {
				wrong("roots[%d]: %w", i, err)
			}
		}
	}
	for _, p := range config.Growing {
		if err := checkPattern(p); err != nil {
			wrong("Growing: %w", err)
		}
	}
	if config.Workers < 0 {
		wrong("%d Workers", config.Workers)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if config.Workers == 0 {
		config.Workers = min(4, runtime.GOMAXPROCS(0))
	}
	config.Roots = slices.SortedFunc(slices.Values(config.Roots), func(a, b Root) int { return strings.Compare(a.Name, b.Name) })
	s := &Source{config: config, chunker: newChunker()}
	s.buffers.New = func() any { return new([mostChunk]byte) }
	return s, nil
}

// Name implements backup.Source.
func (s *Source) Name() string { return s.config.Name }

// Backup implements backup.Source. The time of the cut is when it began: all that was written before is in the snapshot. An error
// is ErrChanged, with the path, where a file did not stay the same for long enough to be read.
func (s *Source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	cut := backup.Cut{Time: time.Now().UTC()}
	entries, skipped, err := s.survey(ctx, w, cut.Time)
	if err != nil {
		return cut, err
	}
	h := header{Version: version, Owners: s.config.Owners, Attributes: s.config.Attributes, Skipped: skipped}
	if err := writeTree(ctx, w, h, entries); err != nil {
		return cut, err
	}
	return cut, backup.WriteFacts(ctx, w, facts(entries))
}

// survey finds what there is, and writes what is in it.
func (s *Source) survey(ctx context.Context, w backup.Writer, began time.Time) ([]entry, []Skipped, error) {
	r := &run{Source: s, writer: w, began: began, before: map[string]entry{},
		done: meter.New("backup "+s.config.Name, 0, s.config.Progress)}
	if err := r.open(ctx); err != nil {
		return nil, nil, err
	}
	defer r.close()
	for i := range r.roots {
		if err := r.scan(ctx, i); err != nil {
			return nil, nil, fmt.Errorf("filesource: %w", err)
		}
	}
	r.link()
	if err := r.content(ctx); err != nil {
		return nil, nil, fmt.Errorf("filesource: %w", err)
	}
	entries, err := r.settle()
	if err != nil {
		return nil, nil, fmt.Errorf("filesource: %w", err)
	}
	return entries, r.skipped, nil
}

// run is one backup.
type run struct {
	*Source
	writer backup.Writer
	began  time.Time
	roots  []*os.Root
	before map[string]entry // of the previous snapshot, by path

	entries []*found
	skipped []Skipped

	done *meter.Meter
}

// found is what is at a path now.
type found struct {
	entry
	root  int
	below string // path below the root, as the system writes it
	links uint64
	gone  bool // since it was found
}

// open opens the roots and reads the previous snapshot.
func (r *run) open(ctx context.Context) error {
	for _, root := range r.config.Roots {
		opened, err := os.OpenRoot(root.Path)
		if err != nil {
			r.close()
			return fmt.Errorf("filesource: root %q: %w", root.Name, err)
		}
		r.roots = append(r.roots, opened)
	}
	previous := r.writer.Previous()
	if previous == nil || r.config.Reread {
		return nil
	}
	h, entries, err := readTree(ctx, previous)
	if err != nil || h.Attributes != r.config.Attributes {
		return ctx.Err() // all is read, as for the first time
	}
	for _, e := range entries {
		r.before[e.path()] = e
	}
	return nil
}

func (r *run) close() {
	for _, root := range r.roots {
		root.Close() //nolint:errcheck // nothing was written
	}
}

// link finds the further names of files that have several.
func (r *run) link() {
	first := map[identity]string{}
	for _, f := range r.entries {
		if f.Kind != regular || f.links < 2 || f.Identity.Inode == 0 {
			continue
		}
		key := identity{Device: f.Identity.Device, Inode: f.Identity.Inode}
		if p, known := first[key]; known {
			f.Link = []byte(p)
			continue
		}
		first[key] = f.path()
	}
}

// settle returns the entries of what is still there.
func (r *run) settle() ([]entry, error) {
	gone := map[string]bool{}
	entries := make([]entry, 0, len(r.entries))
	for _, f := range r.entries {
		if f.gone {
			gone[f.path()] = true
			continue
		}
		if f.Link != nil && gone[string(f.Link)] {
			return nil, fmt.Errorf("%q, another name of %q, which was removed: %w", f.path(), f.Link, backup.ErrChanged)
		}
		entries = append(entries, f.entry)
	}
	return entries, nil
}

// system returns a path as the system writes it.
func system(p string) string { return filepath.FromSlash(p) }
