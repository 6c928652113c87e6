package merkle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/internal/merkle"
	"github.com/shugo-data/shugo/internal/servertest"
	"golang.org/x/mod/sumdb/tlog"
)

// TestSmallTrees has every root, every inclusion proof and every consistency proof of every size up to 1,000 equal to tlog's in
// the long run; the short run stops at 200.
func TestSmallTrees(t *testing.T) {
	t.Parallel()
	most := uint64(servertest.Count(200, 1000))
	o := newOracle(t, most)
	var r merkle.Range
	b, s := &merkle.Builder{}, shelf{}
	roots := []merkle.Hash{merkle.EmptyRoot()}
	for size := uint64(1); size <= most; size++ {
		r.Append(merkle.LeafHash(leafData(size - 1)))
		s.grow(t, b, size)
		root := o.root(t, size)
		roots = append(roots, root)
		stored, err := merkle.RootOf(size, s.read)
		if err != nil || r.Root() != root || b.Root() != root || stored != root || r.Size() != size || b.Size() != size {
			t.Fatalf("size %d: range %x, builder %x, stored %x (%v), want %x", size, r.Root(), b.Root(), stored, err, root)
		}
		for index := range size {
			compareInclusion(t, o, s, index, size, root)
		}
		for oldSize := uint64(1); oldSize <= size; oldSize++ {
			compareConsistency(t, o, s, oldSize, size, roots[oldSize], root)
		}
	}
}

// TestLargeTrees looks at random proofs, and at those around the powers of two and of 256, in one shelf that grew on.
func TestLargeTrees(t *testing.T) {
	t.Parallel()
	most := uint64(servertest.Count(1<<16+300, 1<<20))
	o, s := newOracle(t, most), newShelf(t, most)
	rnd := random(1)
	var sizes []uint64
	for power := uint64(256); power <= most; power *= 2 {
		sizes = append(sizes, power-1, power, min(power+1, most))
	}
	for range 200 {
		sizes = append(sizes, 1+rnd.Uint64N(most))
	}
	for _, size := range sizes {
		root := o.root(t, size)
		if got, err := merkle.RootOf(size, s.read); err != nil || got != root {
			t.Fatalf("size %d: root %x (%v), want %x", size, got, err, root)
		}
		for _, index := range []uint64{0, size / 2, size - 1, rnd.Uint64N(size)} {
			compareInclusion(t, o, s, index, size, root)
			compareConsistency(t, o, s, index+1, size, o.root(t, index+1), root)
		}
	}
}

func compareInclusion(t *testing.T, o oracle, s shelf, index, size uint64, root merkle.Hash) {
	t.Helper()
	proof, err := merkle.ProveInclusion(index, size, s.read)
	if err != nil {
		t.Fatal(err)
	}
	if want := o.inclusion(t, index, size); !equal(proof, want) {
		t.Fatalf("inclusion of %d in %d:\n%s", index, size, cmp.Diff(want, proof))
	}
	if err := merkle.VerifyInclusion(merkle.LeafHash(leafData(index)), index, size, proof, root); err != nil {
		t.Fatalf("inclusion of %d in %d: %v", index, size, err)
	}
}

func compareConsistency(t *testing.T, o oracle, s shelf, oldSize, newSize uint64, oldRoot, newRoot merkle.Hash) {
	t.Helper()
	proof, err := merkle.ProveConsistency(oldSize, newSize, s.read)
	if err != nil {
		t.Fatal(err)
	}
	if want := o.consistency(t, oldSize, newSize); !equal(proof, want) {
		t.Fatalf("consistency of %d with %d:\n%s", oldSize, newSize, cmp.Diff(want, proof))
	}
	if err := merkle.VerifyConsistency(oldSize, newSize, proof, oldRoot, newRoot); err != nil {
		t.Fatalf("consistency of %d with %d: %v", oldSize, newSize, err)
	}
}

func equal(a, b []merkle.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// tileReader serves our tiles to tlog. It implements tlog.TileReader.
type tileReader struct{ tiles shelf }

func (tileReader) Height() int                     { return merkle.TileHeight }
func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		for _, h := range r.tiles[merkle.TileID{Level: tile.L, Index: uint64(tile.N)}][:tile.W] {
			data[i] = append(data[i], h[:]...)
		}
	}
	return data, nil
}

// TestTlogReadsTiles lets tlog prove from our tiles, which it checks against the root, and check the proofs.
func TestTlogReadsTiles(t *testing.T) {
	t.Parallel()
	rnd := random(2)
	for _, size := range []uint64{1, 2, 255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65537, 70000} {
		s := shelf{}
		b := &merkle.Builder{}
		for b.Size() < size {
			s.grow(t, b, min(size, b.Size()+1+rnd.Uint64N(3000)))
		}
		tree := tlog.Tree{N: int64(size), Hash: tlog.Hash(b.Root())}
		reader := tlog.TileHashReader(tree, tileReader{s})
		for range 50 {
			n := rnd.Int64N(int64(size))
			inclusion, err := tlog.ProveRecord(tree.N, n, reader)
			if err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			if err := tlog.CheckRecord(inclusion, tree.N, tree.Hash, n, tlog.RecordHash(leafData(uint64(n)))); err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			older, err := tlog.TreeHash(n+1, reader)
			if err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			consistency, err := tlog.ProveTree(tree.N, n+1, reader)
			if err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			if err := tlog.CheckTree(consistency, tree.N, tree.Hash, n+1, older); err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
		}
	}
}
