package merkle

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// maxSize bounds the sizes that are restored from bytes or tiles, so that no number of appends overflows.
const maxSize = 1 << 62

// Range is the compact range [0, size) of a tree: the roots of its perfect subtrees, at most one a level. The zero value is the
// empty tree. Copies are independent. Compare ranges by Size and Root: == also sees what a range no longer uses.
type Range struct {
	size  uint64
	roots [64]Hash // by level; in use where size has the bit
}

// Append adds a leaf, which LeafHash made. It does not allocate.
func (r *Range) Append(leaf Hash) {
	level := 0
	for ; r.size>>level&1 == 1; level++ {
		leaf = NodeHash(r.roots[level], leaf)
	}
	r.roots[level] = leaf
	r.size++
}

// Size returns the count of leaves.
func (r *Range) Size() uint64 { return r.size }

// Root returns the root of the tree (RFC 9162, section 2.1.1): EmptyRoot without leaves.
func (r *Range) Root() Hash {
	if r.size == 0 {
		return EmptyRoot()
	}
	level := bits.TrailingZeros64(r.size)
	root := r.roots[level]
	for level++; level < 64; level++ {
		if r.size>>level&1 == 1 {
			root = NodeHash(r.roots[level], root)
		}
	}
	return root
}

const (
	rangeVersion = 1
	rangeHeader  = 1 + 8
)

// MarshalBinary returns the range as bytes: the version 1 in one byte, the size in 8 bytes (big-endian), then the roots of the
// perfect subtrees, largest first. Equal trees have equal bytes. It returns no error.
func (r Range) MarshalBinary() ([]byte, error) {
	data := make([]byte, 0, rangeHeader+HashSize*bits.OnesCount64(r.size))
	data = append(data, rangeVersion)
	data = binary.BigEndian.AppendUint64(data, r.size)
	for level := 63; level >= 0; level-- {
		if r.size>>level&1 == 1 {
			data = append(data, r.roots[level][:]...)
		}
	}
	return data, nil
}

// UnmarshalBinary replaces the range by the one that MarshalBinary wrote. It refuses any other version, length, and sizes
// above 2^62, and then leaves the range as it was. It cannot tell whether the roots are those of any leaves.
func (r *Range) UnmarshalBinary(data []byte) error {
	if len(data) < rangeHeader {
		return fmt.Errorf("merkle: range: %d bytes, want at least %d", len(data), rangeHeader)
	}
	if data[0] != rangeVersion {
		return fmt.Errorf("merkle: range: byte 0: version %d, want %d", data[0], rangeVersion)
	}
	read := Range{size: binary.BigEndian.Uint64(data[1:])}
	if read.size > maxSize {
		return fmt.Errorf("merkle: range: byte 1: size %d, want at most %d", read.size, uint64(maxSize))
	}
	if want := rangeHeader + HashSize*bits.OnesCount64(read.size); len(data) != want {
		return fmt.Errorf("merkle: range: %d bytes, want %d at size %d", len(data), want, read.size)
	}
	roots := data[rangeHeader:]
	for level := 63; level >= 0; level-- {
		if read.size>>level&1 == 1 {
			roots = roots[copy(read.roots[level][:], roots):]
		}
	}
	*r = read
	return nil
}
