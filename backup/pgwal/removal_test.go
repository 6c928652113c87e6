package pgwal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// passing returns the address of a cluster through something that calls a function with what clients send, before it passes that on.
func passing(t testing.TB, address string, before func(sent []byte)) string {
	t.Helper()
	return servertest.Proxy(t, address, func(client net.Conn, server string) { pass(client, server, before) })
}

// pass passes one connection on until either end closes it.
func pass(client net.Conn, host string, before func([]byte)) {
	defer client.Close()
	server, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer client.Close()
		_, _ = io.Copy(client, server)
	}()
	part := make([]byte, 64<<10)
	for {
		n, err := client.Read(part)
		if err != nil {
			return
		}
		before(part[:n])
		if _, err := server.Write(part[:n]); err != nil {
			return
		}
	}
}

// moveOn has a cluster remove what nobody holds of its log. It may be called by any goroutine.
func moveOn(t testing.TB, c *servertest.Cluster) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, c.URL)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(ctx)
	for range 3 {
		for _, sql := range []string{`INSERT INTO message (text) VALUES ('x')`, `SELECT pg_switch_wal()`, `CHECKPOINT`} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				t.Error(err)
			}
		}
	}
}

// eachSmall runs a test with such a cluster, which has a table of messages, of the release that the environment names, and of one that does
// not tell the state of slots.
func eachSmall(t *testing.T, test func(t *testing.T, c *servertest.Cluster)) {
	for _, release := range []string{"", "14.23.0"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			config := durable()
			if release != "" {
				config.Bin = servertest.Release(t, release)
			}
			config.Initdb = []string{"--wal-segsize", "1"}
			config.Settings = append(config.Settings, "min_wal_size=2MB", "max_wal_size=4MB")
			c := servertest.NewClusterWith(t, config)
			connect(t, c).exec(messageTable)
			test(t, c)
		})
	}
}

// TestRemovedBeforeSlot has the server remove what it wrote last after it said how far it is, and before the slot is there.
func TestRemovedBeforeSlot(t *testing.T) {
	t.Parallel()
	eachSmall(t, func(t *testing.T, c *servertest.Cluster) {
		var once sync.Once
		through := passing(t, c.URL, func(sent []byte) {
			if bytes.Contains(sent, []byte("CREATE_REPLICATION_SLOT")) {
				once.Do(func() { moveOn(t, c) })
			}
		})
		var repository backuptest.Repository
		r, _ := receiving(t, pgwal.ReceiverConfig{Connection: through, Repository: &repository})
		until(t, "the receiver does not stream", func() bool { return r.Status().Alive() || r.Status().Gap != nil })
		await(t, r, connect(t, c).cut())
		if s := r.Status(); s.Gap != nil || s.Connects != 1 {
			t.Errorf("status %+v", s)
		}
	})
}

// atBoundary has a receiver store a log that ends where a segment does, which the slot then says, and returns the end.
func atBoundary(t *testing.T, db database, r *pgwal.Receiver) backup.LSN {
	t.Helper()
	const held = `SELECT (restart_lsn - '0/0')::bigint FROM pg_replication_slots WHERE slot_name = 'shugo'`
	until(t, "the receiver does not stream", func() bool { return r.Status().Alive() })
	var end backup.LSN
	until(t, "the log does not end at a segment's end", func() bool { // the server writes by itself now and then
		db.exec(`INSERT INTO message (text) VALUES ('x')`)
		db.exec(`SELECT pg_switch_wal()`)
		end = db.cut().LSN
		await(t, r, backup.Cut{Timeline: 1, LSN: end})
		return end%(1<<20) == 0 && query[int64](db, held) == int64(end) && r.Status().Durable == end
	})
	return end
}

// TestRemovedAtBoundary has the log end where a segment does, and the server remove that segment, which the slot does not hold,
// while a receiver is away for a moment, and while there is none; then what the slot held, too.
func TestRemovedAtBoundary(t *testing.T) {
	t.Parallel()
	eachSmall(t, func(t *testing.T, c *servertest.Cluster) {
		db := connect(t, c)
		var away, removed atomic.Bool
		through := passing(t, c.URL, func(sent []byte) {
			if bytes.Contains(sent, []byte("START_REPLICATION")) && away.CompareAndSwap(true, false) {
				moveOn(t, c)
				removed.Store(true)
			}
		})
		var repository backuptest.Repository
		config := pgwal.ReceiverConfig{Connection: through, Repository: &repository}
		r, end := receiving(t, config)
		atBoundary(t, db, r)
		away.Store(true)
		db.exec(`SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots`)
		until(t, "the receiver does not come back", removed.Load)
		await(t, r, db.cut())

		atBoundary(t, db, r)
		end()
		moveOn(t, c)
		r, end = receiving(t, config)
		cut := db.cut()
		await(t, r, cut)
		if _, data := stored(t, &repository, pgwal.LogName(cut.System, 1)); len(data) == 0 || r.Status().Gap != nil {
			t.Errorf("%d bytes, status %+v", len(data), r.Status())
		}

		last := atBoundary(t, db, r)
		end()
		removes(db)
		var gap *backup.GapError
		if err := ends(t, config); !errors.As(err, &gap) || gap.From != uint64(last) || gap.To <= gap.From {
			t.Errorf("Run: %v, stored up to %s", err, last)
		}
	})
}

// TestRemovedAfterBase has the server remove what it wrote during a base backup as soon as that has ended.
func TestRemovedAfterBase(t *testing.T) {
	t.Parallel()
	eachSmall(t, func(t *testing.T, c *servertest.Cluster) {
		var based, removed atomic.Bool
		through := passing(t, c.URL, func(sent []byte) {
			if based.Load() && removed.CompareAndSwap(false, true) {
				moveOn(t, c)
			}
			if bytes.Contains(sent, []byte("BASE_BACKUP")) {
				based.Store(true)
			}
		})
		s, err := pgwal.NewSource(pgwal.SourceConfig{Connection: through})
		if err != nil {
			t.Fatal(err)
		}
		var repository backuptest.Repository
		takeBase(t, &repository, s)
		if !removed.Load() {
			t.Error("nothing was removed")
		}
	})
}

// TestRemovedDuringBase has the server remove what a base backup is to have of the log while it is taken.
func TestRemovedDuringBase(t *testing.T) {
	t.Parallel()
	eachSmall(t, func(t *testing.T, c *servertest.Cluster) {
		var once sync.Once
		during := func(backup.Progress) { once.Do(func() { moveOn(t, c) }) }
		var repository backuptest.Repository
		takeBase(t, &repository, source(t, c, pgwal.SourceConfig{IncludeWAL: true, Progress: during}))
	})
}

// TestNoSlotFree has a base backup have its log from a server that has no slot to give.
func TestNoSlotFree(t *testing.T) {
	t.Parallel()
	for _, slots := range []string{"0", "1"} {
		t.Run(slots, func(t *testing.T) {
			t.Parallel()
			config := durable()
			config.Settings = append(config.Settings, "max_replication_slots="+slots)
			c := servertest.NewClusterWith(t, config)
			if slots == "1" {
				connect(t, c).exec(`SELECT pg_create_physical_replication_slot('other')`)
			}
			var repository backuptest.Repository
			takeBase(t, &repository, source(t, c, pgwal.SourceConfig{IncludeWAL: true}))
		})
	}
}
