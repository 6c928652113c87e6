package physical

import (
	"context"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgwal"
)

// nothing is a writer that keeps nothing: what is left is the cost of receiving and verifying.
type nothing struct{}

func (nothing) Create(context.Context, string, string) (backup.ItemWriter, error) {
	return nothing{}, nil
}
func (nothing) Previous() backup.Reader              { return nil }
func (nothing) Reuse(context.Context, string) error  { return backup.ErrNotFound }
func (nothing) Commit(context.Context, []byte) error { return nil }
func (nothing) Append(_ context.Context, c backup.Chunk) error {
	if c.Release != nil {
		c.Release()
	}
	return nil
}

// heap samples the peak of the heap while work runs.
func heap(work func()) uint64 {
	var peak atomic.Uint64
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}} // as MemStats.HeapAlloc, without stopping the program
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			peak.Store(max(peak.Load(), sample[0].Value.Uint64()))
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	runtime.GC() // what is left of others is not counted
	work()
	close(done)
	<-ended
	return peak.Load()
}

// BenchmarkBackup takes full backups.
func BenchmarkBackup(b *testing.B) {
	c, socket := cluster(b)
	total := size(b, c.Data())
	b.Logf("the cluster has %s", megabytes(total))
	source, err := pgwal.NewSource(pgwal.SourceConfig{Connection: c.URL})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("discard", func(b *testing.B) { // the server's stream, received as fast as it comes
		b.SetBytes(total)
		for b.Loop() {
			discard(b, c.URL)
		}
	})
	b.Run("verify", func(b *testing.B) { // and verified, but not kept
		b.SetBytes(total)
		for b.Loop() {
			if _, err := source.Backup(context.Background(), nothing{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("shugo", func(b *testing.B) { // and compressed, sealed and kept
		b.SetBytes(total)
		var peak uint64
		var stored int64
		for b.Loop() {
			b.StopTimer()
			repository := newRepository(b, folder(b)) // an empty one, so that nothing is there already
			b.StartTimer()
			peak = max(peak, heap(func() {
				snapshot, err := repository.Write(context.Background(), source.Name(), source.Backup)
				if err != nil {
					b.Fatal(err)
				}
				stored = snapshot.Stored
			}))
		}
		b.ReportMetric(float64(peak)/(1<<20), "MiB-peak-heap")
		b.ReportMetric(float64(stored)/1e6, "MB-stored")
	})
	b.Run("pgBackRest", func(b *testing.B) {
		p := newPgBackRest(b, c, socket, folder(b))
		b.SetBytes(total)
		for b.Loop() {
			p.backup(b)
		}
	})
}
