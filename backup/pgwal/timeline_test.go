package pgwal_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// standby makes a standby of a cluster, and starts it.
func standby(t testing.TB, of *servertest.Cluster) *servertest.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(of.Data()), "standby-")
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if text, err := of.Program("pg_basebackup", "-d", of.URL, "-D", data, "-R", "-X", "stream", "-c", "fast", "-C", "-S", "s"+strings.ToLower(rand.Text())); err != nil {
		t.Fatalf("pg_basebackup: %v\n%s", err, text)
	}
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	config.Data = data
	return servertest.NewClusterWith(t, config)
}

// hosts returns the connection string of several clusters.
func hosts(t testing.TB, clusters ...*servertest.Cluster) string {
	t.Helper()
	var names, ports string
	for i, c := range clusters {
		u, err := url.Parse(c.URL)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			names, ports = names+",", ports+","
		}
		names, ports = names+u.Hostname(), ports+u.Port()
	}
	return fmt.Sprintf("host=%s port=%s user=shugo dbname=postgres sslmode=disable", names, ports)
}

// caughtUp waits until a standby has replayed all that a server has written.
func caughtUp(t testing.TB, primary, standby database) {
	t.Helper()
	lsn := query[string](primary, `SELECT pg_current_wal_insert_lsn()::text`)
	until(t, "the standby does not catch up", func() bool {
		return query[bool](standby, `SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn`, lsn)
	})
}

// promote makes a standby a primary, whose timeline is the next that it knows not to be taken.
func promote(t testing.TB, c *servertest.Cluster, want uint32) database {
	t.Helper()
	db := connect(t, c)
	if !query[bool](db, `SELECT pg_promote()`) {
		t.Fatal("the standby is not promoted")
	}
	db.exec(`CHECKPOINT`)
	if cut := db.cut(); cut.Timeline != want {
		t.Fatalf("promoted to timeline %d, expected %d", cut.Timeline, want)
	}
	return db
}

