package merkle_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/internal/merkle"
	"github.com/shugo-data/shugo/internal/servertest"
	"golang.org/x/mod/sumdb/tlog"
)

// forgeries calls try with every proof that differs from a sound one by a bit, by a hash less or more, or by two hashes swapped.
func forgeries(proof []merkle.Hash, try func(forged []merkle.Hash, how string)) {
	for i := range proof {
		for bit := range 8 * merkle.HashSize {
			forged := slices.Clone(proof)
			forged[i][bit/8] ^= 1 << (bit % 8)
			try(forged, "bit flipped")
		}
		try(slices.Delete(slices.Clone(proof), i, i+1), "hash dropped")
		try(slices.Insert(slices.Clone(proof), i, proof[i]), "hash doubled")
		for j := range i {
			forged := slices.Clone(proof)
			forged[i], forged[j] = forged[j], forged[i]
			try(forged, "hashes swapped")
		}
	}
	try(append(slices.Clone(proof), merkle.Hash{}), "hash added")
}

func flipped(h merkle.Hash) merkle.Hash {
	h[31] ^= 1
	return h
}

// TestForgedInclusion refuses every forgery, and every sound proof for another leaf, index, size or root.
func TestForgedInclusion(t *testing.T) {
	t.Parallel()
	most := uint64(servertest.Count(24, 140))
	s := newShelf(t, most)
	for size := uint64(1); size <= most; size++ {
		root, err := merkle.RootOf(size, s.read)
		if err != nil {
			t.Fatal(err)
		}
		for index := range size {
			proof, err := merkle.ProveInclusion(index, size, s.read)
			if err != nil {
				t.Fatal(err)
			}
			leaf := merkle.LeafHash(leafData(index))
			refuse := func(leaf merkle.Hash, index, size uint64, proof []merkle.Hash, root merkle.Hash, how string) {
				if err := merkle.VerifyInclusion(leaf, index, size, proof, root); !errors.Is(err, merkle.ErrProof) {
					t.Errorf("leaf %d of %d, %s: %v", index, size, how, err)
				}
			}
			forgeries(proof, func(forged []merkle.Hash, how string) { refuse(leaf, index, size, forged, root, how) })
			refuse(flipped(leaf), index, size, proof, root, "another leaf")
			refuse(leaf, index, size, proof, flipped(root), "another root")
			refuse(leaf, index, index, proof, root, "index not below size")
			for other := range size {
				if other != index {
					refuse(leaf, other, size, proof, root, "another index")
				}
			}
		}
	}
}

// TestForgedConsistency refuses every forgery, and every sound proof for other roots.
func TestForgedConsistency(t *testing.T) {
	t.Parallel()
	most := uint64(servertest.Count(24, 140))
	s := newShelf(t, most)
	roots := []merkle.Hash{merkle.EmptyRoot()}
	for newSize := uint64(1); newSize <= most; newSize++ {
		newRoot, err := merkle.RootOf(newSize, s.read)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, newRoot)
		for oldSize := range newSize + 1 {
			proof, err := merkle.ProveConsistency(oldSize, newSize, s.read)
			if err != nil {
				t.Fatal(err)
			}
			refuse := func(proof []merkle.Hash, oldRoot, newRoot merkle.Hash, how string) {
				if err := merkle.VerifyConsistency(oldSize, newSize, proof, oldRoot, newRoot); !errors.Is(err, merkle.ErrProof) {
					t.Errorf("size %d to %d, %s: %v", oldSize, newSize, how, err)
				}
			}
			forgeries(proof, func(forged []merkle.Hash, how string) { refuse(forged, roots[oldSize], newRoot, how) })
			refuse(proof, flipped(roots[oldSize]), newRoot, "another old root")
			if oldSize > 0 { // any tree goes on from the empty one
				refuse(proof, roots[oldSize], flipped(newRoot), "another new root")
			}
		}
	}
}

func TestConsistencyEdges(t *testing.T) {
	t.Parallel()
	empty, a, b := merkle.EmptyRoot(), merkle.LeafHash([]byte("a")), merkle.LeafHash([]byte("b"))
	for name, test := range map[string]struct {
		oldSize, newSize uint64
		proof            []merkle.Hash
		oldRoot, newRoot merkle.Hash
		sound            bool
	}{
		"both empty":                   {0, 0, nil, empty, empty, true},
		"empty start":                  {0, 5, nil, empty, a, true},
		"equal":                        {5, 5, nil, a, a, true},
		"equal at the largest number":  {math.MaxUint64, math.MaxUint64, nil, a, a, true},
		"old size above the new":       {2, 1, nil, a, a, false},
		"empty start, another root":    {0, 5, nil, a, a, false},
		"empty start, a proof":         {0, 5, []merkle.Hash{a}, empty, a, false},
		"both empty, another new root": {0, 0, nil, empty, a, false},
		"both empty, another old root": {0, 0, nil, a, empty, false},
		"equal, two roots":             {5, 5, nil, a, b, false},
		"equal, a proof":               {5, 5, []merkle.Hash{a}, a, a, false},
		"no proof":                     {3, 5, nil, a, a, false},
		"no proof from a power of two": {4, 5, nil, a, a, false},
		"largest numbers":              {math.MaxUint64 - 1, math.MaxUint64, []merkle.Hash{a}, a, b, false},
	} {
		err := merkle.VerifyConsistency(test.oldSize, test.newSize, test.proof, test.oldRoot, test.newRoot)
		if test.sound != (err == nil) || err != nil && !errors.Is(err, merkle.ErrProof) {
			t.Errorf("%s: %v, want sound %v", name, err, test.sound)
		}
	}
}

