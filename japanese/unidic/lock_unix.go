//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package unidic

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockPoll is how often a lock that somebody else has is tried: the system's own waiting does not end with a context.
const lockPoll = 50 * time.Millisecond

// lockFile locks a file against other processes and goroutines, and returns what unlocks it, as the end of the process does too. It
// says so once when it must wait.
func lockFile(ctx context.Context, name string, waiting func()) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return nil, err
	}
	for first := true; ; first = false {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { f.Close() }, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return nil, errors.Join(os.NewSyscallError("flock", err), f.Close())
		case first:
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(lockPoll):
		}
	}
}
