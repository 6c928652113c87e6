package filesource

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// restore is one restore under way, in a folder that nobody else knows.
type restore struct {
	*Directory
	reader backup.Reader
	root   *os.Root
	header header
}

// files writes the content of files, several at once.
func (w *restore) files(ctx context.Context, entries []entry) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan []entry)
	var workers sync.WaitGroup
	for range w.config.Workers {
		workers.Go(func() {
			for some := range work {
				if err := w.some(ctx, some); err != nil {
					stop(err)
				}
			}
		})
	}
	for some := range together(entries) {
		select {
		case work <- some:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// together yields the files whose content is in one item.
func together(entries []entry) func(func([]entry) bool) {
	return func(yield func([]entry) bool) {
		var some []entry
		for _, e := range entries {
			if e.Kind != regular || e.Link != nil {
				continue
			}
			if len(some) > 0 && (some[0].Item != e.Item || !e.grouped()) {
				if !yield(some) {
					return
				}
				some = nil
			}
			some = append(some, e)
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

// some writes files whose content is in one item.
func (w *restore) some(ctx context.Context, some []entry) error {
	var group []byte
	if some[0].grouped() {
		var err error
		if group, err = w.reader.Chunk(ctx, some[0].Item, 0); err != nil {
			return err
		}
	}
	for _, e := range some {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.file(ctx, e, group); err != nil {
			return err
		}
	}
	return nil
}

// file writes one file, and holds its content against its digest.
func (w *restore) file(ctx context.Context, e entry, group []byte) (err error) {
	if w.faults != nil {
		if err := w.faults(e.path()); err != nil {
			return err
		}
	}
	f, err := w.root.OpenFile(system(e.path()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	out := &spread{restore: w, file: f, digest: sha256.New(), entry: e, left: slices.Clone(e.Extents)}
	if e.Extents == nil && e.Size > 0 {
		out.left = []extent{{0, e.Size}}
	}
	if err := out.fill(ctx, group); err != nil {
		return err
	}
	zeros(out.digest, e.Size-out.at)
	if !bytes.Equal(out.digest.Sum(nil), e.Digest) {
		return &backup.CorruptError{Object: e.Item, Text: fmt.Sprintf("the content of %q is not what was backed up", e.path())}
	}
	if out.at < e.Size {
		if err := f.Truncate(e.Size); err != nil {
			return err
		}
	}
	if err := setAttributes(f, e.Attrs); err != nil {
		return err
	}
	if !flushesAll {
		return f.Sync()
	}
	return nil
}

// spread writes the data of a file between its holes.
type spread struct {
	*restore
	file   *os.File
	digest hash.Hash
	entry  entry
	left   []extent // that are still to be written
	at     int64    // to where the digest has come
}

// fill writes all data, from the chunk of a group or from the chunks of an item.
func (s *spread) fill(ctx context.Context, group []byte) error {
	e := s.entry
	if e.Item == "" {
		return nil
	}
	if e.grouped() {
		if e.Offset+e.Size > int64(len(group)) {
			return damaged(fmt.Sprintf("%q is beyond the end of its group", e.path()), nil)
		}
		return s.write(group[e.Offset : e.Offset+e.Size])
	}
	for n := 0; len(s.left) > 0; n++ {
		data, err := s.reader.Chunk(ctx, e.Item, n)
		if err != nil {
			return err
		}
		if err := s.write(data); err != nil {
			return err
		}
	}
	return nil
}

// write writes the next data.
func (s *spread) write(data []byte) error {
	for len(data) > 0 {
		if len(s.left) == 0 {
			return damaged(fmt.Sprintf("%q has more content than its size", s.entry.path()), nil)
		}
		next := &s.left[0]
		n := min(next.Length, int64(len(data)))
		if _, err := s.file.WriteAt(data[:n], next.Offset); err != nil {
			return err
		}
		zeros(s.digest, next.Offset-s.at)
		s.digest.Write(data[:n]) //nolint:errcheck // a hash takes all
		s.done.Add(s.entry.path(), n)
		s.at = next.Offset + n
		if data = data[n:]; n == next.Length {
			s.left = s.left[1:]
		} else {
			next.Offset, next.Length = next.Offset+n, next.Length-n
		}
	}
	return nil
}

// finish adds further names, then descriptions of files, then symbolic links, which nothing is written through any more, and
// last, from below, those of directories, which all that comes before would change.
func (w *restore) finish(ctx context.Context, entries []entry) error {
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		switch {
		case e.Link != nil:
			err = w.root.Link(system(string(e.Link)), system(e.path()))
		case e.Kind == regular:
			err = w.describe(e)
		}
		if err != nil {
			return err
		}
	}
	for _, e := range entries {
		if e.Kind != symlink {
			continue
		}
		if err := w.root.Symlink(string(e.Target), system(e.path())); err != nil {
			return err
		}
		if err := w.own(e); err != nil {
			return err
		}
	}
	for _, e := range slices.Backward(entries) {
		if e.Kind != directory {
			continue
		}
		if len(e.Attrs) > 0 {
			f, err := w.root.Open(system(e.path()))
			if err != nil {
				return err
			}
			if err := setAttributes(f, e.Attrs); err != nil {
				f.Close() //nolint:errcheck // there is an error already
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		if err := w.describe(e); err != nil {
			return err
		}
	}
	return nil
}

// describe sets owner, permissions and time, in this order: each changes what comes before it.
func (w *restore) describe(e entry) error {
	if err := w.own(e); err != nil {
		return err
	}
	mode := e.Mode
	if !w.config.Owners { // nobody gets somebody else's rights
		mode &= os.ModePerm | os.ModeSticky
	}
	p := system(e.path())
	if err := w.root.Chmod(p, mode); err != nil {
		return err
	}
	return w.root.Chtimes(p, time.Now(), e.Time)
}

func (w *restore) own(e entry) error {
	if !w.config.Owners || !w.header.Owners {
		return nil
	}
	return w.root.Lchown(system(e.path()), e.UID, e.GID)
}
