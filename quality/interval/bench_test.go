package interval_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/shugo-data/shugo/quality/interval"
)

func BenchmarkClustered(b *testing.B) {
	for _, k := range []int{0, 1, 7} { // independent rows, whole pages, unequal pages
		for _, n := range []int{100, 1000, 10000} {
			pages := make([]interval.Page, n)
			kinds()[k].fill(rand.New(rand.NewPCG(1, 1)), pages, 0.05)
			b.Run(fmt.Sprintf("%s/%d", kinds()[k].name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := interval.Clustered(pages, 100000, 0.95); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
