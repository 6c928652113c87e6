package dirtarget_test

import (
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/backup/dirtarget"
)

func BenchmarkTarget(b *testing.B) {
	for name, size := range map[string]int{"1KiB": 1 << 10, "16MiB": 16 << 20} {
		data := make([]byte, size)
		b.Run("Put/"+name, func(b *testing.B) {
			target := open(b, dirtarget.Config{})
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := target.Put(b.Context(), fmt.Sprintf("o/%02x/%d", i%256, i), data); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Get/"+name, func(b *testing.B) {
			target := open(b, dirtarget.Config{})
			if err := target.Put(b.Context(), "o/a", data); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := target.Get(b.Context(), "o/a", 0, -1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
