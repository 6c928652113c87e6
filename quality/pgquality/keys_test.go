package pgquality_test

import (
	"context"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// TestKeyIsRemembered groups a key the first time, hashes it in the pass while no value of it repeats, and counts rightly when one does.
func TestKeyIsRemembered(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	statement(t, conn, "CREATE TABLE t (id int PRIMARY KEY, k text); INSERT INTO t SELECT i, 'key ' || i FROM generate_series(1, 500) i; INSERT INTO t VALUES (0, NULL)")
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	suite := quality.Suite{Dataset: "t", Checks: []quality.Check{{Test: quality.Unique{Fields: []string{"k"}}}}}
	for i, step := range []struct {
		change     string
		statements string
		unexpected int64
	}{
		{"SELECT", "2 statements", 0}, {"SELECT", "1 statement", 0}, {"INSERT INTO t VALUES (-1, 'key 7')", "2 statements", 2}, {"SELECT", "2 statements", 2},
		{"DELETE FROM t WHERE id = -1", "2 statements", 0}, {"SELECT", "1 statement", 0},
	} {
		statement(t, conn, step.change)
		report, err := assessor.Assess(context.Background(), suite)
		if err != nil {
			t.Fatal(err)
		}
		if r := report.Results[0]; r.Unexpected != step.unexpected || r.Judged < 500 || !strings.HasPrefix(report.Method, step.statements) {
			t.Errorf("step %d, after %s: %d of %d unexpected by %s, want %d by %s", i, step.change, r.Unexpected, r.Judged, report.Method, step.unexpected, step.statements)
		}
	}
}
