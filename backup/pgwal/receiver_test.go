package pgwal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// durable has initdb and the server write as they do where data matter.
func durable() servertest.ClusterConfig {
	return servertest.ClusterConfig{Settings: []string{"wal_level=replica", "fsync=on", "max_wal_senders=10"}}
}

// receiving runs a receiver until the test ends, or stop is called, which returns what Run returned.
func receiving(t testing.TB, config pgwal.ReceiverConfig) (r *pgwal.Receiver, stop func() error) {
	t.Helper()
	r, err := pgwal.NewReceiver(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := stop(); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the receiver ended: %v", err)
		}
	})
	return r, stop
}

// database is a connection to a cluster.
type database struct {
	t    testing.TB
	conn *pgx.Conn
}

func connect(t testing.TB, c *servertest.Cluster) database {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), c.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return database{t, conn}
}

func (d database) exec(sql string, args ...any) {
	d.t.Helper()
	if _, err := d.conn.Exec(context.Background(), sql, args...); err != nil {
		d.t.Fatal(err)
	}
}

func query[T any](d database, sql string, args ...any) T {
	d.t.Helper()
	var value T
	if err := d.conn.QueryRow(context.Background(), sql, args...).Scan(&value); err != nil {
		d.t.Fatal(err)
	}
	return value
}

// cut returns the cut of now.
func (d database) cut() backup.Cut {
	d.t.Helper()
	lsn, err := backup.ParseLSN(query[string](d, `SELECT pg_current_wal_flush_lsn()::text`))
	if err != nil {
		d.t.Fatal(err)
	}
	timeline := query[int64](d, `SELECT timeline_id FROM pg_control_checkpoint()`)
	return backup.Cut{System: query[string](d, `SELECT system_identifier::text FROM pg_control_system()`), Timeline: uint32(timeline), LSN: lsn}
}

// await waits until a cut is durable.
func await(t testing.TB, r *pgwal.Receiver, cut backup.Cut) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.Await(ctx, cut); err != nil {
		t.Fatalf("awaiting %s on timeline %d: %v, status %+v", cut.LSN, cut.Timeline, err, r.Status())
	}
}

// stored returns the bytes of a log, which may have no holes, and where they begin.
func stored(t testing.TB, repository pgwal.Logs, name string) (uint64, []byte) {
	t.Helper()
	var start, next uint64
	var all []byte
	for entry, err := range repository.Log(name).Entries(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if all == nil {
			start, next = entry.Start, entry.Start
		}
		if entry.Start != next || entry.End-entry.Start != uint64(len(entry.Data)) {
			t.Fatalf("entry from %d to %d of %d bytes where %d was next", entry.Start, entry.End, len(entry.Data), next)
		}
		all, next = append(all, entry.Data...), entry.End
	}
	return start, all
}

// segments writes a log as the segment files of a server, the last one filled with zeros, and returns their names.
func segments(t testing.TB, dir string, timeline uint32, size, start uint64, data []byte) []string {
	t.Helper()
	if start%size != 0 {
		t.Fatalf("the log begins at %s, within a segment", backup.LSN(start))
	}
	var names []string
	for at := start; len(data) > 0; at += size {
		number, per := at/size, uint64(1)<<32/size
		name := fmt.Sprintf("%08X%08X%08X", timeline, number/per, number%per)
		n := min(uint64(len(data)), size)
		file := make([]byte, size)
		copy(file, data[:n])
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o644); err != nil {
			t.Fatal(err)
		}
		names, data = append(names, name), data[n:]
	}
	return names
}

// sameAsDisk compares a log with the files of the server.
func sameAsDisk(t testing.TB, c *servertest.Cluster, timeline uint32, size, start uint64, data []byte) {
	t.Helper()
	for at := start; len(data) > 0; at += size {
		number, per := at/size, uint64(1)<<32/size
		name := fmt.Sprintf("%08X%08X%08X", timeline, number/per, number%per)
		n := min(uint64(len(data)), size)
		file, err := os.ReadFile(filepath.Join(c.Data(), "pg_wal", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(file[:n], data[:n]) {
			t.Fatalf("segment %s is not what the server has", name)
		}
		data = data[n:]
	}
}

// readable makes a folder that the account of the server can read.
func readable(t testing.TB, c *servertest.Cluster) string {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(c.Data()), "segments-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// dumps has pg_waldump read segments from the first position to a cut.
func dumps(t testing.TB, c *servertest.Cluster, dir string, cut backup.Cut, start uint64) {
	t.Helper()
	text, err := c.Program("pg_waldump", "-q", "-p", dir, "-t", fmt.Sprint(cut.Timeline), "-s", backup.LSN(start+40).String(), "-e", cut.LSN.String())
	if err != nil {
		t.Fatalf("pg_waldump: %v\n%s", err, text)
	}
}

// TestReceive shows that what is stored is what the server has in its files, byte for byte.
func TestReceive(t *testing.T) {
	t.Parallel()
	for _, megabytes := range []uint64{1, 16, 64} {
		t.Run(fmt.Sprint(megabytes), func(t *testing.T) {
			t.Parallel()
			config := durable()
			config.Initdb = []string{"--wal-segsize", fmt.Sprint(megabytes)}
			config.Settings = append(config.Settings, "wal_keep_size=1GB")
			c := servertest.NewClusterWith(t, config)
			var repository backuptest.Repository
			r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
			db := connect(t, c)
			db.exec(`CREATE TABLE message (id bigserial, text text)`)
			for range 20 {
				db.exec(`INSERT INTO message (text) SELECT repeat('守', 1000) FROM generate_series(1, 300)`)
			}
			db.exec(`SELECT pg_switch_wal()`)
			db.exec(`INSERT INTO message (text) VALUES ('last')`)
			cut := db.cut()
			await(t, r, cut)
			start, data := stored(t, &repository, pgwal.LogName(cut.System, 1))
			if end := start + uint64(len(data)); end < uint64(cut.LSN) {
				t.Fatalf("stored up to %s, not to %s", backup.LSN(end), cut.LSN)
			}
			size := megabytes << 20
			sameAsDisk(t, c, 1, size, start, data)
			dir := readable(t, c)
			segments(t, dir, 1, size, start, data)
			dumps(t, c, dir, cut, start)
		})
	}
}

func pgxConnect(ctx context.Context, url string) (*pgx.Conn, error) { return pgx.Connect(ctx, url) }
