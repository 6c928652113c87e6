package merkle

import "fmt"

const (
	// TileHeight is the count of tree levels that a tile spans.
	TileHeight = 8
	// TileWidth is the count of hashes in a full tile.
	TileWidth = 1 << TileHeight

	tileLevels = 64 / TileHeight
)

// TileID names a tile: the hashes of up to TileWidth neighbouring perfect subtrees, each of 256^Level leaves, first to last.
// It is the tile of tlog.Tile{H: 8, L: Level, N: Index}.
type TileID struct {
	Level int    // 0 holds the hashes of leaves, 1 the roots of full tiles of level 0, and so on
	Index uint64 // of the tile in its level, from 0
}

// String returns the level and the index, as in "1/42".
func (id TileID) String() string { return fmt.Sprintf("%d/%d", id.Level, id.Index) }

// Tiles reads tiles, all of them in one call. It returns under each ID at least the hashes that the tile has in the tree of the
// size in question; more, as a tree that grew on has them, do no harm. The hashes are not changed nor kept.
type Tiles func(ids []TileID) (map[TileID][]Hash, error)

// Edge returns the partial tiles of a tree, lowest level first: at most one a level, the rightmost. They are what NewBuilder
// needs. A level whose tiles are all full has none.
func Edge(size uint64) []TileID {
	var ids []TileID
	for level := range tileLevels {
		if count := tileHashes(size, level); count%TileWidth != 0 {
			ids = append(ids, TileID{level, count / TileWidth})
		}
	}
	return ids
}

// tileHashes returns how many hashes all tiles of a level have together.
func tileHashes(size uint64, level int) uint64 { return size >> (TileHeight * level) }
