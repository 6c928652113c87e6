package pgwal_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// scratch returns a folder that the account of the server can reach, and that is removed at the test's end.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "shugo-restore-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// give gives folders to the owner of another.
func give(t testing.TB, like string, folders ...string) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, int(owner.Uid), int(owner.Gid))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// starter starts restored servers with the programs and the account of a live one, after pg_verifybackup has looked at them.
type starter struct {
	t       testing.TB
	live    *servertest.Cluster
	extra   []string // folders of tablespaces
	without bool     // pg_verifybackup does not look at the log: it is not there, or its path is one that the program gives to a shell as it is

	restored *servertest.Cluster
}

func (s *starter) start(_ context.Context, dir string) (string, func(), error) {
	give(s.t, s.live.Data(), append(s.extra, dir, dir+".wal")...)
	args := []string{"-w", dir + ".wal", dir}
	if s.without {
		args = []string{"-n", dir}
	}
	if _, err := os.Stat(filepath.Join(s.live.Bin(), "pg_verifybackup")); err == nil { // smaller distributions have no such program
		if output, err := s.live.Program("pg_verifybackup", args...); err != nil {
			return "", nil, fmt.Errorf("pg_verifybackup: %w\n%s", err, output)
		}
	}
	s.restored = servertest.NewClusterWith(s.t, servertest.ClusterConfig{Data: dir, Bin: s.live.Bin(), Settings: durable().Settings})
	return s.restored.URL, func() { s.restored.StopImmediate(s.t) }, nil
}

