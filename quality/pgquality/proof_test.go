package pgquality_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// TestProofs says which constraints prove a check, and which never do.
func TestProofs(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	notNull := quality.NotNull{Field: "x"}
	unique := quality.Unique{Fields: []string{"x"}}
	positive := quality.Range{Field: "x", Min: 1}
	refers := quality.Reference{Fields: []string{"x"}, To: "other", ToFields: []string{"id"}}
	dimensions := quality.VectorDimensions{Field: "v", N: 3}
	tests := []struct {
		name, table string // the table's columns and constraints, or statements after it, separated by a semicolon
		test        quality.Test
		when        quality.RowTest
		proven      bool
	}{
		{"NOT NULL", "x int NOT NULL", notNull, nil, true},
		{"nullable", "x int", notNull, nil, false},
		{"CHECK NOT NULL", "x int CHECK (x IS NOT NULL)", notNull, nil, true},
		{"CHECK NOT NULL, not valid", "x int; ALTER TABLE t ADD CHECK (x IS NOT NULL) NOT VALID", notNull, nil, false},
		{"CHECK", "x int CHECK (x > 0)", positive, nil, true},
		{"stronger CHECK", "x int CHECK (x BETWEEN 5 AND 7)", positive, nil, true},
		{"weaker CHECK", "x int CHECK (x > -1)", positive, nil, false},
		{"CHECK, not valid", "x int; ALTER TABLE t ADD CHECK (x > 0) NOT VALID", positive, nil, false},
		{"CHECK, validated", "x int; ALTER TABLE t ADD CONSTRAINT c CHECK (x > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c", positive, nil, true},
		{"CHECK NO INHERIT with a child", "x int CHECK (x > 0) NO INHERIT; CREATE TABLE child () INHERITS (t)", positive, nil, false},
		{"CHECK of another column", "x int, y int CHECK (y > 0)", positive, nil, false},
		{"CHECK under a condition", "x int, k text, CHECK (k <> 'a' OR x > 0)", positive, quality.In{Field: "k", Values: quality.Texts("a")}, true},
		{"CHECK under another condition", "x int, k text, CHECK (k <> 'a' OR x > 0)", positive, quality.In{Field: "k", Values: quality.Texts("b")}, false},
		{"primary key", "x int PRIMARY KEY", unique, nil, true},
		{"UNIQUE and NOT NULL", "x int NOT NULL UNIQUE", unique, nil, true},
		{"UNIQUE of fewer columns", "x int NOT NULL UNIQUE, y int", quality.Unique{Fields: []string{"x", "y"}}, nil, true},
		{"UNIQUE of more columns", "x int NOT NULL, y int NOT NULL DEFAULT 1, UNIQUE (x, y)", unique, nil, false},
		{"NULLS DISTINCT", "x int UNIQUE", unique, nil, false},
		{"NULLS NOT DISTINCT", "x int, UNIQUE NULLS NOT DISTINCT (x)", unique, nil, true},
		{"deferrable", "x int NOT NULL UNIQUE DEFERRABLE", unique, nil, false},
		{"partial index", "x int NOT NULL; CREATE UNIQUE INDEX ON t (x) WHERE x > 0", unique, nil, false},
		{"index on an expression", "x int NOT NULL; CREATE UNIQUE INDEX ON t ((x + 0))", unique, nil, false},
		{"index that is not unique", "x int NOT NULL; CREATE INDEX ON t (x)", unique, nil, false},
		{"invalid index", "x int NOT NULL UNIQUE; UPDATE pg_index SET indisvalid = false WHERE indrelid = 't'::regclass", unique, nil, false},
		{"index of a parent", "x int NOT NULL UNIQUE; CREATE TABLE child () INHERITS (t)", unique, nil, false},
		{"index of a partitioned table", "x int NOT NULL UNIQUE) PARTITION BY RANGE (x", unique, nil, true},
		{"foreign key", "x int REFERENCES other", refers, nil, true},
		{"foreign key, not valid", "x int; ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES other NOT VALID", refers, nil, false},
		{"foreign key, deferrable", "x int REFERENCES other DEFERRABLE", refers, nil, false},
		{"foreign key, triggers disabled", "x int REFERENCES other; ALTER TABLE t DISABLE TRIGGER ALL", refers, nil, false},
		{"foreign key, triggers of a partition disabled", "x int REFERENCES other) PARTITION BY RANGE (x; " + partition + "; ALTER TABLE p DISABLE TRIGGER ALL", refers, nil, false},
		{"foreign key to elsewhere", "x int REFERENCES other2", refers, nil, false},
		{"vector type", "x int, v vector(3)", dimensions, nil, true},
		{"vector type of other dimensions", "x int, v vector(4)", dimensions, nil, false},
		{"vector without dimensions", "x int, v vector", dimensions, nil, false},
		{"foreign partition", "x int NOT NULL) PARTITION BY RANGE (x; CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; " +
			"CREATE FOREIGN TABLE f PARTITION OF t FOR VALUES FROM (100) TO (200) SERVER far", notNull, nil, false},
		{"condition that is never true", "x int CHECK (x > -1), k text NOT NULL DEFAULT 'a'", positive, quality.IsNull{Field: "k"}, false},
		{"condition without values", "x int CHECK (x > -1), k text", positive, quality.In{Field: "k"}, false},
		{"always NULL", "x int CHECK (x > -1), y int CHECK (y IS NULL)", quality.Range{Field: "y", Min: 1}, nil, false},
		{"row security that hides all", "x int CHECK (x > -1); CREATE POLICY none ON t FOR SELECT USING (false); CREATE POLICY each ON t FOR INSERT WITH CHECK (true); ALTER TABLE t ENABLE ROW LEVEL SECURITY; " +
			"GRANT USAGE ON SCHEMA proof TO proof_reader; GRANT ALL ON t TO proof_reader; SET ROLE proof_reader", positive, nil, false},
		{"view", "x int NOT NULL; ALTER TABLE t RENAME TO base; CREATE VIEW t AS SELECT x FROM base", notNull, nil, false},
	}
	statement(t, conn, "CREATE ROLE proof_reader")
	t.Cleanup(func() { statement(t, conn, "RESET ROLE; DROP SCHEMA IF EXISTS proof CASCADE; DROP ROLE proof_reader") })
	for _, test := range tests { // on one connection, so not in parallel
		t.Run(test.name, func(t *testing.T) {
			prepareTable(t, conn, test.table)
			plan, err := assessor.Explain(context.Background(), quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: test.test, When: test.when}}})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(plan.Proofs) == 1; got != test.proven {
				t.Errorf("proven: %v, expected %v\n%s", got, test.proven, plan)
			}
		})
	}
}

