package walsink

import (
	"fmt"
	"os"
)

// zeroStep is how far a segment is filled with zeros ahead of its frames, in bytes: a sync is cheaper when the file
// neither grows nor gets new blocks.
const zeroStep = 1 << 20

// store writes and syncs the frames of a group, and returns the offset of their end. Only the leader calls it.
//
// When the file system is full, what was written is taken back and the error is a *FullError: the next group is tried
// again. Any other error, and any error of a sync, breaks the sink for good. After a failed sync nobody knows what is on
// the disk: the system marks the pages clean although they were not written, and a second sync that succeeds says nothing
// about them ("Can applications recover from fsync failures?", USENIX ATC 2020).
func (s *Sink) store(first uint64, frames []byte) (end int64, err error) {
	if s.size > headerSize && s.size+int64(len(frames)) > s.config.SegmentBytes {
		if err := s.roll(first); err != nil {
			return 0, s.full(err)
		}
	}
	end = s.size + int64(len(frames))
	if err = s.extend(end); isFull(err) { // the frames alone may have room
		s.zeroed = s.size
		err = s.active.Truncate(s.size)
	}
	if err == nil {
		_, err = s.active.WriteAt(frames, s.size)
	}
	if err == nil {
		if err := s.active.Datasync(); err != nil {
			return 0, broken(err)
		}
		s.size, s.zeroed = end, max(s.zeroed, end)
		return end, nil
	}
	if isFull(err) {
		if cut := s.active.Truncate(s.size); cut != nil {
			return 0, broken(cut)
		}
		s.zeroed = s.size
	}
	return 0, s.full(err)
}

// full sorts the errors of writing: a file system that is full may have room again.
func (s *Sink) full(err error) error {
	if !isFull(err) {
		return broken(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &FullError{Waiting: s.waiting, Max: s.config.MaxBytes, cause: err}
}

func broken(err error) error { return fmt.Errorf("%w: open the directory again: %w", ErrBroken, err) }

// extend fills the active segment with zeros, so that it has them behind the frames that end at size.
func (s *Sink) extend(size int64) error {
	if size <= s.zeroed {
		return nil
	}
	to := (size + zeroStep) / zeroStep * zeroStep
	if _, err := s.active.WriteAt(make([]byte, to-s.zeroed), s.zeroed); err != nil {
		return err
	}
	s.zeroed = to
	return nil
}

// roll begins the next segment.
func (s *Sink) roll(first uint64) error {
	next := segment{path: segmentPath(s.config.Dir, first), first: first, next: first, size: headerSize}
	f, err := publish(s.open, next.path, header{origin: s.origin, first: first}.encode())
	if err != nil {
		os.Remove(next.path + ".tmp")
		return err
	}
	if s.active != nil {
		s.active.Close() // all of it is synced
	}
	s.active, s.size, s.zeroed = f, headerSize, headerSize
	s.mu.Lock()
	defer s.mu.Unlock()
	s.segment = append(s.segment, next)
	return nil
}
