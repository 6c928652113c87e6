package pgwal_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// gate is a repository that can be down, or stall.
type gate struct {
	backuptest.Repository
	in      pgwal.Logs // where logs are, instead of in memory; may be nil
	mu      sync.Mutex
	down    bool
	stalled chan struct{} // closed when it no longer stalls; nil: it does not
	untold  bool          // it stores, but says that it does not
}

func (g *gate) set(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

// stall has appends wait until the result is called.
func (g *gate) stall() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	stalled := make(chan struct{})
	g.stalled = stalled
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.stalled = nil
		close(stalled)
	}
}

func (g *gate) Log(name string) backup.Log {
	if g.in != nil {
		return gatedLog{g.in.Log(name), g}
	}
	return gatedLog{g.Repository.Log(name), g}
}

func (g *gate) Logs(ctx context.Context) ([]backup.LogState, error) {
	if g.in != nil {
		return g.in.Logs(ctx)
	}
	return g.Repository.Logs(ctx)
}

type gatedLog struct {
	backup.Log
	gate *gate
}

func (l gatedLog) Append(ctx context.Context, entries ...backup.Entry) error {
	l.gate.mu.Lock()
	down, stalled, untold := l.gate.down, l.gate.stalled, l.gate.untold
	l.gate.untold = false
	l.gate.mu.Unlock()
	if down {
		return fmt.Errorf("gate: %w", backup.ErrUnavailable)
	}
	if stalled != nil {
		select {
		case <-stalled:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := l.Log.Append(ctx, entries...); err != nil || !untold {
		return err
	}
	return fmt.Errorf("gate: stored, but not told: %w", backup.ErrUnavailable)
}

// loseAnswer has the next append store what it is given, and say that it does not.
func (g *gate) loseAnswer() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.untold = true
}

// until waits until a condition holds, which it looks at every some milliseconds.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	end := time.After(time.Minute)
	for !condition() {
		select {
		case <-ticker.C:
		case <-end:
			t.Fatalf("a minute has passed: %s", what)
		}
	}
}

// load inserts rows until it is stopped. Errors are those of a server that was killed.
func load(t testing.TB, url string, sessions int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	for range sessions {
		work.Go(func() {
			for ctx.Err() == nil {
				conn, err := pgxConnect(ctx, url)
				if err != nil {
					select {
					case <-time.After(10 * time.Millisecond):
					case <-ctx.Done():
					}
					continue
				}
				for ctx.Err() == nil {
					if _, err := conn.Exec(ctx, `INSERT INTO message (text) VALUES (repeat(md5(random()::text), 10))`); err != nil {
						break
					}
				}
				conn.Close(context.Background())
			}
		})
	}
	once := sync.OnceFunc(func() { cancel(); work.Wait() })
	t.Cleanup(once)
	return once
}

const messageTable = `CREATE TABLE message (id bigserial PRIMARY KEY, text text)`

// check compares what is stored of the first timeline with the server's files, and has it dumped.
func check(t testing.TB, c *servertest.Cluster, repository pgwal.Logs, cut backup.Cut) {
	t.Helper()
	const size = 16 << 20
	start, data := stored(t, repository, pgwal.LogName(cut.System, cut.Timeline))
	if end := start + uint64(len(data)); end < uint64(cut.LSN) {
		t.Fatalf("stored up to %s, not to %s", backup.LSN(end), cut.LSN)
	}
	sameAsDisk(t, c, cut.Timeline, size, start, data)
	dir := readable(t, c)
	segments(t, dir, cut.Timeline, size, start, data)
	dumps(t, c, dir, cut, start)
}

