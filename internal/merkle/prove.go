package merkle

import (
	"fmt"
	"math/bits"
)

// Tiles reads tiles of one tree, all at once, so that a database needs one round trip. Each must have at least the hashes
// that the tree has of it.
type Tiles func(ids []TileID) (map[TileID][]Hash, error)

// RootOf returns the root of the first size leaves.
func RootOf(size uint64, read Tiles) (Hash, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	roots, err := compute([]span{{0, size}}, read)
	if err != nil {
		return Hash{}, err
	}
	return roots[0], nil
}

// ProveInclusion returns the audit path of a leaf in the tree of the first size leaves (RFC 9162, section 2.1.3.1).
func ProveInclusion(index, size uint64, read Tiles) ([]Hash, error) {
	if index >= size {
		return nil, fmt.Errorf("%w: leaf %d of %d", ErrProof, index, size)
	}
	var path []span
	for at := (span{0, size}); at.size() > 1; {
		left, right := at.split()
		if index < left.hi {
			path, at = append(path, right), left
		} else {
			path, at = append(path, left), right
		}
	}
	return compute(reversed(path), read)
}

// ProveConsistency returns the proof that the tree of newSize leaves begins with that of oldSize (RFC 9162, section
// 2.1.4.1). It is empty when one of them is empty, or both are equal.
func ProveConsistency(oldSize, newSize uint64, read Tiles) ([]Hash, error) {
	if oldSize > newSize {
		return nil, fmt.Errorf("%w: a tree of %d leaves before one of %d", ErrProof, oldSize, newSize)
	}
	if oldSize == 0 || oldSize == newSize {
		return nil, nil
	}
	var path []span
	at, whole := span{0, newSize}, true // whole: the old tree is at, so that its root is known
	for oldSize != at.hi {
		left, right := at.split()
		if oldSize <= left.hi {
			path, at = append(path, right), left
		} else {
			path, at, whole = append(path, left), right, false
		}
	}
	if !whole {
		path = append(path, at)
	}
	return compute(reversed(path), read)
}

// span is the leaves lo <= i < hi, where lo is a multiple of the smallest power of two that is not below their number.
type span struct{ lo, hi uint64 }

func (s span) size() uint64 { return s.hi - s.lo }

// split divides a span of at least two leaves at the largest power of two below its size.
func (s span) split() (left, right span) {
	k := s.lo + 1<<(bits.Len64(s.size()-1)-1)
	return span{s.lo, k}, span{k, s.hi}
}

// node is the root of a perfect subtree: number index at a height above the leaves.
type node struct {
	height int
	index  uint64
}

// nodes returns the perfect subtrees of a span, largest first.
func (s span) nodes() []node {
	var list []node
	for lo := s.lo; lo < s.hi; {
		height := bits.Len64(s.hi-lo) - 1
		list = append(list, node{height, lo >> height})
		lo += 1 << height
	}
	return list
}

// tile returns the tile that a node is computed from, and the hashes of it.
func (n node) tile() (id TileID, from, to int) {
	level, above := n.height/TileHeight, n.height%TileHeight
	first := n.index << above
	from = int(first % TileWidth)
	return TileID{level, first / TileWidth}, from, from + 1<<above
}

// compute returns the roots of spans.
func compute(spans []span, read Tiles) ([]Hash, error) {
	var ids []TileID
	seen := map[TileID]bool{}
	for _, s := range spans {
		for _, n := range s.nodes() {
			if id, _, _ := n.tile(); !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	tiles, err := read(ids)
	if err != nil {
		return nil, err
	}
	hashes := make([]Hash, len(spans))
	for i, s := range spans {
		var roots []Hash
		for _, n := range s.nodes() {
			id, from, to := n.tile()
			if len(tiles[id]) < to {
				return nil, fmt.Errorf("%w: tile %d of level %d has %d hashes, want %d", ErrFormat, id.Index, id.Level, len(tiles[id]), to)
			}
			roots = append(roots, fold(tiles[id][from:to]))
		}
		hashes[i] = foldRight(roots)
	}
	return hashes, nil
}

func reversed(path []span) []span {
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}