func TestProveRefuses(t *testing.T) {
	t.Parallel()
	failure := errors.New("connection lost")
	failing := func([]merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) { return nil, failure }
	short := func([]merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
		return map[merkle.TileID][]merkle.Hash{{}: make([]merkle.Hash, 2)}, nil
	}
	inclusion := func(index, size uint64, read merkle.Tiles) error {
		_, err := merkle.ProveInclusion(index, size, read)
		return err
	}
	consistency := func(oldSize, newSize uint64, read merkle.Tiles) error {
		_, err := merkle.ProveConsistency(oldSize, newSize, read)
		return err
	}
	root := func(size uint64, read merkle.Tiles) error {
		_, err := merkle.RootOf(size, read)
		return err
	}
	for want, err := range map[string]error{
		"index 0, want less than size 0":                    inclusion(0, 0, failing),
		"index 7, want less than size 7":                    inclusion(7, 7, failing),
		"old size 8, want at most new size 7":               consistency(8, 7, failing),
		"root of size 3: connection lost":                   root(3, failing),
		"inclusion of 0 in size 3: connection lost":         inclusion(0, 3, failing),
		"consistency of size 2 with size 3: connection":     consistency(2, 3, failing),
		"root of size 3: tile 0/0 has 2 hashes, want at":    root(3, short),
		"size 257: tile 1/0 has 0 hashes, want at least 1":  inclusion(256, 257, short),
		"with size 4: tile 0/0 has 2 hashes, want at least": consistency(2, 4, short),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
		if strings.Contains(want, "connection") && !errors.Is(err, failure) {
			t.Errorf("error %v does not wrap that of the tiles", err)
		}
	}
	for name, err := range map[string]error{"root of 0": root(0, failing), "inclusion in 1": inclusion(0, 1, failing),
		"from 0": consistency(0, 9, failing), "equal": consistency(9, 9, failing), "both 0": consistency(0, 0, failing)} {
		if err != nil {
			t.Errorf("%s reads tiles: %v", name, err)
		}
	}
}

// uniform has all trees whose leaves are one hash: subtrees of a size are alike, so that trees of any size fit into memory.
type uniform [64]merkle.Hash

func newUniform(leaf merkle.Hash) (u uniform) {
	u[0] = leaf
	for level := 1; level < len(u); level++ {
		u[level] = merkle.NodeHash(u[level-1], u[level-1])
	}
	return u
}

func (u uniform) read(ids []merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
	tiles := map[merkle.TileID][]merkle.Hash{}
	for _, id := range ids {
		tiles[id] = slices.Repeat([]merkle.Hash{u[merkle.TileHeight*id.Level]}, merkle.TileWidth)
	}
	return tiles, nil
}

// ReadHashes implements tlog.HashReader.
func (u uniform) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		hashes[i] = tlog.Hash(u[level])
	}
	return hashes, nil
}

// TestHugeTrees compares with tlog up to the sizes that its int64 can index, and verifies up to the largest number.
func TestHugeTrees(t *testing.T) {
	t.Parallel()
	u := newUniform(merkle.LeafHash(nil))
	rnd := random(4)
	sizes := []uint64{1<<32 - 1, 1 << 32, 1<<32 + 1, 1<<40 - 1, 1 << 40, 1<<40 + 1, 1<<40 + 1<<24, 1<<61 + 5, 1 << 62, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64}
	for range servertest.Count(20, 1000) {
		sizes = append(sizes, 1<<40+rnd.Uint64N(1<<40), 1+rnd.Uint64N(1<<48), 1+rnd.Uint64())
	}
	for _, size := range sizes {
		root, err := merkle.RootOf(size, u.read)
		if err != nil {
			t.Fatal(err)
		}
		ofTlog := size <= 1<<60
		if ofTlog {
			if want, err := tlog.TreeHash(int64(size), u); err != nil || root != merkle.Hash(want) {
				t.Fatalf("size %d: root %x, want %x (%v)", size, root, want, err)
			}
		}
		for _, index := range []uint64{0, 1, size / 2, size - 2, size - 1, rnd.Uint64N(size)} {
			inclusion, err := merkle.ProveInclusion(index, size, u.read)
			if err != nil {
				t.Fatal(err)
			}
			if err := merkle.VerifyInclusion(u[0], index, size, inclusion, root); err != nil {
				t.Errorf("leaf %d of %d: %v", index, size, err)
			}
			oldRoot, err := merkle.RootOf(index, u.read)
			if err != nil {
				t.Fatal(err)
			}
			consistency, err := merkle.ProveConsistency(index, size, u.read)
			if err != nil {
				t.Fatal(err)
			}
			if err := merkle.VerifyConsistency(index, size, consistency, oldRoot, root); err != nil {
				t.Errorf("size %d to %d: %v", index, size, err)
			}
			if ofTlog && index > 0 {
				if !equal(inclusion, proven(tlog.ProveRecord(int64(size), int64(index), u))) ||
					!equal(consistency, proven(tlog.ProveTree(int64(size), int64(index), u))) {
					t.Errorf("index %d of %d: not the proofs of tlog", index, size)
				}
			}
		}
	}
}

func proven[P ~[]tlog.Hash](proof P, err error) []merkle.Hash {
	if err != nil {
		return []merkle.Hash{{}}
	}
	return ours(proof)
}
