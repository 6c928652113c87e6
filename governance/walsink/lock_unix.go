//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package walsink

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the file for this process. The system gives it back when the process ends, however it does.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return f, nil
}

// unlock gives the file back. Closing it is not enough: a child that is just being started holds it open for a moment.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // nothing to be done about it, and the end of the process does it
	f.Close()
}
