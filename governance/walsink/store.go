package walsink

import (
	"fmt"
	"os"
)

// zeroStep is how far a segment is filled with zeros ahead of its frames, in bytes: a sync is cheaper when the file
// neither grows nor gets new blocks.
const zeroStep = 1 << 20

// store writes the frames of a group and syncs them. Only the leader calls it.
//
// When the file system is full, what was written is taken back and the error is a *FullError: the next group is tried
// again. Any other error breaks the sink for good. After a failed sync nobody knows what is on the disk: the system marks
// the pages clean although they were not written, and a second sync that succeeds says nothing about them ("Can
// applications recover from fsync failures?", USENIX ATC 2020).
func (s *Sink) store(first, end uint64, frames []byte) error {
	s.mu.Lock()
	now := s.segment[len(s.segment)-1]
	s.mu.Unlock()
	if now.next > now.first && now.size+int64(len(frames)) > s.config.SegmentBytes {
		if err := s.roll(first); err != nil {
			return s.sort(err, nil)
		}
		s.mu.Lock()
		now = s.segment[len(s.segment)-1]
		s.mu.Unlock()
	}
	if err := s.extend(now.size + int64(len(frames))); err != nil {
		return s.sort(err, &now)
	}
	if _, err := s.active.WriteAt(frames, now.size); err != nil {
		return s.sort(err, &now)
	}
	if err := s.active.Datasync(); err != nil {
		return s.breaks(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := &s.segment[len(s.segment)-1]
	last.next, last.size = end, now.size+int64(len(frames))
	return nil
}

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
	s.active, s.zeroed = f, headerSize
	s.mu.Lock()
	defer s.mu.Unlock()
	s.segment = append(s.segment, next)
	return nil
}

// sort sorts the errors of writing: a full file system is none that lasts.
func (s *Sink) sort(err error, now *segment) error {
	if !isFull(err) {
		return s.breaks(err)
	}
	if now != nil {
		if err := s.active.Truncate(now.size); err != nil {
			return s.breaks(err)
		}
		s.zeroed = now.size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &FullError{Waiting: s.waiting, Max: s.config.MaxBytes, cause: err}
}

// breaks makes the sink refuse everything from now on.
func (s *Sink) breaks(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = fmt.Errorf("%w: open the directory again: %w", ErrBroken, err)
	return s.broken
}
