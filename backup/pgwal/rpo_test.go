package pgwal_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/backup/repository"
	"github.com/shugo-data/shugo/internal/servertest"
)

// clients is how many sessions commit while the cluster is destroyed.
const clients = 6

// destruction is a cluster that is destroyed under load.
type destruction struct {
	template    string // data folder of a cluster that was shut down: the base
	synchronous bool
	receiver    bool // the receiver is lost at the same moment, with what it has in memory
}

// outcome is what was lost.
type outcome struct {
	acknowledged int           // commits
	lost         int           // of these
	age          time.Duration // of the oldest that was lost, at the destruction
	told         time.Duration // what Status told of that, at the destruction
}

// TestRPO destroys clusters under load, at random moments: the server is killed and its data folder removed. Then it restores
// what was kept, and counts. In the synchronous mode no acknowledged commit may be missing; the other figures are logged.
func TestRPO(t *testing.T) {
	t.Parallel()
	template := shutDown(t)
	for _, test := range []struct {
		name string
		of   destruction
	}{
		{"synchronous, server and receiver lost", destruction{template: template, synchronous: true, receiver: true}},
		{"asynchronous, server lost", destruction{template: template}},
		{"asynchronous, server and receiver lost", destruction{template: template, receiver: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ages []time.Duration
			var excess time.Duration // of what was lost over what was told
			acknowledged, lost := 0, 0
			for range servertest.Count(1, 100) {
				o := test.of.run(t)
				acknowledged, lost = acknowledged+o.acknowledged, lost+o.lost
				ages, excess = append(ages, o.age), max(excess, o.age-o.told)
				if test.of.synchronous && o.lost > 0 {
					t.Errorf("%d of %d acknowledged commits are lost, the oldest was acknowledged %v before", o.lost, o.acknowledged, o.age)
				}
				if t.Failed() {
					return
				}
			}
			slices.Sort(ages)
			p99 := ages[(len(ages)*99-1)/100]
			t.Logf("%d runs, %d of %d commits lost, age of the oldest lost: p50 %v, p99 %v, max %v, at most %v more than Status told", len(ages), lost, acknowledged,
				ages[len(ages)/2].Round(time.Microsecond), p99.Round(time.Microsecond), ages[len(ages)-1].Round(time.Microsecond), excess.Round(time.Microsecond))
			if p99 > time.Second {
				t.Errorf("asynchronous p99 is %v, expected at most a second", p99)
			}
		})
	}
}

// shutDown returns the data folder of a cluster that was shut down in order.
func shutDown(t *testing.T) string {
	t.Helper()
	c := servertest.NewClusterWith(t, durable())
	db := connect(t, c)
	db.exec(`CREATE TABLE message (session int, number int, at timestamptz DEFAULT clock_timestamp(), text text, PRIMARY KEY (session, number))`)
	db.conn.Close(context.Background())
	if text, err := c.Program("pg_ctl", "-D", c.Data(), "stop", "-m", "fast"); err != nil {
		t.Fatalf("pg_ctl: %v\n%s", err, text)
	}
	return c.Data()
}

// run has one cluster live, be destroyed, and be restored.
func (d destruction) run(t *testing.T) outcome {
	kept, reopen := onDisk(t)
	memory := gate{in: kept}
	config := durable()
	config.Data = copied(t, d.template)
	if d.synchronous {
		config.Settings = append(config.Settings, "synchronous_standby_names=shugo")
	}
	c := servertest.NewClusterWith(t, config)
	r, stop := receiving(t, pgwal.ReceiverConfig{Connection: c.URL, Repository: &memory, Synchronous: d.synchronous})
	await(t, r, connect(t, c).cut()) // without the log up to its checkpoint the base does not start
	load := commitLoad(t, c.URL)
	moment := time.After(time.Duration(100+rand.IntN(500)) * time.Millisecond)
	<-moment
	if d.receiver {
		memory.set(true)
	}
	told := r.Status().Age
	killed := time.Now()
	c.Kill(t)
	if err := os.RemoveAll(c.Data()); err != nil {
		t.Fatal(err)
	}
	acknowledged := load()
	if !d.receiver {
		until(t, "what was received is not stored", func() bool { s := r.Status(); return s.Node == "" && s.Durable == s.Received })
	}
	_ = stop()
	found := d.restore(t, reopen(), r.Status().System)
	o := outcome{acknowledged: len(acknowledged), told: told}
	for row, at := range acknowledged {
		if !found[row] {
			o.lost++
			o.age = max(o.age, killed.Sub(at))
		}
	}
	if o.acknowledged == 0 {
		t.Fatal("no commit was acknowledged")
	}
	return o
}

// onDisk returns a repository in a durable directory, and how another process opens it.
func onDisk(t *testing.T) (*repository.Repository, func() *repository.Repository) {
	t.Helper()
	target, err := dirtarget.New(dirtarget.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	config := repository.Config{Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.Key{1}}
	r, err := repository.Create(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return r, func() *repository.Repository {
		again, err := repository.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
}

// copied returns a copy of a data folder.
func copied(t testing.TB, data string) string {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(data), "copy-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "data")
	if text, err := exec.Command("cp", "-a", data, to).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, text)
	}
	return to
}

// row is a commit.
type row struct{ session, number int32 }

// commitLoad commits in several sessions until the server is lost, and returns what was acknowledged, and when.
func commitLoad(t testing.TB, url string) (wait func() map[row]time.Time) {
	t.Helper()
	var work sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[row]time.Time{}
	for session := range int32(clients) {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		work.Go(func() {
			defer conn.Close(context.Background())
			for number := int32(0); ; number++ {
				if _, err := conn.Exec(context.Background(), `INSERT INTO message (session, number, text) VALUES ($1, $2, repeat(md5($2::int::text), 10))`, session, number); err != nil {
					return
				}
				now := time.Now()
				mu.Lock()
				acknowledged[row{session, number}] = now
				mu.Unlock()
			}
		})
	}
	return func() map[row]time.Time { work.Wait(); return acknowledged }
}

// restore starts a copy of the base, has it replay what is kept, and returns the commits that it then has.
func (d destruction) restore(t *testing.T, kept pgwal.Logs, system string) map[row]bool {
	t.Helper()
	data := copied(t, d.template)
	archive := filepath.Join(filepath.Dir(data), "archive")
	if err := os.Mkdir(archive, 0o755); err != nil {
		t.Fatal(err)
	}
	start, log := stored(t, kept, pgwal.LogName(system, 1))
	segments(t, archive, 1, 16<<20, start, log)
	if err := os.WriteFile(filepath.Join(data, "recovery.signal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	config := durable()
	config.Data = data
	config.Settings = append(config.Settings, fmt.Sprintf("restore_command=cp '%s/%%f' %%p", archive))
	c := servertest.NewClusterWith(t, config)
	db := connect(t, c)
	until(t, "the recovery does not end", func() bool { return !query[bool](db, `SELECT pg_is_in_recovery()`) })
	rows, err := db.conn.Query(context.Background(), `SELECT session, number FROM message`)
	if err != nil {
		t.Fatal(err)
	}
	found := map[row]bool{}
	var r row
	if _, err := pgx.ForEachRow(rows, []any{&r.session, &r.number}, func() error { found[r] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	db.conn.Close(context.Background())
	c.Kill(t)
	if err := os.RemoveAll(filepath.Dir(data)); err != nil {
		t.Fatal(err)
	}
	return found
}
