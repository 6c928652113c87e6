package physical

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgwal"
)

// BenchmarkRestore restores a full backup into an empty directory, durable, without replaying a log.
func BenchmarkRestore(b *testing.B) {
	c, socket := cluster(b)
	total := size(b, c.Data())
	b.Logf("the cluster has %s", megabytes(total))
	b.Run("shugo", func(b *testing.B) {
		repository := newRepository(b, folder(b))
		source, err := pgwal.NewSource(pgwal.SourceConfig{Connection: c.URL, IncludeWAL: true})
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		snapshot, err := repository.Write(ctx, source.Name(), source.Backup)
		if err != nil {
			b.Fatal(err)
		}
		r, err := repository.Open(ctx, snapshot.ID)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(total)
		var peak uint64
		for b.Loop() {
			into := filepath.Join(folder(b), "data")
			d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: into, Workers: 2})
			if err != nil {
				b.Fatal(err)
			}
			peak = max(peak, heap(func() {
				if err := d.Restore(ctx, r, backup.Goal{}); err != nil {
					b.Fatal(err)
				}
			}))
			b.StopTimer()
			os.RemoveAll(into)
			b.StartTimer()
		}
		b.ReportMetric(float64(peak)/(1<<20), "MiB-peak-heap")
	})
	b.Run("pgBackRest", func(b *testing.B) {
		p := newPgBackRest(b, c, socket, folder(b))
		p.backup(b)
		b.SetBytes(total)
		for b.Loop() {
			b.StopTimer()
			into := folder(b)
			if err := os.Chmod(into, 0o700); err != nil {
				b.Fatal(err)
			}
			p.give(b, into)
			b.StartTimer()
			p.restore(b, into)
			b.StopTimer()
			os.RemoveAll(into)
			b.StartTimer()
		}
	})
}
