package pgquality_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// wideSuite asks every kind that is kept.
func wideSuite(table string) quality.Suite {
	return quality.Suite{Dataset: table, Example: -1, Checks: []quality.Check{
		{Test: quality.NotNull{Field: "content"}}, {Test: quality.NotEmpty{Field: "content"}}, {Test: quality.Length{Field: "content", Max: 30}},
		{Test: quality.Match{Field: "hash", Pattern: "^[0-9a-f]{32}$"}}, {Test: quality.In{Field: "role", Values: quality.Texts("user", "tutor")}},
		{Test: quality.Range{Field: "score", Min: 0, Max: 1}}, {Test: quality.Compare{A: "a", Is: quality.LessEqual, B: "b"}},
		{Test: quality.NotNull{Field: "score"}, When: quality.In{Field: "role", Values: quality.Texts("user")}},
		{Test: quality.RowCount{Min: 1}}, {Test: quality.Statistic{Of: quality.TotalSum, Field: "n"}, Name: "sum"}, {Test: quality.Statistic{Of: quality.Mean, Field: "n"}},
		{Test: quality.Statistic{Of: quality.Maximum, Field: "n"}, Reveal: true}, {Test: quality.Statistic{Of: quality.Minimum, Field: "score"}, Reveal: true},
	}}
}

const wideSQL = `CREATE TABLE wide (id serial PRIMARY KEY, content text, hash text, role text, score float8, n int, a int, b int) WITH (autovacuum_enabled = off);
INSERT INTO wide (content, hash, role, score, n, a, b) SELECT repeat('あ', i % 40), CASE WHEN i % 7 > 0 THEN md5(i::text) ELSE 'x' END, CASE WHEN i % 5 > 0 THEN 'user' ELSE 'bot' END,
  CASE WHEN i % 3 > 0 THEN (i % 11) / 10.0 END, i, i % 10, i % 9 FROM generate_series(1, 20000) i;
VACUUM (FREEZE, ANALYZE) wide`

// TestIncremental changes a table at random, and holds the incremental assessment against a full one in every answer.
func TestIncremental(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t)
	for _, statement := range strings.SplitAfter(wideSQL, ";") { // VACUUM stands alone
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(ctx, pgquality.Observer()); err != nil {
		t.Fatal(err)
	}
	full, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := pgquality.New(pgquality.Config{Database: conn, States: new(pgquality.MemoryStates)})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	incremental := 0
	for i := range servertest.Count(15, 400) {
		step := changes()[random.IntN(len(changes()))]
		if i == 0 {
			step = "SELECT 1"
		}
		if _, err := conn.Exec(ctx, strings.ReplaceAll(step, "{r}", fmt.Sprint(1+random.IntN(20000)))); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		want, err := full.Assess(ctx, wideSuite("wide"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := kept.Assess(ctx, wideSuite("wide"))
		if err != nil {
			t.Fatal(err)
		}
		ignore := cmpopts.IgnoreFields(quality.Result{}, "Method", "Evidence")
		if diff := cmp.Diff(want.Results, got.Results, ignore); diff != "" {
			t.Fatalf("after %s (%s): incremental differs from full (-full +incremental):\n%s", step, got.Method, diff)
		}
		if got.Results[0].Method == quality.ByIncrement {
			incremental++
		}
	}
	t.Logf("%d of the assessments were incremental", incremental)
	if incremental == 0 {
		t.Error("no assessment was incremental")
	}
}

func changes() []string {
	return []string{
		"INSERT INTO wide (content, hash, role, n) VALUES ('', 'zz', 'user', {r})", "DELETE FROM wide WHERE id BETWEEN {r} AND {r} + 20",
		"UPDATE wide SET content = NULL WHERE id = {r}", "UPDATE wide SET score = 2, role = 'none' WHERE id = {r}", "VACUUM wide", "VACUUM (FREEZE) wide",
		"BEGIN; UPDATE wide SET hash = 'y' WHERE id < 50; ROLLBACK", "SELECT 1", "ANALYZE wide", "VACUUM (FULL) wide",
		"INSERT INTO wide (content, n) SELECT 'many', i FROM generate_series(1, 300) i", "UPDATE wide SET a = b + 1 WHERE id BETWEEN {r} AND {r} + 3",
	}
}

// TestSample holds the intervals of a sample against the truth, and says what a sample does not answer.
func TestSample(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t)
	for _, statement := range strings.SplitAfter(wideSQL, ";") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	suite := wideSuite("wide")
	suite.Checks = append(suite.Checks, quality.Check{Test: quality.Unique{Fields: []string{"hash"}}}, quality.Check{Test: quality.Unique{Fields: []string{"id"}}},
		quality.Check{Name: "spans", Test: quality.Match{Field: "hash", Pattern: "^[0-9a-f]{32}$"}, Threshold: quality.Threshold{Fail: 6.0 / 7}})
	full, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	truth, err := full.Assess(ctx, suite)
	if err != nil {
		t.Fatal(err)
	}
	covered, all, undecided := 0, 0, 0
	for seed := range uint64(servertest.Count(20, 300)) {
		sample, err := pgquality.New(pgquality.Config{Database: conn, Sample: 0.1, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		report, err := sample.Assess(ctx, suite)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range report.Results {
			switch {
			case r.Method == quality.BySample:
				all++
				if r.Interval.Low <= truth.Results[i].Score && truth.Results[i].Score <= r.Interval.High {
					covered++
				}
				if r.Check == "spans" && r.Verdict == quality.Undecided {
					undecided++
				}
			case r.Check == "unique(id)" && r.Method == quality.ByProof:
			case r.Verdict != quality.NotAssessed || !strings.HasPrefix(r.Reason, "a sample does not answer"):
				t.Errorf("%s: %s by %s (%s)", r.Check, r.Verdict, r.Method, r.Reason)
			}
		}
	}
	share := float64(covered) / float64(all)
	t.Logf("%d of %d intervals hold the truth; %d were undecided at the true score", covered, all, undecided)
	if share < 0.9 || undecided == 0 {
		t.Errorf("coverage %.3f, %d undecided", share, undecided)
	}
}

var _ pgquality.Beginner = (*pgx.Conn)(nil)
