package pgpolicy_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// notes is a manifest of one dataset in which everybody does everything with their own.
func notes(fields ...governance.Field) governance.Manifest {
	return governance.Manifest{
		Classes: []governance.Class{{Category: "notes", Personal: true}, {Category: "secrets", Personal: true}},
		Datasets: []governance.Dataset{
			{Store: governance.PostgreSQL, Name: "notes", Category: "notes", Subject: "owner", Fields: fields},
			{Store: "elsewhere", Name: "secrets", Category: "secrets"},
		},
		Rules: []governance.Rule{
			{Name: "own", Categories: []governance.Category{"notes", "secrets"}, Actions: governance.Actions(), Own: true},
		},
	}
}

func TestConfigFaults(t *testing.T) {
	t.Parallel()
	good := pgpolicy.Config{Manifest: notes(), Owner: "o", Application: "a"}
	for name, c := range map[string]struct {
		change func(*pgpolicy.Config)
		want   []string
	}{
		"none":             {func(*pgpolicy.Config) {}, nil},
		"nothing":          {func(c *pgpolicy.Config) { *c = pgpolicy.Config{} }, []string{"the manifest is empty"}},
		"no roles":         {func(c *pgpolicy.Config) { c.Owner, c.Application = "", "" }, []string{"owner: empty name", "application: empty name"}},
		"one role":         {func(c *pgpolicy.Config) { c.Owner = "a" }, []string{`owner and application are both "a"`}},
		"one schema":       {func(c *pgpolicy.Config) { c.Schema = "public" }, []string{`schema and table schema are both "public"`}},
		"long name":        {func(c *pgpolicy.Config) { c.Schema = strings.Repeat("x", 64) }, []string{"64 bytes: want at most 63"}},
		"zero byte":        {func(c *pgpolicy.Config) { c.Owner = "a\x00" }, []string{"not a text that PostgreSQL takes"}},
		"store":            {func(c *pgpolicy.Config) { c.Store = "oracle" }, []string{`no dataset of the manifest is in store "oracle"`}},
		"unknown table":    {func(c *pgpolicy.Config) { c.Tables = map[string]pgx.Identifier{"x": {"a", "b"}} }, []string{`dataset "x" is not in store`}},
		"unknown mask":     {func(c *pgpolicy.Config) { c.Masks = map[string]map[string]string{"x": {}} }, []string{`masks: dataset "x" is not in store`}},
		"half a table":     {func(c *pgpolicy.Config) { c.Tables = map[string]pgx.Identifier{"notes": {"b"}} }, []string{"1 names: want schema and table"}},
		"half a relation":  {func(c *pgpolicy.Config) { c.Standing = pgx.Identifier{"b"} }, []string{"standing: 1 names"}},
		"its own standing": {func(c *pgpolicy.Config) { c.Standing = pgx.Identifier{"public", "notes"} }, []string{"are both in table"}},
		"timeout":          {func(c *pgpolicy.Config) { c.LockTimeout = -1 }, []string{"lock timeout -1ns is negative"}},
		"consent": {func(c *pgpolicy.Config) {
			c.Manifest.Rules = []governance.Rule{{Categories: []governance.Category{"notes"}, Actions: governance.Actions(),
				Purposes: []governance.Purpose{"p"}, Consent: true}}
		}, []string{pgpolicy.ErrStanding.Error(), `a rule for dataset "notes" needs consent`}},
	} {
		config := good
		config.Manifest = notes()
		c.change(&config)
		policy, err := pgpolicy.New(config)
		if (err == nil) != (c.want == nil) || (policy == nil) != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
		if name == "consent" && !errors.Is(err, pgpolicy.ErrStanding) {
			t.Errorf("%v is not ErrStanding", err)
		}
	}
}

func TestPlanFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl    string
		change func(*pgpolicy.Config)
		want   []string
	}{
		"no table":       {"SELECT", nil, []string{`dataset "notes": there is no table public.notes`}},
		"a view":         {"CREATE VIEW notes AS SELECT 1 AS owner", nil, []string{"there is no table public.notes"}},
		"no subject":     {"CREATE TABLE notes (id int)", nil, []string{`no column "owner" for its subject`}},
		"padded subject": {"CREATE TABLE notes (owner char(9))", nil, []string{"is of type bpchar: want text"}},
		"blurred subject": {`CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
			CREATE TABLE notes (owner text COLLATE folded)`, nil, []string{"nondeterministic collation"}},
		"no field": {"CREATE TABLE notes (owner text)",
			func(c *pgpolicy.Config) { c.Manifest = notes(governance.Field{Name: "body", Sealed: true}) }, []string{`no column "body"`}},
		"number for a text": {"CREATE TABLE notes (owner text, n int)",
			func(c *pgpolicy.Config) { c.Masks = map[string]map[string]string{"notes": {"n": "x"}} }, []string{`no column "n" of type text`}},
		"no roles": {"CREATE TABLE notes (owner text)",
			func(c *pgpolicy.Config) { c.Owner, c.Application = "nobody 1", "nobody 2" }, []string{`no role "nobody 1"`, `no role "nobody 2"`}},
		"superuser": {"CREATE TABLE notes (owner text)", func(c *pgpolicy.Config) { c.Application = "" }, []string{"does not bind"}},
		"application owns": {"CREATE TABLE notes (owner text)",
			func(c *pgpolicy.Config) { c.Owner, c.Application = c.Application, c.Owner }, []string{"belongs to the application's role"}},
		"no standing": {"CREATE TABLE notes (owner text)",
			func(c *pgpolicy.Config) { c.Standing = pgx.Identifier{"x", "y"} }, []string{"there is no standing relation x.y"}},
		"another standing": {"CREATE TABLE notes (owner text); CREATE TABLE s (subject uuid, purpose text, consented boolean, held boolean)",
			func(c *pgpolicy.Config) { c.Standing = pgx.Identifier{"public", "s"} },
			[]string{`no column "subject" of type text`, `no column "restricted" of type boolean`}},
		"hidden standing": {"CREATE TABLE notes (owner text); " + strings.ReplaceAll(standingTable, "consent.", "public.") +
			"; ALTER TABLE standing ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
			func(c *pgpolicy.Config) { c.Standing = pgx.Identifier{"public", "standing"} }, []string{"row security could hide persons"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, c.ddl)
			config := pgpolicy.Config{Manifest: notes(), Owner: p.owner, Application: p.app}
			if c.change != nil {
				c.change(&config)
			}
			if config.Application == "" {
				config.Application = p.admin.Config().ConnConfig.User
			}
			policy, err := pgpolicy.New(config)
			if err != nil {
				t.Fatal(err)
			}
			_, err = policy.Plan(t.Context(), p.admin)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			}
			if _, err := policy.Apply(t.Context(), p.admin); err == nil {
				t.Error("what cannot be planned is applied")
			}
		})
	}
}

// TestColumns: what is there when a plan is applied is granted, what comes later is not until the next, and the database
// fills in what it generates.
func TestColumns(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `CREATE TABLE notes (id serial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, owner text, body text,
		size int GENERATED ALWAYS AS (length(body)) STORED); COMMENT ON COLUMN notes.body IS 'As written.'`)
	c := pgpolicy.Config{Manifest: notes()}
	p.apply(t, c)
	ann := as(t.Context(), "ann", "")
	const insert = `INSERT INTO notes (owner, body) VALUES ('ann', 'four') RETURNING concat_ws(' ', id, n, size)`
	if got, err := p.query(ann, t, governance.Create, insert); err != nil || got[0] != "1 1 4" {
		t.Errorf("insert: %v %v", got, err)
	}
	if _, err := p.query(ann, t, governance.Update, "UPDATE notes SET n = DEFAULT RETURNING 'x'"); !refused(err) {
		t.Errorf("a generated number is written: %v", err)
	}
	p.exec(t, "ALTER TABLE notes ADD COLUMN later text DEFAULT 'x'", `INSERT INTO notes (owner, body) VALUES ('ann', 'b')`)
	if _, err := p.query(ann, t, governance.Read, "SELECT later FROM notes"); !refused(err) {
		t.Errorf("a column that came later is read: %v", err)
	}
	if got, err := p.query(ann, t, governance.Read, "SELECT body FROM notes"); err != nil || len(got) != 1 {
		t.Errorf("the other columns: %v %v", got, err)
	}
	strict := c
	strict.Strict = true
	strict.Manifest = notes(governance.Field{Name: "body", Category: "secrets"}, governance.Field{Name: "id", Category: "notes"})
	p.apply(t, strict)
	if _, err := p.query(ann, t, governance.Read, "SELECT later FROM notes"); !refused(err) {
		t.Errorf("a column that the manifest does not name is read: %v", err)
	}
	p.apply(t, c)
	if got, err := p.query(ann, t, governance.Read, "SELECT later FROM notes"); err != nil || got[0] != "x" {
		t.Errorf("a covered column: %v %v", got, err)
	}
	var comment string
	err := p.admin.QueryRow(t.Context(), "SELECT col_description('notes'::regclass, 4)").Scan(&comment)
	if diff := cmp.Diff("As written.\ncategory: notes", comment); err != nil || diff != "" {
		t.Errorf("comment (-want +got):\n%s %v", diff, err)
	}
}

