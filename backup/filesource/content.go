package filesource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// content writes what is in files, several at once.
func (r *run) content(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan func() error)
	var workers sync.WaitGroup
	for range r.config.Workers {
		workers.Go(func() {
			for do := range work {
				if err := do(); err != nil {
					stop(err)
				}
			}
		})
	}
	for do := range r.tasks(ctx) {
		select {
		case work <- do:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// tasks yields the work to be done, files and groups of small files in the order of the walk.
func (r *run) tasks(ctx context.Context) func(func(func() error) bool) {
	for _, f := range r.entries {
		if f.Kind == regular && f.Link == nil {
			r.done.Expect(f.Size)
		}
	}
	return func(yield func(func() error) bool) {
		var group []*found
		size := int64(0)
		flush := func() bool {
			members := group
			group, size = nil, 0
			return len(members) == 0 || yield(func() error { return r.group(ctx, members) })
		}
		for _, f := range r.entries {
			if f.Kind != regular || f.Link != nil {
				continue
			}
			if f.Size >= smallFile {
				if !yield(func() error { return r.file(ctx, f) }) {
					return
				}
				continue
			}
			if size+f.Size > mostChunk && !flush() {
				return
			}
			group, size = append(group, f), size+f.Size
			// A group ends where the name of a file says, so that a new file changes no group but its own.
			if (pathHash(f.path())%128 == 0 || len(group) == 4096) && !flush() {
				return
			}
		}
		flush()
	}
}

// group writes the content of small files as one chunk, unless none has changed.
func (r *run) group(ctx context.Context, files []*found) error {
	names := sha256.New()
	for _, f := range files {
		names.Write(append([]byte(f.path()), 0)) //nolint:errcheck // a hash takes all
	}
	name := "group/" + hex.EncodeToString(names.Sum(nil)[:16])
	if done, err := r.regroup(ctx, name, files); done || err != nil {
		return err
	}
	size := int64(0)
	for _, f := range files {
		size += f.Size
	}
	data := make([]byte, 0, size)
	for _, f := range files {
		content, err := r.small(ctx, f)
		if err != nil {
			return err
		}
		if f.gone || len(content) == 0 {
			continue
		}
		f.Item, f.Offset = name, int64(len(data))
		data = append(data, content...)
	}
	if len(data) == 0 {
		return ctx.Err()
	}
	if len(data) > backup.MaxChunk { // they grew meanwhile
		return fmt.Errorf("%q and what is beside it: %w", files[0].path(), backup.ErrChanged)
	}
	item, err := r.writer.Create(ctx, name, "files")
	if err != nil {
		return err
	}
	if err := item.Append(ctx, backup.Chunk{Data: data}); err != nil {
		return err
	}
	return item.Commit(ctx, nil)
}

// regroup uses the group of the previous snapshot again if it is of the same files, and none has changed.
func (r *run) regroup(ctx context.Context, name string, files []*found) (bool, error) {
	stored := false
	for _, f := range files {
		before, found := r.before[f.path()]
		if !found || !f.known(before) || before.Link != nil || before.Item != "" && before.Item != name {
			return false, nil
		}
		stored = stored || before.Item != ""
	}
	if stored {
		if err := r.writer.Reuse(ctx, name); err != nil {
			return false, err
		}
	}
	for _, f := range files {
		f.take(r.before[f.path()])
		r.done.Add(f.path(), f.Size)
	}
	return true, nil
}

// take takes what an earlier snapshot says of the same content.
func (f *found) take(before entry) {
	f.Digest, f.Item, f.Offset, f.Extents, f.Attrs = before.Digest, before.Item, before.Offset, before.Extents, before.Attrs
}

// small reads a small file.
func (r *run) small(ctx context.Context, f *found) (content []byte, err error) {
	err = r.steady(ctx, f, func(opened *os.File, _ fs.FileInfo, _ int) error {
		content = make([]byte, f.Size)
		if _, err := io.ReadFull(opened, content); err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f.Digest = sum[:]
		r.done.Add(f.path(), f.Size)
		return nil
	})
	return content, err
}

// file writes the content of a file as an item of its own, unless it has not changed.
func (r *run) file(ctx context.Context, f *found) error {
	before, known := r.before[f.path()]
	if known && f.known(before) && before.Link == nil && !before.grouped() {
		if before.Item != "" {
			if err := r.writer.Reuse(ctx, before.Item); err != nil {
				return err
			}
		}
		f.take(before)
		r.done.Add(f.path(), f.Size)
		return nil
	}
	sum := sha256.Sum256([]byte(f.path()))
	return r.steady(ctx, f, func(opened *os.File, info fs.FileInfo, attempt int) (err error) {
		f.Extents, f.Item = nil, ""
		if sparse(info) {
			if f.Extents, err = extents(opened, f.Size); err != nil {
				return err
			}
		}
		name := fmt.Sprintf("file/%x", sum[:16])
		if attempt > 0 {
			name = fmt.Sprintf("%s.%d", name, attempt)
		}
		return r.large(ctx, f, opened, name)
	})
}

// large writes the data of a file.
func (r *run) large(ctx context.Context, f *found, opened *os.File, name string) error {
	digest := sha256.New()
	if f.data() == 0 {
		zeros(digest, f.Size)
		f.Digest = digest.Sum(nil)
		return nil
	}
	item, err := r.writer.Create(ctx, name, "file")
	if err != nil {
		return err
	}
	parts := f.Extents
	if parts == nil {
		parts = []extent{{0, f.Size}}
	}
	at := int64(0)
	out := &cutter{run: r, item: item, path: f.path()}
	for _, x := range parts {
		zeros(digest, x.Offset-at)
		if err := out.copy(ctx, io.NewSectionReader(opened, x.Offset, x.Length), digest); err != nil {
			return err
		}
		at = x.Offset + x.Length
	}
	zeros(digest, f.Size-at)
	if err := out.end(ctx); err != nil {
		return err
	}
	f.Digest, f.Item = digest.Sum(nil), name
	return item.Commit(ctx, nil)
}

// zeros adds a hole to a digest.
func zeros(digest hash.Hash, n int64) {
	if n <= 0 {
		return
	}
	nothing := make([]byte, min(n, 1<<20))
	for n > 0 {
		k := min(n, int64(len(nothing)))
		digest.Write(nothing[:k]) //nolint:errcheck // a hash takes all
		n -= k
	}
}

// cutter cuts what it is given into the chunks of an item.
type cutter struct {
	*run
	item   backup.ItemWriter
	path   string
	buffer *[mostChunk]byte
	filled int
}

// copy takes all of a reader, and adds it to a digest.
func (c *cutter) copy(ctx context.Context, from io.Reader, digest hash.Hash) error {
	for {
		if c.buffer == nil {
			c.buffer = c.buffers.Get().(*[mostChunk]byte)
		}
		n, err := io.ReadFull(from, c.buffer[c.filled:])
		var hashed sync.WaitGroup
		fresh := c.buffer[c.filled : c.filled+n]
		hashed.Go(func() { digest.Write(fresh) }) //nolint:errcheck // a hash takes all
		c.filled += n
		cut := 0
		if err == nil {
			cut = c.chunker.cut(c.buffer[:])
		}
		hashed.Wait()
		c.done.Add(c.path, int64(n))
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return ctx.Err()
		}
		if err == nil {
			err = c.give(ctx, cut)
		}
		if err != nil {
			return err
		}
	}
}

// give gives the first n bytes away as a chunk, and keeps the rest for the next.
func (c *cutter) give(ctx context.Context, n int) error {
	full, filled := c.buffer, c.filled-n
	if c.buffer, c.filled = nil, filled; filled > 0 {
		c.buffer = c.buffers.Get().(*[mostChunk]byte)
		copy(c.buffer[:], full[n:n+filled])
	}
	return c.item.Append(ctx, backup.Chunk{Data: full[:n], Release: func() { c.buffers.Put(full) }})
}

// end gives away what is left.
func (c *cutter) end(ctx context.Context) error {
	for c.filled > 0 {
		if err := c.give(ctx, c.chunker.cut(c.buffer[:c.filled])); err != nil {
			return err
		}
	}
	return nil
}

// steady opens a file, lets it be read, and has it read again when it changed meanwhile. One that is gone is left out.
func (r *run) steady(ctx context.Context, f *found, read func(opened *os.File, info fs.FileInfo, attempt int) error) error {
	for attempt := range attempts {
		if attempt > 0 && !pause(ctx, time.Duration(attempt)*50*time.Millisecond) {
			return ctx.Err()
		}
		same, err := r.once(f, attempt, read)
		if f.gone = errors.Is(err, fs.ErrNotExist); f.gone {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%q: %w", f.path(), err)
		}
		if err == nil && same {
			return nil
		}
	}
	return fmt.Errorf("%q was written to each time it was read: %w", f.path(), backup.ErrChanged)
}

// once reads a file, and reports whether it stayed the same.
func (r *run) once(f *found, attempt int, read func(*os.File, fs.FileInfo, int) error) (bool, error) {
	root := r.roots[f.root]
	opened, err := root.OpenFile(system(f.below), os.O_RDONLY|nonblock, 0)
	if err != nil {
		return false, err
	}
	defer opened.Close() //nolint:errcheck // nothing was written
	// The path may lead to another file than was found, even through a symbolic link: what is read is what is there.
	now := time.Now()
	info, err := opened.Stat()
	if err != nil {
		return false, err
	}
	if i, _ := identify(info, now); i.Inode == 0 || i.Inode != f.Identity.Inode || i.Device != f.Identity.Device {
		there, err := root.Lstat(system(f.below))
		if err != nil {
			return false, err
		}
		if !info.Mode().IsRegular() || !os.SameFile(there, info) {
			return false, nil
		}
	}
	small := f.Size < smallFile
	f.observe(info, now, r.config.Owners)
	if small && f.Size > mostChunk {
		return false, fmt.Errorf("it grew from less than %d bytes to %d: %w", smallFile, f.Size, backup.ErrChanged)
	}
	growing := matches(r.config.Growing, f.below)
	if !growing && f.fresh(now) {
		return false, nil // what is written from now on may show the same time
	}
	if r.config.Attributes {
		if f.Attrs, err = attributes(opened); err != nil {
			return false, err
		}
	}
	if err := read(opened, info, attempt); err != nil {
		return false, err
	}
	if r.meanwhile != nil {
		r.meanwhile(f.path())
	}
	after, err := opened.Stat()
	if err != nil {
		return false, err
	}
	if growing && after.Size() >= info.Size() {
		f.Identity.Young = true // it may go on growing within the granularity of its times
		return true, nil
	}
	was, _ := identify(info, now)
	is, _ := identify(after, now)
	return info.Size() == after.Size() && info.ModTime().Equal(after.ModTime()) && was.Change == is.Change, nil
}

// tick is longer than the clock of a local file system stands still: 10 ms at the kernel's slowest.
const tick = 20 * time.Millisecond

// fresh reports whether a file changed so shortly before a moment that its times do not tell what is after it.
func (f *found) fresh(now time.Time) bool {
	change := f.Time
	if f.Identity.Change != 0 {
		change = time.Unix(0, f.Identity.Change)
	}
	return now.Sub(change).Abs() < tick
}

// pause waits, and reports whether the context has not ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
