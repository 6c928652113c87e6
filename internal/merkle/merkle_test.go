package merkle_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/shugo-data/shugo/internal/merkle"
)

// store keeps tiles, and is the tile reader of both sides.
type store map[merkle.TileID][]merkle.Hash

func (s store) put(id merkle.TileID, hashes []merkle.Hash) error {
	s[id] = slices.Clone(hashes)
	return nil
}

func (s store) read(ids []merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) {
	found := map[merkle.TileID][]merkle.Hash{}
	for _, id := range ids {
		found[id] = s[id]
	}
	return found, nil
}

// Height, ReadTiles and SaveTiles make the store one of tlog.
func (s store) Height() int { return merkle.TileHeight }

func (s store) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		hashes := s[merkle.TileID{Level: t.L, Index: uint64(t.N)}]
		if len(hashes) < t.W {
			return nil, fmt.Errorf("tile %v has %d hashes", t, len(hashes))
		}
		var b []byte
		for _, h := range hashes[:t.W] {
			b = append(b, h[:]...)
		}
		data = append(data, b)
	}
	return data, nil
}

func (s store) SaveTiles([]tlog.Tile, [][]byte) {}

func leafData(i uint64) []byte { return fmt.Appendf(nil, "leaf %d", i) }

// grown returns the tiles of a tree, flushed in pieces of random size and continued each time from what is stored.
func grown(t testing.TB, rng *rand.Rand, size uint64) store {
	t.Helper()
	s := store{}
	for have := uint64(0); have < size; {
		edge, _ := s.read(merkle.Edge(have))
		b, err := merkle.NewBuilder(have, edge)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			for n := rng.Uint64N(700) + 1; n > 0 && have < size; n-- {
				b.Append(merkle.LeafHash(leafData(have)))
				have++
			}
			if err := b.Flush(s.put); err != nil {
				t.Fatal(err)
			}
		}
		if root, err := merkle.RootOf(have, s.read); err != nil || root != b.Root() || b.Size() != have {
			t.Fatalf("%d leaves: root of the tiles differs from the builder's (%v)", have, err)
		}
	}
	return s
}

func plain(hashes []tlog.Hash) []merkle.Hash {
	var list []merkle.Hash
	for _, h := range hashes {
		list = append(list, merkle.Hash(h))
	}
	return list
}

// compare proves in one tree with both libraries, and verifies each proof with the other.
func compare(t *testing.T, s store, index, oldSize, size uint64) {
	t.Helper()
	root, err := merkle.RootOf(size, s.read)
	if err != nil {
		t.Fatal(err)
	}
	oldRoot, err := merkle.RootOf(oldSize, s.read)
	if err != nil {
		t.Fatal(err)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: int64(size), Hash: tlog.Hash(root)}, s)
	if want, err := tlog.TreeHash(int64(size), reader); err != nil || merkle.Hash(want) != root {
		t.Fatalf("%d leaves: tlog has another root (%v)", size, err)
	}
	proof, err := merkle.ProveInclusion(index, size, s.read)
	if err != nil {
		t.Fatal(err)
	}
	want, err := tlog.ProveRecord(int64(size), int64(index), reader)
	if err != nil || !slices.Equal(plain(want), proof) {
		t.Fatalf("leaf %d of %d: tlog has another proof (%v)", index, size, err)
	}
	if err := merkle.VerifyInclusion(merkle.LeafHash(leafData(index)), index, size, proof, root); err != nil {
		t.Fatalf("leaf %d of %d: %v", index, size, err)
	}
	consistency, err := merkle.ProveConsistency(oldSize, size, s.read)
	if err != nil {
		t.Fatal(err)
	}
	if oldSize > 0 {
		want, err := tlog.ProveTree(int64(size), int64(oldSize), reader)
		if err != nil || !slices.Equal(plain(want), consistency) {
			t.Fatalf("%d to %d leaves: tlog has another proof (%v)", oldSize, size, err)
		}
	}
	if err := merkle.VerifyConsistency(oldSize, size, consistency, oldRoot, root); err != nil {
		t.Fatalf("%d to %d leaves: %v", oldSize, size, err)
	}
}