// TestGrantsAreNarrowed: what somebody granted too much is taken back by a plan.
func TestGrantsAreNarrowed(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text)", "CREATE TABLE parts (id int, owner text) PARTITION BY RANGE (id)",
		"CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (9)")
	c := pgpolicy.Config{Manifest: notes(), Tables: map[string]pgx.Identifier{"notes": {"public", "parts"}}}
	p.exec(t, "GRANT ALL ON parts TO PUBLIC", "GRANT ALL ON parts TO "+quote(p.app), "GRANT SELECT (id) ON parts TO PUBLIC",
		"ALTER TABLE parts OWNER TO CURRENT_USER")
	p.apply(t, c)
	for privilege, want := range map[string]bool{"TRUNCATE": false, "REFERENCES": false, "TRIGGER": false, "DELETE": true, "SELECT": false} {
		var has bool
		err := p.admin.QueryRow(t.Context(), "SELECT has_table_privilege($1, 'parts', $2)", p.app, privilege).Scan(&has)
		if err != nil || has != want {
			t.Errorf("%s on the table: %t, want %t (%v)", privilege, has, want, err)
		}
	}
	p.exec(t, "INSERT INTO parts VALUES (1, 'ann'), (2, 'bob')")
	ann := as(t.Context(), "ann", "")
	if got, err := p.query(ann, t, governance.Read, "SELECT owner FROM parts"); err != nil || !cmp.Equal(got, []string{"ann"}) {
		t.Errorf("through the parent: %v %v", got, err)
	}
	if _, err := p.query(ann, t, governance.Read, "SELECT owner FROM parts_1"); !refused(err) {
		t.Errorf("around the parent: %v", err)
	}
	p.exec(t, "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (19)")
	p.apply(t, c)
	var secured bool
	err := p.admin.QueryRow(t.Context(), "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'parts_2'").Scan(&secured)
	if err != nil || !secured {
		t.Errorf("a later partition is not secured: %v", err)
	}
}

