package pgpolicy_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// breakage is a way in which a database comes to differ from the rules.
type breakage struct {
	name string
	sql  string          // {owner} {app} {r} {r2} {db} {audit} stand for names; {r} and {r2} are roles made for the purpose
	want []pgpolicy.Kind // all that is found, each once
	rest []pgpolicy.Kind // of them, what is left for a human
}

// scene is a database in which the rules are in force, with what hosts have beside the governed tables.
type scene struct {
	place
	policy *pgpolicy.Policy
	names  *strings.Replacer
	roles  []string
	old    bool // PostgreSQL 14
}

const besides = `
	CREATE TABLE schema_migrations (version bigint PRIMARY KEY);
	CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
	CREATE TRIGGER stamped BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION stamp();
	CREATE VIEW private_overview AS SELECT count(*) AS n FROM {table};
	DO $$ BEGIN
		IF current_setting('server_version_num')::int >= 150000 THEN
			CREATE VIEW overview WITH (security_invoker) AS SELECT count(*) AS n FROM {table};
			GRANT SELECT ON overview TO PUBLIC;
		END IF;
	END $$;
	CREATE FUNCTION harmless() RETURNS int LANGUAGE sql AS 'SELECT 1'`

// newScene makes a scene. Its table is one of the governed ones.
func newScene(t testing.TB, c pgpolicy.Config, table string, ddl ...string) scene {
	t.Helper()
	p := newPlace(t, append(ddl, strings.ReplaceAll(besides, "{table}", table))...)
	if err := pgsink.Migrate(t.Context(), p.admin, ""); err != nil {
		t.Fatal(err)
	}
	s := scene{place: p, roles: []string{"r " + rand.Text(), "r2 " + rand.Text()}}
	s.policy = p.apply(t, c)
	var database, audit string
	const find = `SELECT current_database(), relname, current_setting('server_version_num')::int < 150000 FROM pg_class
		WHERE relnamespace = 'shugo'::regnamespace AND relname IN ('audit_record', 'audit_event')`
	if err := p.admin.QueryRow(t.Context(), find).Scan(&database, &audit, &s.old); err != nil {
		t.Fatal(err)
	}
	s.names = strings.NewReplacer("{owner}", quote(p.owner), "{app}", quote(p.app), "{db}", quote(database),
		"{audit}", "shugo."+quote(audit), "{r}", quote(s.roles[0]), "{r2}", quote(s.roles[1]), "{T}", table)
	p.exec(t, s.names.Replace("GRANT USAGE ON SCHEMA shugo TO {app}; GRANT INSERT, SELECT ON {audit} TO {app}"))
	return s
}

// undone runs f in a transaction that is rolled back.
func (s scene) undone(t testing.TB, f func(tx pgx.Tx)) {
	t.Helper()
	tx, err := s.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	f(tx)
}

func (s scene) break_(t testing.TB, tx pgx.Tx, sql string) {
	t.Helper()
	if err := s.try(t, tx, sql); err != nil {
		t.Fatalf("%v\n%s", err, s.names.Replace(sql))
	}
}

// try breaks, and makes the roles that the statements name.
func (s scene) try(t testing.TB, tx pgx.Tx, sql string) error {
	t.Helper()
	for i, name := range []string{"{r}", "{r2}"} {
		if strings.Contains(sql, name) {
			var there bool
			if err := tx.QueryRow(t.Context(), "SELECT to_regrole($1) IS NOT NULL", quote(s.roles[i])).Scan(&there); err != nil {
				t.Fatal(err)
			}
			if !there {
				sql = "CREATE ROLE " + name + "; " + sql
			}
		}
	}
	_, err := tx.Exec(t.Context(), s.names.Replace(sql))
	return err
}