// take has a standby find that timeline 2 is taken.
func take(t testing.TB, c *servertest.Cluster) {
	t.Helper()
	file := filepath.Join(c.Data(), "pg_wal", "00000002.history")
	if err := os.WriteFile(file, []byte("1\t0/1000000\tof another\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// followed shows that what is stored of a timeline is what the server has, and that its history file is stored.
func followed(t testing.TB, c *servertest.Cluster, repository pgwal.Logs, cut backup.Cut) {
	t.Helper()
	const size = 16 << 20
	start, data := stored(t, repository, pgwal.LogName(cut.System, cut.Timeline))
	if start%size != 0 || start+uint64(len(data)) < uint64(cut.LSN) {
		t.Fatalf("timeline %d is stored from %s on, %d bytes", cut.Timeline, backup.LSN(start), len(data))
	}
	sameAsDisk(t, c, cut.Timeline, size, start, data)
	want, err := os.ReadFile(filepath.Join(c.Data(), "pg_wal", fmt.Sprintf("%08X.history", cut.Timeline)))
	if err != nil {
		t.Fatal(err)
	}
	for entry, err := range repository.Log(pgwal.HistoryName(cut.System)).Entries(context.Background(), uint64(cut.Timeline)) {
		if err == nil && entry.Start == uint64(cut.Timeline) {
			if string(entry.Data) != string(want) {
				t.Errorf("history of timeline %d is %q, expected %q", cut.Timeline, entry.Data, want)
			}
			return
		}
	}
	t.Errorf("no history of timeline %d", cut.Timeline)
}

// TestFailover has a standby promoted when the primary is lost.
func TestFailover(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		timeline uint32
		stream   bool // from the standby, so that its stream ends in the middle
	}{
		{"to timeline 2", 2, false}, {"to timeline 3", 3, false}, {"of the node that is streamed from", 2, true},
		{"of the node that is streamed from to timeline 3", 3, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := durable()
			config.Settings = append(config.Settings, "wal_keep_size=1GB")
			first := servertest.NewClusterWith(t, config)
			db := connect(t, first)
			db.exec(messageTable)
			second := standby(t, first)
			var repository backuptest.Repository
			connection := hosts(t, first, second)
			if test.stream {
				connection = second.URL
			}
			r, _ := receiving(t, pgwal.ReceiverConfig{Connection: connection, Repository: &repository})
			stop := load(t, first.URL, 2)
			for range 3 {
				db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 5000)`)
			}
			stop()
			old := db.cut()
			caughtUp(t, db, connect(t, second))
			await(t, r, old)
			if test.timeline == 3 {
				take(t, second)
			}
			first.Kill(t)
			next := promote(t, second, test.timeline)
			next.exec(`INSERT INTO message (text) VALUES ('on the next timeline')`)
			cut := next.cut()
			await(t, r, cut)
			followed(t, second, &repository, cut)
			if s := r.Status(); s.Timeline != test.timeline || s.Durable < cut.LSN || s.Gap != nil {
				t.Errorf("after the failover: %+v", s)
			}
		})
	}
}

// TestLeftBehind has a standby promoted while the primary lives on, as after a partition of the network: the newer timeline
// is followed. Before that, the slot of the standby is kept up to date.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	first := servertest.NewClusterWith(t, config)
	db := connect(t, first)
	db.exec(messageTable)
	second := standby(t, first)
	other := connect(t, second)
	var repository backuptest.Repository
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: hosts(t, second, first), Repository: &repository, Watch: 20 * time.Millisecond})
	db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 5000)`)
	cut := db.cut()
	await(t, r, cut)
	if s := r.Status(); s.Standby {
		t.Errorf("streaming from the standby: %+v", s)
	}
	caughtUp(t, db, other)
	until(t, "the slot of the standby is not kept up to date", func() bool {
		return query[int64](other, `SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'shugo' AND restart_lsn >= $1::pg_lsn`, cut.LSN.String()) == 1
	})
	next := promote(t, second, 2)
	next.exec(`INSERT INTO message (text) VALUES ('on timeline 2')`)
	db.exec(`INSERT INTO message (text) VALUES ('on the node that was left behind')`)
	await(t, r, next.cut())
	followed(t, second, &repository, next.cut())
	until(t, "the node that was left behind keeps its log", func() bool {
		return query[int64](db, `SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'shugo'`) == 0
	})
}

// TestLineage has a receiver come back after two failovers, and follow them one after the other.
func TestLineage(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	first := servertest.NewClusterWith(t, config)
	db := connect(t, first)
	db.exec(messageTable)
	second := standby(t, first)
	third := standby(t, second)
	var repository backuptest.Repository
	r, end := receiving(t, pgwal.ReceiverConfig{Connection: first.URL, Repository: &repository})
	await(t, r, db.cut())
	end()

	db.exec(`INSERT INTO message (text) VALUES ('on timeline 1')`)
	one := db.cut()
	caughtUp(t, db, connect(t, second))
	first.Kill(t)
	next := promote(t, second, 2)
	next.exec(`INSERT INTO message (text) VALUES ('on timeline 2')`)
	two := next.cut()
	caughtUp(t, next, connect(t, third))
	second.Kill(t)
	last := promote(t, third, 3)
	last.exec(`INSERT INTO message (text) VALUES ('on timeline 3')`)
	three := last.cut()

	r, _ = receiving(t, pgwal.ReceiverConfig{Connection: third.URL, Repository: &repository})
	for _, cut := range []backup.Cut{one, two, three} {
		await(t, r, cut)
	}
	followed(t, third, &repository, two)
	followed(t, third, &repository, three)

	// The first node comes back on timeline 1: it is not followed, and not taken for the cluster.
	first.Start(t)
	stale, err := pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: first.URL, Repository: &repository})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- stale.Run(ctx) }()
	until(t, "the node that was left behind is not refused", func() bool { return stale.Status().SourceErr != nil })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if n := stale.Status().Connects; n != 0 {
		t.Errorf("the node that was left behind was streamed from %d times", n)
	}
}
