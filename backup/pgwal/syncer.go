package pgwal

import (
	"errors"
	"os"
	"sync"
)

// syncers is how many files are made durable at once, so that those who write do not wait for the disk.
const syncers = 8

// syncer makes files durable and closes them, beside those who write.
type syncer struct {
	files chan *os.File
	wait  sync.WaitGroup

	mu  sync.Mutex
	err error // the first
}

func newSyncer() *syncer {
	s := &syncer{files: make(chan *os.File, syncers)}
	for range syncers {
		s.wait.Go(func() {
			for file := range s.files {
				s.end(file)
			}
		})
	}
	return s
}

// give takes over a file. It waits while many are waiting for the disk.
func (s *syncer) give(file *os.File) { s.files <- file }

func (s *syncer) end(file *os.File) {
	err := errors.Join(file.Sync(), file.Close())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = writeError("sync a file", err)
	}
}

// close waits for all files and returns what went wrong.
func (s *syncer) close() error {
	close(s.files)
	s.wait.Wait()
	return s.err
}
