package pgwal_test

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// ends runs a receiver until it ends by itself.
func ends(t testing.TB, config pgwal.ReceiverConfig) error {
	t.Helper()
	r, err := pgwal.NewReceiver(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.Run(ctx)
}

// TestOtherCluster has another cluster at the address.
func TestOtherCluster(t *testing.T) {
	t.Parallel()
	one, other := servertest.NewClusterWith(t, durable()), servertest.NewClusterWith(t, durable())
	var repository backuptest.Repository
	r, end := receiving(t, pgwal.ReceiverConfig{Connection: one.URL, Repository: &repository})
	db := connect(t, one)
	await(t, r, db.cut())
	end()
	err := ends(t, pgwal.ReceiverConfig{Connection: other.URL, Repository: &repository})
	var cluster *backup.ClusterError
	if !errors.As(err, &cluster) || cluster.Expected != db.cut().System || cluster.Found == cluster.Expected {
		t.Errorf("Run: %v", err)
	}
}

// TestClone has a copy of a cluster at the address, which has gone its own way.
func TestClone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		longer bool // the copy has written more than the cluster
	}{{"shorter", false}, {"longer", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			one := servertest.NewClusterWith(t, durable())
			connect(t, one).exec(messageTable)
			one.StopImmediate(t)
			copied := filepath.Join(filepath.Dir(one.Data()), "copy")
			if text, err := exec.Command("cp", "-a", one.Data(), copied).CombinedOutput(); err != nil {
				t.Fatalf("cp: %v\n%s", err, text)
			}
			one.Start(t)
			db := connect(t, one)
			var repository backuptest.Repository
			r, end := receiving(t, pgwal.ReceiverConfig{Connection: one.URL, Repository: &repository})
			db.exec(`INSERT INTO message (text) SELECT 'here' FROM generate_series(1, 10000)`)
			await(t, r, db.cut())
			end()
			config := durable()
			config.Data = copied
			clone := servertest.NewClusterWith(t, config)
			if test.longer {
				connect(t, clone).exec(`INSERT INTO message (text) SELECT 'there' FROM generate_series(1, 20000)`)
			}
			err := ends(t, pgwal.ReceiverConfig{Connection: clone.URL, Repository: &repository})
			var diverged *pgwal.DivergedError
			if !errors.As(err, &diverged) || !errors.Is(err, backup.ErrCluster) || diverged.Timeline != 1 {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

// removes drops the slot of a cluster, and has it remove the log that it kept.
func removes(db database) {
	until(db.t, "the slot stays active", func() bool { // the server takes a while to see that a receiver is gone
		return query[bool](db, `SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'shugo'`)
	})
	db.exec(`SELECT pg_drop_replication_slot('shugo')`)
	for range 3 {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 1000)`)
		db.exec(`SELECT pg_switch_wal()`)
		db.exec(`CHECKPOINT`)
	}
}

// TestGap has the slot dropped while the receiver is away.
func TestGap(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--wal-segsize", "1"}
	config.Settings = append(config.Settings, "min_wal_size=2MB", "max_wal_size=4MB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository backuptest.Repository
	r, end := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
	await(t, r, db.cut())
	end()
	last := r.Status().Durable
	removes(db)

	err := ends(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
	var gap *backup.GapError
	if !errors.As(err, &gap) || gap.From != uint64(last) || gap.To <= gap.From || gap.To%(1<<20) != 0 {
		t.Fatalf("Run: %v, stored up to %s", err, last)
	}

	var mu sync.Mutex
	var told *backup.GapError
	r, _ = receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, OnRebase: func(g *backup.GapError) {
		mu.Lock()
		defer mu.Unlock()
		told = g
	}})
	cut := db.cut()
	await(t, r, cut)
	mu.Lock()
	defer mu.Unlock()
	if told == nil || told.From != gap.From || told.To < gap.To || told.Log != pgwal.LogName(cut.System, 1) {
		t.Errorf("OnRebase: %v, expected %v", told, gap)
	}
	gaps := 0
	for entry, err := range repository.Log(told.Log).Entries(context.Background(), 0) {
		if errors.Is(err, backup.ErrGap) {
			gaps++
		} else if entry.Start < told.To && entry.End > told.From {
			t.Errorf("an entry from %d to %d within the gap", entry.Start, entry.End)
		}
	}
	if gaps != 1 {
		t.Errorf("the log has %d holes", gaps)
	}
	cut.LSN = backup.LSN(told.From + 1)
	if err := r.Await(context.Background(), cut); !errors.Is(err, backup.ErrGap) {
		t.Errorf("awaiting a cut in the gap: %v", err)
	}
}

// TestInvalidated has the server itself give up the slot while the repository is down.
func TestInvalidated(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--wal-segsize", "1"}
	config.Settings = append(config.Settings, "min_wal_size=2MB", "max_wal_size=4MB", "max_slot_wal_keep_size=2MB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository gate
	gaps := make(chan *backup.GapError, 1)
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Size: 8192, Buffer: 16384, Retry: 100 * time.Millisecond,
		OnRebase: func(g *backup.GapError) { gaps <- g }})
	await(t, r, db.cut())
	repository.set(true)
	until(t, "the slot is not given up", func() bool {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 1000)`)
		db.exec(`SELECT pg_switch_wal()`)
		db.exec(`CHECKPOINT`)
		return query[string](db, `SELECT wal_status FROM pg_replication_slots`) == "lost"
	})
	repository.set(false)
	gap := <-gaps
	await(t, r, db.cut())
	until(t, "the slot is not made again", func() bool {
		s := r.Status()
		return s.Alive() && s.Gap != nil && *s.Gap == *gap && s.Slot.Exists
	})
}

