package merkle

import "crypto/sha256"

// HashSize is the length of a Hash in bytes.
const HashSize = 32

// Hash is a SHA-256 hash of a leaf, of a node or of nothing at all: see LeafHash, NodeHash and EmptyRoot.
type Hash [HashSize]byte

// LeafHash returns SHA-256(0x00 || data), the hash of a leaf (RFC 9162, section 2.1.1). It does not allocate.
func LeafHash(data []byte) Hash {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(data)
	var sum Hash
	h.Sum(sum[:0])
	return sum
}

// NodeHash returns SHA-256(0x01 || left || right), the hash of an inner node (RFC 9162, section 2.1.1). It does not allocate.
func NodeHash(left, right Hash) Hash {
	var node [1 + 2*HashSize]byte
	node[0] = 1
	copy(node[1:], left[:])
	copy(node[1+HashSize:], right[:])
	return sha256.Sum256(node[:])
}

// EmptyRoot returns SHA-256 of the empty string, the root of the tree without leaves (RFC 9162, section 2.1.1).
func EmptyRoot() Hash { return sha256.Sum256(nil) }

// perfectRoot returns the root over a power of two of hashes, at most TileWidth.
func perfectRoot(hashes []Hash) Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	var above [TileWidth / 2]Hash
	for len(hashes) > 1 {
		half := len(hashes) / 2
		for i := range half {
			above[i] = NodeHash(hashes[2*i], hashes[2*i+1])
		}
		hashes = above[:half]
	}
	return above[0]
}
