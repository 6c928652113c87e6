package backup_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/internal/servertest"
)

// BenchmarkBackup backs one database up with pg_dump's default format and with ours.
func BenchmarkBackup(b *testing.B) {
	address := messages(b, servertest.Count(5_000, 100_000), false)
	archive := filepath.Join(b.TempDir(), "archive")
	pgDump := filepath.Join(programs(b, address), "pg_dump")
	var ours, theirs time.Duration
	var stored, archived int64
	for b.Loop() {
		begun := time.Now()
		snapshot := backedUp(b, address)
		ours += time.Since(begun)
		stored = snapshot.Snapshot().Stored

		begun = time.Now()
		command(b, pgDump, "-Fc", "-f", archive, address)
		theirs += time.Since(begun)
		info, err := os.Stat(archive)
		if err != nil {
			b.Fatal(err)
		}
		archived = info.Size()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s/pg_dump")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/ours")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-faster")
	b.ReportMetric(float64(archived)/1e6, "MB/pg_dump")
	b.ReportMetric(float64(stored)/1e6, "MB/ours")
	b.ReportMetric(100*(1-float64(stored)/float64(archived)), "%smaller")
}

// backedUp returns our snapshot of a database.
func backedUp(b *testing.B, address string) backup.Reader {
	b.Helper()
	source, err := pgsource.New(pgsource.Config{URL: address})
	if err != nil {
		b.Fatal(err)
	}
	target, err := dirtarget.New(dirtarget.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	kept, err := repository.Create(b.Context(), repository.Config{Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.NewKey()})
	if err != nil {
		b.Fatal(err)
	}
	written, err := kept.Write(b.Context(), source.Name(), source.Backup)
	if err != nil {
		b.Fatal(err)
	}
	snapshot, err := kept.Open(b.Context(), written.ID)
	if err != nil {
		b.Fatal(err)
	}
	return snapshot
}

// BenchmarkRestore restores a database with an HNSW index by pg_restore and by ours, and examines ours.
func BenchmarkRestore(b *testing.B) {
	address := messages(b, servertest.Count(5_000, 20_000), true)
	bin := programs(b, address)
	archive := filepath.Join(b.TempDir(), "archive")
	command(b, filepath.Join(bin, "pg_dump"), "-Fc", "-Z1", "-f", archive, address)
	snapshot := backedUp(b, address)
	for b.Loop() {
		restores(b, bin, archive, snapshot)
	}
	b.ReportMetric(0, "ns/op")
}

// restores restores both, and examines ours.
func restores(b *testing.B, bin, archive string, snapshot backup.Reader) {
	to := servertest.Database(b)
	begun := time.Now()
	command(b, filepath.Join(bin, "pg_restore"), "--no-owner", "-d", to, archive)
	b.ReportMetric(time.Since(begun).Seconds(), "s/pg_restore")

	var serving time.Duration
	begun = time.Now()
	d, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: servertest.Database(b), Progress: func(p backup.Progress) {
		if p.Item == "serving exactly" {
			serving = p.Spent
		}
	}})
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Restore(b.Context(), snapshot, backup.Goal{}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(begun).Seconds(), "s/our-restore")
	b.ReportMetric(serving.Seconds(), "s/serving")
	begun = time.Now()
	x, err := d.Examine(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(begun).Seconds(), "s/examined")
	facts, err := backup.ReadFacts(b.Context(), snapshot)
	if err != nil {
		b.Fatal(err)
	}
	if diff := cmp.Diff(facts, x.Facts); diff != "" {
		b.Errorf("the restored database differs:\n%s", diff)
	}
	for _, f := range x.Findings {
		if !f.Passed {
			b.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
}

func programs(b *testing.B, address string) string {
	conn, err := pgx.Connect(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var bin string
	if err := conn.QueryRow(b.Context(), "SELECT setting FROM pg_config WHERE name = 'BINDIR'").Scan(&bin); err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(bin, "pg_dump")); err != nil {
		b.Skip("pg_dump of the server's version is not on this machine")
	}
	return bin
}

func command(b *testing.B, name string, args ...string) {
	b.Helper()
	if output, err := exec.CommandContext(b.Context(), name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", filepath.Base(name), err, output)
	}
}
