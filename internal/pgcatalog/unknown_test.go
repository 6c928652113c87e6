package pgcatalog_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestUnsupported shows that what cannot be made again is reported.
func TestUnsupported(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	load(t, address, `CREATE SCHEMA s; CREATE TYPE s.base;
CREATE FUNCTION s.base_in(cstring) RETURNS s.base LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION s.base_out(s.base) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE s.base (INPUT = s.base_in, OUTPUT = s.base_out, LIKE = int4);
CREATE TYPE s.shell;
CREATE FUNCTION s.less(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR s.<<<< (FUNCTION = s.less, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(s.>>>>));
CREATE TABLE s.kept (id int)`)
	c := read(t, connect(t, address))
	want := []string{"pg_operator: operator s.>>>>(integer,integer)", "pg_type: type s.base", "pg_type: type s.base[]", "pg_type: type s.shell"}
	if diff := cmp.Diff(want, c.Unsupported); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
}

// TestReader reads the hard cases as somebody who may read rows and is no superuser.
func TestReader(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, hard(t))
	want := read(t, conn)
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx) // roles are of the cluster
	if _, err := tx.Exec(ctx, "CREATE ROLE pgcatalog_reader BYPASSRLS IN ROLE pg_read_all_data; SET ROLE pgcatalog_reader", pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	got, err := pgcatalog.Read(ctx, tx, pgcatalog.Filter{})
	if err != nil {
		t.Fatalf("%v: %v", err, cause(err))
	}
	hidden := []string{"pg_subscription: subscription \"sub\", which only a superuser can read",
		"pg_user_mapping: options of hard_reader on server Server;1, which only a superuser can read",
		"pg_user_mapping: options of public on server dumb, which only a superuser can read"}
	if diff := cmp.Diff(hidden, got.Unsupported); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
	secret := func(o pgcatalog.Object) bool { return o.Kind == "subscription" || o.Kind == "user mapping" }
	want.Objects, got.Objects = slices.DeleteFunc(want.Objects, secret), slices.DeleteFunc(got.Objects, secret)
	if diff := cmp.Diff(want.Objects, got.Objects); diff != "" {
		t.Errorf("objects (-superuser +reader):\n%s", diff)
	}
}

// TestInvalid shows that an index which could not be built is reported, and not made.
func TestInvalid(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	conn := connect(t, address)
	load(t, address, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
	if _, err := conn.Exec(context.Background(), "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"); err == nil {
		t.Fatal("the index was built")
	}
	c := read(t, conn)
	if diff := cmp.Diff([]string{"index public.broken"}, c.Invalid); diff != "" {
		t.Errorf("invalid (-want +got):\n%s", diff)
	}
	if slices.ContainsFunc(c.Objects, func(o pgcatalog.Object) bool { return o.Name == "broken" }) {
		t.Error("the index is to be made")
	}
}

// TestFilter reads one schema.
func TestFilter(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	load(t, address, "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (id serial PRIMARY KEY); CREATE TABLE b.t (id int); CREATE VIEW a.v AS SELECT * FROM a.t")
	c, err := pgcatalog.Read(context.Background(), connect(t, address), pgcatalog.Filter{Schemas: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range c.Objects {
		got = append(got, o.ID)
	}
	want := []string{"schema a", "table a.t", "sequence a.t_id_seq", "default value for a.t.id", "view a.v", "sequence value \"a\".\"t_id_seq\"", "primary key t_pkey on a.t"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if len(c.Tables) != 1 || c.Tables[0].Schema != "a" {
		t.Errorf("tables %+v, expected a.t alone", c.Tables)
	}
}

// TestMissingRoles applies objects that name roles which the server does not have.
func TestMissingRoles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	objects := []pgcatalog.Object{{ID: "table t", Kind: "table", Name: "t", Statements: []pgcatalog.Statement{
		{SQL: "CREATE TABLE public.t (a int)"},
		{SQL: `ALTER TABLE public.t OWNER TO "pgcatalog; missing"`, Roles: []string{"pgcatalog; missing"}},
	}}}
	for name, test := range map[string]struct {
		missing pgcatalog.MissingRoles
		want    pgcatalog.Applied
		err     error
	}{
		"refused": {pgcatalog.RefuseMissing, pgcatalog.Applied{}, pgcatalog.ErrRoles},
		"skipped": {pgcatalog.SkipMissing, pgcatalog.Applied{Skipped: []string{"table t"}}, nil},
		"created": {pgcatalog.CreateMissing, pgcatalog.Applied{Created: []string{"pgcatalog; missing"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			conn := connect(t, servertest.Database(t))
			tx, err := conn.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback(ctx) // roles are of the cluster
			got, err := pgcatalog.Apply(ctx, tx, objects, pgcatalog.ApplyConfig{MissingRoles: test.missing})
			if !errors.Is(err, test.err) {
				t.Errorf("got error %v, expected %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("applied (-want +got):\n%s", diff)
			}
		})
	}
}

// TestApplyError shows that an error names the object, and nothing of what the server said.
func TestApplyError(t *testing.T) {
	t.Parallel()
	conn := connect(t, servertest.Database(t))
	_, err := pgcatalog.Apply(context.Background(), conn, []pgcatalog.Object{{ID: "view v", Statements: []pgcatalog.Statement{{SQL: "SELECT 'secret'::int"}}}}, pgcatalog.ApplyConfig{})
	if want := "pgcatalog: make view v: execute: SQLSTATE 22P02"; err == nil || err.Error() != want {
		t.Errorf("got %v, expected %s", err, want)
	}
}
