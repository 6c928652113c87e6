package pgsource_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// hardSQL makes a database of what is hard to copy.
const hardSQL = `
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE SCHEMA "語 ""学"";";
CREATE TYPE mood AS ENUM ('嬉しい', 'sad''', 'x');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN score AS int CHECK (VALUE >= 0);
CREATE TABLE "語 ""学"";"."表;--" (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "列"" ;" text, gone int, n int DEFAULT 3,
	twice int GENERATED ALWAYS AS (n * 2) STORED, m mood, ms mood[], p pair, s score, r regclass, acl aclitem, j jsonb, x xml, h hstore,
	v vector(3), hv halfvec(4), vs vector[], ts tstzrange, mr int4multirange, num numeric, b bytea, u uuid, i interval, inet inet, pt point, q tsquery, tv tsvector,
	bits varbit(9), c char(4), money money, jp jsonpath, f4 float4, f8 float8[]);
ALTER TABLE "語 ""学"";"."表;--" DROP COLUMN gone;
INSERT INTO "語 ""学"";"."表;--" ("列"" ;", n, m, ms, p, s, r, j, x, h, v, hv, vs, ts, mr, num, b, u, i, inet, pt, q, tv, bits, c, money, jp, f4, f8)
SELECT repeat('日本語', g % 50), g, 'sad''', ARRAY['嬉しい', NULL]::mood[], ROW(g, NULL)::pair, g, 'pg_catalog.pg_class', '{"a": [1, null]}', '<a>あ</a>', 'k=>v, n=>NULL',
	ARRAY[g, 1, -0.0]::vector, '[1,2,3,4]', ARRAY['[1,2]'::vector, '[3]'], tstzrange(now(), NULL), '{[1,3), [5,6)}', 'NaN', decode('00ff', 'hex'), gen_random_uuid(),
	'1 mon -2 days 3:04:05.6', '::1/128', '(1,2)', 'あ & !b', 'a:1A b:2', B'1010', 'ab', '-12.34', '$.a[*]', 'NaN', ARRAY['Infinity', '-Infinity', 'NaN', '-0', NULL]::float8[]
FROM generate_series(1, 3000) AS g;
INSERT INTO "語 ""学"";"."表;--" DEFAULT VALUES;
CREATE TABLE empty (a int PRIMARY KEY);
CREATE TABLE nothing ();
INSERT INTO nothing SELECT FROM generate_series(1, 7);
CREATE TABLE wide (id int, t text);
INSERT INTO wide SELECT g, repeat(md5(g::text), 400000) FROM generate_series(1, 1) AS g;
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
BEGIN; INSERT INTO a SELECT g, g FROM generate_series(1, 100) AS g; INSERT INTO b SELECT g, g FROM generate_series(1, 100) AS g; COMMIT;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TABLE secret (id int PRIMARY KEY, owner text);
INSERT INTO secret SELECT g, 'x' FROM generate_series(1, 100) AS g;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY; ALTER TABLE secret FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON secret USING (owner = current_user);
CREATE TABLE measured (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measured_2 PARTITION OF measured DEFAULT;
INSERT INTO measured SELECT g, '2024-06-01'::date + g FROM generate_series(1, 1000) AS g;
CREATE TABLE placed (id int, v vector(3)) PARTITION BY RANGE (id);
CREATE TABLE placed_1 PARTITION OF placed FOR VALUES FROM (0) TO (100);
CREATE TABLE placed_2 PARTITION OF placed DEFAULT;
INSERT INTO placed SELECT g, ARRAY[g, 1, 2]::vector FROM generate_series(1, 200) AS g;
CREATE INDEX placed_hnsw ON placed USING hnsw (v vector_l2_ops);
CREATE SEQUENCE counter INCREMENT 5; SELECT nextval('counter'), nextval('counter');
CREATE TABLE documents (id int PRIMARY KEY, body text, embedding vector(32), small halfvec(32));
INSERT INTO documents SELECT g, '文書 ' || g, (SELECT array_agg(sin(g * 12.9898 + i * 78.233) * 0.1)::vector FROM generate_series(1, 32) AS i), NULL FROM generate_series(1, 2000) AS g;
UPDATE documents SET small = embedding::halfvec;
CREATE INDEX documents_hnsw ON documents USING hnsw (embedding vector_cosine_ops) WITH (m = 12, ef_construction = 50);
CREATE INDEX documents_ivf ON documents USING ivfflat (small halfvec_l2_ops) WITH (lists = 10);
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM documents;
SELECT lo_from_bytea(4242, repeat('large ', 500000)::bytea), lo_from_bytea(4343, '');
`

