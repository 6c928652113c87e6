package pgquality_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// naive is a test of rows together, and SQL as one would write it who thinks of this test alone: judged and unexpected.
type naive struct {
	test quality.Test
	sql  string
}

// naives are tests over the generated table and a second one, other(k, g).
func naives() map[string]naive {
	again := func(fields, present string) string {
		return fmt.Sprintf(`FROM generated a WHERE %s AND EXISTS (SELECT FROM generated b WHERE b.id <> a.id AND %s)`, present, fields)
	}
	return map[string]naive{
		"unique i": {quality.Unique{Fields: []string{"i"}}, `SELECT count(i), (SELECT count(*) ` + again("b.i = a.i", "a.i IS NOT NULL") + `) FROM generated`},
		"unique t": {quality.Unique{Fields: []string{"t"}}, `SELECT count(t), (SELECT count(*) ` + again("b.t = a.t", "a.t IS NOT NULL") + `) FROM generated`},
		"unique f": {quality.Unique{Fields: []string{"f"}}, `SELECT count(f), (SELECT count(*) ` + again("b.f = a.f", "a.f IS NOT NULL") + `) FROM generated`},
		"unique n": {quality.Unique{Fields: []string{"n"}}, `SELECT count(n), (SELECT count(*) ` + again("b.n = a.n", "a.n IS NOT NULL") + `) FROM generated`},
		"unique pair": {quality.Unique{Fields: []string{"t2", "i2"}}, `SELECT count(*) FILTER (WHERE t2 IS NOT NULL AND i2 IS NOT NULL), (SELECT count(*) ` +
			again("b.t2 = a.t2 AND b.i2 = a.i2", "a.t2 IS NOT NULL AND a.i2 IS NOT NULL") + `) FROM generated`},
		"excess t":    {quality.Unique{Fields: []string{"t"}, Count: quality.ExcessRows}, `SELECT count(t), count(t) - count(DISTINCT t) FROM generated`},
		"groups t":    {quality.Unique{Fields: []string{"t"}, Count: quality.Groups}, `SELECT count(DISTINCT t), (SELECT count(*) FROM (SELECT t FROM generated WHERE t IS NOT NULL GROUP BY t HAVING count(*) > 1) g) FROM generated`},
		"distinct":    {quality.Statistic{Of: quality.DistinctCount, Field: "t", Max: 5}, `SELECT sign(count(t)), (count(DISTINCT t) > 5)::int FROM generated WHERE true`},
		"reference":   {quality.Reference{Fields: []string{"i"}, To: "other", ToFields: []string{"k"}}, `SELECT count(i), count(*) FILTER (WHERE i NOT IN (SELECT k FROM other WHERE k IS NOT NULL)) FROM generated`},
		"reference 2": {quality.Reference{Fields: []string{"t"}, To: "other", ToFields: []string{"g"}}, `SELECT count(t), count(*) FILTER (WHERE t NOT IN (SELECT g FROM other WHERE g IS NOT NULL)) FROM generated`},
		"count":       {quality.CountMatches{Field: "i2", Key: "i", Of: "other", OfField: "k"}, `SELECT count(i2), count(*) FILTER (WHERE i2 <> (SELECT count(*) FROM other o WHERE o.k = a.i)) FROM generated a`},
		"sequence": {quality.Sequence{Field: "i2", Within: []string{"t2"}, First: 0}, `SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM generated p WHERE p.t2 = a.t2 AND p.i2 = a.i2 - 1) AND a.i2 <> 0
			OR EXISTS (SELECT FROM generated p WHERE p.t2 = a.t2 AND p.i2 = a.i2 AND p.id < a.id)) FROM generated a WHERE i2 IS NOT NULL AND t2 IS NOT NULL`},
		"rising":  {quality.Monotone{Field: "i", By: []string{"id"}}, `SELECT count(i), count(*) FILTER (WHERE i < (SELECT p.i FROM generated p WHERE p.i IS NOT NULL AND p.id < a.id ORDER BY p.id DESC LIMIT 1)) FROM generated a`},
		"falling": {quality.Monotone{Field: "n", By: []string{"id"}, Falling: true, Strict: true}, `SELECT count(n), count(*) FILTER (WHERE n = 'NaN' OR n >= (SELECT p.n FROM generated p WHERE p.n <> 'NaN' AND p.id < a.id ORDER BY p.id DESC LIMIT 1)) FROM generated a`},
		"z score": {quality.ZScore{Field: "i2", Max: 1.2}, `SELECT count(i2), count(*) FILTER (WHERE abs(i2 - (SELECT avg(i2) FROM generated)) > 1.2 * (SELECT stddev_samp(i2) FROM generated)) FROM generated`},
		"covers":  {quality.Covers{Field: "t2", Values: quality.Texts("a", "", "no such", "日本語")}, `SELECT 4, 4 - count(DISTINCT t2) FILTER (WHERE t2 IN ('a', '', 'no such', '日本語')) FROM generated`},
		"joined": {quality.Joined{Fields: []string{"id"}, To: "other", ToFields: []string{"id"}, Test: quality.Compare{A: "i", Is: quality.LessEqual, B: "other.k"}},
			`SELECT count(*) FILTER (WHERE i IS NOT NULL AND k IS NOT NULL), count(*) FILTER (WHERE i > k) FROM generated JOIN other USING (id)`},
	}
}

// TestSetsAgree holds tests that judge rows together against naive SQL.
func TestSetsAgree(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t)
	assessor, err := pgquality.New(pgquality.Config{Database: conn})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(8, 15))
	for i := range servertest.Count(8, 200) {
		n := []int{0, 1, 3, 40, 150}[random.IntN(5)]
		generate(t, conn, random, n)
		statement(t, conn, fmt.Sprintf(`DROP TABLE IF EXISTS other; CREATE TABLE other AS SELECT g AS id, (ARRAY[0,1,2,3,NULL,-7])[1 + (g * 7 + %d) %% 6] AS k,
			(ARRAY['', 'a', '日本語', NULL, 'x', ' '])[1 + (g * 5) %% 6] AS g FROM generate_series(0, %d) g`, i, random.IntN(60)))
		if random.IntN(2) == 0 { // statistics decide whether hashes are tried first
			statement(t, conn, "ANALYZE generated")
		}
		for name, c := range naives() {
			report, err := assessor.Assess(ctx, quality.Suite{Dataset: "generated", Checks: []quality.Check{{Test: c.test}}})
			if err != nil {
				t.Fatal(err)
			}
			var judged, unexpected int64
			if err := conn.QueryRow(ctx, c.sql, pgx.QueryExecModeSimpleProtocol).Scan(&judged, &unexpected); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r := report.Results[0]
			if n == 0 || judged == 0 {
				if r.Verdict != quality.NotAssessed && !strings.HasPrefix(name, "covers") {
					t.Errorf("%s: %s of an empty table", name, r.Verdict)
				}
				continue
			}
			if r.Judged != judged || r.Unexpected != unexpected {
				t.Errorf("%s, %d rows: judged %d, unexpected %d; naive SQL %d and %d (%s)", name, n, r.Judged, r.Unexpected, judged, unexpected, r.Reason)
			}
			want := min(unexpected, 5)
			if table := c.test.Kind() == "distinct count" || c.test.Kind() == "covers"; !table && (int64(len(r.Examples)) < want && r.Kind != "unique" || unexpected > 0 && len(r.Examples) == 0) {
				t.Errorf("%s: %d examples of %d failing rows", name, len(r.Examples), unexpected)
			}
		}
	}
}
