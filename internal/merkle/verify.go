package merkle

import (
	"errors"
	"fmt"
	"math/bits"
)

// ErrProof is the class of errors that VerifyInclusion and VerifyConsistency return: nothing is proven.
var ErrProof = errors.New("merkle: proof does not verify")

// VerifyInclusion checks that a leaf, by its hash, has the index in the tree of a size and a root (RFC 9162, section 2.1.3.2).
// It returns nil or an error that wraps ErrProof.
func VerifyInclusion(leaf Hash, index, size uint64, proof []Hash, root Hash) error {
	if index >= size {
		return fmt.Errorf("%w: index %d, want less than size %d", ErrProof, index, size)
	}
	w := walk{index: index, last: size - 1}
	computed := leaf
	for i, p := range proof {
		if w.last == 0 {
			return fmt.Errorf("%w: %d hashes, want %d", ErrProof, len(proof), i)
		}
		if w.left() {
			computed = NodeHash(p, computed)
		} else {
			computed = NodeHash(computed, p)
		}
		w.up()
	}
	if w.last != 0 {
		return fmt.Errorf("%w: only %d hashes for index %d of size %d", ErrProof, len(proof), index, size)
	}
	if computed != root {
		return fmt.Errorf("%w: leaf %d of size %d leads to another root", ErrProof, index, size)
	}
	return nil
}

// VerifyConsistency checks that the tree of the new size and root starts with that of the old size and root (RFC 9162, section
// 2.1.4.2). Where the RFC has no proof to check, it wants an empty one: equal sizes have equal roots, and the tree of size 0,
// whose root is EmptyRoot, is the start of every tree. It returns nil or an error that wraps ErrProof.
func VerifyConsistency(oldSize, newSize uint64, proof []Hash, oldRoot, newRoot Hash) error {
	switch {
	case oldSize > newSize:
		return fmt.Errorf("%w: old size %d, want at most new size %d", ErrProof, oldSize, newSize)
	case oldSize == 0 && oldRoot != EmptyRoot() || newSize == 0 && newRoot != EmptyRoot():
		return fmt.Errorf("%w: the root of size 0 is not that of the empty tree", ErrProof)
	case (oldSize == 0 || oldSize == newSize) && len(proof) > 0:
		return fmt.Errorf("%w: %d hashes, want 0 from size %d to %d", ErrProof, len(proof), oldSize, newSize)
	case oldSize == 0:
		return nil
	case oldSize == newSize && oldRoot != newRoot:
		return fmt.Errorf("%w: two roots of size %d", ErrProof, oldSize)
	case oldSize == newSize:
		return nil
	}
	start, path := oldRoot, proof
	if oldSize&(oldSize-1) != 0 {
		if len(proof) == 0 {
			return fmt.Errorf("%w: no hashes from size %d to %d", ErrProof, oldSize, newSize)
		}
		start, path = proof[0], proof[1:]
	}
	return verifyPath(oldSize, newSize, start, path, oldRoot, newRoot)
}

// verifyPath goes from the last perfect subtree of the old tree up to both roots.
func verifyPath(oldSize, newSize uint64, start Hash, path []Hash, oldRoot, newRoot Hash) error {
	w := walk{index: oldSize - 1, last: newSize - 1}
	w.shift(bits.TrailingZeros64(^w.index))
	older, newer := start, start
	for _, p := range path {
		if w.last == 0 {
			return fmt.Errorf("%w: too many hashes from size %d to %d", ErrProof, oldSize, newSize)
		}
		if w.left() {
			older, newer = NodeHash(p, older), NodeHash(p, newer)
		} else {
			newer = NodeHash(newer, p)
		}
		w.up()
	}
	if w.last != 0 {
		return fmt.Errorf("%w: too few hashes from size %d to %d", ErrProof, oldSize, newSize)
	}
	if older != oldRoot {
		return fmt.Errorf("%w: size %d has another root", ErrProof, oldSize)
	}
	if newer != newRoot {
		return fmt.Errorf("%w: size %d has another root", ErrProof, newSize)
	}
	return nil
}

// walk is a way up the tree: at each level the index of a node on it, and the last index of the level (fn and sn in the RFC).
type walk struct{ index, last uint64 }

// left reports whether the next hash of the proof stands to the left.
func (w *walk) left() bool { return w.index&1 == 1 || w.index == w.last }

// up goes to the next level at which the node has a sibling's hash joined to it.
func (w *walk) up() {
	if w.index == w.last && w.index != 0 {
		// The last node of a level without a sibling is also that of the level above.
		w.shift(bits.TrailingZeros64(w.index))
	}
	w.shift(1)
}

func (w *walk) shift(levels int) { w.index, w.last = w.index>>levels, w.last>>levels }
