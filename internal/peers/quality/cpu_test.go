package quality

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on all that Go runs on (proc(5), time(7)).
const tick = 10 * time.Millisecond

// meter reads what a cluster on this machine has spent. It keeps one connection open, to a database other than the one that
// is measured.
type meter struct {
	conn       *pgx.Conn
	database   string // which is measured
	postmaster int
}

// usage is what a run has spent.
type usage struct {
	cpu  time.Duration // of all processes of the cluster
	read int64         // rows that sequential scans of the table returned
}

// newMeter connects to the cluster of a database. It skips where the processes of the cluster cannot be seen.
func newMeter(tb testing.TB, url string) *meter {
	tb.Helper()
	ctx := context.Background()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		tb.Fatal(err)
	}
	m := &meter{database: config.Database}
	config.Database = "postgres"
	if m.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { m.conn.Close(ctx) })
	var pid int
	if err := m.conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		tb.Fatal(err)
	}
	backend, err := readProcess(pid)
	if err != nil || backend.name != "postgres" {
		tb.Skipf("the processes of the server of SHUGO_POSTGRES_URL are not seen in /proc of this machine: %v", err)
	}
	m.postmaster = backend.parent
	return m
}

// measure returns what the cluster spends from before work starts until all that it connected has left.
func (m *meter) measure(ctx context.Context, url string, work func() error) (usage, error) {
	before, err := m.total(ctx, url)
	if err != nil {
		return usage{}, err
	}
	if err := work(); err != nil {
		return usage{}, err
	}
	after, err := m.total(ctx, url)
	return usage{after.cpu - before.cpu, after.read - before.read}, err
}

// total waits until nobody is connected to the measured database, and returns what was spent since the cluster started.
func (m *meter) total(ctx context.Context, url string) (usage, error) {
	if err := m.idle(ctx); err != nil {
		return usage{}, err
	}
	read, err := scanned(ctx, url)
	if err != nil {
		return usage{}, err
	}
	if err := m.idle(ctx); err != nil {
		return usage{}, err
	}
	cpu, err := m.cpu()
	return usage{cpu, read}, err
}

// idle waits until the measured database has no connection: a process that leaves adds to the statistics of its tables, and
// to the times of its parent, only then.
func (m *meter) idle(ctx context.Context) error {
	const connected = `SELECT count(*) FROM pg_stat_activity WHERE datname = $1`
	for range 1000 {
		var n int
		if err := m.conn.QueryRow(ctx, connected, m.database).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if _, err := m.conn.Exec(ctx, `SELECT pg_sleep(0.01)`); err != nil {
			return err
		}
	}
	return errors.New("the measured database is still in use after 10 s")
}

// scanned returns how many rows sequential scans of the table have returned. The number of scans would count each worker of
// a parallel one.
func scanned(ctx context.Context, url string) (rows int64, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	const read = `SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'conversation_messages'`
	err = conn.QueryRow(ctx, read).Scan(&rows)
	return rows, err
}

// cpu returns the CPU time of all children of the postmaster, those that ended included. A process that ends while its
// times are read would be counted twice or not at all, so it reads until two readings have the same processes.
func (m *meter) cpu() (time.Duration, error) {
	last := ""
	for range 1000 {
		total, processes, err := m.reading()
		if err != nil {
			return 0, err
		}
		if processes == last {
			return total, nil
		}
		last = processes
	}
	return 0, errors.New("the processes of the cluster do not settle")
}

// reading sums the times of the children, and names them.
func (m *meter) reading() (total time.Duration, processes string, err error) {
	parent, err := readProcess(m.postmaster)
	if err != nil {
		return 0, "", err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, "", err
	}
	total = parent.ended
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return 0, "", err
		}
		p, err := readProcess(pid)
		if errors.Is(err, os.ErrNotExist) || err == nil && p.parent != m.postmaster {
			continue
		}
		if err != nil {
			return 0, "", err
		}
		total += p.own
		processes += fmt.Sprint(pid, " ")
	}
	return total, processes, nil
}

