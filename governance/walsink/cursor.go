package walsink

import (
	"errors"
	"io"
	"os"
)

// batchBytes bounds what is read for a batch at once, in bytes. It holds at least one frame.
const batchBytes = 4 << 20

// cursor is a place in a segment.
type cursor struct {
	first  uint64 // of the segment
	offset int64
}

// batch is entries on their way.
type batch struct {
	entries [][]byte
	size    int64 // of their frames
	buffer  []byte
}

// locate finds the first entry that is not shipped, and counts what waits from there on.
func (s *Sink) locate() error {
	for i, in := range s.segment {
		last := i == len(s.segment)-1
		switch {
		case s.shipped >= in.next && !last:
		case s.shipped <= in.first:
			s.waiting += in.size - headerSize
			if s.shipped == in.first {
				s.cursor = cursor{in.first, headerSize}
			}
		default:
			at, err := s.offsetOf(in, s.shipped)
			if err != nil {
				return err
			}
			s.cursor = cursor{in.first, at}
			s.waiting += in.size - at
		}
	}
	return s.removeShipped()
}

// offsetOf returns where the frame of a position begins.
func (s *Sink) offsetOf(in segment, position uint64) (int64, error) {
	data, err := os.ReadFile(in.path)
	if err != nil {
		return 0, err
	}
	at := int64(headerSize)
	for range position - in.first {
		f, err := decodeFrame(data[min(at, int64(len(data))):], s.seed)
		if err != nil {
			return 0, damaged(in.path, at, "%v", err)
		}
		at += f.size()
	}
	return at, nil
}

// fill reads the next entries that are on the disk into the batch, which is empty when there are none.
func (s *Sink) fill() error {
	s.batch.entries, s.batch.size = s.batch.entries[:0], 0
	in, at, ok := s.place()
	if !ok {
		return nil
	}
	data, err := readPart(in.path, at, min(in.size-at, batchBytes), s.batch.buffer)
	if err != nil {
		return err
	}
	s.batch.buffer = data
	for len(data) > 0 && len(s.batch.entries) < s.config.BatchEntries {
		f, err := decodeFrame(data, s.seed)
		if errors.Is(err, errTooShort) && len(s.batch.entries) > 0 {
			break // the next batch begins with it
		}
		if err != nil {
			return damaged(in.path, at+s.batch.size, "%v", err)
		}
		s.batch.entries = append(s.batch.entries, f.payload)
		s.batch.size += f.size()
		data = data[f.size():]
	}
	return nil
}

// place returns the segment and the offset of the next entry to ship. At the end of a segment the
// cursor goes on to the next one.
func (s *Sink) place() (in segment, offset int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.segment {
		if s.shipped >= in.next {
			continue
		}
		if in.first != s.cursor.first {
			s.cursor = cursor{in.first, headerSize}
		}
		return in, s.cursor.offset, true
	}
	return segment{}, 0, false
}

// readPart reads a part of a file, into b when that is large enough.
func readPart(path string, offset, size int64, b []byte) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if int64(cap(b)) < size {
		b = make([]byte, size)
	}
	b = b[:size]
	_, err = io.ReadFull(io.NewSectionReader(f, offset, size), b)
	return b, err
}

// advance moves the cursor behind the batch.
func (s *Sink) advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shipped += uint64(len(s.batch.entries))
	s.cursor.offset += s.batch.size
	s.waiting -= s.batch.size
}

// removeShipped removes the segments of which all is shipped, but the last, which is written to. How far that is goes to
// the disk first, so that a segment that is missing is always known to be shipped.
func (s *Sink) removeShipped() error {
	if s.config.Ship == nil {
		return nil
	}
	s.mu.Lock()
	var paths []string
	for _, in := range s.segment[:len(s.segment)-1] {
		if in.next <= s.shipped {
			paths = append(paths, in.path)
		}
	}
	shipped := s.shipped
	s.mu.Unlock()
	if len(paths) == 0 {
		return nil
	}
	if err := s.note(shipped, false); err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		s.mu.Lock()
		s.segment = s.segment[1:]
		s.mu.Unlock()
	}
	return syncDir(s.config.Dir)
}
