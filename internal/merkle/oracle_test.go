package merkle_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/internal/merkle"
	"golang.org/x/mod/sumdb/tlog"
)

// leafData is the leaf of an index in the trees of these tests.
func leafData(index uint64) []byte { return binary.BigEndian.AppendUint64([]byte("leaf "), index) }

// oracle is a tree as tlog stores it.
type oracle []tlog.Hash

func newOracle(t testing.TB, size uint64) oracle {
	t.Helper()
	var o oracle
	for i := range size {
		hashes, err := tlog.StoredHashes(int64(i), leafData(i), o)
		if err != nil {
			t.Fatal(err)
		}
		o = append(o, hashes...)
	}
	return o
}

// ReadHashes implements tlog.HashReader.
func (o oracle) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(o)) {
			return nil, fmt.Errorf("hash %d of %d", index, len(o))
		}
		hashes[i] = o[index]
	}
	return hashes, nil
}

func (o oracle) root(t testing.TB, size uint64) merkle.Hash {
	t.Helper()
	root, err := tlog.TreeHash(int64(size), o)
	if err != nil {
		t.Fatal(err)
	}
	return merkle.Hash(root)
}

func (o oracle) inclusion(t testing.TB, index, size uint64) []merkle.Hash {
	t.Helper()
	proof, err := tlog.ProveRecord(int64(size), int64(index), o)
	if err != nil {
		t.Fatal(err)
	}
	return ours(proof)
}

func (o oracle) consistency(t testing.TB, oldSize, newSize uint64) []merkle.Hash {
	t.Helper()
	proof, err := tlog.ProveTree(int64(newSize), int64(oldSize), o)
	if err != nil {
		t.Fatal(err)
	}
	return ours(proof)
}

func ours(proof []tlog.Hash) []merkle.Hash {
	var hashes []merkle.Hash
	for _, h := range proof {
		hashes = append(hashes, merkle.Hash(h))
	}
	return hashes
}

// shelf stores tiles, each as it was last stored.
type shelf map[merkle.TileID][]merkle.Hash

func (s shelf) store(id merkle.TileID, hashes []merkle.Hash) error {
	s[id] = append([]merkle.Hash(nil), hashes...)
	return nil
}

// read implements merkle.Tiles. It refuses a tile that is not there or asked for twice.
func (s shelf) read(ids []merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
	tiles := map[merkle.TileID][]merkle.Hash{}
	for _, id := range ids {
		if _, twice := tiles[id]; twice || len(s[id]) == 0 {
			return nil, fmt.Errorf("tile %s: asked for twice %v, %d hashes", id, twice, len(s[id]))
		}
		tiles[id] = s[id]
	}
	return tiles, nil
}

// grow appends leaves up to a size and flushes.
func (s shelf) grow(t testing.TB, b *merkle.Builder, size uint64) {
	t.Helper()
	for i := b.Size(); i < size; i++ {
		b.Append(merkle.LeafHash(leafData(i)))
	}
	if err := b.Flush(s.store); err != nil {
		t.Fatal(err)
	}
}

func newShelf(t testing.TB, size uint64) shelf {
	t.Helper()
	s := shelf{}
	s.grow(t, &merkle.Builder{}, size)
	return s
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 6962)) }
