package s3target_test

import (
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

func BenchmarkTarget(b *testing.B) {
	server := servertest.NewS3(b)
	c, _ := bucket(b, server, "bucket", false)
	target := open(b, c)
	for name, size := range map[string]int{"1kib": 1 << 10, "16mib": 16 << 20} {
		data := make([]byte, size)
		number := 0
		b.Run("Put/"+name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				number++
				if err := target.Put(b.Context(), fmt.Sprintf("o/%s/%d", name, number), data); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Get/"+name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := target.Get(b.Context(), fmt.Sprintf("o/%s/1", name), 0, -1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
