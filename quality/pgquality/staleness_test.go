package pgquality_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// embeddingSuite asks all that a table of embeddings is asked for.
func embeddingSuite(n int) quality.Suite {
	return quality.Suite{Dataset: "message", Checks: []quality.Check{
		{Name: "missing", Test: quality.NotNull{Field: "embedding"}},
		{Name: "dimensions", Test: quality.VectorDimensions{Field: "embedding", N: n}},
		{Name: "zero", Test: quality.VectorNonZero{Field: "embedding"}},
		{Name: "norm", Test: quality.VectorNorm{Field: "embedding"}},
		{Name: "stale", Test: quality.Digest{Field: "content_hash", Of: "content"}},
		{Name: "finite", Test: quality.VectorFinite{Field: "embedding"}},
		{Name: "model", Test: quality.In{Field: "model", Values: quality.Texts("new")}},
	}}
}

// ofNormalised asks for the digest of normalised text, in SQL.
func ofNormalised() quality.Check {
	return quality.Check{Name: "stale but for the form", Test: quality.SQL{Name: "form", Fields: []string{"content", "content_hash"},
		Good: `content_hash = encode(sha256(convert_to(CASE WHEN content IS NFC NORMALIZED THEN content ELSE normalize(content, NFC) END, 'UTF8')), 'hex')`}}
}

// messages makes a table of messages with embeddings of length 1 from a query for their number.
func messages(t testing.TB, typ string, n, dimensions, connections int) *pgxpool.Pool {
	t.Helper()
	pool := servertest.Pool(t, servertest.Database(t), connections)
	execute(t, pool, fmt.Sprintf(`CREATE EXTENSION IF NOT EXISTS vector;
		CREATE TABLE message (id bigint PRIMARY KEY, embedding %s, content text, content_hash text, model text);
		INSERT INTO message SELECT i, l2_normalize((SELECT array_agg(random() - 0.5 + i * j * 0)::real[] FROM generate_series(1, %d) j)::vector),
		  c, encode(sha256(convert_to(c, 'UTF8')), 'hex'), 'new' FROM generate_series(1, %d) i, repeat('本文 ' || i, 10) c`, typ, dimensions, n))
	execute(t, pool, "VACUUM ANALYZE message")
	return pool
}

// TestStaleness plants every defect of embeddings, and sees each found in one statement which reads each vector once.
func TestStaleness(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"vector(1536)", "vector"} {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			pool := messages(t, typ, 300, 1536, 2)
			execute(t, pool, `UPDATE message SET embedding = NULL WHERE id = 3;
				UPDATE message SET embedding = array_fill(0, ARRAY[1536])::vector WHERE id IN (5, 6);
				UPDATE message SET embedding = l2_normalize(embedding) * array_fill(1.01, ARRAY[1536])::vector WHERE id = 7;
				UPDATE message SET content = content || '!' WHERE id IN (10, 11, 12);
				UPDATE message SET content = content WHERE id > 200;
				UPDATE message SET content = content || 'が', content_hash = encode(sha256(convert_to(content || 'が', 'UTF8')), 'hex') WHERE id > 280;
				UPDATE message SET content = normalize(content, NFD) WHERE id > 290;
				UPDATE message SET model = 'old' WHERE id BETWEEN 20 AND 23`)
			want := map[string]int64{"missing": 1, "dimensions": 0, "zero": 2, "norm": 3, "stale": 13, "stale but for the form": 3, "finite": 0, "model": 4}
			if typ == "vector" {
				execute(t, pool, `UPDATE message SET embedding = l2_normalize(subvector(embedding, 1, 768)) WHERE id = 9`)
				want["dimensions"] = 1
			}
			execute(t, pool, `VACUUM FULL message`)
			suite := embeddingSuite(1536)
			suite.Checks = append(suite.Checks, ofNormalised())
			got := map[string]int64{}
			for _, r := range assess(t, pool, suite).Results {
				if r.Verdict == quality.NotAssessed {
					t.Fatalf("%s: %s", r.Check, r.Reason)
				}
				if r.Method == quality.ByFull && !strings.Contains(r.Evidence, "in one pass") {
					t.Errorf("%s was asked apart: %s", r.Check, r.Evidence)
				}
				got[r.Check] = r.Unexpected
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			readsOnce(t, pool, suite)
		})
	}
}

// readsOnce compares the blocks that the one statement of a suite reads with those that the norm alone reads.
func readsOnce(t *testing.T, pool *pgxpool.Pool, suite quality.Suite) {
	t.Helper()
	a, err := pgquality.New(pgquality.Config{Database: pool})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := a.Explain(context.Background(), suite)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Statements) != 1 {
		t.Fatalf("%d statements: expected one\n%s", len(plan.Statements), plan)
	}
	sql := plan.Statements[0].SQL
	for i, literal := range strings.Split("1536 0.999 1.001 0", " ") { // numbers and a text stand in for the arguments, whatever they are
		sql = strings.ReplaceAll(sql, fmt.Sprintf("$%d::int4", i+1), literal)
		sql = strings.ReplaceAll(sql, fmt.Sprintf("$%d::float8", i+1), literal)
		sql = strings.ReplaceAll(sql, fmt.Sprintf("$%d::text", i+1), "'new'")
	}
	alone := blocks(t, pool, "SELECT count(*) FILTER (WHERE vector_norm(embedding) > 0) FROM message")
	all := blocks(t, pool, sql)
	if alone < 300 || float64(all) > 1.05*float64(alone) {
		t.Errorf("the pass reads %d blocks, the norm alone %d: expected as many\n%s", all, alone, sql)
	}
}

// blocks returns how many blocks a statement reads, the second time that it runs.
func blocks(t *testing.T, pool *pgxpool.Pool, sql string) int {
	t.Helper()
	var explained []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	for range 2 {
		var text []byte
		if err := pool.QueryRow(context.Background(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+sql).Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &explained); err != nil {
			t.Fatal(err)
		}
	}
	return explained[0].Plan.Hit + explained[0].Plan.Read
}

// TestFiniteBeforeTheWrite shows why [quality.Finite] belongs before the write: the driver encodes what the server then refuses, by an
// error that quotes nothing but fails the whole statement.
func TestFiniteBeforeTheWrite(t *testing.T) {
	t.Parallel()
	pool := vectorTable(t, "vector(3)", nil)
	r := rand.New(rand.NewPCG(1, 1))
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		v := gaussian(r, 3, 1)
		if err := quality.Finite(v, 3); err != nil {
			t.Fatal(err)
		}
		v[1] = bad
		if _, err := pool.Exec(context.Background(), "INSERT INTO embedding VALUES (1, $1::real[]::vector)", v); err == nil {
			t.Errorf("the server takes %v in a vector", bad)
		}
		var back []float32
		if err := pool.QueryRow(context.Background(), "SELECT $1::real[]", v).Scan(&back); err != nil {
			t.Errorf("the driver refuses %v: %v", bad, err)
		}
		if err := quality.Finite(v, 3); err == nil {
			t.Errorf("Finite passes %v", bad)
		}
	}
}
