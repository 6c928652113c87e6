package walsink

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/shugo-data/shugo/internal/leaf"
)

// recover reads what is in the directory, cuts an unfinished group at its end, and opens the last segment for writing.
func (s *Sink) recover() error {
	c, err := read(s.config.Dir, s.revisit)
	if err != nil {
		return err
	}
	if err := s.clean(); err != nil {
		return err
	}
	if len(c.segments) == 0 {
		_, _ = rand.Read(c.origin[:]) // never fails: crypto/rand ends the program instead
	}
	s.origin, s.seed, s.segment, s.cut, s.mark = c.origin, c.origin.seed(), c.segments, c.cut, c.mark
	s.next, s.durable, s.shipped = c.next(), c.next(), c.mark.shipped
	if len(c.segments) == 0 {
		err = s.roll(0)
	} else {
		err = s.reopen()
	}
	if err == nil {
		err = s.openMark(c.marked)
	}
	if err == nil {
		err = s.locate()
	}
	if err != nil {
		s.closeFiles()
	}
	return err
}

// revisit remembers an event that is in the files.
func (s *Sink) revisit(in *segment, offset int64, f frame) error {
	e, err := leaf.Unmarshal(f.payload)
	if err != nil {
		return damaged(in.path, offset, "%v", err)
	}
	fields, err := leaf.Decode(e.Leaf)
	if err != nil {
		return damaged(in.path, offset, "%v", err)
	}
	s.recent.set(key{fields.ID, fields.Kind}, f.position)
	return nil
}

// clean removes files that never got their names.
func (s *Sink) clean() error {
	names, err := filepath.Glob(filepath.Join(s.config.Dir, "*.tmp"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// reopen makes the last segment ready to be written on. What a crash has left behind its last frame is cut away, so that
// it is never taken for a part of what comes. All of it is synced: frames that were written but not synced are promised
// from now on.
func (s *Sink) reopen() error {
	last := s.segment[len(s.segment)-1]
	f, err := s.open(last.path, os.O_RDWR)
	if err != nil {
		return err
	}
	s.active, s.size, s.zeroed = f, last.size, last.size
	if err := f.Truncate(last.size); err != nil {
		return err
	}
	return f.Datasync()
}

// openMark opens the mark, makes it when there is none, and notes in it that the directory is in use.
func (s *Sink) openMark(found bool) error {
	path := filepath.Join(s.config.Dir, markName)
	var err error
	if !found {
		s.mark = mark{origin: s.origin}
		content := make([]byte, 2*slotSize)
		copy(content, s.mark.encode())
		s.markFile, err = publish(s.open, path, content)
		return err
	}
	if s.markFile, err = s.open(path, os.O_RDWR); err != nil || !s.mark.closed {
		return err
	}
	return s.note(s.mark.shipped, false)
}

// note writes the next mark.
func (s *Sink) note(shipped uint64, closed bool) error {
	next := mark{origin: s.origin, sequence: s.mark.sequence + 1, shipped: shipped, closed: closed}
	if closed {
		next.end = s.durable
	}
	if _, err := s.markFile.WriteAt(next.encode(), next.offset()); err != nil {
		return err
	}
	if err := s.markFile.Datasync(); err != nil {
		return err
	}
	s.mark = next
	return nil
}

func (s *Sink) closeFiles() {
	for _, f := range []file{s.active, s.markFile} {
		if f != nil {
			f.Close() // what is in it is synced
		}
	}
}
