package pgquality_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// counted is what a report says of one check.
type counted struct {
	verdict            quality.Verdict
	judged, unexpected int64
}

// TestCounts holds single checks against tables in which a short cut would go wrong.
func TestCounts(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	tests := []struct {
		name, sql string
		check     quality.Check
		want      counted
	}{
		{"NOT NULL of a parent alone", `CREATE TABLE t (x int); CREATE TABLE child () INHERITS (t); ALTER TABLE ONLY t ALTER x SET NOT NULL;
			INSERT INTO t VALUES (1); INSERT INTO child VALUES (NULL), (2)`,
			quality.Check{Test: quality.Range{Field: "x", Min: 1}}, counted{quality.Pass, 2, 0}},
		{"newest time is infinite", `CREATE TABLE t (x timestamptz); INSERT INTO t VALUES ('infinity'), ('2001-01-01')`,
			quality.Check{Test: quality.Fresh{Field: "x", Age: time.Hour}}, counted{quality.NotAssessed, 0, 0}},
		{"ties of an order", `CREATE TABLE t (at int, x int); INSERT INTO t VALUES (1, 2), (1, 1), (2, 3), (2, 2), (3, 3)`,
			quality.Check{Test: quality.Monotone{Field: "x", By: []string{"at"}}}, counted{quality.Pass, 5, 0}},
		{"order of texts", `CREATE TABLE t (at text COLLATE "und-x-icu", x int); INSERT INTO t VALUES ('a', 2), ('B', 1)`,
			quality.Check{Test: quality.Monotone{Field: "x", By: []string{"at"}}}, counted{quality.Pass, 2, 0}},
		{"NaN among rising values", `CREATE TABLE t (at int, x float8); INSERT INTO t VALUES (1, 1), (2, 'NaN')`,
			quality.Check{Test: quality.Monotone{Field: "x", By: []string{"at"}}}, counted{quality.Fail, 2, 1}},
		{"pattern of a loose collation", `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
			CREATE TABLE t (x text COLLATE loose); INSERT INTO t VALUES ('ab'), ('AB')`,
			quality.Check{Test: quality.Match{Field: "x", Pattern: "^a.*b$"}}, counted{quality.Fail, 2, 1}},
		{"emptiness of a loose collation", `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
			CREATE TABLE t (x text COLLATE loose); INSERT INTO t VALUES ('ab'), (' ')`,
			quality.Check{Test: quality.NotEmpty{Field: "x"}}, counted{quality.Fail, 2, 1}},
		{"row with a NULL in it", `CREATE TYPE pair AS (a int, b int); CREATE TABLE t (k int, x pair); INSERT INTO t VALUES (1, ROW(1, NULL)), (1, NULL)`,
			quality.Check{Test: quality.NotNull{Field: "x"}, When: quality.Range{Field: "k", Min: 1}}, counted{quality.Fail, 2, 1}},
		{"unique money", `CREATE TABLE t (x money); INSERT INTO t SELECT i::numeric::money FROM generate_series(1, 100) i; ANALYZE t`,
			quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, counted{quality.Pass, 100, 0}},
		{"one member twice in a set", `CREATE TABLE t (x int); INSERT INTO t VALUES (1)`,
			quality.Check{Test: quality.Covers{Field: "x", Values: []any{1, 1.0, int64(1)}}}, counted{quality.Pass, 1, 0}},
		{"infinite time judged in Go", `CREATE TABLE t (x timestamptz, d jsonb); INSERT INTO t VALUES ('infinity', '{}')`,
			quality.Check{Test: quality.All{Tests: []quality.RowTest{quality.Range{Field: "x", Min: time.Unix(0, 0)}, quality.JSON{Field: "d"}}}},
			counted{quality.Pass, 1, 0}},
		{"reference that rounds", `CREATE TABLE t (x float8); CREATE TABLE other (id numeric); INSERT INTO t VALUES (0.1);
			INSERT INTO other VALUES (0.1), (0.10000000000000000001)`,
			quality.Check{Test: quality.Reference{Fields: []string{"x"}, To: "other", ToFields: []string{"id"}}}, counted{quality.NotAssessed, 0, 0}},
		{"negative zero", `CREATE TABLE t (x float8); INSERT INTO t VALUES ('-0'), ('0'); INSERT INTO t SELECT generate_series(1, 98); ANALYZE t`,
			quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, counted{quality.Fail, 100, 2}},
		{"trailing zeros", `CREATE TABLE t (x numeric); INSERT INTO t VALUES (1.0), (1.00)`,
			quality.Check{Test: quality.Unique{Fields: []string{"x"}}}, counted{quality.Fail, 2, 2}},
	}
	for _, test := range tests { // on one connection, so not in parallel
		t.Run(test.name, func(t *testing.T) {
			statement(t, conn, "DROP SCHEMA IF EXISTS counts CASCADE; CREATE SCHEMA counts; SET search_path = counts, public; "+test.sql)
			report, err := ask(t, pgquality.Config{Database: conn}, quality.Suite{Dataset: "t", Checks: []quality.Check{test.check}})
			if err != nil {
				t.Fatal(err)
			}
			r := report.Results[0]
			if got := (counted{r.Verdict, r.Judged, r.Unexpected}); got != test.want {
				t.Errorf("got %+v, want %+v (%s, %s, %s)", got, test.want, r.Reason, r.Observed, report.Method)
			}
		})
	}
}

