// Package merkle is the Merkle tree of RFC 9162 (section 2.1; the same as that of RFC 6962) into which the audit trail is
// sealed: appending, tiles to store, proofs of inclusion and consistency, and their verification.
//
// Tiles are laid out as in golang.org/x/mod/sumdb/tlog with height 8, so that other software reads them. Functions are
// safe for concurrent use; a Range and a Builder belong to one goroutine.
package merkle

import (
	"crypto/sha256"
	"encoding"
)

// HashSize is the length of a Hash in bytes.
const HashSize = sha256.Size

// Hash is a node of the tree.
type Hash [HashSize]byte

const (
	leafPrefix = 0x00
	nodePrefix = 0x01
)

// LeafHash returns SHA-256(0x00 || data). It does not allocate for data of up to 1 KiB.
func LeafHash(data []byte) Hash {
	var buffer [1 + 1024]byte
	if len(data) >= len(buffer) {
		h := sha256.New()
		h.Write([]byte{leafPrefix})
		h.Write(data)
		return Hash(h.Sum(nil))
	}
	buffer[0] = leafPrefix
	n := copy(buffer[1:], data)
	return sha256.Sum256(buffer[:1+n])
}

// NodeHash returns SHA-256(0x01 || left || right).
func NodeHash(left, right Hash) Hash {
	var buffer [1 + 2*HashSize]byte
	buffer[0] = nodePrefix
	copy(buffer[1:], left[:])
	copy(buffer[1+HashSize:], right[:])
	return sha256.Sum256(buffer[:])
}

// EmptyRoot returns the root of the tree without leaves: SHA-256 of nothing.
func EmptyRoot() Hash { return sha256.Sum256(nil) }

// fold returns the root over hashes, of which there is a power of two.
func fold(hashes []Hash) Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return NodeHash(fold(hashes[:half]), fold(hashes[half:]))
}

// foldRight returns the root over the roots of perfect subtrees, largest first.
func foldRight(roots []Hash) Hash {
	if len(roots) == 0 {
		return EmptyRoot()
	}
	root := roots[len(roots)-1]
	for i := len(roots) - 2; i >= 0; i-- {
		root = NodeHash(roots[i], root)
	}
	return root
}

var (
	_ encoding.BinaryMarshaler   = Range{}
	_ encoding.BinaryUnmarshaler = (*Range)(nil)
)
