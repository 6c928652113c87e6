package physical

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup/pgwal"
)

// BenchmarkRatio takes full backups by each side by turns, so that what else the machine does falls on both, and reports the
// medians of their times in seconds, and of the ratios of neighbours: how many times longer pgBackRest takes.
func BenchmarkRatio(b *testing.B) {
	c, socket := cluster(b)
	b.Logf("the cluster has %s", megabytes(size(b, c.Data())))
	source, err := pgwal.NewSource(pgwal.SourceConfig{Connection: c.URL})
	if err != nil {
		b.Fatal(err)
	}
	p := newPgBackRest(b, c, socket, folder(b))
	var ours, theirs, ratios []float64
	for b.Loop() {
		dir := folder(b)
		repository := newRepository(b, dir)
		shugo := func() {
			ours = append(ours, seconds(func() {
				if _, err := repository.Write(context.Background(), source.Name(), source.Backup); err != nil {
					b.Fatal(err)
				}
			}))
		}
		peer := func() { theirs = append(theirs, seconds(func() { p.backup(b) })) }
		if len(ours)%2 == 0 {
			shugo()
			peer()
		} else {
			peer()
			shugo()
		}
		if err := os.RemoveAll(dir); err != nil { // its pages in memory are not written while the next is at work
			b.Fatal(err)
		}
		ratios = append(ratios, theirs[len(theirs)-1]/ours[len(ours)-1])
	}
	b.ReportMetric(median(ours), "shugo-s")
	b.ReportMetric(median(theirs), "pgbackrest-s")
	b.ReportMetric(median(ratios), "times-faster")
	b.Logf("ratios %.2f", ratios)
}

func seconds(work func()) float64 {
	began := time.Now()
	work()
	return time.Since(began).Seconds()
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