// TestRestarts ends the receiver again and again, as a crash does: with what it has in memory lost.
func TestRestarts(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	stop := load(t, c.URL, 4)
	var repository gate
	for n := range servertest.Count(8, 200) {
		r, end := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Synchronous: n%2 == 0})
		await(t, r, db.cut())
		var release func()
		if n%4 == 1 {
			repository.loseAnswer()
			await(t, r, db.cut())
		}
		if n%3 == 0 { // it ends while an Append is on its way
			release = repository.stall()
			until(t, "nothing is received", func() bool { s := r.Status(); return s.Received > s.Durable })
		}
		end()
		if release != nil {
			release()
		}
	}
	stop()
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
	cut := db.cut()
	await(t, r, cut)
	check(t, c, &repository, cut)
}

// TestTwoReceivers has two receivers of one cluster store into one log: one of them stores, the other finds it stored.
func TestTwoReceivers(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository gate
	one, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Flush: 20 * time.Millisecond})
	await(t, one, db.cut())
	other, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Flush: 30 * time.Millisecond, Slot: "other"})
	for range 20 {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 100)`)
		cut := db.cut()
		await(t, one, cut)
		await(t, other, cut)
	}
	check(t, c, &repository, db.cut())
}

// TestServerRestarts kills the server again and again.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_keep_size=1GB")
	c := servertest.NewClusterWith(t, config)
	connect(t, c).exec(messageTable)
	load(t, c.URL, 4)
	var repository backuptest.Repository
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository})
	for range servertest.Count(3, 50) {
		db := connect(t, c)
		await(t, r, db.cut())
		connects := r.Status().Connects
		c.Kill(t)
		c.Start(t)
		until(t, "the receiver does not come back", func() bool { return r.Status().Connects > connects })
	}
	db := connect(t, c)
	cut := db.cut()
	await(t, r, cut)
	check(t, c, &repository, cut)
}

// TestStall has the repository stall for longer than the server waits for a client.
func TestStall(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "wal_sender_timeout=1s", "wal_keep_size=1GB")
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	db.exec(messageTable)
	var repository gate
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Size: 64 << 10, Buffer: 256 << 10})
	await(t, r, db.cut())
	release := repository.stall()
	until(t, "the queue does not fill", func() bool {
		db.exec(`INSERT INTO message (text) SELECT repeat(md5(random()::text), 30) FROM generate_series(1, 200)`)
		return r.Status().Lag > 1<<20
	})
	begin := time.Now()
	until(t, "time passes", func() bool { return time.Since(begin) > 3*time.Second })
	status := r.Status()
	if status.Connects != 1 || status.Received-status.Durable > 512<<10 || status.Age < 3*time.Second {
		t.Errorf("while the repository stalls: %+v", status)
	}
	release()
	cut := db.cut()
	await(t, r, cut)
	check(t, c, &repository, cut)
	if n := r.Status().Connects; n != 1 {
		t.Errorf("the server ended the connection: there were %d", n)
	}
}

// TestSynchronous shows that a commit is acknowledged when, and only when, it is durable.
func TestSynchronous(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Settings = append(config.Settings, "synchronous_standby_names=shugo")
	c := servertest.NewClusterWith(t, config)
	var repository gate
	r, _ := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &repository, Synchronous: true})
	db := connect(t, c)
	db.exec(messageTable)
	for range 50 {
		db.exec(`INSERT INTO message (text) VALUES ('x')`)
		lsn, err := backup.ParseLSN(query[string](db, `SELECT pg_current_wal_flush_lsn()::text`))
		if err != nil {
			t.Fatal(err)
		}
		// The position of the commit itself is not after what is flushed, but other processes may flush more.
		if s := r.Status(); s.Durable+4096 < lsn {
			t.Errorf("acknowledged at %s, durable up to %s", lsn, s.Durable)
		}
	}
	repository.set(true)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	other := connect(t, c)
	if _, err := other.conn.Exec(ctx, `INSERT INTO message (text) VALUES ('y')`); err == nil {
		t.Error("a commit was acknowledged while the repository is down")
	}
	repository.set(false)
	db.exec(`INSERT INTO message (text) VALUES ('z')`)
	if !strings.HasPrefix(query[string](db, `SELECT sync_state FROM pg_stat_replication`), "sync") {
		t.Error("the receiver is not the synchronous standby")
	}
}
