//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package unidic

import (
	"os"
	"syscall"
)

// mapping says that mapFile maps.
const mapping = true

// mapFile returns the first bytes of a file, in memory that the system reads when it is used.
func mapFile(f *os.File, size int64) ([]byte, error) {
	b, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return b, nil
}