// made returns the address of a database in which SQL was executed.
func made(t testing.TB, sql string) string {
	t.Helper()
	address := servertest.Database(t)
	execute(t, address, sql)
	return address
}

func execute(t testing.TB, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

func query[T any](t testing.TB, address, sql string, args ...any) T {
	t.Helper()
	var v T
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// backedUp backs a database up and returns a reader of the snapshot.
func backedUp(t testing.TB, repository backup.Repository, config pgsource.Config) backup.Reader {
	t.Helper()
	source, err := pgsource.New(config)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := repository.Write(t.Context(), source.Name(), source.Backup)
	if err != nil {
		t.Fatal(err)
	}
	r, err := repository.Open(t.Context(), snapshot.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// restored restores a snapshot into a database that was just made, and compares what both show.
func restored(t testing.TB, r backup.Reader) string {
	t.Helper()
	address := servertest.Database(t)
	d, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Fatal(err)
	}
	x, err := d.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts, err := backup.ReadFacts(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(facts, x.Facts); diff != "" {
		t.Errorf("the restored database differs:\n%s", diff)
	}
	for _, f := range x.Findings {
		if !f.Passed {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
	if len(facts) == 0 || len(x.Versions) == 0 {
		t.Error("nothing was compared")
	}
	return address
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	from := made(t, hardSQL)
	for _, binding := range []pgsource.Binding{pgsource.BindAuto, pgsource.BindNear, pgsource.BindLock} {
		t.Run(fmt.Sprintf("binding %q", binding), func(t *testing.T) {
			var repository backuptest.Repository
			r := backedUp(t, &repository, pgsource.Config{URL: from, Binding: binding})
			if cut := r.Snapshot().Cut; cut.LSN == 0 || cut.System == "" || cut.Timeline == 0 || cut.Time.IsZero() {
				t.Errorf("cut %+v", cut)
			}
			to := restored(t, r)
			if got := query[int64](t, to, "SELECT nextval('counter')"); got != 11 {
				t.Errorf("the sequence goes on with %d, expected 11", got)
			}
			if got := query[string](t, to, "SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE relname = 'documents_hnsw'"); got != "m=12 ef_construction=50" {
				t.Errorf("the index has %q", got)
			}
			if got := query[bool](t, to, "SELECT reloptions IS NULL FROM pg_class WHERE relname = 'documents'"); !got {
				t.Error("the table keeps what was set for building")
			}
			if got := query[int64](t, to, "SELECT count(*) FROM counted"); got != 1 {
				t.Error("the materialized view is empty")
			}
			if got := query[int](t, to, "SELECT length(lo_get(4242))"); got != 3_000_000 {
				t.Errorf("the large object has %d bytes", got)
			}
		})
	}
}

// A snapshot of some schemas has nothing of others, and a progress that ends where it said it would.
func TestSomeSchemas(t *testing.T) {
	t.Parallel()
	address := made(t, `CREATE SCHEMA x; CREATE TABLE x.a (id int PRIMARY KEY); INSERT INTO x.a SELECT generate_series(1, 10); CREATE TABLE b ()`)
	var repository backuptest.Repository
	var last backup.Progress
	r := backedUp(t, &repository, pgsource.Config{URL: address, Schemas: []string{"x"}, Progress: func(p backup.Progress) { last = p }})
	to := restored(t, r)
	if n := query[int64](t, to, "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')"); n != 1 {
		t.Errorf("%d tables, expected 1", n)
	}
	if last.Work != "backup postgres" || last.Done == 0 || last.Done > last.Total {
		t.Errorf("%+v", last)
	}
}
