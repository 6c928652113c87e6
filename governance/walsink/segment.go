package walsink

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	segmentSuffix = ".wal"
	markName      = "mark"
	lockName      = "lock"
)

// segment is one file of entries.
type segment struct {
	path  string
	first uint64 // position of its first entry
	next  uint64 // position after its last one
	size  int64  // bytes up to the end of its last frame
}

func segmentPath(dir string, first uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", first, segmentSuffix))
}

// contents is what a directory holds.
type contents struct {
	origin   origin
	segments []segment
	mark     mark
	marked   bool  // there is a mark
	cut      int64 // bytes after the last whole frame, of a group whose sync had not returned
}

func (c *contents) next() uint64 {
	if len(c.segments) == 0 {
		return 0
	}
	return c.segments[len(c.segments)-1].next
}

// visitor is called with each frame, in order, and the offset at which it begins. The frame's memory is used again.
type visitor func(s *segment, offset int64, f frame) error

// read reads a directory, and changes nothing in it.
func read(dir string, visit visitor) (contents, error) {
	var c contents
	names, err := segmentNames(dir)
	if err != nil {
		return c, err
	}
	if err := c.readMark(filepath.Join(dir, markName)); err != nil {
		return c, err
	}
	for i, name := range names {
		if err := c.readSegment(filepath.Join(dir, name), i == len(names)-1, visit); err != nil {
			return c, err
		}
	}
	return c, c.check(dir)
}

// segmentNames returns the names of the segments of a directory, the oldest first.
func segmentNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentSuffix) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (c *contents) readMark(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.mark, err = decodeMark(b); err != nil {
		return refused(path, 0, err)
	}
	c.marked = true
	c.origin = c.mark.origin
	return nil
}

// refused is the error of a file whose beginning cannot be read.
func refused(path string, offset int64, err error) error {
	if errors.Is(err, ErrVersion) {
		return fmt.Errorf("%s: %w", path, err)
	}
	return damaged(path, offset, "%v", err)
}

func (c *contents) readSegment(path string, last bool, visit visitor) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	h, err := decodeHeader(data)
	if err != nil {
		return refused(path, 0, err)
	}
	if err := c.follows(path, h); err != nil {
		return err
	}
	s := segment{path: path, first: h.first, next: h.first, size: headerSize}
	seed := c.origin.seed()
	for {
		f, err := decodeFrame(data[s.size:], seed)
		if err == nil && f.position != s.next {
			err = fmt.Errorf("position %d: want %d", f.position, s.next)
		}
		if err != nil {
			if err = c.readTail(&s, data, last, err); err != nil {
				return err
			}
			break
		}
		if err := visit(&s, s.size, f); err != nil {
			return err
		}
		s.next++
		s.size += f.size()
	}
	c.segments = append(c.segments, s)
	return nil
}

// follows checks that a segment goes on where the one before ended.
func (c *contents) follows(path string, h header) error {
	if len(c.segments) == 0 && !c.marked {
		c.origin = h.origin
	}
	switch {
	case filepath.Base(path) != filepath.Base(segmentPath("", h.first)):
		return damaged(path, 0, "the file of position %d under the name of another", h.first)
	case h.origin != c.origin:
		return damaged(path, 0, "of origin %s: want %s", h.origin, c.origin)
	case len(c.segments) > 0 && h.first != c.next():
		before := c.segments[len(c.segments)-1]
		return damaged(before.path, before.size, "ends at position %d, and the next file begins at %d", before.next, h.first)
	}
	return nil
}

// readTail judges what comes after the last whole frame of a segment. Each frame says what was on the disk when it was
// made. So what cannot be read is damage if a later frame says that it was there, and otherwise was never promised.
func (c *contents) readTail(s *segment, data []byte, last bool, why error) error {
	tail := data[s.size:]
	if errors.Is(why, errNoFrame) || len(tail) < 4 {
		tail = bytes.TrimRight(tail, "\x00")
		if len(tail) == 0 {
			return nil
		}
	}
	if !last {
		return damaged(s.path, s.size, "%v, where position %d is expected", why, s.next)
	}
	seed := c.origin.seed()
	for at := 1; at < len(tail); at++ {
		f, err := decodeFrame(tail[at:], seed)
		if err == nil && f.durable > s.next {
			return damaged(s.path, s.size, "%v, though position %d was on the disk before position %d", why, s.next, f.position)
		}
	}
	c.cut = int64(len(tail))
	return nil
}

// check holds the segments against the mark.
func (c *contents) check(dir string) error {
	path := filepath.Join(dir, markName)
	switch {
	case len(c.segments) == 0 && c.marked:
		return damaged(path, 0, "there are no segments: want those from position %d", c.mark.shipped)
	case len(c.segments) == 0:
		return nil
	case c.segments[0].first > c.mark.shipped:
		return damaged(c.segments[0].path, 0, "the oldest file begins at position %d, and only what is before %d is shipped",
			c.segments[0].first, c.mark.shipped)
	case c.next() < c.mark.shipped, c.mark.closed && c.next() != c.mark.end:
		end := c.segments[len(c.segments)-1]
		return damaged(end.path, end.size, "ends at position %d: want %d", end.next, max(c.mark.shipped, c.mark.end))
	}
	return nil
}
