package merkle_test

import (
	"testing"

	"github.com/shugo-data/shugo/internal/merkle"
	"golang.org/x/mod/sumdb/tlog"
)

// TestAllocations runs alone: testing.AllocsPerRun counts those of every goroutine.
func TestAllocations(t *testing.T) {
	var r merkle.Range
	var b merkle.Builder
	leaf, data, long := merkle.LeafHash(nil), make([]byte, 300), make([]byte, 1<<16)
	discard := func(merkle.TileID, []merkle.Hash) error { return nil }
	batch := func() {
		for range 10_000 {
			b.Append(leaf)
		}
		if err := b.Flush(discard); err != nil {
			t.Fatal(err)
		}
	}
	batch()
	for name, run := range map[string]func(){
		"LeafHash of 300 bytes": func() { leaf = merkle.LeafHash(data) },
		"LeafHash of 64 KiB":    func() { leaf = merkle.LeafHash(long) },
		"NodeHash":              func() { leaf = merkle.NodeHash(leaf, leaf) },
		"Range.Append":          func() { r.Append(leaf) },
		"Range.Root":            func() { leaf = r.Root() },
		"Builder, warm":         batch,
	} {
		// Whole allocations a run: what grows once, at the first run of a new level, is not one of each run.
		if got := testing.AllocsPerRun(100, run); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

func BenchmarkLeafHash250(b *testing.B) {
	data := make([]byte, 250)
	b.Run("merkle", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			merkle.LeafHash(data)
		}
	})
	b.Run("tlog", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tlog.RecordHash(data)
		}
	})
}

// BenchmarkAppend appends leaves that are hashed already.
func BenchmarkAppend(b *testing.B) {
	leaf := merkle.LeafHash(nil)
	b.Run("Range", func(b *testing.B) {
		b.ReportAllocs()
		var r merkle.Range
		for b.Loop() {
			r.Append(leaf)
		}
	})
	b.Run("Builder flushed each 10000", func(b *testing.B) {
		b.ReportAllocs()
		var builder merkle.Builder
		for b.Loop() {
			builder.Append(leaf)
			if builder.Size()%10_000 == 0 {
				if err := builder.Flush(func(merkle.TileID, []merkle.Hash) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("tlog", func(b *testing.B) {
		b.ReportAllocs()
		u, n := newUniform(leaf), int64(0)
		for b.Loop() {
			if _, err := tlog.StoredHashesForRecordHash(n, tlog.Hash(leaf), u); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

const benchmarkSize = 1 << 20

// BenchmarkProveInclusion proves from tiles in memory.
func BenchmarkProveInclusion(b *testing.B) {
	s := newShelf(b, benchmarkSize)
	b.Run("merkle", func(b *testing.B) {
		b.ReportAllocs()
		for i := uint64(0); b.Loop(); i++ {
			if _, err := merkle.ProveInclusion(i*7919%benchmarkSize, benchmarkSize, s.read); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tlog", func(b *testing.B) {
		b.ReportAllocs()
		root, err := merkle.RootOf(benchmarkSize, s.read)
		if err != nil {
			b.Fatal(err)
		}
		reader := tlog.TileHashReader(tlog.Tree{N: benchmarkSize, Hash: tlog.Hash(root)}, tileReader{s})
		for i := int64(0); b.Loop(); i++ {
			if _, err := tlog.ProveRecord(benchmarkSize, i*7919%benchmarkSize, reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkVerifyInclusion(b *testing.B) {
	u := newUniform(merkle.LeafHash(nil))
	root, err := merkle.RootOf(benchmarkSize, u.read)
	if err != nil {
		b.Fatal(err)
	}
	proof, err := merkle.ProveInclusion(12345, benchmarkSize, u.read)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("merkle", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := merkle.VerifyInclusion(u[0], 12345, benchmarkSize, proof, root); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tlog", func(b *testing.B) {
		b.ReportAllocs()
		var theirs []tlog.Hash
		for _, h := range proof {
			theirs = append(theirs, tlog.Hash(h))
		}
		for b.Loop() {
			if err := tlog.CheckRecord(theirs, benchmarkSize, tlog.Hash(root), 12345, tlog.Hash(u[0])); err != nil {
				b.Fatal(err)
			}
		}
	})
}
