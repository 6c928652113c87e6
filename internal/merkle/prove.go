package merkle

import (
	"fmt"
	"math/bits"
	"slices"
)

// RootOf returns the root of a stored tree: EmptyRoot, without reading, for size 0. It returns the error of read, or one that
// names a tile that is too short.
func RootOf(size uint64, read Tiles) (Hash, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	hashes, err := resolve([]span{{0, size}}, read)
	if err != nil {
		return Hash{}, fmt.Errorf("merkle: root of size %d: %w", size, err)
	}
	return hashes[0], nil
}

// ProveInclusion returns the proof that the leaf of an index is in the tree of a size, nearest sibling first: PATH of RFC 9162,
// section 2.1.3.1, and tlog.ProveRecord. It refuses an index that is not below the size, and returns errors as RootOf does.
func ProveInclusion(index, size uint64, read Tiles) ([]Hash, error) {
	if index >= size {
		return nil, fmt.Errorf("merkle: inclusion: index %d, want less than size %d", index, size)
	}
	var path []span
	for tree := (span{0, size}); tree.size() > 1; {
		left, right := tree.split()
		if index < left.end {
			tree, path = left, append(path, right)
		} else {
			tree, path = right, append(path, left)
		}
	}
	slices.Reverse(path)
	proof, err := resolve(path, read)
	if err != nil {
		return nil, fmt.Errorf("merkle: inclusion of %d in size %d: %w", index, size, err)
	}
	return proof, nil
}

// ProveConsistency returns the proof that the tree of the new size starts with that of the old size: PROOF of RFC 9162, section
// 2.1.4.1, and tlog.ProveTree. The proof is empty if the old size is 0, which the RFC leaves open, or the new size. It refuses an
// old size above the new one, and returns errors as RootOf does.
func ProveConsistency(oldSize, newSize uint64, read Tiles) ([]Hash, error) {
	if oldSize > newSize {
		return nil, fmt.Errorf("merkle: consistency: old size %d, want at most new size %d", oldSize, newSize)
	}
	if oldSize == 0 {
		return nil, nil
	}
	var path []span
	tree := span{0, newSize}
	for tree.end != oldSize {
		left, right := tree.split()
		if oldSize <= left.end {
			tree, path = left, append(path, right)
		} else {
			tree, path = right, append(path, left)
		}
	}
	// The verifier has the old root, and needs this subtree only where it is not that root.
	if tree.start != 0 {
		path = append(path, tree)
	}
	slices.Reverse(path)
	proof, err := resolve(path, read)
	if err != nil {
		return nil, fmt.Errorf("merkle: consistency of size %d with size %d: %w", oldSize, newSize, err)
	}
	return proof, nil
}

// span is a subtree by its leaves [start, end), as the RFC splits a tree: start is a multiple of the power of two that holds it.
type span struct{ start, end uint64 }

func (s span) size() uint64 { return s.end - s.start }

// split parts a span of two leaves or more at the largest power of two below its size.
func (s span) split() (left, right span) {
	middle := s.start + 1<<(bits.Len64(s.size()-1)-1)
	return span{s.start, middle}, span{middle, s.end}
}

// resolve returns the roots of spans, from one read of the tiles.
func resolve(spans []span, read Tiles) ([]Hash, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	var ids []TileID
	for _, s := range spans {
		for s.size() > 0 {
			var n node
			n, s = s.first()
			if id := n.tile(); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	tiles, err := read(ids)
	if err != nil {
		return nil, err
	}
	roots := make([]Hash, len(spans))
	for i, s := range spans {
		if roots[i], err = s.root(tiles); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// root folds the perfect subtrees of a span from the right.
func (s span) root(tiles map[TileID][]Hash) (Hash, error) {
	n, rest := s.first()
	root, err := n.hash(tiles)
	if err != nil || rest.size() == 0 {
		return root, err
	}
	right, err := rest.root(tiles)
	return NodeHash(root, right), err
}

// first cuts the largest perfect subtree off a span that has leaves.
func (s span) first() (node, span) {
	level := bits.Len64(s.size()) - 1
	return node{level, s.start >> level}, span{s.start + 1<<level, s.end}
}

// node is a perfect subtree of 2^level leaves.
type node struct {
	level int
	index uint64
}

// tile returns the tile that has the node, or all the hashes below it that make it up.
func (n node) tile() TileID {
	within := n.level % TileHeight
	return TileID{n.level / TileHeight, n.index >> (TileHeight - within)}
}

func (n node) hash(tiles map[TileID][]Hash) (Hash, error) {
	id := n.tile()
	width := 1 << (n.level % TileHeight)
	start := int(n.index * uint64(width) % TileWidth)
	hashes := tiles[id]
	if len(hashes) < start+width {
		return Hash{}, fmt.Errorf("tile %s has %d hashes, want at least %d", id, len(hashes), start+width)
	}
	return perfectRoot(hashes[start : start+width]), nil
}
