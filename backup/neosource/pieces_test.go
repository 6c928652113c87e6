package neosource

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// Records are cut into chunks that a repository takes, however large they are.
func TestPieces(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	for name, test := range map[string]struct {
		images []int // sizes
		want   []int // records of each chunk
		fails  bool
	}{
		"none":                  {},
		"small":                 {images: []int{10, 10, 10}, want: []int{3}},
		"one ends a chunk":      {images: []int{10, mega, 10}, want: []int{2, 1}},
		"large after small":     {images: []int{mega / 2, 15*mega + mega/2, 10}, want: []int{1, 1, 1}},
		"as large as can be":    {images: []int{16*mega - recordOverhead}, want: []int{1}},
		"larger than can be":    {images: []int{10, 16*mega - recordOverhead + 1}, fails: true},
		"each as large as half": {images: []int{9 * mega, 9 * mega}, want: []int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p pieces
			var err error
			for _, size := range test.images {
				if err == nil {
					err = p.add(graphimage.Record{Kind: graphimage.Node, Image: bytes.Repeat([]byte{1}, size)})
				}
			}
			if test.fails || err != nil {
				if !test.fails || err == nil {
					t.Errorf("error %v", err)
				}
				return
			}
			p.cut()
			var got []int
			for _, chunk := range p.take() {
				if len(chunk) > backup.MaxChunk {
					t.Errorf("a chunk of %d bytes", len(chunk))
				}
				n := 0
				for _, err := range graphimage.Records(chunk) {
					if n++; err != nil {
						t.Fatal(err)
					}
				}
				got = append(got, n)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || len(p.take()) > 0 {
				t.Errorf("records of each chunk (-want +got):\n%s", diff)
			}
		})
	}
}
