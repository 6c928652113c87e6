package pgpolicy_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/internal/servertest"
)

const standingTable = `CREATE SCHEMA consent; CREATE TABLE consent.standing (subject text NOT NULL, purpose text NOT NULL,
	consented boolean NOT NULL, restricted boolean NOT NULL, held boolean NOT NULL, PRIMARY KEY (subject, purpose))`

// place is a database with two roles of its own: the tables are the owner's.
type place struct {
	admin               *pgxpool.Pool
	application         *pgxpool.Pool
	owner, app, address string
}

func newPlace(t testing.TB, ddl ...string) place {
	t.Helper()
	address := servertest.Database(t)
	p := place{address: address, admin: servertest.Pool(t, address, 2), owner: "owner " + rand.Text(), app: `app "` + rand.Text()}
	quote := func(name string) string { return pgx.Identifier{name}.Sanitize() }
	p.exec(t, "CREATE ROLE "+quote(p.owner)+" NOLOGIN", "CREATE ROLE "+quote(p.app)+" NOLOGIN")
	t.Cleanup(func() {
		p.exec(t, "DROP OWNED BY "+quote(p.owner)+", "+quote(p.app)+" CASCADE", "DROP ROLE "+quote(p.owner)+", "+quote(p.app))
	})
	p.exec(t, "GRANT CREATE ON SCHEMA public TO "+quote(p.owner), "CREATE EXTENSION IF NOT EXISTS vector")
	p.exec(t, "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), '"+p.owner+"'); END $$")
	for _, sql := range ddl {
		p.exec(t, "SET ROLE "+quote(p.owner)+"; "+sql+"; RESET ROLE")
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 4
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET SESSION AUTHORIZATION "+quote(p.app))
		return err
	}
	if p.application, err = pgxpool.NewWithConfig(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.application.Close)
	return p
}

func (p place) exec(t testing.TB, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := p.admin.Exec(context.Background(), sql); err != nil {
			t.Fatalf("%v\n%s", err, sql)
		}
	}
}

func (p place) apply(t testing.TB, c pgpolicy.Config) *pgpolicy.Policy {
	t.Helper()
	c.Owner, c.Application = p.owner, p.app
	policy, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Apply(t.Context(), p.admin); err != nil {
		t.Fatal(err)
	}
	again, err := policy.Plan(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Statements) != 0 {
		t.Fatalf("a second plan is not empty:\n%s", again)
	}
	return policy
}

func tutorSQL(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash("../../examples/internal/data/tables.sql"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(string(text), "; \n")
}

func tutor() pgpolicy.Config {
	return pgpolicy.Config{Manifest: governance.Tutor(), Standing: pgx.Identifier{"consent", "standing"}}
}