const partition = "CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (100)"

// prepareTable makes the table t, with one page so that it is not surely empty.
func prepareTable(t *testing.T, conn *pgx.Conn, definition string) {
	t.Helper()
	table, after, _ := strings.Cut(definition, ";")
	sql := `RESET ROLE; CREATE EXTENSION IF NOT EXISTS vector; DROP FOREIGN DATA WRAPPER IF EXISTS far CASCADE; DROP SCHEMA IF EXISTS proof CASCADE; CREATE SCHEMA proof; SET search_path = proof, public;
CREATE TABLE other (id int PRIMARY KEY); CREATE TABLE other2 (id int PRIMARY KEY); INSERT INTO other VALUES (6); INSERT INTO other2 VALUES (6);
CREATE TABLE t (` + table + `);` + after
	ctx := context.Background()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Exec(ctx, `CREATE TABLE IF NOT EXISTS p PARTITION OF t FOR VALUES FROM (0) TO (100)`)
	if _, err := conn.Exec(ctx, `INSERT INTO t (x) VALUES (6)`); err != nil {
		t.Fatal(err)
	}
}

// TestProofsReadNothing counts the scans of a table and its indexes before and after.
func TestProofsReadNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t)
	const sql = `CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 100);
CREATE TABLE t (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent, role text CHECK (role IN ('a', 'b')), v vector(3), CHECK (char_length(role) < 9));
INSERT INTO t SELECT i, i, 'a', '[1,2,3]' FROM generate_series(1, 100) i`
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{
		{Test: quality.NotNull{Field: "id"}}, {Test: quality.Unique{Fields: []string{"id"}}}, {Test: quality.NotNull{Field: "parent"}},
		{Test: quality.Reference{Fields: []string{"parent"}, To: "parent", ToFields: []string{"id"}}},
		{Test: quality.In{Field: "role", Values: quality.Texts("a", "b", "c")}}, {Test: quality.Length{Field: "role", Max: 8}},
		{Test: quality.VectorDimensions{Field: "v", N: 3}}, {Test: quality.ColumnType{Field: "v", Types: []string{"vector(3)"}}},
	}}
	before := scans(t, conn)
	report, err := assessor.Assess(ctx, suite)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		if r.Verdict != quality.Pass || r.Method != quality.ByProof && r.Method != quality.ByCatalog || r.Method == quality.ByProof && r.Evidence == "" {
			t.Errorf("%s: %s by %s (%q)", r.Check, r.Verdict, r.Method, r.Evidence)
		}
	}
	if diff := cmp.Diff(before, scans(t, conn)); diff != "" || report.RowsRead != 0 {
		t.Errorf("%d rows read, scans before and after:\n%s", report.RowsRead, diff)
	}
	// The counters count: a check that is not proven is seen.
	if _, err := assessor.Assess(ctx, quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.NotEmpty{Field: "role"}}}}); err != nil {
		t.Fatal(err)
	}
	if cmp.Equal(before, scans(t, conn)) {
		t.Error("the counters of scans do not count")
	}
}

// scans returns the number of sequential and index scans of the tables, once the server has counted all.
func scans(t *testing.T, conn *pgx.Conn) map[string]int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT pg_stat_force_next_flush()"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(ctx, `SELECT relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname IN ('t', 'parent')`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	var name string
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error {
		counts[name] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return counts
}
