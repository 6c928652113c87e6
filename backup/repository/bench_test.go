package repository_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/repository"
)

// block is a chunk of a benchmark: random bytes, of which a part repeats as in pages of a database.
func block(random *rand.Rand, repeated float64) []byte {
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	for at := 0; at+8192 <= len(b); at += 8192 {
		for i := range int(8192 * repeated) {
			b[at+i] = "a page of a database, half full "[i%32]
		}
	}
	return b
}

func onDisk(b *testing.B) *repository.Repository {
	b.Helper()
	target, err := dirtarget.New(dirtarget.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	r, err := repository.Create(b.Context(), repository.Config{Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.Key{1}})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkWrite writes 256 MiB into a directory.
func BenchmarkWrite(b *testing.B) {
	for name, repeated := range map[string]float64{"incompressible": 0, "half": 0.5} {
		b.Run(name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 2))
			kept := block(random, repeated)
			pool := sync.Pool{New: func() any { return new([1 << 20]byte) }}
			r := onDisk(b)
			b.SetBytes(256 << 20)
			b.ReportAllocs()
			for n := range b.N {
				_, err := r.Write(b.Context(), "bench", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
					item, err := w.Create(ctx, "item", "bytes")
					if err != nil {
						return backup.Cut{}, err
					}
					for i := range 256 {
						data := pool.Get().(*[1 << 20]byte)
						copy(data[:], kept)
						copy(data[:], fmt.Sprintf("%d %d ", n, i))
						if err := item.Append(ctx, backup.Chunk{Data: data[:], Release: func() { pool.Put(data) }}); err != nil {
							return backup.Cut{}, err
						}
					}
					return backup.Cut{}, item.Commit(ctx, nil)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRead reads 64 MiB back, chunk by chunk, by one goroutine.
func BenchmarkRead(b *testing.B) {
	r := onDisk(b)
	c := content{"item": nil}
	random := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		c["item"] = append(c["item"], block(random, 0.5))
	}
	s, err := r.Write(b.Context(), "bench", c.write)
	if err != nil {
		b.Fatal(err)
	}
	reader, err := r.Open(b.Context(), s.ID)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(64 << 20)
	b.ReportAllocs()
	for b.Loop() {
		for n := range 64 {
			if _, err := reader.Chunk(b.Context(), "item", n); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAppend makes 64 KiB of a log durable in a directory.
func BenchmarkAppend(b *testing.B) {
	l := onDisk(b).Log("wal")
	data := block(rand.New(rand.NewPCG(1, 2)), 0.5)[:64<<10]
	at := uint64(0)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Append(b.Context(), backup.Entry{Start: at, End: at + uint64(len(data)), Time: time.Now(), Data: data}); err != nil {
			b.Fatal(err)
		}
		at += uint64(len(data))
	}
}
