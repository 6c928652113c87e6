package pgdigest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
	"github.com/shugo-data/shugo/internal/servertest"
)

func connect(t testing.TB, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func execute(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

// contents returns the content of every table that has rows, by name.
func contents(t testing.TB, conn *pgx.Conn) map[string]pgdigest.Content {
	t.Helper()
	ctx := context.Background()
	c, err := pgcatalog.Read(ctx, conn, pgcatalog.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]pgdigest.Content{}
	for _, table := range c.Tables {
		if !table.Rows {
			continue
		}
		content, err := pgdigest.Table(ctx, conn, table)
		if err != nil {
			t.Fatal(err)
		}
		all[table.Name] = content
	}
	return all
}

// TestDistinct shows that values which a query can tell apart have different digests.
func TestDistinct(t *testing.T) {
	t.Parallel()
	conn := connect(t, servertest.Database(t))
	execute(t, conn, `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (a float8, b text); CREATE DOMAIN two AS numeric;
CREATE TYPE span AS RANGE (SUBTYPE = float8); CREATE TABLE one (); CREATE TABLE two_ ();`)
	tables := map[string]string{} // their types, by name
	for typ, values := range map[string][]string{
		"text":                   {"NULL", "''", "'a'", "'A'", "' '", "E'\\n'"},
		"bytea":                  {"NULL", `'\x'`, `'\x00'`, `'\x0000'`},
		"float8":                 {"NULL", "0", "'-0'", "'NaN'", "'Infinity'", "'-Infinity'", "4.9e-324"},
		"float4":                 {"0", "'-0'", "'NaN'"},
		"numeric":                {"NULL", "1", "1.0", "1.00", "'NaN'", "'Infinity'"},
		"two":                    {"NULL", "1", "1.0"},
		"jsonb":                  {"NULL", "'null'", "'1'", "'1.0'", `'"1"'`, "'[]'", "'{}'"},
		"json":                   {"'{}'", "'{ }'", `'{"a":1,"a":1}'`, `'{"a":1}'`},
		"interval":               {"'1 day'", "'24:00'", "'1 mon'", "'30 days'"},
		"timetz":                 {"'12:00+00'", "'13:00+01'"},
		"timestamptz":            {"'2020-01-01Z'", "'infinity'", "NULL"},
		"char(3)":                {"''", "'a'", "NULL"},
		"mood":                   {"'a'", "'b'", "NULL"},
		"mood[]":                 {"'{a}'", "'{a,b}'", "'{b,a}'", "'{}'", "'{NULL}'", "NULL"},
		"pair":                   {"NULL", "ROW(NULL, NULL)", "ROW(NULL, '')", "ROW(0, '')", "ROW('-0', '')", "ROW('NaN', '')"},
		"pair[]":                 {"'{}'", "ARRAY[NULL::pair]", "ARRAY[ROW(NULL, NULL)::pair]"},
		"int[]":                  {"'{1,2}'", "'[0:1]={1,2}'", "'{{1,2}}'", "'{1,NULL}'"},
		"float8[]":               {"'{0}'", "'{-0}'"},
		"text[]":                 {"'{NULL}'", "'{\"NULL\"}'", "'{\"\"}'", "'{\"a,b\"}'", "'{a,b}'"},
		"bit varying":            {"B'0'", "B'00'", "B''"},
		"inet":                   {"'10.0.0.1'", "'10.0.0.1/8'", "'::1'"},
		"numrange":               {"'empty'", "'(,)'", "'[1,2)'", "'[1.0,2)'", "NULL"},
		"span":                   {"'[0,1]'", "'[-0,1]'", "'(0,1]'"},
		"xml":                    {"'<a/>'", "'<a></a>'", "NULL"},
		"tsvector":               {"'a:1'", "'a:1A'", "'a'", "''"},
		"point":                  {"'(0,0)'", "'(-0,0)'"},
		"regclass":               {"'one'", "'two_'", "0", "NULL"},
		"oid":                    {"0", "1", "NULL"},
		`"char"`:                 {"''", "'a'", "NULL"},
		"public.vector":          {"'[0]'", "'[-0]'", "'[0,0]'", "NULL"},
		"public.vector[]":        {"ARRAY['[0]'::public.vector]", "ARRAY['[-0]'::public.vector]", "'{}'"},
		"public.halfvec":         {"'[1]'", "'[1,0]'"},
		"public.sparsevec":       {"'{1:1}/2'", "'{1:1}/3'"},
		"pg_lsn":                 {"'0/0'", "'0/1'"},
		"bool":                   {"true", "false", "NULL"},
		"money":                  {"'1'", "'1.01'"},
		"name":                   {"''", "'a'", "NULL"},
		"uuid":                   {"NULL", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"},
		"int4multirange":         {"'{}'", "'{[1,2)}'", "'{[1,2),[3,4)}'"},
		"text COLLATE \"C\"":     {"'a'", "'A'"},
		"date":                   {"'infinity'", "'2020-01-01'"},
		"macaddr":                {"'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"},
		"int8":                   {"0", "1", "-1", "4294967296"},
		"varchar(3)":             {"''", "' '", "'a'", "'a '"},
		"pg_catalog.jsonpath":    {"'$.a'", "'$.b'"},
		"timestamp":              {"'2020-01-01'", "'-infinity'"},
		"pg_catalog.tsquery":     {"'a & b'", "'a | b'"},
		"pg_catalog.macaddr8":    {"'08:00:2b:01:02:03:04:05'", "NULL"},
		"pg_catalog.pg_snapshot": {"'10:20:10'", "'10:20:11'"},
	} {
		for n, value := range values {
			name := fmt.Sprintf("%s %d", typ, n)
			execute(t, conn, fmt.Sprintf("CREATE TABLE %s (a int, v %s, b int); INSERT INTO %[1]s VALUES (1, %[3]s, 2)", pgx.Identifier{name}.Sanitize(), typ, value))
			tables[name] = typ
		}
	}
	all := contents(t, conn)
	execute(t, conn, `SET extra_float_digits = -5; SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'iso_8601';
SET bytea_output = 'escape'; SET search_path = public; SET quote_all_identifiers = on`)
	if diff := cmp.Diff(all, contents(t, conn)); diff != "" {
		t.Errorf("settings of the session change digests:\n%s", diff)
	}
	seen := map[string]string{}
	for name, typ := range tables {
		if other, twice := seen[typ+all[name].Digest]; twice {
			t.Errorf("%s and %s have one digest", other, name)
		}
		seen[typ+all[name].Digest] = name
	}
}

// TestRows shows that the digest sees rows and not their order, and that a value counts in its column.
func TestRows(t *testing.T) {
	t.Parallel()
	conn := connect(t, servertest.Database(t))
	execute(t, conn, `CREATE TABLE a (x int, y int); CREATE TABLE b (x int, y int); CREATE TABLE swapped (x int, y int);
CREATE TABLE twice (x int, y int); CREATE TABLE fewer (x int, y int); CREATE TABLE empty (x int, y int); CREATE TABLE none (); CREATE TABLE "some" ();
INSERT INTO a SELECT i, i + 1 FROM generate_series(1, 1000) AS i;
INSERT INTO b SELECT x, y FROM a ORDER BY x DESC; UPDATE b SET x = x WHERE x % 3 = 0; DELETE FROM b WHERE x = 5; INSERT INTO b VALUES (5, 6);
INSERT INTO swapped SELECT y, x FROM a;
INSERT INTO twice SELECT * FROM a; INSERT INTO twice VALUES (5, 6);
INSERT INTO fewer SELECT * FROM a WHERE x < 1000;
INSERT INTO "some" DEFAULT VALUES; INSERT INTO "some" DEFAULT VALUES`)
	c := contents(t, conn)
	if c["a"].Rows != 1000 || c["a"].Digest != c["b"].Digest {
		t.Errorf("a has %+v, and b, which has the same rows, %+v", c["a"], c["b"])
	}
	for _, name := range []string{"swapped", "twice", "fewer", "empty"} {
		if c[name].Digest == c["a"].Digest {
			t.Errorf("%s has the digest of a", name)
		}
	}
	if c["empty"].Rows != 0 || c["empty"].Digest != strings.Repeat("0", 32) || c["none"].Rows != 0 || c["some"].Rows != 2 {
		t.Errorf("got %+v, %+v and %+v", c["empty"], c["none"], c["some"])
	}
}

// TestLargeObjects shows that their digest sees their numbers and their content.
func TestLargeObjects(t *testing.T) {
	t.Parallel()
	conn := connect(t, servertest.Database(t))
	seen := map[string]string{}
	for _, change := range []string{"SELECT 1", `SELECT lo_from_bytea(7, '\x01')`, `SELECT lo_put(7, 1, '\x00')`, `SELECT lo_from_bytea(8, '\x01')`, "SELECT lo_unlink(7)"} {
		execute(t, conn, change)
		fact, err := pgdigest.LargeObjects(context.Background(), conn)
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[fact.Value]; twice {
			t.Errorf("one digest after %s and %s", other, change)
		}
		seen[fact.Value] = change
	}
}

// TestFactNames shows that tables whose names could be mistaken for one another have facts of different names.
func TestFactNames(t *testing.T) {
	t.Parallel()
	for want, name := range map[string]pgcatalog.Name{
		"table public.messages": {Schema: "public", Name: "messages"},
		`table "a.b"."c"`:       {Schema: "a.b", Name: "c"},
		`table "a"."b.c"`:       {Schema: "a", Name: "b.c"},
		"table 日本語.型":           {Schema: "日本語", Name: "型"},
	} {
		if got := (pgdigest.Content{Table: name}).Fact().Name; got != want {
			t.Errorf("got %s, expected %s", got, want)
		}
	}
}
