package pgpolicy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

func TestFieldsOfNamedColumns(t *testing.T) {
	t.Parallel()
	c, ddl := strict()
	s := newScene(t, c, "notes", ddl)
	s.exec(t, "CREATE MATERIALIZED VIEW public.copy AS SELECT id FROM notes")
	got, err := s.policy.Fields(t.Context(), s.admin)
	if err != nil {
		t.Fatal(err)
	}
	field := func(dataset, name string, category governance.Category) governance.StoredField {
		return governance.StoredField{Store: governance.PostgreSQL, Dataset: dataset, Name: name, Category: category}
	}
	want := []governance.StoredField{
		field("copy", "", ""), field("copy", "id", ""),
		field("notes", "", "c"), field("notes", "id", "c"), field("notes", "author", "c"), field("notes", "body", "c"),
		field("notes", "unnamed", ""),
		field("schema_migrations", "", ""), field("schema_migrations", "version", ""),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestFieldsOfOddTables(t *testing.T) {
	t.Parallel()
	c, ddl := odd()
	s := newScene(t, c, `"the data"."Odd ""table"""`, ddl, `CREATE TABLE part."not declared" (a int)`)
	got, err := s.policy.Fields(t.Context(), s.admin)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, f := range got {
		if f.Name == "" {
			tables = append(tables, f.Dataset+"="+string(f.Category))
		}
	}
	want := []string{"events=c'1", `part."not declared"=`, `Odd "table"=odd category`, "select=plain"}
	if diff := cmp.Diff(want, tables); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if _, err := s.policy.Fields(t.Context(), broken{}); err == nil {
		t.Error("no error of a broken connection")
	}
}

// TestTutorIsCovered runs the host's test on the tutor's database, and again with a table and a column that nobody declared.
func TestTutorIsCovered(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	c := tutor()
	c.Strict = false
	policy := p.apply(t, c)
	guard, err := governance.New(governance.Config{
		Manifest: governance.Tutor(), Audit: &governancetest.Sink{}, Register: &governancetest.Register{},
	})
	if err != nil {
		t.Fatal(err)
	}
	cover := governancetest.CoverConfig{
		Guard: guard,
		Inventories: []governancetest.Inventory{governancetest.InventoryFunc(func(ctx context.Context) ([]governance.StoredField, error) {
			return policy.Fields(ctx, p.admin)
		})},
		Exempt: map[string]string{},
	}
	for _, d := range governance.Tutor().Datasets {
		if d.Store != governance.PostgreSQL {
			cover.Exempt[d.Store] = "another test looks at it"
		}
	}
	governancetest.Cover(t, cover)
	p.exec(t, "CREATE TABLE forgotten (a int)", "ALTER TABLE conversation_messages DROP COLUMN content_embedding CASCADE")
	var found governancetest.Violations
	if !errors.As(governancetest.CheckCover(t.Context(), cover), &found) || len(found) != 2 {
		t.Errorf("found %v, want a table and a column", found)
	}
}

// TestTrust lets some go around the rules.
func TestTrust(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	c := tutor()
	name := p.owner + " backup"
	c.Trust = pgpolicy.Trust{
		Roles: []string{name}, Publications: []string{"p"}, Relations: []pgx.Identifier{{"public", "report"}, {"public", "copy"}},
		Functions: []pgx.Identifier{{"public", "f"}},
	}
	policy := p.apply(t, c)
	p.exec(t, "CREATE ROLE "+quote(name)+" BYPASSRLS REPLICATION")
	t.Cleanup(func() { p.exec(t, "DROP OWNED BY "+quote(name)+" CASCADE", "DROP ROLE "+quote(name)) })
	p.exec(t, "GRANT pg_read_all_data TO "+quote(name), "GRANT SELECT ON users, governed.users TO "+quote(name),
		"CREATE PUBLICATION p FOR TABLE users", "CREATE VIEW report AS SELECT count(*) AS n FROM users", "GRANT SELECT ON report TO PUBLIC",
		"CREATE MATERIALIZED VIEW copy AS SELECT count(*) AS n FROM users",
		"CREATE FUNCTION f() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM users'")
	s := scene{place: p, policy: policy, roles: []string{name}}
	if r := s.drift(t, p.admin); len(r.Differences) > 0 {
		t.Errorf("trusted:\n%s", r)
	}
	c.Trust = pgpolicy.Trust{}
	c.Owner, c.Application = p.owner, p.app
	wary, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.policy = wary
	want := []pgpolicy.Kind{pgpolicy.DefinerFunction, pgpolicy.MaterializedViewCopy, pgpolicy.OtherAllData, pgpolicy.OtherBypass,
		pgpolicy.OtherReplication, pgpolicy.Publication, pgpolicy.TableGrantOther, pgpolicy.ViewExposes, pgpolicy.ViewGrantOther}
	if diff := cmp.Diff(sorted(want), kinds(s.drift(t, p.admin))); diff != "" {
		t.Errorf("not trusted (-want +got):\n%s", diff)
	}
	c.Trust = pgpolicy.Trust{Roles: []string{p.app}, Relations: []pgx.Identifier{{"one name"}}}
	if _, err := pgpolicy.New(c); err == nil {
		t.Error("the application is trusted, and a name without schema")
	}
}
