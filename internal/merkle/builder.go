package merkle

import (
	"errors"
	"fmt"
)

// Builder appends leaves and keeps the tiles that changed until Flush hands them to a store. The zero value is the empty tree.
// It holds 32 bytes a leaf that was appended since the last Flush, and keeps that memory for the next leaves.
type Builder struct {
	tree   Range
	levels [tileLevels]pending
}

// pending is the right end of a level: its partial tile, before it the full tiles that are not yet stored.
type pending struct {
	hashes []Hash // from the start of a tile
	stored int    // how many of them a Flush has stored
}

// NewBuilder goes on with a stored tree. The edge is what is stored of exactly the tiles Edge(size); it is copied. The error
// names every tile of the edge that is missing or not of the right length, counts those that are not of it, or says that the
// size is above 2^62. Whether the hashes are those of the tree is for the caller to see: compare Root.
func NewBuilder(size uint64, edge map[TileID][]Hash) (*Builder, error) {
	if size > maxSize {
		return nil, fmt.Errorf("merkle: builder: size %d, want at most %d", size, uint64(maxSize))
	}
	b := &Builder{tree: Range{size: size}}
	var problems []error
	known := 0
	for _, id := range Edge(size) {
		hashes, ok := edge[id]
		if ok {
			known++
		}
		if want := int(tileHashes(size, id.Level) % TileWidth); len(hashes) != want {
			problems = append(problems, fmt.Errorf("tile %s has %d hashes, want %d", id, len(hashes), want))
			continue
		}
		b.restore(id.Level, hashes)
	}
	if extra := len(edge) - known; extra > 0 {
		problems = append(problems, fmt.Errorf("%d tiles are not of the edge %v", extra, Edge(size)))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("merkle: builder of size %d: %w", size, errors.Join(problems...))
	}
	return b, nil
}

// restore takes over the partial tile of a level. Its length has, in binary, the perfect subtrees that end in it.
func (b *Builder) restore(level int, hashes []Hash) {
	b.levels[level] = pending{hashes: append([]Hash(nil), hashes...), stored: len(hashes)}
	for bit := TileHeight - 1; bit >= 0; bit-- {
		if width := 1 << bit; len(hashes)&width != 0 {
			b.tree.roots[TileHeight*level+bit] = perfectRoot(hashes[:width])
			hashes = hashes[width:]
		}
	}
}

// Append adds a leaf, which LeafHash made. It allocates only where more leaves are pending than ever before.
func (b *Builder) Append(leaf Hash) {
	level := 0
	for ; ; level++ {
		if level%TileHeight == 0 {
			p := &b.levels[level/TileHeight]
			p.hashes = append(p.hashes, leaf)
		}
		if b.tree.size>>level&1 == 0 {
			break
		}
		leaf = NodeHash(b.tree.roots[level], leaf)
	}
	b.tree.roots[level] = leaf
	b.tree.size++
}

// Size returns the count of leaves.
func (b *Builder) Size() uint64 { return b.tree.Size() }

// Root returns the root of the tree: EmptyRoot without leaves.
func (b *Builder) Root() Hash { return b.tree.Root() }

// Flush stores every tile that changed since the last Flush, full or partial, lowest level first and from left to right. A
// partial tile is stored again, longer, when it has grown. The hashes are valid only during the call. The first error
// of store ends Flush, which returns it as it is; the next Flush then stores all of these tiles again.
func (b *Builder) Flush(store func(id TileID, hashes []Hash) error) error {
	for level := range b.levels {
		p := &b.levels[level]
		first := (tileHashes(b.tree.size, level) - uint64(len(p.hashes))) / TileWidth
		for start := 0; start < len(p.hashes); start += TileWidth {
			end := min(start+TileWidth, len(p.hashes))
			if end <= p.stored {
				continue
			}
			id := TileID{level, first + uint64(start/TileWidth)}
			if err := store(id, p.hashes[start:end:end]); err != nil {
				return err
			}
		}
	}
	for level := range b.levels {
		b.levels[level].settle()
	}
	return nil
}

// settle drops the full tiles, which are stored.
func (p *pending) settle() {
	p.stored = len(p.hashes) % TileWidth
	copy(p.hashes, p.hashes[len(p.hashes)-p.stored:])
	p.hashes = p.hashes[:p.stored]
}
