package merkle

import (
	"errors"
	"fmt"
)

// ErrProof is wrapped by what does not verify, and by what cannot be proven.
var ErrProof = errors.New("merkle: not proven")

// VerifyInclusion checks that a leaf is number index of the tree of that size and root (RFC 9162, section 2.1.3.2).
func VerifyInclusion(leaf Hash, index, size uint64, proof []Hash, root Hash) error {
	if index >= size {
		return fmt.Errorf("%w: leaf %d of %d", ErrProof, index, size)
	}
	fn, sn, r := index, size-1, leaf
	for _, p := range proof {
		if sn == 0 {
			return fmt.Errorf("%w: inclusion: %d hashes are too many", ErrProof, len(proof))
		}
		if fn&1 == 1 || fn == sn {
			r = NodeHash(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = NodeHash(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 {
		return fmt.Errorf("%w: inclusion: %d hashes are too few", ErrProof, len(proof))
	}
	if r != root {
		return fmt.Errorf("%w: inclusion: another root", ErrProof)
	}
	return nil
}

// VerifyConsistency checks that the tree of newSize leaves and newRoot begins with the one of oldSize and oldRoot (RFC
// 9162, section 2.1.4.2).
func VerifyConsistency(oldSize, newSize uint64, proof []Hash, oldRoot, newRoot Hash) error {
	switch {
	case oldSize > newSize:
		return fmt.Errorf("%w: a tree of %d leaves before one of %d", ErrProof, oldSize, newSize)
	case oldSize == newSize || oldSize == 0:
		return trivial(oldSize, newSize, proof, oldRoot, newRoot)
	case len(proof) == 0:
		return fmt.Errorf("%w: consistency: no hashes", ErrProof)
	}
	if oldSize&(oldSize-1) == 0 { // a power of two: its root is a node of the new tree
		proof = append([]Hash{oldRoot}, proof...)
	}
	fn, sn := oldSize-1, newSize-1
	for fn&1 == 1 {
		fn, sn = fn>>1, sn>>1
	}
	fr, sr := proof[0], proof[0]
	for _, c := range proof[1:] {
		if sn == 0 {
			return fmt.Errorf("%w: consistency: too many hashes", ErrProof)
		}
		if fn&1 == 1 || fn == sn {
			fr, sr = NodeHash(c, fr), NodeHash(c, sr)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			sr = NodeHash(sr, c)
		}
		fn, sn = fn>>1, sn>>1
	}
	switch {
	case sn != 0:
		return fmt.Errorf("%w: consistency: too few hashes", ErrProof)
	case fr != oldRoot:
		return fmt.Errorf("%w: consistency: another old root", ErrProof)
	case sr != newRoot:
		return fmt.Errorf("%w: consistency: another new root", ErrProof)
	}
	return nil
}

// trivial verifies what needs no hashes.
func trivial(oldSize, newSize uint64, proof []Hash, oldRoot, newRoot Hash) error {
	switch {
	case len(proof) != 0:
		return fmt.Errorf("%w: consistency: %d hashes where none is needed", ErrProof, len(proof))
	case oldSize == newSize && oldRoot != newRoot:
		return fmt.Errorf("%w: consistency: two roots of one size", ErrProof)
	case oldSize == 0 && oldRoot != EmptyRoot(), newSize == 0 && newRoot != EmptyRoot():
		return fmt.Errorf("%w: consistency: the empty tree has another root", ErrProof)
	}
	return nil
}
