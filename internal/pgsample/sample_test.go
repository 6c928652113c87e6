package pgsample_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/pgsample"
	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality/interval"
)

// person makes a table of 20,000 people, less the deleted ones.
func person(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := servertest.Pool(t, servertest.Database(t), 2)
	if _, err := pool.Exec(t.Context(), fmt.Sprintf(personSQL, 20_000)); err != nil {
		t.Fatal(err)
	}
	return pool
}

// A sample of all pages has what a count of the table has, page by page, with empty pages.
func TestAllPages(t *testing.T) {
	t.Parallel()
	pool := person(t)
	const groupedSQL = `
SELECT page, count(p.ctid), count(*) FILTER (WHERE noise < 0.5), count(*) FILTER (WHERE name LIKE 'xxxxxxxxxxx%')
FROM generate_series(0, pg_relation_size('person') / current_setting('block_size')::bigint - 1) AS page
LEFT JOIN person AS p ON (p.ctid::text::point)[0] = page
GROUP BY page ORDER BY page`
	want := make([][]interval.Page, 2)
	empty := 0
	rows, err := pool.Query(t.Context(), groupedSQL)
	if err != nil {
		t.Fatal(err)
	}
	var page, visible, low, long int64
	_, err = pgx.ForEachRow(rows, []any{&page, &visible, &low, &long}, func() error {
		want[0] = append(want[0], interval.Page{Rows: visible, Defects: low})
		want[1] = append(want[1], interval.Page{Rows: visible, Defects: long})
		if visible == 0 {
			empty++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := draw(t, pool, pgsample.Request{Table: pgx.Identifier{"public", "person"}, Defects: []string{"noise < $1", "person.name LIKE $2 -- long"},
		Args: []any{0.5, "xxxxxxxxxxx%"}, Pages: 1 << 40})
	if d := cmp.Diff(pgsample.Sample{TablePages: int64(len(want[0])), Pages: want}, got); d != "" {
		t.Error(d)
	}
	if empty < 3 {
		t.Errorf("%d pages are empty: want some", empty)
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	pool := person(t)
	request := pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"noise < 0.5"}, Fraction: 0.099, Seed: 7}
	first, again := draw(t, pool, request), draw(t, pool, request)
	if d := cmp.Diff(first, again); d != "" {
		t.Errorf("the same seed draws another sample: %s", d)
	}
	if want := (first.TablePages*99 + 999) / 1000; int64(len(first.Pages[0])) != want {
		t.Errorf("%d of %d pages: want %d", len(first.Pages[0]), first.TablePages, want)
	}
	request.Seed++
	if other := draw(t, pool, request); cmp.Equal(first, other) {
		t.Error("another seed draws the same sample")
	}
}

// A pool behind a proxy may not prepare statements, or describe types.
func TestModes(t *testing.T) {
	t.Parallel()
	pool := person(t)
	request := pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"noise < $1"}, Args: []any{0.5}, Pages: 20}
	want := draw(t, pool, request)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec,
		pgx.QueryExecModeSimpleProtocol} {
		config := pool.Config()
		config.ConnConfig.DefaultQueryExecMode = mode
		other, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, draw(t, other, request)); d != "" {
			t.Errorf("%v: %s", mode, d)
		}
		other.Close()
	}
}

