package walsink

import "os"

// Stall makes the sink wait for the disk until the returned function is called, as when a write is
// under way. The sink must be idle.
func (s *Sink) Stall() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leading {
		return nil
	}
	s.leading = true
	return s.write
}

// Frames returns where each frame of a segment begins, and where the last one ends.
func Frames(path string) ([]int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	h, err := decodeHeader(data)
	if err != nil {
		return nil, err
	}
	offsets := []int64{headerSize}
	for {
		f, err := decodeFrame(data[offsets[len(offsets)-1]:], h.origin.seed())
		if err != nil {
			return offsets, nil
		}
		offsets = append(offsets, offsets[len(offsets)-1]+f.size())
	}
}

// Lying is a disk of which writes and syncs fail as told.
type Lying struct {
	Write func(size int64) error // is told where the write ends
	Sync  func() error
}

// NewLying is New on such a disk.
func NewLying(c Config, d *Lying) (*Sink, error) {
	return newSink(c, func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		return lyingFile{f, d}, nil
	})
}

type lyingFile struct {
	file
	*Lying
}

// WriteAt writes half of what it fails to write.
func (f lyingFile) WriteAt(b []byte, offset int64) (int, error) {
	if f.Write != nil {
		if err := f.Write(offset + int64(len(b))); err != nil {
			n, _ := f.file.WriteAt(b[:len(b)/2], offset)
			return n, err
		}
	}
	return f.file.WriteAt(b, offset)
}

func (f lyingFile) Datasync() error {
	if f.Sync != nil {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return f.file.Datasync()
}
