package monitor_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/monitor"
)

// TestMain lets the test binary be the process that a test kills.
func TestMain(m *testing.M) {
	if token := os.Getenv("SHUGO_TEST_MONITOR"); token != "" {
		os.Exit(childMain(token))
	}
	os.Exit(m.Run())
}

// bench is a pair of schemas of its own: one of the monitor, and one with a clock that the test sets, and with what it was told.
type bench struct {
	token  string // names the test's schemas, and its sessions
	pool   *pgxpool.Pool
	schema string // has a space, so that every use of the name has to quote it
}

// clock puts a clock_timestamp before that of the server, which is as wrong as the test says.
const clock = `
CREATE SCHEMA {c};
CREATE TABLE {c}.skew (by interval NOT NULL);
INSERT INTO {c}.skew VALUES ('0');
CREATE FUNCTION {c}.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
	'SELECT pg_catalog.clock_timestamp() + by FROM {c}.skew';
CREATE TABLE {c}.told (place bigint GENERATED ALWAYS AS IDENTITY, number bigint, suite text, key text, text text);
CREATE TABLE {c}.begun (name text)`

func newBench(tb testing.TB) *bench {
	tb.Helper()
	servertest.Postgres(tb)
	b := openBench(tb, strings.ToLower(rand.Text()), "test")
	b.exec(tb, clock)
	tb.Cleanup(func() { b.exec(tb, `DROP SCHEMA {s}, {c} CASCADE`) })
	if err := monitor.Migrate(context.Background(), b.pool, b.schema); err != nil {
		tb.Fatal(err)
	}
	return b
}

// openBench opens the schemas of a token, with sessions of a name.
func openBench(tb testing.TB, token, sessions string) *bench {
	tb.Helper()
	b, err := connect(token, sessions)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.pool.Close)
	return b
}

func connect(token, sessions string) (*bench, error) {
	config, err := pgxpool.ParseConfig(os.Getenv("SHUGO_POSTGRES_URL"))
	if err != nil {
		return nil, err
	}
	config.MaxConns = 8
	config.ConnConfig.RuntimeParams["search_path"] = "clock_" + token + ",pg_catalog"
	config.ConnConfig.RuntimeParams["application_name"] = sessions + " " + token
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	return &bench{token: token, pool: pool, schema: "monitor " + token}, err
}

// sql puts the names of the schemas into a statement.
func (b *bench) sql(statement string) string {
	return strings.NewReplacer("{s}", `"`+b.schema+`"`, "{c}", "clock_"+b.token).Replace(statement)
}

func (b *bench) exec(tb testing.TB, statement string, args ...any) {
	tb.Helper()
	if _, err := b.pool.Exec(context.Background(), b.sql(statement), args...); err != nil {
		tb.Fatal(err)
	}
}

// number returns a number of the database.
func (b *bench) number(tb testing.TB, query string, args ...any) (n int) {
	tb.Helper()
	if err := b.pool.QueryRow(context.Background(), b.sql(query), args...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// skew sets the clock of the database, from that of the server.
func (b *bench) skew(tb testing.TB, by string) { b.exec(tb, `UPDATE {c}.skew SET by = $1`, by) }

// config is a configuration that waits for nothing longer than a test does.
func (b *bench) config(assessments ...monitor.Assessment) monitor.Config {
	return monitor.Config{
		Pool: b.pool, Schema: b.schema, Assessments: assessments, Poll: 20 * time.Millisecond, Retry: 20 * time.Millisecond,
		Grace: 2 * time.Second, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), // a handler that formats, so that errors are
	}
}

func newMonitor(tb testing.TB, c monitor.Config) *monitor.Monitor {
	tb.Helper()
	m, err := monitor.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// start runs a monitor until the test ends or stop is called, which returns what Run did.
func start(tb testing.TB, m *monitor.Monitor) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	tb.Cleanup(func() {
		if err := stop(); err != nil {
			tb.Errorf("Run: %v", err)
		}
	})
	return stop
}

// eventually waits for something that other goroutines or processes do.
func eventually(tb testing.TB, what string, reached func() bool) {
	tb.Helper()
	deadline, tick := time.After(time.Minute), time.NewTicker(3*time.Millisecond)
	defer tick.Stop()
	for !reached() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("not within a minute: %s", what)
		}
	}
}

