package pgwal_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkCommit tells what a receiver costs those who commit: the rate of pgbench's simple updates with no receiver, with one
// that stores asynchronously, and with one that every commit waits for. What is stored is synchronized to the same disk.
func BenchmarkCommit(b *testing.B) {
	for _, sessions := range []int{1, 16} {
		for _, mode := range []string{"none", "async", "sync"} {
			b.Run(fmt.Sprintf("%s/clients=%d", mode, sessions), func(b *testing.B) {
				config := durable()
				if mode == "sync" {
					config.Settings = append(config.Settings, "synchronous_standby_names=shugo")
				}
				c := servertest.NewClusterWith(b, config)
				if mode != "none" {
					r, _ := receiving(b, pgwal.ReceiverConfig{Connection: c.URL, Repository: &files{dir: b.TempDir()}, Synchronous: mode == "sync"})
					until(b, "the receiver does not stream", func() bool { return r.Status().Alive() })
				}
				if text, err := c.Program("pgbench", "-i", "-q", "-s", "10", c.URL); err != nil {
					b.Fatalf("pgbench: %v\n%s", err, text)
				}
				tps := 0.0
				for b.Loop() {
					tps += transactions(b, c, sessions)
				}
				b.ReportMetric(tps/float64(b.N), "tx/s")
			})
		}
	}
}

// transactions runs pgbench for some seconds and returns its rate.
func transactions(b *testing.B, c *servertest.Cluster, sessions int) float64 {
	b.Helper()
	text, err := c.Program("pgbench", "-n", "-N", "-T", "4", "-c", strconv.Itoa(sessions), "-j", "2", c.URL)
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, text)
	}
	found := regexp.MustCompile(`tps = ([0-9.]+)`).FindStringSubmatch(text)
	if found == nil {
		b.Fatalf("pgbench told no rate:\n%s", text)
	}
	tps, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return tps
}

// BenchmarkCatchUp receives what a server has written before, into memory.
func BenchmarkCatchUp(b *testing.B) {
	config := durable()
	config.Settings = append(config.Settings, "max_wal_size=4GB", "synchronous_commit=off")
	c := servertest.NewClusterWith(b, config)
	db := connect(b, c)
	db.exec(messageTable)
	db.exec(`SELECT pg_create_physical_replication_slot('shugo', true)`)
	start := db.cut()
	for range 8 {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 60) FROM generate_series(1, 16000)`)
	}
	cut := db.cut()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		slot := fmt.Sprintf("bench_%d", n)
		db.exec(`SELECT pg_copy_physical_replication_slot('shugo', $1)`, slot)
		var repository backuptest.Repository
		r, stop := receiving(b, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Slot: slot})
		await(b, r, cut)
		if err := stop(); err == nil {
			b.Fatal("the receiver ended")
		}
	}
	b.SetBytes(int64(cut.LSN - start.LSN))
}
