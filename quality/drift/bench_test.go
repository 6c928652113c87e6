package drift_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/quality/drift"
)

func BenchmarkTest(b *testing.B) {
	for _, size := range []struct{ rows, dim, permutations int }{
		{400, 64, 999}, {400, 1536, 999}, {10_000, 1536, 999}, {400, 1536, 9_999},
	} {
		b.Run(fmt.Sprintf("%dx%d/%d", size.rows, size.dim, size.permutations), func(b *testing.B) {
			w := newWorld(1, size.dim, 10, 1)
			reference, current := w.draw(size.rows, change{}), w.draw(size.rows, change{})
			b.ReportAllocs()
			for b.Loop() {
				cfg := drift.Config{Permutations: size.permutations}
				if _, err := drift.Test(context.Background(), cfg, reference, current); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
