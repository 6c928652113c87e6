package pgquality_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, servertest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	_, err = pool.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE s(id int primary key); INSERT INTO s SELECT generate_series(1,50);
	CREATE TABLE m(id bigint primary key, sid int references s, ext text, role text check (role in ('user','assistant')), content text, hash text, score float8, n int, a timestamptz default now(), b timestamptz default now(), e vector(3), check (length(content) <= 100));
	INSERT INTO m SELECT i, 1+i%50, 'x'||(i%900), 'user', CASE i%10 WHEN 0 THEN '　 ' ELSE 'こんにちは' END, md5(i::text), i/1000.0, i, now(), now() - (i%3 - 1) * interval '1 s', (CASE i%5 WHEN 0 THEN '[0,0,0]' ELSE '[1,0,0]' END)::vector FROM generate_series(1,1000) i; analyze`)
	if err != nil {
		t.Fatal(err)
	}
	a, err := pgquality.New(pgquality.Config{Database: pool})
	if err != nil {
		t.Fatal(err)
	}
	suite := quality.Suite{Dataset: "m", Checks: []quality.Check{
		{Test: quality.NotNull{Field: "id"}}, {Test: quality.Unique{Fields: []string{"id"}}}, {Test: quality.Unique{Fields: []string{"ext"}}},
		{Test: quality.In{Field: "role", Values: quality.Texts("user", "assistant")}},
		{Test: quality.NotEmpty{Field: "content"}}, {Test: quality.Length{Field: "content", Max: 100}}, {Name: "len2", Test: quality.Length{Field: "content", Min: 2, Max: 4}},
		{Test: quality.Match{Field: "hash", Pattern: "^[0-9a-f]{32}$"}},
		{Test: quality.Match{Field: "content", Pattern: `\p{Hiragana}{5}`}},
		{Test: quality.Range{Field: "score", Min: 0, Max: 0.5}},
		{Test: quality.Compare{A: "a", Is: quality.LessEqual, B: "b"}},
		{Test: quality.Statistic{Of: quality.Mean, Field: "n", Min: 1, Max: 600}},
		{Test: quality.Statistic{Of: quality.Median, Field: "score"}},
		{Test: quality.Fresh{Field: "a", Age: time.Hour}},
		{Test: quality.RowCount{Min: 1}},
		{Test: quality.Reference{Fields: []string{"sid"}, To: "s", ToFields: []string{"id"}}},
		{Test: quality.Reference{Fields: []string{"n"}, To: "s", ToFields: []string{"id"}}},
		{Test: quality.Sequence{Field: "n", First: 1}},
		{Test: quality.Monotone{Field: "score", By: []string{"id"}, Strict: true}},
		{Test: quality.ZScore{Field: "score", Max: 1.5}},
		{Test: quality.Valid{Field: "content", Name: "short", Good: func(v any) bool { return len(v.(string)) < 10 }}},
		{Test: quality.VectorNonZero{Field: "e"}}, {Test: quality.VectorNorm{Field: "e"}}, {Test: quality.VectorDimensions{Field: "e", N: 3}},
		{Test: quality.NotNull{Field: "nope"}},
		{Test: quality.SQL{Name: "boom", Good: "1/(n-5) < 7", Fields: []string{"n"}}},
		{Test: quality.Covers{Field: "role", Values: quality.Texts("user", "assistant")}},
		{Test: quality.MostCommon{Field: "role", Values: quality.Texts("user")}},
		{Test: quality.NotNull{Field: "content"}, When: quality.In{Field: "role", Values: quality.Texts("user")}},
	}}
	plan, err := a.Explain(ctx, suite)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(plan)
	r, err := a.Assess(ctx, suite)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Results {
		j, _ := json.Marshal(x)
		t.Log(string(j))
	}
	r.Results = nil
	j, _ := json.MarshalIndent(r, "", " ")
	t.Log(string(j))
}
