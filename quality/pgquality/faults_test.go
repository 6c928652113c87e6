package pgquality_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

func ask(t *testing.T, config pgquality.Config, suite quality.Suite) (quality.Report, error) {
	t.Helper()
	assessor, err := pgquality.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return assessor.Assess(context.Background(), suite)
}

func statement(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// TestFaults expects a typed error, or a result that is not assessed and says why.
func TestFaults(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, `CREATE TABLE empty (id int NOT NULL, x text); CREATE TABLE t (id int PRIMARY KEY, x text, y text);
INSERT INTO t SELECT i, 'abc', NULL FROM generate_series(1, 20000) i; CREATE TABLE f (id int, d float8); INSERT INTO f VALUES (1, NULL)`)
	one := func(dataset string, test quality.Test) quality.Suite {
		return quality.Suite{Dataset: dataset, Checks: []quality.Check{{Test: test}}}
	}
	reasons := []struct {
		name, reason string
		suite        quality.Suite
	}{
		{"empty table", "no row to judge", one("empty", quality.NotEmpty{Field: "x"})},
		{"empty table, proven", "no row to judge", one("empty", quality.NotNull{Field: "id"})},
		{"only NULL", "no row to judge", one("t", quality.NotEmpty{Field: "y"})},
		{"no figure", "no value that is not NULL", one("f", quality.Statistic{Of: quality.Mean, Field: "d"})},
		{"no such column", `column "nope" does not exist`, one("t", quality.NotNull{Field: "nope"})},
		{"column of another type", `has type text: expected numbers`, one("t", quality.Range{Field: "x", Min: 1})},
		{"no such other table", `dataset "nowhere" does not exist`, one("t", quality.Reference{Fields: []string{"id"}, To: "nowhere"})},
		{"no such other column", `column "z" does not exist`, one("t", quality.Reference{Fields: []string{"id"}, To: "f", ToFields: []string{"z"}})},
		{"failing expression", "SQLSTATE 22012", one("t", quality.SQL{Name: "boom", Good: "1 / (id - 7) > 0", Fields: []string{"id"}})},
	}
	for _, test := range reasons {
		report, err := ask(t, pgquality.Config{Database: conn}, test.suite)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		r := report.Results[0]
		if r.Verdict != quality.NotAssessed || !strings.Contains(r.Reason, test.reason) || report.Verdict != quality.NotAssessed || r.Score != 0 {
			t.Errorf("%s: %s, %s (%q): expected not assessed, because %q", test.name, report.Verdict, r.Verdict, r.Reason, test.reason)
		}
	}
	if _, err := ask(t, pgquality.Config{Database: conn}, one("nowhere", quality.RowCount{})); !errors.Is(err, pgquality.ErrDataset) {
		t.Errorf("missing table: %v", err)
	}
	if _, err := ask(t, pgquality.Config{Database: conn}, one("t", quality.NotNull{})); !errors.Is(err, quality.ErrSuite) {
		t.Errorf("faulty suite: %v", err)
	}
	suite := one("t", quality.NotNull{Field: "x"})
	suite.Key = []string{"nope"}
	if _, err := ask(t, pgquality.Config{Database: conn}, suite); !errors.Is(err, pgquality.ErrDataset) {
		t.Errorf("key that does not exist: %v", err)
	}
	slow := one("t", quality.SQL{Name: "slow", Good: "pg_sleep(1) IS NOT NULL", Fields: []string{"id"}})
	if _, err := ask(t, pgquality.Config{Database: conn, StatementLimit: 50 * time.Millisecond}, slow); !errors.Is(err, pgquality.ErrTimeLimit) {
		t.Errorf("time limit: %v", err)
	}
	if n := queryInt(t, conn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"); n != 0 {
		t.Errorf("%d advisory locks are left", n)
	}
}

