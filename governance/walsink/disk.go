package walsink

import (
	"errors"
	"os"
	"path/filepath"
)

// file is what a segment is written through.
type file interface {
	WriteAt(b []byte, offset int64) (int, error)
	Truncate(size int64) error
	Datasync() error // returns when all that was written is on the disk, and found again after a loss of power
	Close() error
}

// disk opens files for writing. Tests bring one that fails.
type disk func(path string, flag int) (file, error)

func openFile(path string, flag int) (file, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

type osFile struct{ *os.File }

// isFull reports whether a file system refused a write for want of room, so that it may be tried again.
func isFull(err error) bool { return errors.Is(err, errNoSpace) || errors.Is(err, errQuota) }

// publish writes a small file under a temporary name, and gives it its name when it is on the disk: a file has its name
// only if it is whole.
func publish(open disk, path string, content []byte) (file, error) {
	temporary := path + ".tmp"
	f, err := open(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteAt(content, 0)
	if err == nil {
		err = f.Datasync()
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