// A transaction's sample is of what it sees, and leaves the session's settings alone.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	pool := person(t)
	ctx := t.Context()
	request := pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"noise < 0.5"}, Fraction: 1}
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL enable_tidscan = off"); err != nil {
			return err
		}
		before, err := pgsample.Draw(ctx, tx, request)
		if err != nil {
			return err
		}
		if _, err := pool.Exec(ctx, "UPDATE person SET noise = 2 WHERE id % 2 = 0"); err != nil {
			return err
		}
		after, err := pgsample.Draw(ctx, tx, request)
		if err != nil {
			return err
		}
		if share(before.Pages[0]) != share(after.Pages[0]) || after.TablePages <= before.TablePages {
			t.Errorf("%v of %d pages, then %v of %d: want the same share, of more pages", share(before.Pages[0]), before.TablePages,
				share(after.Pages[0]), after.TablePages)
		}
		var scan, jit string
		if err := tx.QueryRow(ctx, "SELECT current_setting('enable_tidscan'), current_setting('jit')").Scan(&scan, &jit); err != nil {
			return err
		}
		if scan != "off" || jit != "on" {
			t.Errorf("enable_tidscan is %s and jit %s: want off and on, as before", scan, jit)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const kindsSQL = `
CREATE TABLE parted (id int) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE VIEW seen AS SELECT 1 AS id;
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS id;
CREATE TABLE parent (id int);
CREATE TABLE child () INHERITS (parent);
CREATE SEQUENCE counter;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER away FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE far (id int) SERVER away;
CREATE SCHEMA "a b";
CREATE TABLE "a b"."c""d" (id int, page int, "first" tid);
CREATE TABLE page (id int);
INSERT INTO parted VALUES (1);
INSERT INTO "a b"."c""d" VALUES (1, 1, '(7,7)');
INSERT INTO page VALUES (1)`

func TestKinds(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.Database(t), 1)
	if _, err := pool.Exec(t.Context(), kindsSQL); err != nil {
		t.Fatal(err)
	}
	one := pgsample.Sample{TablePages: 1, Pages: [][]interval.Page{{{Rows: 1, Defects: 1}}}}
	for _, c := range []struct {
		table pgx.Identifier
		is    string // unsuitable
		want  pgsample.Sample
	}{
		{table: pgx.Identifier{"parted"}, is: "a partitioned table"},
		{table: pgx.Identifier{"seen"}, is: "a view"},
		{table: pgx.Identifier{"parent"}, is: "a parent of other tables"},
		{table: pgx.Identifier{"counter"}, is: `a relation of the kind "S"`},
		{table: pgx.Identifier{"far"}, is: "a foreign table"},
		{table: pgx.Identifier{"part"}, want: one},
		{table: pgx.Identifier{"kept"}, want: one},
		{table: pgx.Identifier{"a b", `c"d`}, want: one},
		{table: pgx.Identifier{"page"}, want: one},
		{table: pgx.Identifier{"child"}, want: pgsample.Sample{Pages: [][]interval.Page{nil}}},
	} {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			got, err := pgsample.Draw(t.Context(), tx, pgsample.Request{Table: c.table, Defects: []string{"id = 1"}, Fraction: 0.001})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%v: %s", c.table, d)
			}
			return err
		})
		var unsuitable *pgsample.UnsuitableError
		switch {
		case c.is == "" && err != nil:
			t.Errorf("%v: %v", c.table, err)
		case c.is != "" && (!errors.As(err, &unsuitable) || unsuitable.Is != c.is || !cmp.Equal(unsuitable.Table, c.table)):
			t.Errorf("%v: %v: want that it is %s", c.table, err, c.is)
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	pool := person(t)
	for _, c := range []struct {
		request pgsample.Request
		code    string // of the server
		want    string
	}{
		{request: pgsample.Request{}, want: "pgsample: Request.Table is empty: want the name of a table\n" +
			"pgsample: Request.Defects is empty: want at least one expression\n" +
			"pgsample: Request.Pages is 0 and Request.Fraction 0: want either a number of pages above 0 or a fraction above 0 and at most 1"},
		{request: pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"true", ""}, Fraction: 1.5},
			want: "pgsample: Request.Defects[1] is empty: want a boolean expression\n" +
				"pgsample: Request.Pages is 0 and Request.Fraction 1.5: want either a number of pages above 0 or a fraction above 0 and at most 1"},
		{request: pgsample.Request{Table: pgx.Identifier{"nobody"}, Defects: []string{"true"}, Pages: 1},
			want: `pgsample: there is no relation "nobody"`},
		{request: pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"nothing > 1"}, Pages: 1}, code: "42703"},
		{request: pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"id"}, Pages: 1}, code: "42804"},
		{request: pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"1/(id-id) > 1"}, Pages: 5}, code: "22012"},
	} {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			got, err := pgsample.Draw(t.Context(), tx, c.request)
			if d := cmp.Diff(pgsample.Sample{}, got); d != "" {
				t.Errorf("with an error: %s", d)
			}
			return err
		})
		var of *pgconn.PgError
		switch {
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("got %v, want %s", err, c.want)
		case c.code != "" && (!errors.As(err, &of) || of.Code != c.code):
			t.Errorf("%v: %v: want the code %s", c.request.Defects, err, c.code)
		}
	}
}

func TestCanceled(t *testing.T) {
	t.Parallel()
	pool := person(t)
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := pgsample.Draw(ctx, tx, pgsample.Request{Table: pgx.Identifier{"person"}, Defects: []string{"true"}, Pages: 1})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
