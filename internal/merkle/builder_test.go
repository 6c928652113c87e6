package merkle_test

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/internal/merkle"
	"github.com/shugo-data/shugo/internal/servertest"
)

// edgeOf returns of a shelf what NewBuilder needs.
func edgeOf(s shelf, size uint64) map[merkle.TileID][]merkle.Hash {
	edge := map[merkle.TileID][]merkle.Hash{}
	for _, id := range merkle.Edge(size) {
		edge[id] = s[id]
	}
	return edge
}

// TestBuilderRestored goes on at random sizes from what is stored, and ends with the tiles of a builder that never stopped.
func TestBuilderRestored(t *testing.T) {
	t.Parallel()
	const most = 140_000
	want := newShelf(t, most)
	rnd := random(3)
	for range servertest.Count(5, 100) {
		s := shelf{}
		var size uint64
		for size < most {
			b, err := merkle.NewBuilder(size, edgeOf(s, size))
			if err != nil {
				t.Fatal(err)
			}
			if root, err := merkle.RootOf(size, s.read); err != nil || b.Root() != root || b.Size() != size {
				t.Fatalf("restored size %d: %d, root %x, want %x (%v)", size, b.Size(), b.Root(), root, err)
			}
			for range rnd.IntN(4) {
				size = min(most, size+rnd.Uint64N(1+1<<rnd.UintN(16)))
				s.grow(t, b, size)
			}
		}
		if !maps.EqualFunc(want, s, slices.Equal[[]merkle.Hash]) {
			t.Fatalf("other tiles: %d of them, want %d", len(s), len(want))
		}
	}
}

// TestFlush counts what is stored: each tile that changed, once, and after an error all of them again.
func TestFlush(t *testing.T) {
	t.Parallel()
	var b merkle.Builder
	steps := []struct {
		size uint64
		want map[merkle.TileID]int
	}{
		{0, map[merkle.TileID]int{}},
		{255, map[merkle.TileID]int{{}: 255}},
		{255, map[merkle.TileID]int{}},
		{256, map[merkle.TileID]int{{}: 256, {Level: 1}: 1}},
		{257, map[merkle.TileID]int{{Index: 1}: 1}},
		{769, map[merkle.TileID]int{{Index: 1}: 256, {Index: 2}: 256, {Index: 3}: 1, {Level: 1}: 3}},
		{770, map[merkle.TileID]int{{Index: 3}: 2}},
	}
	failure := errors.New("disk full")
	for _, step := range steps {
		for b.Size() < step.size {
			b.Append(merkle.LeafHash(leafData(b.Size())))
		}
		for failing := range len(step.want) {
			calls := 0
			err := b.Flush(func(merkle.TileID, []merkle.Hash) error {
				if calls++; calls > failing {
					return failure
				}
				return nil
			})
			if !errors.Is(err, failure) {
				t.Fatalf("size %d, store %d fails: %v", step.size, failing, err)
			}
		}
		got := map[merkle.TileID]int{}
		var order []merkle.TileID
		err := b.Flush(func(id merkle.TileID, hashes []merkle.Hash) error {
			got[id], order = len(hashes), append(order, id)
			return nil
		})
		if diff := cmp.Diff(step.want, got); err != nil || diff != "" || len(order) != len(got) {
			t.Fatalf("size %d: %v, order %v\n%s", step.size, err, order, diff)
		}
	}
}

func TestNewBuilderRefuses(t *testing.T) {
	t.Parallel()
	full := make([]merkle.Hash, merkle.TileWidth)
	type edge = map[merkle.TileID][]merkle.Hash
	for name, test := range map[string]struct {
		size uint64
		edge edge
		want []string
	}{
		"too large":       {1<<62 + 1, nil, []string{"size 4611686018427387905"}},
		"largest number":  {math.MaxUint64, nil, []string{"size 18446744073709551615"}},
		"nothing stored":  {257, nil, []string{"tile 0/1 has 0 hashes, want 1", "tile 1/0 has 0 hashes, want 1"}},
		"short and long":  {258, edge{{Index: 1}: full[:1], {Level: 1}: full[:2]}, []string{"tile 0/1 has 1 hashes, want 2", "tile 1/0 has 2 hashes, want 1"}},
		"forgotten size":  {0, edge{{}: full[:1]}, []string{"1 tiles are not of the edge"}},
		"another index":   {1, edge{{Index: 1}: full[:1]}, []string{"tile 0/0 has 0 hashes, want 1", "1 tiles are not of the edge"}},
		"a full tile too": {257, edge{{}: full, {Index: 1}: full[:1], {Level: 1}: full[:1]}, []string{"1 tiles are not of the edge"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := merkle.NewBuilder(test.size, test.edge)
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
		})
	}
}

func TestEdge(t *testing.T) {
	t.Parallel()
	for size, want := range map[uint64][]merkle.TileID{
		0:         nil,
		1:         {{}},
		255:       {{}},
		256:       {{Level: 1}},
		257:       {{Index: 1}, {Level: 1}},
		1 << 16:   {{Level: 2}},
		1<<16 + 1: {{Index: 256}, {Level: 2}},
		1 << 40:   {{Level: 5}},
		3<<40 + 7: {{Index: 3 << 32}, {Level: 5}},
		1 << 62:   {{Level: 7}},
	} {
		if diff := cmp.Diff(want, merkle.Edge(size)); diff != "" {
			t.Errorf("size %d: %s", size, diff)
		}
	}
}