// TestEqualToTlog has all trees of up to 1,000 leaves, with the leaf and the older tree that are next in turn, and large
// ones at random.
func TestEqualToTlog(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	s := grown(t, rng, 1000)
	var r merkle.Range
	for size := uint64(1); size <= 1000; size++ {
		r.Append(merkle.LeafHash(leafData(size - 1)))
		if root, err := merkle.RootOf(size, s.read); err != nil || root != r.Root() || r.Size() != size {
			t.Fatalf("%d leaves: the range has another root (%v)", size, err)
		}
		for _, at := range []uint64{0, size - 1, size * 7 / 11, rng.Uint64N(size)} {
			compare(t, s, at, at, size)
		}
	}
	for _, size := range []uint64{65_535, 65_536, 65_537, 70_001} {
		s := grown(t, rng, size)
		for range 50 {
			size := size - rng.Uint64N(300)
			compare(t, s, rng.Uint64N(size), rng.Uint64N(size+1), size)
		}
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	var r merkle.Range
	var b merkle.Builder
	root, err := merkle.RootOf(0, store{}.read)
	if err != nil || root != merkle.EmptyRoot() || r.Root() != root || b.Root() != root {
		t.Errorf("the empty tree has several roots (%v)", err)
	}
	if _, err := merkle.ProveInclusion(0, 0, store{}.read); !errors.Is(err, merkle.ErrProof) {
		t.Errorf("inclusion in the empty tree: %v", err)
	}
	if _, err := merkle.ProveConsistency(2, 1, store{}.read); !errors.Is(err, merkle.ErrProof) {
		t.Errorf("a tree that shrank: %v", err)
	}
	if err := merkle.VerifyConsistency(0, 0, nil, merkle.EmptyRoot(), merkle.EmptyRoot()); err != nil {
		t.Error(err)
	}
	if err := b.Flush(func(merkle.TileID, []merkle.Hash) error { return errors.New("nothing to store") }); err != nil {
		t.Error(err)
	}
}

// TestForged changes proofs, in every bit and in their shape.
func TestForged(t *testing.T) {
	t.Parallel()
	s := grown(t, rand.New(rand.NewPCG(3, 4)), 1000)
	for _, size := range []uint64{1, 2, 3, 7, 8, 255, 256, 257, 1000} {
		root, _ := merkle.RootOf(size, s.read)
		index, oldSize := size/3, size/2+size%2
		leaf, oldRoot := merkle.LeafHash(leafData(index)), merkle.Hash{}
		oldRoot, _ = merkle.RootOf(oldSize, s.read)
		inclusion, _ := merkle.ProveInclusion(index, size, s.read)
		consistency, _ := merkle.ProveConsistency(oldSize, size, s.read)
		for name, proof := range forgeries(inclusion) {
			if err := merkle.VerifyInclusion(leaf, index, size, proof, root); !errors.Is(err, merkle.ErrProof) {
				t.Fatalf("leaf %d of %d, %s: %v", index, size, name, err)
			}
		}
		for name, proof := range forgeries(consistency) {
			if err := merkle.VerifyConsistency(oldSize, size, proof, oldRoot, root); !errors.Is(err, merkle.ErrProof) {
				t.Fatalf("%d to %d leaves, %s: %v", oldSize, size, name, err)
			}
		}
		if err := merkle.VerifyInclusion(root, index, size, inclusion, leaf); size > 1 && err == nil {
			t.Error("leaf and root exchanged")
		}
		if err := merkle.VerifyInclusion(leaf, index, 1<<40, inclusion, root); err == nil {
			t.Error("a proof of another size")
		}
	}
}

func forgeries(proof []merkle.Hash) map[string][]merkle.Hash {
	forged := map[string][]merkle.Hash{"one more": append(slices.Clone(proof), merkle.Hash{})}
	for i := range proof {
		for bit := range 256 {
			p := slices.Clone(proof)
			p[i][bit/8] ^= 1 << (bit % 8)
			forged[fmt.Sprintf("bit %d of hash %d", bit, i)] = p
		}
		forged[fmt.Sprintf("without hash %d", i)] = slices.Delete(slices.Clone(proof), i, i+1)
		if i > 0 {
			p := slices.Clone(proof)
			p[i], p[i-1] = p[i-1], p[i]
			forged[fmt.Sprintf("hashes %d and %d exchanged", i-1, i)] = p
		}
	}
	return forged
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	s := grown(t, rand.New(rand.NewPCG(5, 6)), 600)
	if _, err := merkle.NewBuilder(600, nil); !errors.Is(err, merkle.ErrFormat) {
		t.Errorf("no tiles: %v", err)
	}
	id := merkle.TileID{Level: 0, Index: 2}
	s[id] = s[id][:10]
	if _, err := merkle.RootOf(600, s.read); !errors.Is(err, merkle.ErrFormat) {
		t.Errorf("a short tile: %v", err)
	}
	broken := errors.New("no answer")
	fails := func([]merkle.TileID) (map[merkle.TileID][]merkle.Hash, error) { return nil, broken }
	if _, err := merkle.ProveInclusion(1, 600, fails); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// TestFlushAgain stores the same tiles after a store that failed.
func TestFlushAgain(t *testing.T) {
	t.Parallel()
	var b merkle.Builder
	for i := range uint64(600) {
		b.Append(merkle.LeafHash(leafData(i)))
	}
	n := 0
	err := b.Flush(func(merkle.TileID, []merkle.Hash) error {
		if n++; n == 2 {
			return errors.New("full disk")
		}
		return nil
	})
	if err == nil {
		t.Fatal("the error is lost")
	}
	s := store{}
	if err := b.Flush(s.put); err != nil {
		t.Fatal(err)
	}
	if root, err := merkle.RootOf(600, s.read); err != nil || root != b.Root() {
		t.Errorf("the tiles have another root (%v)", err)
	}
}

func TestAllocations(t *testing.T) {
	data := make([]byte, 300)
	var r merkle.Range
	var h merkle.Hash
	if n := testing.AllocsPerRun(1000, func() { h = merkle.LeafHash(data); h = merkle.NodeHash(h, h); r.Append(h) }); n != 0 {
		t.Errorf("%v allocations per append", n)
	}
}

func FuzzRange(f *testing.F) {
	var r merkle.Range
	for i := range uint64(5) {
		b, _ := r.MarshalBinary()
		f.Add(b)
		r.Append(merkle.LeafHash(leafData(i)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r merkle.Range
		if err := r.UnmarshalBinary(b); err != nil {
			if !errors.Is(err, merkle.ErrFormat) {
				t.Errorf("error %v", err)
			}
			return
		}
		if again, _ := r.MarshalBinary(); !bytes.Equal(again, b) {
			t.Errorf("read and written again: %x, was %x", again, b)
		}
		r.Root()
	})
}

func FuzzVerify(f *testing.F) {
	f.Add(uint64(3), uint64(7), []byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"))
	f.Add(uint64(1)<<63, uint64(1)<<63+1, []byte{})
	f.Fuzz(func(t *testing.T, a, b uint64, text []byte) {
		var proof []merkle.Hash
		for ; len(text) >= merkle.HashSize; text = text[merkle.HashSize:] {
			proof = append(proof, merkle.Hash(text[:merkle.HashSize]))
		}
		root := merkle.LeafHash([]byte("root"))
		if err := merkle.VerifyInclusion(merkle.LeafHash(text), a, b, proof, root); err == nil {
			t.Error("a proof of nothing is included")
		}
		if err := merkle.VerifyConsistency(a, b, proof, merkle.LeafHash(text), root); err == nil && a != 0 {
			t.Error("a proof of nothing is consistent")
		}
	})
}

func BenchmarkLeafHash(b *testing.B) {
	data := make([]byte, 250)
	b.ReportAllocs()
	for b.Loop() {
		merkle.LeafHash(data)
	}
}

func BenchmarkAppend(b *testing.B) {
	leaf := merkle.LeafHash(nil)
	b.Run("range", func(b *testing.B) {
		var r merkle.Range
		b.ReportAllocs()
		for b.Loop() {
			r.Append(leaf)
		}
	})
	b.Run("builder", func(b *testing.B) {
		var t merkle.Builder
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			t.Append(leaf)
			if i%10_000 == 0 {
				_ = t.Flush(func(merkle.TileID, []merkle.Hash) error { return nil })
			}
		}
	})
	b.Run("tlog", func(b *testing.B) {
		var hashes []tlog.Hash
		read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			var found []tlog.Hash
			for _, i := range indexes {
				found = append(found, hashes[i])
			}
			return found, nil
		})
		b.ReportAllocs()
		for i := int64(0); b.Loop(); i++ {
			next, err := tlog.StoredHashesForRecordHash(i, tlog.Hash(leaf), read)
			if err != nil {
				b.Fatal(err)
			}
			hashes = append(hashes, next...)
		}
	})
}

func BenchmarkProof(b *testing.B) {
	const size = 1 << 18
	s := grown(b, rand.New(rand.NewPCG(7, 8)), size)
	root, _ := merkle.RootOf(size, s.read)
	proof, _ := merkle.ProveInclusion(12345, size, s.read)
	leaf := merkle.LeafHash(leafData(12345))
	b.Run("prove", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := merkle.ProveInclusion(12345, size, s.read); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := merkle.VerifyInclusion(leaf, 12345, size, proof, root); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify tlog", func(b *testing.B) {
		var record tlog.RecordProof
		for _, h := range proof {
			record = append(record, tlog.Hash(h))
		}
		b.ReportAllocs()
		for b.Loop() {
			if err := tlog.CheckRecord(record, size, tlog.Hash(root), 12345, tlog.Hash(leaf)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