// report answers a suite of one check, of a thousand rows.
func report(name string, bad int64) quality.Report {
	suite := quality.Suite{Name: name, Dataset: name, Checks: []quality.Check{{Name: "email", Test: quality.NotNull{Field: "email"}}}}
	result := suite.Answer(suite.Checks[0], quality.Result{Judged: 1000, Unexpected: bad, Method: quality.ByFull})
	return suite.Summarize(quality.Report{Rows: 1000, Results: []quality.Result{result}})
}

// assessment is one whose answer a function gives.
func assessment(name string, every time.Duration, assess func(ctx context.Context) (quality.Report, error)) monitor.Assessment {
	return monitor.Assessment{Name: name, Every: every, Assess: func(ctx context.Context, progress func(quality.Progress)) (quality.Report, error) {
		progress(quality.Progress{Suite: name, Stage: "a test", Done: 1, Total: 1})
		return assess(ctx)
	}}
}

// steady is an assessment that finds so many bad rows.
func steady(name string, every time.Duration, bad int64) monitor.Assessment {
	return assessment(name, every, func(context.Context) (quality.Report, error) { return report(name, bad), nil })
}

// tell records what a Breach function is told, in the database.
func (b *bench) tell(ctx context.Context, breach quality.Breach) error {
	key := fmt.Sprint(breach.Suite, breach.Code, breach.Dimension, breach.Check)
	_, err := b.pool.Exec(ctx, b.sql(`INSERT INTO {c}.told (number, suite, key, text) VALUES ($1, $2, $3, $4)`), breach.Number, breach.Suite, key, breach.Text)
	return err
}

// told returns what was told of a suite, each once, in the order in which it was stored.
func (b *bench) told(tb testing.TB, suite string) []string {
	tb.Helper()
	rows, err := b.pool.Query(context.Background(), b.sql(`SELECT text FROM {c}.told WHERE suite = $1
		GROUP BY number, text ORDER BY number`), suite)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	texts := []string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			tb.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// history returns all runs of an assessment.
func history(tb testing.TB, m *monitor.Monitor, name string) (runs []monitor.Run) {
	tb.Helper()
	for run, err := range m.History(context.Background(), name, time.Time{}) {
		if err != nil {
			tb.Fatal(err)
		}
		runs = append(runs, run)
	}
	return runs
}

// check holds what is stored and what was told to what follows from the stored reports, when nobody is at work any more.
func (b *bench) check(t *testing.T, m *monitor.Monitor, names ...string) {
	t.Helper()
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_notice`); n != 0 {
		t.Errorf("%d breaches are untold", n)
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_assessment WHERE lease_until IS NOT NULL`); n != 0 {
		t.Errorf("%d leases are held", n)
	}
	if n := b.number(t, `SELECT count(*) FROM (SELECT FROM {s}.quality_run WHERE report IS NOT NULL AND due_at IS NOT NULL
		GROUP BY name, due_at HAVING count(*) > 1) AS twice`); n != 0 {
		t.Errorf("%d due times have more than one report", n)
	}
	if n := b.number(t, `SELECT count(*) FROM {s}.quality_run AS r JOIN {s}.quality_assessment AS a USING (name)
		WHERE r.report IS NOT NULL AND abs(extract(epoch FROM a.due_at - r.due_at)::numeric % extract(epoch FROM a.every)::numeric) > 0`); n != 0 {
		t.Errorf("%d due times are not on the grid", n)
	}
	if n := b.number(t, `SELECT count(*) FROM {c}.told AS a JOIN {c}.told AS b ON a.key = b.key AND a.number < b.number
		WHERE NOT EXISTS (SELECT FROM {c}.told AS c WHERE c.number = a.number AND c.place < b.place)`); n != 0 {
		t.Errorf("%d breaches were told before older ones of the same thing", n)
	}
	for _, name := range names {
		var past []quality.Report
		open, want := []quality.Breach{}, []string{}
		for _, run := range history(t, m, name) {
			if run.Report == nil {
				continue
			}
			var tell []quality.Breach
			tell, open = quality.Settle(open, quality.Breaches(*run.Report, past, quality.Limits{}), *run.Report)
			for _, breach := range tell {
				want = append(want, breach.Text)
			}
			past = append(past, *run.Report)
		}
		if diff := cmp.Diff(want, b.told(t, name)); diff != "" {
			t.Errorf("%s was told, -want +got:\n%s", name, diff)
		}
		if got, err := m.Open(t.Context(), name); err != nil || !cmp.Equal(open, got) {
			t.Errorf("%s has open (%v), -want +got:\n%s", name, err, cmp.Diff(open, got))
		}
	}
}

var errHost = errors.New("an error that quotes alice@example.org")

func names(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("suite %d", i))
	}
	return names
}