func queryInt(t testing.TB, conn *pgx.Conn, sql string) (n int64) {
	t.Helper()
	if err := conn.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestColumnChangesType assesses the same suite before and after.
func TestColumnChangesType(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t VALUES (1, 5)")
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.Range{Field: "x", Min: 1}}, {Test: quality.ColumnType{Field: "x", Types: []string{"integer"}}}}}
	config := pgquality.Config{Database: conn, States: new(pgquality.MemoryStates)}
	before, err := ask(t, config, suite)
	if err != nil || before.Verdict != quality.Pass {
		t.Fatalf("%v %v", before.Verdict, err)
	}
	statement(t, conn, "ALTER TABLE t ALTER x TYPE text")
	after, err := ask(t, config, suite)
	if err != nil || after.Results[0].Verdict != quality.NotAssessed || after.Results[1].Verdict != quality.Fail || after.Verdict != quality.Fail {
		t.Errorf("%+v %v", after.Results, err)
	}
}

// TestPrivileges assesses as a role that may read some, or nothing.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	role := "reader_" + strings.ToLower(t.Name()) + time.Now().Format("150405000000")
	statement(t, conn, `CREATE ROLE `+role+`; CREATE TABLE t (id int PRIMARY KEY, x text, y text); INSERT INTO t VALUES (1, 'a', 'b'), (2, NULL, NULL);
CREATE TABLE closed (id int); GRANT SELECT (id, x) ON t TO `+role)
	defer statement(t, conn, "RESET ROLE; DROP OWNED BY "+role+"; DROP ROLE "+role)
	statement(t, conn, "SET ROLE "+role)
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.NotNull{Field: "x"}}, {Test: quality.NotNull{Field: "y"}}}}
	report, err := ask(t, pgquality.Config{Database: conn}, suite)
	if err != nil || report.Results[0].Unexpected != 1 || report.Results[1].Verdict != quality.NotAssessed || !strings.Contains(report.Results[1].Reason, "may not read") {
		t.Errorf("%+v %v", report.Results, err)
	}
	suite.Dataset = "closed"
	if _, err := ask(t, pgquality.Config{Database: conn}, suite); !errors.Is(err, pgquality.ErrPermission) {
		t.Errorf("closed table: %v", err)
	}
	statement(t, conn, "RESET ROLE; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (id = 1); SET ROLE "+role)
	suite.Dataset = "t"
	report, err = ask(t, pgquality.Config{Database: conn}, suite)
	if err != nil || report.Rows != 1 || !strings.Contains(report.Method, "row security") {
		t.Errorf("row security: %d rows, %q, %v", report.Rows, report.Method, err)
	}
}

// TestInterrupted expects an error and nothing left behind when the context ends or the connection is lost in the middle.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	other, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	statement(t, other, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000)")
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.SQL{Name: "slow", Good: "pg_sleep(10) IS NOT NULL", Fields: []string{"id"}}}}}
	interrupt := func(stop func(cancel func(), pid uint32)) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		pid := conn.PgConn().PID()
		assessor, err := pgquality.New(pgquality.Config{Database: conn, Progress: func(p quality.Progress) {
			if p.Unit == "statements" && p.Done == 0 {
				stop(cancel, pid)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = assessor.Assess(ctx, suite)
		return err
	}
	if err := interrupt(func(cancel func(), _ uint32) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	err = interrupt(func(_ func(), pid uint32) {
		if _, err := other.Exec(context.Background(), "SELECT pg_terminate_backend($1)", int64(pid)); err != nil {
			t.Error(err)
		}
	})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("lost connection: %v", err)
	}
	t.Logf("lost connection: %v", err)
}

// TestTwoAtOnce expects the second assessment of a suite to be refused while the first goes on, and another suite not to be.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	pool := servertest.Pool(t, address, 4)
	if _, err := pool.Exec(context.Background(), "CREATE TABLE t (id int PRIMARY KEY, x text); INSERT INTO t VALUES (1, 'a')"); err != nil {
		t.Fatal(err)
	}
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.NotNull{Field: "x"}}}}
	second := suite
	second.Name = "another"
	asked := false
	config := pgquality.Config{Database: pool}
	config.Progress = func(quality.Progress) {
		if asked {
			return
		}
		asked = true
		quiet := pgquality.Config{Database: pool}
		if _, err := ask(t, quiet, suite); !errors.Is(err, pgquality.ErrBusy) {
			t.Errorf("the same suite at once: %v", err)
		}
		if _, err := ask(t, quiet, second); err != nil {
			t.Errorf("another suite at once: %v", err)
		}
	}
	if _, err := ask(t, config, suite); err != nil || !asked {
		t.Errorf("%v, asked %v", err, asked)
	}
	if _, err := ask(t, pgquality.Config{Database: pool}, suite); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestCanary puts a mark into every field but the key, and expects it in no report, error or plan.