// TestApplyIsAllOrNothing: a plan that waits too long for a lock leaves no trace, and several at once do the work once.
func TestApplyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text)")
	policy, err := pgpolicy.New(pgpolicy.Config{Manifest: notes(), Owner: p.owner, Application: p.app, LockTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	before, err := policy.Plan(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := p.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background()) //nolint:errcheck // ended below
	if _, err := tx.Exec(t.Context(), "LOCK TABLE notes IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Apply(t.Context(), p.admin); failure(err) != "55P03" {
		t.Errorf("a locked table: %v", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := policy.Plan(t.Context(), p.admin)
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("a plan that failed left something (-before +after):\n%s %v", diff, err)
	}
	var all sync.WaitGroup
	patient, err := pgpolicy.New(pgpolicy.Config{Manifest: notes(), Owner: p.owner, Application: p.app})
	if err != nil {
		t.Fatal(err)
	}
	done := make([]pgpolicy.Plan, 2)
	for i := range done {
		all.Go(func() {
			var err error
			if done[i], err = patient.Apply(t.Context(), p.admin); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if (len(done[0].Statements) == 0) == (len(done[1].Statements) == 0) {
		t.Errorf("%d and %d statements: want all in one", len(done[0].Statements), len(done[1].Statements))
	}
}

func TestPlanText(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text)")
	policy, err := pgpolicy.New(pgpolicy.Config{Manifest: notes(), Owner: p.owner, Application: p.app})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := policy.Plan(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	text := plan.String()
	if !regexp.MustCompile(`(?s)^-- Advice: make column owner of public.notes NOT NULL: .*\nBEGIN;\n.*\n-- a caller's own records .*\n-- locks public.notes in mode SHARE\n`+
		`CREATE INDEX notes_owner_shugo ON public.notes \(owner\);\n.*-- locks public.notes in mode ACCESS EXCLUSIVE\n`+
		`ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;\n.*\nCOMMIT;\n$`).MatchString(text) || strings.Contains(text, "secrets") &&
		!strings.Contains(text, "may_") {
		t.Errorf("%s", text)
	}
	p.exec(t, "BEGIN; "+plan.SQL()+" COMMIT")
	again, err := policy.Plan(t.Context(), p.admin)
	if err != nil || !strings.HasSuffix(again.String(), "-- Nothing to do.\n") || again.SQL() != "" {
		t.Errorf("after the text was executed: %v\n%s", err, again)
	}
}

// TestOwnerApplies: no superuser is needed, but a role that owns the tables and may create a schema.
func TestOwnerApplies(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id serial PRIMARY KEY, owner uuid, body text)", standingTable)
	policy, err := pgpolicy.New(pgpolicy.Config{Manifest: notes(), Owner: p.owner, Application: p.app,
		Standing: pgx.Identifier{"consent", "standing"}})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "SET SESSION AUTHORIZATION "+quote(p.owner)+"; SET search_path = consent, public"); err != nil {
		t.Fatal(err)
	}
	if plan, err := policy.Apply(t.Context(), conn); err != nil || strings.Contains(plan.String(), "OWNER TO") {
		t.Fatalf("%v\n%s", err, plan)
	}
	if again, err := policy.Plan(t.Context(), conn); err != nil || len(again.Statements) != 0 {
		t.Errorf("a second plan: %v\n%s", err, again)
	}
	var path string
	if err := conn.QueryRow(t.Context(), "SHOW search_path").Scan(&path); err != nil || path != "consent, public" {
		t.Errorf("the search path is left as %q (%v)", path, err)
	}
}

// TestManifestChanges: a plan for other rules changes what they change, and drops what nobody asks any more.
func TestManifestChanges(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text)", "CREATE TABLE other (id int PRIMARY KEY, owner text)")
	p.exec(t, "INSERT INTO notes VALUES (1, 'ann'), (2, 'bob')")
	p.apply(t, pgpolicy.Config{Manifest: notes()})
	everyone := notes()
	everyone.Rules[0].Own = false
	c := pgpolicy.Config{Manifest: everyone, Owner: p.owner, Application: p.app}
	policy, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := policy.Apply(t.Context(), p.admin)
	if err != nil || len(plan.Statements) != 1 || !strings.Contains(plan.Statements[0].SQL, "may_notes") {
		t.Errorf("another rule: %v\n%s", err, plan)
	}
	if got, err := p.query(as(t.Context(), "ann", ""), t, governance.Read, "SELECT owner FROM notes ORDER BY owner"); err != nil ||
		!cmp.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("under the other rule: %v %v", got, err)
	}
	p.exec(t, "CREATE FUNCTION governed.left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE VIEW governed.left_over AS SELECT 1")
	p.apply(t, pgpolicy.Config{Manifest: everyone})
}

// TestNoRule: what no rule is about is secured, and nobody reaches it.
func TestNoRule(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "CREATE TABLE notes (id int PRIMARY KEY, owner text)", "CREATE TABLE quiet (id int PRIMARY KEY)")
	m := notes()
	m.Classes = append(m.Classes, governance.Class{Category: "quiet"})
	m.Datasets = append(m.Datasets, governance.Dataset{Store: governance.PostgreSQL, Name: "quiet", Category: "quiet"})
	p.apply(t, pgpolicy.Config{Manifest: m})
	p.exec(t, "INSERT INTO quiet VALUES (1)")
	ann := as(t.Context(), "ann", "")
	for _, action := range governance.Actions() {
		if _, err := p.query(ann, t, action, "SELECT 'x' FROM quiet WHERE id = 1"); !refused(err) {
			t.Errorf("%s: %v", action, err)
		}
		if got, err := p.query(ann, t, action, "SELECT 'x' FROM governed.quiet"); err != nil || len(got) != 0 {
			t.Errorf("%s in the view: %v %v", action, got, err)
		}
	}
}
