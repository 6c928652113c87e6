package pgwal

import (
	"fmt"
	"io"
	"os"
)

// segments rebuilds the segment files of a cluster's log in a folder, as its server would have archived them. What is not
// written of a segment is zero, where replay stops.
type segments struct {
	root *os.Root
	size uint64

	file     *os.File
	timeline uint32
	begin    uint64 // position of the first byte of file
	names    []string
	starts   []uint64
}

// segmentName returns the name of the segment file of a timeline that holds a position.
func segmentName(timeline uint32, at, size uint64) string {
	number, perFile := at/size, (1<<32)/size
	return fmt.Sprintf("%08X%08X%08X", timeline, number/perFile, number%perFile)
}

// write writes bytes at a position. Positions rise. A timeline that begins amid a segment begins with what its parent has
// of it, as the server does it.
func (s *segments) write(timeline uint32, at uint64, p []byte) error {
	for len(p) > 0 {
		begin := at &^ (s.size - 1)
		if s.file == nil || s.timeline != timeline || s.begin != begin {
			if err := s.open(timeline, begin, at); err != nil {
				return err
			}
		}
		n := min(uint64(len(p)), begin+s.size-at)
		if _, err := s.file.WriteAt(p[:n], int64(at-begin)); err != nil {
			return writeError("write a segment of the log", err)
		}
		p = p[n:]
		at += n
	}
	return nil
}

// open begins a segment file. Where the segment at hand is of another timeline, its first bytes are copied up to a position.
func (s *segments) open(timeline uint32, begin, upTo uint64) error {
	old, oldBegin := s.file, s.begin
	name := segmentName(timeline, begin, s.size)
	file, err := s.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		s.names, s.starts = append(s.names, name), append(s.starts, begin)
		err = file.Truncate(int64(s.size))
	}
	if err != nil {
		return writeError("create a segment of the log", err)
	}
	s.file, s.timeline, s.begin = file, timeline, begin
	if old == nil {
		return nil
	}
	defer old.Close()
	if oldBegin == begin && upTo > begin {
		if _, err := io.Copy(io.NewOffsetWriter(file, 0), io.NewSectionReader(old, 0, int64(upTo-begin))); err != nil {
			return writeError("copy a segment of the log", err)
		}
	}
	return writeError("sync a segment of the log", old.Sync())
}

// cut makes the log end at a position: what lies behind it becomes zero, and files that hold nothing before it are removed.
func (s *segments) cut(end uint64) error {
	if err := s.close(); err != nil {
		return err
	}
	for i, name := range s.names {
		switch begin := s.starts[i]; {
		case begin >= end:
			if err := s.root.Remove(name); err != nil {
				return writeError("remove a segment of the log", err)
			}
		case end < begin+s.size:
			if err := s.clear(name, int64(end-begin)); err != nil {
				return err
			}
		}
	}
	return nil
}

// clear makes zero what follows an offset.
func (s *segments) clear(name string, from int64) error {
	file, err := s.root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return writeError("open a segment of the log", err)
	}
	defer file.Close()
	if err := file.Truncate(from); err != nil {
		return writeError("cut a segment of the log", err)
	}
	if err := file.Truncate(int64(s.size)); err != nil {
		return writeError("cut a segment of the log", err)
	}
	return writeError("sync a segment of the log", file.Sync())
}

// close makes durable what was written.
func (s *segments) close() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	defer file.Close()
	return writeError("sync a segment of the log", file.Sync())
}

// history writes a history file.
func (s *segments) history(timeline uint32, text []byte) error {
	name := fmt.Sprintf("%08X.history", timeline)
	file, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return writeError("create a history file", err)
	}
	defer file.Close()
	if _, err := file.Write(text); err != nil {
		return writeError("write a history file", err)
	}
	return writeError("sync a history file", file.Sync())
}