func TestCanary(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	const canary = "canary7391"
	statement(t, conn, `CREATE TABLE t (id int PRIMARY KEY, x text, y text, j text, n numeric, at timestamptz, mail text UNIQUE);
INSERT INTO t SELECT i, 'canary7391', 'canary7391' || i, '{"canary7391":', 7391.7391 * i, '7391-07-03', 'canary7391@' || i FROM generate_series(1, 50) i;
INSERT INTO t SELECT i, 'canary7391', 'canary7391', '[]', 'NaN', NULL, NULL FROM generate_series(51, 60) i`)
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{
		{Test: quality.Length{Field: "x", Max: 3}}, {Test: quality.Match{Field: "x", Pattern: "^[0-9]+$"}}, {Test: quality.In{Field: "y", Values: quality.Texts("a")}},
		{Test: quality.Unique{Fields: []string{"x"}}}, {Test: quality.JSON{Field: "j"}}, {Test: quality.Range{Field: "n", Max: 5}},
		{Test: quality.Statistic{Of: quality.Maximum, Field: "x"}}, {Test: quality.Statistic{Of: quality.Minimum, Field: "n"}}, {Test: quality.Statistic{Of: quality.Maximum, Field: "at"}},
		{Test: quality.Statistic{Of: quality.Median, Field: "n"}}, {Test: quality.MostCommon{Field: "x", Values: quality.Texts("a")}}, {Test: quality.Covers{Field: "x", Values: quality.Texts("a"), Exact: true}},
		{Test: quality.SQL{Name: "cast", Good: "x::int > 0", Fields: []string{"x"}}}, {Test: quality.SQL{Name: "is_json", Good: "j::json IS NOT NULL", Fields: []string{"j"}}},
		{Test: quality.Monotone{Field: "x", By: []string{"id"}, Strict: true}}, {Test: quality.Layout{Field: "x", Layouts: []string{time.DateOnly}}},
		{Test: quality.Valid{Field: "x", Name: "host", Good: func(any) bool { return false }}}, {Test: quality.Reference{Fields: []string{"x"}, To: "t", ToFields: []string{"mail"}}},
	}}
	report, err := ask(t, pgquality.Config{Database: conn}, suite)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range []string{canary, "7391"} {
		if strings.Contains(string(text), mark) {
			t.Errorf("a value is in the report: %s", text[max(0, strings.Index(string(text), mark)-300):])
		}
	}
	examples := 0
	for _, r := range report.Results {
		examples += len(r.Examples)
	}
	if examples == 0 {
		t.Error("no failing row is named")
	}
	suite.Key, suite.Hashed = []string{"y"}, true
	hashed, err := ask(t, pgquality.Config{Database: conn}, suite)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(hashed); strings.Contains(string(text), canary) || len(hashed.Results[0].Examples) == 0 || len(hashed.Results[0].Examples[0]) != 32 {
		t.Errorf("a key is in the report, or no hash of one: %s", text)
	}
}