// TestOnePass expects one statement for checks that one can answer, whatever else the suite asks.
func TestOnePass(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, `CREATE TABLE other (id int PRIMARY KEY, y int); INSERT INTO other VALUES (1, 1), (2, NULL), (3, 3);
		CREATE TABLE t (id int PRIMARY KEY, x text, m money, o int);
		INSERT INTO t SELECT i, i::text, i::numeric::money, 1 + i % 3 FROM generate_series(1, 100) i; INSERT INTO t VALUES (101, 'a', '101', NULL); ANALYZE t, other`)
	low := quality.Range{Field: "id", Max: 50}
	tests := []struct {
		name   string
		checks []quality.Check
		method string
		rows   int64
	}{
		{"different values under a condition", []quality.Check{{Test: quality.RowCount{Min: 1}},
			{Test: quality.Statistic{Of: quality.DistinctCount, Field: "x", Min: 1}, When: low}}, "2 statements", 101},
		{"a figure that does not fit", []quality.Check{{Test: quality.RowCount{Min: 1}},
			{Test: quality.Statistic{Of: quality.Mean, Field: "x", Min: 1}, When: low}}, "1 statement", 101},
		{"an age that does not fit", []quality.Check{{Test: quality.RowCount{Min: 1}},
			{Test: quality.Fresh{Field: "x", Age: time.Hour}, When: low}}, "1 statement", 101},
		{"values without a hash", []quality.Check{{Test: quality.RowCount{Min: 1}}, {Test: quality.Unique{Fields: []string{"m"}}}}, "2 statements", 101},
		{"pairs are not rows", []quality.Check{{Test: quality.Joined{Fields: []string{"o"}, To: "other", ToFields: []string{"id"},
			Test: quality.NotNull{Field: "other.y"}}}}, "1 statement", -1},
	}
	for _, states := range []pgquality.States{nil, new(pgquality.MemoryStates)} {
		for _, test := range tests {
			report, err := ask(t, pgquality.Config{Database: conn, States: states}, quality.Suite{Dataset: "t", Example: -1, Checks: test.checks})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(report.Method, test.method) || report.Rows != test.rows {
				t.Errorf("%s, states %v: %s, %d rows; want %s, %d\n%+v", test.name, states != nil, report.Method, report.Rows, test.method, test.rows, report.Results)
			}
		}
	}
}

// TestSettings expects one answer, whatever the session's settings and whatever others have defined.
func TestSettings(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, `CREATE SCHEMA evil;
		CREATE DOMAIN word AS text;
		CREATE TABLE t (d date[], i interval, v varchar(20), w word, at timestamptz, b bytea);
		INSERT INTO t VALUES ('{2020-01-02}', '1 day 2 hours', 'abcdefgh', 'abcdefgh', '2020-01-01 23:30+00', '\x00ff');
		CREATE FUNCTION evil.length(text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
		CREATE FUNCTION evil.length(varchar) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
		CREATE FUNCTION evil.octet_length(varchar) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
		CREATE FUNCTION evil.octet_length(word) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
		CREATE FUNCTION evil.yes(varchar, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
		CREATE OPERATOR evil.~ (LEFTARG = varchar, RIGHTARG = text, FUNCTION = evil.yes);
		CREATE OPERATOR evil.>= (LEFTARG = varchar, RIGHTARG = text, FUNCTION = evil.yes)`)
	suite := quality.Suite{Schema: "public", Dataset: "t", Checks: []quality.Check{
		{Test: quality.Match{Field: "d", Pattern: "^.2020-01-02.$"}}, {Test: quality.Match{Field: "i", Pattern: "^1 day"}},
		{Test: quality.SQL{Name: "day", Good: "at::date = '2020-01-01'", Fields: []string{"at"}}},
		{Test: quality.SQL{Name: "bytes", Good: `b::text = '\x00ff'`, Fields: []string{"b"}}},
		{Name: "varchar", Test: quality.Not{Test: quality.Length{Field: "v", Max: 5}}}, {Name: "domain", Test: quality.Not{Test: quality.Length{Field: "w", Max: 5}}},
		{Name: "match", Test: quality.Not{Test: quality.Match{Field: "v", Pattern: "z.y"}}}, {Name: "range", Test: quality.Not{Test: quality.Range{Field: "v", Min: "b"}}},
	}}
	for _, settings := range []string{"", "SET DateStyle = German; SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = iso_8601; SET bytea_output = escape",
		"SET search_path = public, evil", "SET search_path = evil, pg_catalog, public", "SET search_path = ''"} {
		statement(t, conn, "RESET ALL; "+settings)
		report, err := ask(t, pgquality.Config{Database: conn}, suite)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range report.Results {
			if r.Verdict != quality.Pass {
				t.Errorf("%s: %s is %s (%s)", settings, r.Check, r.Verdict, r.Reason)
			}
		}
	}
}

