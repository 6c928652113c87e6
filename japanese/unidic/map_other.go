//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package unidic

import (
	"io"
	"os"
	"unsafe"
)

// mapping says that mapFile maps.
const mapping = false

// mapFile reads the first bytes of a file, into memory aligned as the tables need it.
func mapFile(f *os.File, size int64) ([]byte, error) {
	words := make([]uint64, (size+7)/8)
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(words)*8)[:size]
	_, err := io.ReadFull(io.NewSectionReader(f, 0, size), b)
	return b, err
}