// TestRetain has the repository down until the slot holds as much as it may.
func TestRetain(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--wal-segsize", "1"}
	config.Settings = append(config.Settings, "min_wal_size=2MB", "max_wal_size=4MB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository gate
	var mu sync.Mutex
	healths := map[pgwal.Health]bool{}
	gaps := make(chan *backup.GapError, 1)
	const retain = 16 << 20
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Retain: retain, Watch: 20 * time.Millisecond,
		Buffer: 2 << 20, Retry: 100 * time.Millisecond, OnRebase: func(g *backup.GapError) { gaps <- g },
		OnStatus: func(s pgwal.Status) {
			mu.Lock()
			defer mu.Unlock()
			healths[s.Slot.Health] = true
			if s.Slot.Held > retain {
				t.Errorf("the slot holds %d bytes", s.Slot.Held)
			}
		}})
	await(t, r, db.cut())
	repository.set(true)
	until(t, "the slot is not dropped", func() bool {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 10) FROM generate_series(1, 300)`)
		db.exec(`SELECT pg_sleep(0.03)`)
		return query[int64](db, `SELECT count(*) FROM pg_replication_slots`) == 0
	})
	for range 3 {
		db.exec(`SELECT pg_switch_wal()`)
		db.exec(`INSERT INTO message (text) VALUES ('x')`)
		db.exec(`CHECKPOINT`)
	}
	if size := query[int64](db, `SELECT sum(size)::bigint FROM pg_ls_waldir()`); size > 2*retain {
		t.Errorf("the server keeps %d bytes", size)
	}
	if s := r.Status(); s.Slot.Health != pgwal.Red || s.Alive() || s.TargetErr == nil {
		t.Errorf("while the repository is down: %+v", s)
	}
	repository.set(false)
	gap := <-gaps
	await(t, r, db.cut())
	until(t, "the slot does not become well again", func() bool {
		s := r.Status()
		return s.Alive() && s.Slot.Health == pgwal.Green && s.Gap != nil && *s.Gap == *gap
	})
	mu.Lock()
	defer mu.Unlock()
	for _, h := range []pgwal.Health{pgwal.Green, pgwal.Yellow, pgwal.Red} {
		if !healths[h] {
			t.Errorf("health was never %s", h)
		}
	}
}

// TestConfig has all problems told at once, and no password.
func TestConfig(t *testing.T) {
	t.Parallel()
	_, err := pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: "postgres://u:geheim@host:port/x", Slot: "Shugo", Flush: -1, Size: 1, Buffer: 1})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"connection string", "Repository", "slot", "Flush", "Size", "Buffer"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not tell of %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "geheim") {
		t.Error("the password is told")
	}
}