// ownNumeric is a codec as a host registers it to have numbers in a type of its own.
type ownNumeric struct{ pgtype.NumericCodec }

func (ownNumeric) DecodeValue(*pgtype.Map, uint32, int16, []byte) (any, error) {
	return nil, errors.New("the value is 1234567")
}

// TestTypesOfTheHost judges values in Go, and names rows, on a connection whose types are the host's.
func TestTypesOfTheHost(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, "CREATE TABLE t (id numeric PRIMARY KEY, d jsonb); INSERT INTO t VALUES (1, '[1]'), (2, '{}'), (3, NULL)")
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "numeric", OID: pgtype.NumericOID, Codec: ownNumeric{}})
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{
		{Test: quality.All{Tests: []quality.RowTest{quality.Range{Field: "id", Max: 1}, quality.JSON{Field: "d"}}}},
		{Test: quality.NotNull{Field: "d"}},
		{Test: quality.Sequence{Field: "id", First: 2}}}}
	report, err := ask(t, pgquality.Config{Database: conn}, suite)
	if err != nil {
		t.Fatal(err)
	}
	if r := report.Results[0]; r.Judged != 3 || r.Unexpected != 2 {
		t.Errorf("%+v", r)
	}
	for _, r := range report.Results[1:] {
		if len(r.Examples) != 1 {
			t.Errorf("%+v", r)
		}
	}
}

// TestSuitesOfTwoSchemas keeps the states of suites apart that have one name.
func TestSuitesOfTwoSchemas(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, pgquality.Observer()+`; CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);
		INSERT INTO a.t VALUES (1); INSERT INTO b.t VALUES (NULL)`)
	assessor, err := pgquality.New(pgquality.Config{Database: conn, States: new(pgquality.MemoryStates)})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		for schema, want := range map[string]quality.Verdict{"a": quality.Pass, "b": quality.Fail} {
			report, err := assessor.Assess(context.Background(), quality.Suite{Schema: schema, Dataset: "t", Checks: []quality.Check{{Test: quality.NotNull{Field: "x"}}}})
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != want || round == 1 && !strings.Contains(report.Method, "incremental") {
				t.Errorf("schema %s, round %d: %s by %s", schema, round, report.Verdict, report.Method)
			}
		}
	}
}

// TestProofsFromEighteen asks of what version 18 brought and what proves less than it seems.
func TestProofsFromEighteen(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	if queryInt(t, conn, "SELECT current_setting('server_version_num')::int") < 180000 {
		_, err := conn.Exec(context.Background(), "CREATE TABLE t (x int CHECK (x > 0) NOT ENFORCED)")
		if err == nil {
			t.Error("an older server takes a constraint that is not enforced: nothing here asks what it proves")
		}
		return
	}
	statement(t, conn, `CREATE EXTENSION btree_gist; CREATE TABLE other (id int PRIMARY KEY);
		CREATE TABLE room (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS)); INSERT INTO room VALUES (1, '[2020-01-01,2021-01-01)');
		CREATE TABLE t (id int, at daterange, x int, n int, g int GENERATED ALWAYS AS (x * 2) VIRTUAL NOT NULL,
			FOREIGN KEY (id, PERIOD at) REFERENCES room (id, PERIOD at));
		INSERT INTO t VALUES (1, '[2020-02-01,2020-03-01)', -5, NULL);
		ALTER TABLE t ADD CHECK (x > 0) NOT ENFORCED, ADD CONSTRAINT n NOT NULL n NOT VALID, ADD FOREIGN KEY (x) REFERENCES other NOT ENFORCED`)
	tests := map[string]struct {
		test quality.Test
		want quality.Verdict
	}{
		"foreign key of a period":   {quality.Reference{Fields: []string{"id", "at"}, To: "room", ToFields: []string{"id", "at"}}, quality.Fail},
		"CHECK not enforced":        {quality.Range{Field: "x", Min: 1}, quality.Fail},
		"NOT NULL not valid":        {quality.NotNull{Field: "n"}, quality.Fail},
		"foreign key not enforced":  {quality.Reference{Fields: []string{"x"}, To: "other", ToFields: []string{"id"}}, quality.Fail},
		"virtual column, NOT NULL":  {quality.NotNull{Field: "g"}, quality.Pass},
		"virtual column, its range": {quality.Range{Field: "g", Min: 0}, quality.Fail},
	}
	for name, test := range tests { // on one connection, so not in parallel
		report, err := ask(t, pgquality.Config{Database: conn}, quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: test.test}}})
		if err != nil {
			t.Fatal(err)
		}
		if r := report.Results[0]; r.Verdict != test.want {
			t.Errorf("%s: %s (%s%s), want %s", name, r.Verdict, r.Reason, r.Evidence, test.want)
		}
	}
}

