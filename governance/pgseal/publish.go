package pgseal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
)

// Publisher takes checkpoints to a place outside the database, where whoever can change the database cannot change them.
//
// Required of an implementer: Name is always the same and unique among the publishers of a sealer. Publish returns nil
// only when the checkpoint is there to stay; it takes one that it has already without an error, and refuses another of
// the same log and number. It returns when its context ends.
type Publisher interface {
	// Name names the place, for records and reports.
	Name() string
	// Publish puts a checkpoint there.
	Publish(ctx context.Context, c Checkpoint) error
}

// Folder is a Publisher that keeps each checkpoint in a file of its own, and never changes one. The folder must exist. It
// is safe for concurrent use.
type Folder string

// Name returns "folder" and its path.
func (f Folder) Name() string { return "folder " + filepath.Clean(string(f)) }

// Publish writes the file, and has it and its name on the disk when it returns.
func (f Folder) Publish(_ context.Context, c Checkpoint) (err error) {
	path := filepath.Join(string(f), fileName(c))
	defer func() {
		if err != nil {
			err = fmt.Errorf("pgseal: %s: %w", f.Name(), err)
		}
	}()
	temporary, err := os.CreateTemp(string(f), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = io.WriteString(temporary, c.Note)
	err = errors.Join(err, temporary.Chmod(0o444), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); errors.Is(err, os.ErrExist) { // put if absent
		there, err := os.ReadFile(path)
		if err == nil && !bytes.Equal(there, []byte(c.Note)) {
			err = fmt.Errorf("%w: another checkpoint of this number is there", ErrRolledBack)
		}
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return syncFolder(string(f))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// fileName sorts by log and number.
func fileName(c Checkpoint) string {
	log := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, c.Origin)
	return fmt.Sprintf("%s-%012d.checkpoint", log, c.Number)
}

// Checkpoints returns the checkpoints of the folder, in the order of logs and numbers, each signed by one of the keys. It
// is what Verify trusts. Errors wrap ErrCheckpoint for a file that is none.
func (f Folder) Checkpoints(verifiers note.Verifiers) ([]Checkpoint, error) {
	names, err := filepath.Glob(filepath.Join(string(f), "*.checkpoint"))
	if err != nil {
		return nil, fmt.Errorf("pgseal: %s: %w", f.Name(), err)
	}
	slices.Sort(names)
	var found []Checkpoint
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("pgseal: %s: %w", f.Name(), err)
		}
		c, err := OpenCheckpoint(string(text), verifiers)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		found = append(found, c)
	}
	return found, nil
}

// Published returns a function for Config.Published that reads the last checkpoint of the folder, of the latest log of that
// origin.
func (f Folder) Published(origin string, verifiers note.Verifiers) func(context.Context) (Checkpoint, error) {
	return func(context.Context) (last Checkpoint, err error) {
		all, err := f.Checkpoints(verifiers)
		latest := int16(0)
		for _, c := range all {
			era, ours := eraOf(c.Origin, origin)
			if ours && (era > latest || era == latest && c.Number > last.Number) {
				latest, last = era, c
			}
		}
		return last, err
	}
}

// Stream is a Publisher that writes the notes one after the other, each followed by an empty line, to a writer that
// appends. A note stands there twice when the process ended between writing it and knowing that. It is safe for concurrent use and must not be copied.
type Stream struct {
	To io.Writer // where to

	mu sync.Mutex
}

// Name returns "stream".
func (*Stream) Name() string { return "stream" }

// Publish writes the note.
func (s *Stream) Publish(_ context.Context, c Checkpoint) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.To, c.Note+"\n"); err != nil {
		return fmt.Errorf("pgseal: stream: %w", err)
	}
	return nil
}

// PublisherFunc is a Publisher made of a name and a function, for an object store or a service.
type PublisherFunc struct {
	Place string                                        // its name
	Put   func(ctx context.Context, c Checkpoint) error // puts a checkpoint there: see Publisher
}

// Name returns Place.
func (p PublisherFunc) Name() string { return p.Place }

// Publish calls Put.
func (p PublisherFunc) Publish(ctx context.Context, c Checkpoint) error { return p.Put(ctx, c) }