// drift returns the differences, without those of roles that other tests have made on the server.
func (s scene) drift(t testing.TB, db pgpolicy.Querier) pgpolicy.Report {
	t.Helper()
	r, err := s.policy.Drift(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	r.Differences = slices.DeleteFunc(r.Differences, func(d pgpolicy.Difference) bool {
		return d.Object.Type == "role" && strings.HasPrefix(string(d.Kind), "other_") && !slices.Contains(s.roles, d.Object.Name[0])
	})
	return r
}

func kinds(r pgpolicy.Report) []pgpolicy.Kind {
	list := []pgpolicy.Kind{}
	for _, d := range r.Differences {
		list = append(list, d.Kind)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func sorted(list []pgpolicy.Kind) []pgpolicy.Kind {
	return append([]pgpolicy.Kind{}, slices.Sorted(slices.Values(list))...)
}

func repair(t testing.TB, tx pgx.Tx, r pgpolicy.Report) {
	t.Helper()
	for _, sql := range r.Repairs() {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatalf("repair: %v\n%s\nof\n%s", err, sql, short(r))
		}
	}
}

// check breaks, compares, repairs and compares again.
func (s scene) check(t *testing.T, b breakage) {
	s.undone(t, func(tx pgx.Tx) {
		s.break_(t, tx, b.sql)
		found := s.drift(t, tx)
		if diff := cmp.Diff(sorted(b.want), kinds(found)); diff != "" {
			t.Fatalf("kinds (-want +got):\n%s\n%s", diff, found)
		}
		for _, d := range found.Differences {
			if d.Expected == "" || len(d.Object.Name) == 0 || (len(d.Repair.SQL) == 0) == (d.Repair.Reason == "") {
				t.Errorf("incomplete: %+v", d)
			}
		}
		repair(t, tx, found)
		left := s.drift(t, tx)
		if diff := cmp.Diff(sorted(b.rest), kinds(left)); diff != "" {
			t.Errorf("after the repair (-want +got):\n%s\n%s\nrepaired by\n%s", diff, left, strings.Join(found.Repairs(), ";\n"))
		}
	})
}

// each breaks one thing at a time in a scene without drift.
func (s scene) each(t *testing.T, list []breakage) {
	t.Helper()
	if r := s.drift(t, s.admin); len(r.Differences) != 0 {
		t.Fatalf("before anything is broken:\n%s", r)
	}
	for _, b := range list {
		if s.old && slices.Contains(sinceVersion15(), b.name) {
			continue
		}
		t.Run(b.name, func(t *testing.T) { s.check(t, b) })
	}
}

func TestEveryBreakage(t *testing.T) {
	t.Parallel()
	newScene(t, tutor(), "users", tutorSQL(t), standingTable).each(t, breakages())
}

func TestEveryBreakageOfOddTables(t *testing.T) {
	t.Parallel()
	c, ddl := odd()
	newScene(t, c, `"the data"."Odd ""table"""`, ddl).each(t, oddBreakages())
}

func TestEveryBreakageOfNamedColumns(t *testing.T) {
	t.Parallel()
	c, ddl := strict()
	newScene(t, c, "notes", ddl).each(t, strictBreakages())
}

// TestEveryKindIsBroken keeps the tables of breakages complete.
func TestEveryKindIsBroken(t *testing.T) {
	t.Parallel()
	broken := map[pgpolicy.Kind]bool{}
	for _, b := range slices.Concat(breakages(), oddBreakages(), strictBreakages()) {
		for _, k := range b.want {
			broken[k] = true
		}
	}
	seen := map[pgpolicy.Kind]bool{}
	for _, k := range pgpolicy.Kinds() {
		if !broken[k] {
			t.Errorf("no test breaks %s", k)
		}
		if seen[k] {
			t.Errorf("%s is twice", k)
		}
		seen[k] = true
	}
	if len(seen) < 60 {
		t.Errorf("%d kinds", len(seen))
	}
}

// TestReportAsText has a report printed and carried.
func TestReportAsText(t *testing.T) {
	t.Parallel()
	s := newScene(t, tutor(), "users", tutorSQL(t), standingTable)
	s.undone(t, func(tx pgx.Tx) {
		s.break_(t, tx, "GRANT SELECT ON users TO PUBLIC; COMMENT ON COLUMN users.email IS NULL; ALTER TABLE users DROP COLUMN email CASCADE")
		r := s.drift(t, tx)
		for _, want := range []string{
			`critical table_grant_public: table "public"."users": found SELECT for PUBLIC, want none`,
			"    REVOKE ALL ON TABLE public.users FROM PUBLIC CASCADE;",
		} {
			if !strings.Contains(r.String(), want+"\n") {
				t.Errorf("no line %q in\n%s", want, r)
			}
		}
		if r.Worst() != pgpolicy.Critical {
			t.Errorf("worst %q", r.Worst())
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again pgpolicy.Report
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if again.String() != r.String() {
			t.Errorf("carried as JSON:\n%s\nwant\n%s", again, r)
		}
	})
}