// TestExamplesOutOfTime expects the report without the keys of failing rows, when only reading these takes too long.
func TestExamplesOutOfTime(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, `CREATE TABLE base (id int, x int); INSERT INTO base VALUES (1, NULL), (2, 2);
		CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN PERFORM pg_sleep(10); RETURN $1; END';
		CREATE VIEW t AS SELECT x, slow(id) AS k FROM base`)
	for _, test := range []quality.Test{quality.NotNull{Field: "x"}, quality.Sequence{Field: "x", First: 1}} {
		suite := quality.Suite{Dataset: "t", Key: []string{"k"}, Checks: []quality.Check{{Test: test}}}
		report, err := ask(t, pgquality.Config{Database: conn, StatementLimit: 500 * time.Millisecond}, suite)
		if err != nil {
			t.Fatal(err)
		}
		if r := report.Results[0]; r.Unexpected != 1 || len(r.Examples) > 0 || !strings.Contains(report.Method, "SQLSTATE 57014") {
			t.Errorf("%T: %+v, %s", test, r, report.Method)
		}
	}
}

// meanwhile is a database in which something else happens just before a statement.
type meanwhile struct {
	conn *pgx.Conn
	part string // of the statement
	do   func()
}

// BeginTx begins a transaction in which it does.
func (m meanwhile) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	tx, err := m.conn.BeginTx(ctx, options)
	return &meanwhileTx{Tx: tx, meanwhile: m}, err
}

type meanwhileTx struct {
	pgx.Tx
	meanwhile meanwhile
	done      bool
}

// QueryRow is that of the transaction.
func (tx *meanwhileTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if !tx.done && strings.Contains(sql, tx.meanwhile.part) {
		tx.done = true
		tx.meanwhile.do()
	}
	return tx.Tx.QueryRow(ctx, sql, args...)
}

// TestConstraintAfterTheSnapshot has somebody correct a row and add or validate a constraint, between the snapshot and the question
// whether one proves a check: none proves what the snapshot sees.
func TestConstraintAfterTheSnapshot(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	ours, others := connectTo(t, address), connectTo(t, address)
	statement(t, others, "SET lock_timeout = '5s'")
	for name, change := range map[string]string{
		"added":     "UPDATE t SET x = 1; ALTER TABLE t ADD CHECK (x > 0)",
		"validated": "UPDATE t SET x = 1; ALTER TABLE t VALIDATE CONSTRAINT late",
	} { // on one connection, so not in parallel
		statement(t, others, "DROP TABLE IF EXISTS t; CREATE TABLE t (x int CHECK (x > -100)); INSERT INTO t VALUES (-5); ALTER TABLE t ADD CONSTRAINT late CHECK (x > 0) NOT VALID")
		suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.Range{Field: "x", Min: 1}}}}
		database := meanwhile{ours, "EXPLAIN", func() { statement(t, others, change) }}
		report, err := ask(t, pgquality.Config{Database: database}, suite)
		if err != nil {
			t.Fatal(err)
		}
		if r := report.Results[0]; r.Verdict != quality.Fail {
			t.Errorf("%s: %s by %s (%s), want a failure, since the snapshot has the row", name, r.Verdict, r.Method, r.Evidence)
		}
		if report, err = ask(t, pgquality.Config{Database: ours}, suite); err != nil || report.Results[0].Method != quality.ByProof {
			t.Errorf("%s, afterwards: %+v %v", name, report.Results, err)
		}
	}
}

func connectTo(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
