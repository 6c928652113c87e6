package filesource_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup/filesource"
)

// chunks cuts data whole.
func chunks(data []byte) (all [][]byte) {
	for len(data) > 0 {
		n := filesource.Cut(data[:min(len(data), filesource.MostChunk)])
		all, data = append(all, data[:n]), data[n:]
	}
	return all
}

// TestCut keeps sizes, and boundaries after an insertion.
func TestCut(t *testing.T) {
	t.Parallel()
	data := random(7, 64<<20)
	before := map[[32]byte]bool{}
	all := chunks(data)
	for i, c := range all {
		if len(c) > filesource.MostChunk || i < len(all)-1 && len(c) < filesource.LeastChunk {
			t.Errorf("chunk %d has %d bytes", i, len(c))
		}
		before[sha256.Sum256(c)] = true
	}
	if mean := len(data) / len(all); mean < 900<<10 || mean > 1800<<10 {
		t.Errorf("the mean is %d bytes", mean)
	}
	fresh := 0
	for _, c := range chunks(append(append([]byte(nil), data[:10<<20]...), append([]byte("inserted"), data[10<<20:]...)...)) {
		if !before[sha256.Sum256(c)] {
			fresh++
		}
	}
	if fresh > 3 {
		t.Errorf("%d chunks are others after an insertion", fresh)
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte("abc"), 1000)
	f.Fuzz(func(t *testing.T, seed []byte, times int) {
		if len(seed) == 0 || times < 0 || times > 1<<20 {
			return
		}
		data := []byte(strings.Repeat(string(seed), 1+times/len(seed)))
		total := 0
		for _, c := range chunks(data) {
			if len(c) == 0 || len(c) > filesource.MostChunk {
				t.Fatalf("a chunk of %d bytes", len(c))
			}
			total += len(c)
		}
		if total != len(data) {
			t.Errorf("%d bytes became %d", len(data), total)
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("**/*.gguf", "models/a/b.gguf")
	f.Add("**/**/**/**/**/a", "a/a/a/a/a/a/a/b")
	f.Fuzz(func(t *testing.T, pattern, p string) {
		got := filesource.Match([]string{pattern}, p)
		if got && !filesource.Match([]string{pattern}, p+"/below") {
			t.Error("what is below a match does not match")
		}
		if !filesource.Match([]string{"**"}, p) {
			t.Error("** does not match")
		}
	})
}

func BenchmarkCut(b *testing.B) {
	data := random(1, 64<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		for rest := data; len(rest) > 0; {
			rest = rest[filesource.Cut(rest[:min(len(rest), filesource.MostChunk)]):]
		}
	}
}
