package unidic

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikawaha/kagome-dict/uni"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestPacked compares what was packed with the dictionary: each connection, each word, each feature; or one word of many.
func TestPacked(t *testing.T) {
	from, every := uni.Dict(), servertest.Count(101, 1)
	a := loaded(t, Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
	p := a.tables
	lefts, rights := make(map[int16]uint16), make(map[int16]uint16)
	other := 0
	for id := 0; id < len(from.Morphs); id += every {
		surface := from.Contents[id][columnOrth]
		ids := from.Index.Search(surface)
		if !slices.Contains(ids, id) {
			other++
			continue
		}
		if id != ids[len(ids)-1] {
			continue
		}
		g, ok := p.find(surface)
		if !ok || int(g.size) != len(ids) || int(g.first) != ids[0] {
			t.Fatalf("word %d: group %+v of words %v", id, g, ids)
		}
		if alphanumeric(surface) != (g.paths == 0) {
			t.Errorf("word %d: %d of %d can be on a path", id, g.paths, g.size)
		}
		var want, got []string
		for i, other := range ids {
			want = append(want, features(from.Contents[other]))
			number := int(g.first) + i
			got = append(got, packedFeatures(a, number))
		}
		if slices.Sort(want); !slices.Equal(want, slices.Sorted(slices.Values(got))) {
			t.Fatalf("word %d: features %q, want %q", id, got, want)
		}
		if len(ids) == 1 {
			m, e := from.Morphs[id], p.entries[g.first]
			lefts[m.LeftID], rights[m.RightID] = e.left, e.right
			if m.Weight != e.cost {
				t.Errorf("word %d: cost %d, want %d", id, e.cost, m.Weight)
			}
		}
	}
	if other > 1 { // one form of 令和 is written with a compatibility character
		t.Errorf("%d words have another surface than form", other)
	}
	if len(lefts) < 1000/every {
		t.Errorf("%d contexts were compared", len(lefts))
	}
	for r, right := range rights {
		for l, left := range lefts {
			if got, want := p.connection(entry{right: right}, entry{left: left}), from.Connection.At(int(r), int(l)); got != int32(want) {
				t.Fatalf("contexts %d and %d: cost %d, want %d", r, l, got, want)
			}
		}
	}
}

func features(content []string) string {
	s := strings.Join([]string{
		content[columnType], content[columnForm], content[columnLForm], content[columnLemma], content[columnBase], content[columnPron],
		content[columnOrigin],
	}, ",")
	return strings.ReplaceAll(s, "*", "")
}

func packedFeatures(a *Analyzer, number int) string {
	w, g := a.tables.words[number], a.grammars[a.tables.entries[number].grammar]
	text := a.tables.string
	s := strings.Join([]string{
		g.conjugationType, g.conjugationForm, text(w.lemmaReading), text(w.lemma), text(w.base), text(w.pronunciation), g.origin,
	}, ",")
	return strings.ReplaceAll(s, "*", "")
}