// source returns a source of a cluster that waits for a receiver.
func source(t testing.TB, c *servertest.Cluster, config pgwal.SourceConfig) *pgwal.Source {
	t.Helper()
	config.Connection = c.URL
	s, err := pgwal.NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// takeBase takes a base backup into a repository.
func takeBase(t testing.TB, repository backup.Repository, s *pgwal.Source) backup.Reader {
	t.Helper()
	snapshot, err := repository.Write(context.Background(), s.Name(), s.Backup)
	if err != nil {
		t.Fatal(err)
	}
	r, err := repository.Open(context.Background(), snapshot.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// restored restores a snapshot and starts it.
func restored(t testing.TB, s *starter, r backup.Reader, to backup.Goal, config pgwal.DirectoryConfig) (*pgwal.Directory, *servertest.Cluster) {
	t.Helper()
	if config.Path == "" {
		config.Path = filepath.Join(scratch(t), "data")
	}
	config.Start = s.start
	d, err := pgwal.NewDirectory(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Restore(context.Background(), r, to); err != nil {
		t.Fatalf("restore to %+v: %v", to, err)
	}
	return d, s.restored
}

// mark is a moment of a cluster, in all the ways that name it.
type mark struct {
	number int
	time   time.Time
	lsn    backup.LSN
	point  string
}

// makeMarks makes moments, one row in table mark for each.
func makeMarks(t testing.TB, d database, first, count int) []mark {
	t.Helper()
	var all []mark
	for n := first; n < first+count; n++ {
		d.exec(`INSERT INTO mark VALUES ($1)`, n)
		m := mark{number: n, point: fmt.Sprintf("mark %d", n), time: query[time.Time](d, `SELECT clock_timestamp()`)}
		lsn, err := backup.ParseLSN(query[string](d, `SELECT pg_create_restore_point($1)::text FROM pg_current_xact_id()`, m.point))
		if err != nil {
			t.Fatal(err)
		}
		m.lsn = lsn
		all = append(all, m)
	}
	return all
}

// TestRestore takes a base backup of a cluster with page checksums and a tablespace under load, and restores it to moments
// named in every way, and to the end.
func TestRestore(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--data-checksums"}
	live := servertest.NewClusterWith(t, config)
	d := connect(t, live)
	space := filepath.Join(scratch(t), "space")
	if err := os.Mkdir(space, 0o700); err != nil {
		t.Fatal(err)
	}
	give(t, live.Data(), space)
	d.exec(`CREATE TABLESPACE other LOCATION '` + space + `'`)
	d.exec(messageTable)
	d.exec(`CREATE TABLE mark (number int)`)
	d.exec(`CREATE TABLE elsewhere (id int PRIMARY KEY, text text) TABLESPACE other`)
	d.exec(`INSERT INTO elsewhere SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 20000) n`)
	var repository backuptest.Repository
	receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: live.URL, Repository: &repository})
	stop := load(t, live.URL, 4)
	makeMarks(t, d, 0, 3)
	r := takeBase(t, &repository, source(t, live, pgwal.SourceConfig{Await: receiver.Await}))
	base, err := pgwal.ReadBase(r)
	if err != nil {
		t.Fatal(err)
	}
	marks := makeMarks(t, d, 3, 30)
	witness, err := pgwal.NewWitness(pgwal.WitnessConfig{Connection: live.URL, Patience: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	seen, facts, err := witness.Witness(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	makeMarks(t, d, 33, 3)
	stop()
	last := d.cut()
	await(t, receiver, last)
	type test struct {
		to    backup.Goal
		marks int
		facts []backup.Fact
	}
	tests := map[string]test{
		"end":       {backup.Goal{}, 36, nil},
		"time":      {backup.Goal{Time: marks[4].time}, marks[4].number + 1, nil},
		"LSN":       {backup.Goal{LSN: marks[11].lsn}, marks[11].number + 1, nil},
		"point":     {backup.Goal{Point: marks[20].point}, marks[20].number + 1, nil},
		"witness":   {seen, 33, facts},
		"first LSN": {backup.Goal{LSN: r.Snapshot().Cut.LSN}, 3, nil},
		"idle time": {backup.Goal{Time: time.Now().Add(time.Hour)}, 36, nil},
	}
	for i := range servertest.Count(0, len(marks)) {
		m := marks[i]
		tests[fmt.Sprintf("time of %d", m.number)] = test{backup.Goal{Time: m.time}, m.number + 1, nil}
		tests[fmt.Sprintf("LSN of %d", m.number)] = test{backup.Goal{LSN: m.lsn}, m.number + 1, nil}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := filepath.Join(scratch(t), "space")
			s := &starter{t: t, live: live, extra: []string{to}}
			dir, c := restored(t, s, r, test.to, pgwal.DirectoryConfig{
				Tablespaces: map[string]string{space: to},
				Complete:    func() time.Time { return time.Now().Add(2 * time.Hour) }, // nothing is written any more
			})
			found := connect(t, c)
			if got := query[int](found, `SELECT count(*) FROM mark`); got != test.marks {
				t.Errorf("%d marks, expected %d", got, test.marks)
			}
			reached, err := dir.Reached(context.Background())
			if err != nil || reached.System != base.System || test.to.LSN != 0 && reached.LSN > test.to.LSN ||
				!test.to.Time.IsZero() && reached.Time.After(test.to.Time) || reached.Time.Before(r.Snapshot().Cut.Time) {
				t.Errorf("reached %+v, %v", reached, err)
			}
			e, err := dir.Examine(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if test.facts != nil {
				if diff := cmp.Diff(test.facts, e.Facts); diff != "" {
					t.Errorf("facts (-live +restored):\n%s", diff)
				}
			}
			if e.Versions["data_checksums"] != "on" || !e.Findings[0].Passed {
				t.Errorf("examination %+v", e)
			}
			if test.to.LSN != 0 {
				output, err := c.Program("pg_waldump", "-q", "-p", c.Data()+".wal", "-s", base.Start.String(), "-e", test.to.LSN.String())
				if err != nil {
					t.Errorf("pg_waldump: %v\n%s", err, output)
				}
			}
			found.exec(`INSERT INTO mark VALUES (1000)`)
			if name == "time" || name == "witness" {
				proveFiles(t, c)
			}
		})
	}
}

// proveFiles has the server's own programs look at a restored cluster, and stops it.
func proveFiles(t testing.TB, c *servertest.Cluster) {
	t.Helper()
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	if output, err := c.Program("pg_amcheck", "--all", "--install-missing", "--heapallindexed", "-h", u.Hostname(), "-p", u.Port(), "-U", "shugo"); err != nil {
		t.Errorf("pg_amcheck: %v\n%s", err, output)
	}
	if output, err := c.Program("pg_ctl", "-D", c.Data(), "stop", "-m", "fast"); err != nil {
		t.Fatalf("pg_ctl: %v\n%s", err, output)
	}
	if output, err := c.Program("pg_checksums", "--check", "-D", c.Data()); err != nil || !strings.Contains(output, "Bad checksums:  0") {
		t.Errorf("pg_checksums: %v\n%s", err, output)
	}
}

// damage changes a byte in the second page of a file of a cluster.
func damage(t testing.TB, c *servertest.Cluster, file string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(c.Data(), file), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, 8192+5000); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, 8192+5000); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreWithoutLog restores a snapshot that has its own log, into paths that a shell could misread.
func TestRestoreWithoutLog(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	d := connect(t, live)
	d.exec(`CREATE TABLE mark (number int)`)
	makeMarks(t, d, 0, 3)
	var repository backuptest.Repository
	r := takeBase(t, &repository, source(t, live, pgwal.SourceConfig{IncludeWAL: true}))
	path := filepath.Join(scratch(t), "it's 100% \\ \"データ\" $HOME", "data")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, c := restored(t, &starter{t: t, live: live, without: true}, r, backup.Goal{}, pgwal.DirectoryConfig{Path: path, Sparse: true, Action: pgwal.Pause})
	if got := query[int](connect(t, c), `SELECT count(*) FROM mark`); got != 3 {
		t.Errorf("%d marks, expected 3", got)
	}
}

// TestRestoreQuoting replays a log from a path that a shell could misread.
func TestRestoreQuoting(t *testing.T) {
	t.Parallel()
	b := newBackedUp(t, pgwal.SourceConfig{})
	path := filepath.Join(scratch(t), "it's 100% \\ \"データ\" $HOME `x` %f", "data")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, c := restored(t, &starter{t: t, live: b.live, without: true}, b.reader, backup.Goal{Point: b.marks[3].point}, pgwal.DirectoryConfig{Path: path, Settings: map[string]string{"cluster_name": `it's \ a "copy"`}})
	d := connect(t, c)
	if got := query[int](d, `SELECT count(*) FROM mark`); got != 4 {
		t.Errorf("%d marks, expected 4", got)
	}
	if got := query[string](d, `SHOW cluster_name`); got != `it's \ a "copy"` {
		t.Errorf("cluster_name is %q", got)
	}
	for name, want := range map[string]string{"archive_mode": "off", "primary_conninfo": "", "synchronous_standby_names": ""} {
		if got := query[string](d, `SELECT current_setting($1)`, name); got != want {
			t.Errorf("%s is %q, expected %q", name, got, want)
		}
	}
}

// TestRestoreTornLog restores from logs that end at any byte, as they do when a server and its receiver are gone at once: to
// the last record that is whole, and no commit is there without all those before it.
func TestRestoreTornLog(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	d := connect(t, live)
	d.exec(messageTable)
	d.exec(`CREATE TABLE mark (number int)`)
	var repository backuptest.Repository
	receiver, _ := receiving(t, pgwal.ReceiverConfig{Connection: live.URL, Repository: &repository})
	r := takeBase(t, &repository, source(t, live, pgwal.SourceConfig{Await: receiver.Await}))
	stop := load(t, live.URL, 3)
	marks := makeMarks(t, d, 0, 50)
	stop()
	last := d.cut()
	await(t, receiver, last)
	from := r.Snapshot().Cut.LSN
	random := rand.New(rand.NewPCG(1, uint64(last.LSN)))
	for range servertest.Count(4, 60) {
		end := uint64(from) + random.Uint64N(uint64(last.LSN-from))
		t.Run(backup.LSN(end).String(), func(t *testing.T) {
			t.Parallel()
			torn := altered{Reader: r, entries: func(_ string, e backup.Entry) (backup.Entry, bool) {
				if e.End > end {
					e.Data, e.End = e.Data[:max(e.Start, end)-e.Start], max(e.Start, end)
				}
				return e, e.Start < end
			}}
			_, c := restored(t, &starter{t: t, live: live}, torn, backup.Goal{}, pgwal.DirectoryConfig{})
			want := 0
			for _, m := range marks {
				if uint64(m.lsn) <= end {
					want++
				}
			}
			got := query[int](connect(t, c), `SELECT count(*) FROM mark`)
			if whole := query[bool](connect(t, c), `SELECT count(*) = COALESCE(max(number) + 1, 0) FROM mark`); got < want || got > want+1 || !whole {
				t.Errorf("%d marks, without holes: %t; expected %d, or one more of which the commit was there", got, whole, want)
			}
		})
	}
}