// process is what /proc tells of a process.
type process struct {
	name   string
	parent int
	own    time.Duration // user and system time
	ended  time.Duration // the same of its children that ended
}

// readProcess reads /proc/PID/stat: the name stands in parentheses, and the fields from the third on follow it (proc(5)).
func readProcess(pid int) (process, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	return parseProcess(string(content))
}

func parseProcess(stat string) (process, error) {
	open, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return process{}, fmt.Errorf("stat of a process: no name in parentheses in %q", stat)
	}
	fields := strings.Fields(stat[end+1:])
	const parent, user, system, endedUser, endedSystem = 1, 11, 12, 13, 14 // of proc(5): 4, 14, 15, 16, 17
	if len(fields) <= endedSystem {
		return process{}, fmt.Errorf("stat of a process: %d fields after the name, want at least %d", len(fields), endedSystem+1)
	}
	var n [endedSystem + 1]int64
	for _, i := range []int{parent, user, system, endedUser, endedSystem} {
		var err error
		if n[i], err = strconv.ParseInt(fields[i], 10, 64); err != nil {
			return process{}, fmt.Errorf("stat of a process: field %d: %w", i+3, err)
		}
	}
	return process{name: stat[open+1 : end], parent: int(n[parent]),
		own: time.Duration(n[user]+n[system]) * tick, ended: time.Duration(n[endedUser]+n[endedSystem]) * tick}, nil
}

// TestParseProcess reads the line of a process whose name is like the rest of the line.
func TestParseProcess(t *testing.T) {
	t.Parallel()
	const head, tail = "42 (a) R 1 (b)) S 7 7 7 0 -1 4194560 9 9 9 9 ", " 20 0 1 0 100"
	got, err := parseProcess(head + "11 22 33 44" + tail)
	want := process{name: "a) R 1 (b)", parent: 7, own: 330 * time.Millisecond, ended: 770 * time.Millisecond}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, bad := range []string{"", "42 postgres S 7", ")(", head + "11 22 33", head + "11 x 33 44" + tail} {
		if _, err := parseProcess(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// FuzzParseProcess looks for a line that is taken apart wrongly: what is read must be what was written.
func FuzzParseProcess(f *testing.F) {
	f.Add("postgres", 1, int64(0), int64(100))
	f.Add("a) R 1 (b", 7, int64(33), int64(1<<40))
	f.Add(")(\n", -1, int64(-5), int64(0))
	f.Fuzz(func(t *testing.T, name string, parent int, user, ended int64) {
		user, ended = user%(1<<40), ended%(1<<40)
		stat := fmt.Sprintf("42 (%s) S %d 0 0 0 0 0 0 0 0 0 0 %d 0 %d 0 20", name, parent, user, ended)
		got, err := parseProcess(stat)
		want := process{name: name, parent: parent, own: time.Duration(user) * tick, ended: time.Duration(ended) * tick}
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", stat, got, err, want)
		}
		_, _ = parseProcess(name) // any text: no panic
	})
}

// TestMeter lets a backend burn CPU time and scan the table, and looks for both. The clock of the backend itself, which it
// reads while it runs, bounds what must have been spent.
func TestMeter(t *testing.T) {
	const rows, scans = 10_000, 300
	url := table{rows: rows}.load(t)
	m := newMeter(t, url)
	ctx := context.Background()
	var own time.Duration
	got, err := m.measure(ctx, url, func() error {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		for range scans {
			if _, err := conn.Exec(ctx, `SELECT sum(length(content)) FROM conversation_messages`); err != nil {
				return err
			}
		}
		p, err := readProcess(int(conn.PgConn().PID()))
		own = p.own
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.read != rows*scans {
		t.Errorf("%d rows read, want %d", got.read, rows*scans)
	}
	if own < 10*tick || got.cpu < own-tick {
		t.Errorf("the cluster spent %v, one of its backends %v", got.cpu, own)
	}
}
