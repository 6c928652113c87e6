package merkle_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/shugo-data/shugo/internal/merkle"
)

// TestRangeBinary goes through bytes after every leaf.
func TestRangeBinary(t *testing.T) {
	t.Parallel()
	var whole, restored merkle.Range
	for i := range uint64(600) {
		data, err := restored.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		restored = merkle.Range{}
		if err := restored.UnmarshalBinary(data); err != nil {
			t.Fatalf("size %d: %v", i, err)
		}
		if restored.Root() != whole.Root() || restored.Size() != i {
			t.Fatalf("size %d: restored %d, root %x, want %x", i, restored.Size(), restored.Root(), whole.Root())
		}
		whole.Append(merkle.LeafHash(leafData(i)))
		restored.Append(merkle.LeafHash(leafData(i)))
	}
}

// rangeBytes is a range with zero roots, as long as said.
func rangeBytes(version byte, size uint64, roots int) []byte {
	data := binary.BigEndian.AppendUint64([]byte{version}, size)
	return append(data, make([]byte, roots*merkle.HashSize)...)
}

func TestRangeRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"nothing":         nil,
		"version alone":   {1},
		"short header":    rangeBytes(1, 0, 0)[:8],
		"version 0":       rangeBytes(0, 1, 1),
		"version 2":       rangeBytes(2, 1, 1),
		"no root":         rangeBytes(1, 1, 0),
		"a root too many": rangeBytes(1, 2, 2),
		"a byte too few":  rangeBytes(1, 3, 2)[:72],
		"a byte too many": append(rangeBytes(1, 3, 2), 0),
		"too large":       rangeBytes(1, 1<<62+1, 2),
	} {
		var r merkle.Range
		r.Append(merkle.LeafHash(nil))
		before := r
		if err := r.UnmarshalBinary(data); err == nil {
			t.Errorf("%s: no error", name)
		}
		if r != before {
			t.Errorf("%s: the range changed", name)
		}
	}
}

// FuzzRange holds that what is read is written as the same bytes, and takes leaves.
func FuzzRange(f *testing.F) {
	f.Add([]byte(nil))
	for _, size := range []uint64{0, 1, 2, 3, 255, 256, 1 << 40, 1 << 62} {
		for roots := range 3 {
			f.Add(rangeBytes(1, size, roots))
		}
	}
	f.Add(rangeBytes(1, 1<<62-1, 62))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r merkle.Range
		if r.UnmarshalBinary(data) != nil {
			return
		}
		again, err := r.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x was written as %x (%v)", data, again, err)
		}
		size, root := r.Size(), r.Root()
		r.Append(merkle.Hash{})
		if r.Size() != size+1 || r.Root() == root {
			t.Fatalf("size %d and another leaf: size %d, root %x", size, r.Size(), r.Root())
		}
	})
}
