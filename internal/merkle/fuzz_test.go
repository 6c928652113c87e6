package merkle_test

import (
	"testing"

	"github.com/shugo-data/shugo/internal/merkle"
	"golang.org/x/mod/sumdb/tlog"
)

// cut parts bytes into hashes.
func cut(data []byte) (proof []merkle.Hash, theirs []tlog.Hash) {
	for len(data) >= merkle.HashSize {
		h := merkle.Hash(data[:merkle.HashSize])
		proof, theirs, data = append(proof, h), append(theirs, tlog.Hash(h)), data[merkle.HashSize:]
	}
	return proof, theirs
}

func joined(proof []merkle.Hash) (data []byte) {
	for _, h := range proof {
		data = append(data, h[:]...)
	}
	return data
}

// FuzzVerifyInclusion holds that VerifyInclusion and tlog.CheckRecord say the same of anything.
func FuzzVerifyInclusion(f *testing.F) {
	s := newShelf(f, 300)
	for _, at := range [][2]uint64{{0, 1}, {0, 2}, {6, 7}, {255, 256}, {256, 257}, {299, 300}} {
		proof, err := merkle.ProveInclusion(at[0], at[1], s.read)
		root, err2 := merkle.RootOf(at[1], s.read)
		if err != nil || err2 != nil {
			f.Fatal(err, err2)
		}
		f.Add(at[0], at[1], joined(append(proof, merkle.LeafHash(leafData(at[0])), root)))
	}
	f.Fuzz(func(t *testing.T, index, size uint64, data []byte) {
		proof, theirs := cut(data)
		if len(proof) < 2 || size >= 1<<62 || index >= 1<<62 {
			return
		}
		n := len(proof) - 2
		err := merkle.VerifyInclusion(proof[n], index, size, proof[:n], proof[n+1])
		want := tlog.CheckRecord(theirs[:n], int64(size), theirs[n+1], int64(index), theirs[n])
		if (err == nil) != (want == nil) {
			t.Fatalf("leaf %d of %d, %d hashes: %v, tlog: %v", index, size, n, err, want)
		}
	})
}

// FuzzVerifyConsistency holds that VerifyConsistency and tlog.CheckTree say the same of anything but the empty tree, which
// tlog does not take.
func FuzzVerifyConsistency(f *testing.F) {
	s := newShelf(f, 300)
	for _, at := range [][2]uint64{{1, 1}, {1, 2}, {3, 7}, {4, 7}, {255, 256}, {256, 257}, {123, 300}} {
		proof, err := merkle.ProveConsistency(at[0], at[1], s.read)
		older, err2 := merkle.RootOf(at[0], s.read)
		newer, err3 := merkle.RootOf(at[1], s.read)
		if err != nil || err2 != nil || err3 != nil {
			f.Fatal(err, err2, err3)
		}
		f.Add(at[0], at[1], joined(append(proof, older, newer)))
	}
	f.Fuzz(func(t *testing.T, oldSize, newSize uint64, data []byte) {
		proof, theirs := cut(data)
		if len(proof) < 2 || oldSize == 0 || oldSize >= 1<<62 || newSize >= 1<<62 {
			return
		}
		n := len(proof) - 2
		err := merkle.VerifyConsistency(oldSize, newSize, proof[:n], proof[n], proof[n+1])
		want := tlog.CheckTree(theirs[:n], int64(newSize), theirs[n+1], int64(oldSize), theirs[n])
		if (err == nil) != (want == nil) {
			t.Fatalf("size %d to %d, %d hashes: %v, tlog: %v", oldSize, newSize, n, err, want)
		}
	})
}
