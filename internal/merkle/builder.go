package merkle

import "fmt"

// TileHeight and TileWidth are the shape of a tile: 256 hashes of one level, which are the leaves of 8 levels above.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
)

// maxLevel is the highest tile level of a tree of up to 2^64 leaves.
const maxLevel = 64/TileHeight - 1

// TileID names a tile: its hashes are those of the nodes TileWidth*Index and following at height TileHeight*Level above
// the leaves.
type TileID struct {
	Level int
	Index uint64
}

// Edge returns the rightmost tile of each level of a tree, where that is partial: those that a Builder goes on with.
func Edge(size uint64) []TileID {
	var ids []TileID
	for level := 0; level <= maxLevel; level++ {
		nodes := size >> (TileHeight * level)
		if nodes%TileWidth != 0 {
			ids = append(ids, TileID{level, nodes / TileWidth})
		}
	}
	return ids
}

// Builder appends leaves to a tree and says which tiles to store. Its zero value is the empty tree.
type Builder struct {
	tree   Range
	levels [maxLevel + 1]level
	full   []fullTile // completed since the last Flush
	spare  [][]Hash   // memory of tiles that were flushed
}

type level struct {
	hashes  []Hash // of the rightmost tile
	changed bool   // since the last Flush
}

type fullTile struct {
	id     TileID
	hashes []Hash
}

// NewBuilder goes on with a stored tree: edge holds the tiles that Edge names, each with at least the hashes that the size
// says. Errors wrap ErrFormat.
func NewBuilder(size uint64, edge map[TileID][]Hash) (*Builder, error) {
	b := &Builder{}
	for _, id := range Edge(size) {
		width := int(size >> (TileHeight * id.Level) % TileWidth)
		if len(edge[id]) < width {
			return nil, fmt.Errorf("%w: tile %d of level %d has %d hashes, want %d", ErrFormat, id.Index, id.Level, len(edge[id]), width)
		}
		b.levels[id.Level].hashes = append(make([]Hash, 0, TileWidth), edge[id][:width]...)
	}
	b.tree.size = size
	n := 0
	for l := maxLevel; l >= 0; l-- {
		rest := b.levels[l].hashes
		for width := TileWidth / 2; width > 0; width /= 2 {
			if len(rest)&width != 0 {
				b.tree.roots[n] = fold(rest[:width])
				rest, n = rest[width:], n+1
			}
		}
	}
	return b, nil
}

// Size returns the number of leaves.
func (b *Builder) Size() uint64 { return b.tree.size }

// Root returns the root of the tree.
func (b *Builder) Root() Hash { return b.tree.Root() }

// Append adds a leaf.
func (b *Builder) Append(leaf Hash) {
	b.tree.Append(leaf)
	size := b.tree.size
	for l := range b.levels {
		at := &b.levels[l]
		if at.hashes == nil {
			at.hashes = b.tile()
		}
		at.hashes, at.changed = append(at.hashes, leaf), true
		if len(at.hashes) < TileWidth {
			return
		}
		size >>= TileHeight
		b.full = append(b.full, fullTile{TileID{l, size - 1}, at.hashes})
		leaf = fold(at.hashes)
		*at = level{}
	}
}

func (b *Builder) tile() []Hash {
	if n := len(b.spare); n > 0 {
		t := b.spare[n-1]
		b.spare = b.spare[:n-1]
		return t[:0]
	}
	return make([]Hash, 0, TileWidth)
}

// Flush hands over every tile that changed since the last Flush: those that are full now, and the partial ones at the
// right edge. The hashes are only valid during the call. After an error the same tiles are handed over again.
func (b *Builder) Flush(store func(id TileID, hashes []Hash) error) error {
	for _, t := range b.full {
		if err := store(t.id, t.hashes); err != nil {
			return err
		}
	}
	for l := range b.levels {
		at := &b.levels[l]
		if at.changed {
			if err := store(TileID{l, b.tree.size >> (TileHeight * l) / TileWidth}, at.hashes); err != nil {
				return err
			}
		}
	}
	for l := range b.levels {
		b.levels[l].changed = false
	}
	for _, t := range b.full {
		b.spare = append(b.spare, t.hashes)
	}
	b.full = b.full[:0]
	return nil
}
