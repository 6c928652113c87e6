package merkle

import (
	"errors"
	"fmt"
	"math/bits"
)

// Range is the compact range of a tree: the roots of its perfect subtrees, largest first, one for each bit of its size.
// Its zero value is the empty tree. Appending allocates nothing.
type Range struct {
	size  uint64
	roots [64]Hash
}

// Size returns the number of leaves.
func (r *Range) Size() uint64 { return r.size }

// Append adds a leaf.
func (r *Range) Append(leaf Hash) {
	n := bits.OnesCount64(r.size)
	for size := r.size; size&1 == 1; size >>= 1 {
		n--
		leaf = NodeHash(r.roots[n], leaf)
	}
	r.roots[n] = leaf
	r.size++
}

// Root returns the root of the tree.
func (r *Range) Root() Hash { return foldRight(r.roots[:bits.OnesCount64(r.size)]) }

// rangeVersion is the first byte of a marshalled Range.
const rangeVersion = 1

// ErrFormat is wrapped by the errors of UnmarshalBinary and NewBuilder: what was stored is not what was written.
var ErrFormat = errors.New("merkle: damaged")

// MarshalBinary returns a version byte, the size in 8 bytes, big-endian, and the roots.
func (r Range) MarshalBinary() ([]byte, error) {
	n := bits.OnesCount64(r.size)
	b := make([]byte, 0, 9+n*HashSize)
	b = append(b, rangeVersion)
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, byte(r.size>>shift))
	}
	for _, h := range r.roots[:n] {
		b = append(b, h[:]...)
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote, and nothing else.
func (r *Range) UnmarshalBinary(b []byte) error {
	if len(b) < 9 || b[0] != rangeVersion {
		return fmt.Errorf("%w: a range of %d bytes", ErrFormat, len(b))
	}
	var size uint64
	for _, digit := range b[1:9] {
		size = size<<8 | uint64(digit)
	}
	n := bits.OnesCount64(size)
	if len(b) != 9+n*HashSize {
		return fmt.Errorf("%w: a range of %d leaves in %d bytes, want %d", ErrFormat, size, len(b), 9+n*HashSize)
	}
	*r = Range{size: size}
	for i := range n {
		copy(r.roots[i][:], b[9+i*HashSize:])
	}
	return nil
}
