package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance/pgpolicy"
	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// database is the part of PostgreSQL that belongs to one run.
type database struct {
	run                string
	admin, application *pgxpool.Pool // of whoever the address names, and of the application, which owns nothing
	schemas            schemas
	owner, role        string // of the tables, and the application's
	policy             *pgpolicy.Policy
}

// schemas are where the run keeps its tables, the masking views, the register and the audit trail.
type schemas struct{ tables, views, register, audit string }

// sql puts the quoted schemas into a statement.
func (s schemas) sql(text string) string {
	return strings.NewReplacer("{tables}", quote(s.tables), "{views}", quote(s.views), "{register}", quote(s.register), "{audit}", quote(s.audit)).Replace(text)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// openDatabase makes roles, tables and the audit trail, fills them, and lays the rules down.
//
//shugo:ungoverned sets the example up before the rules begin to hold, and takes it down after
func openDatabase(ctx context.Context, address string, set data.Set, undo *closers) (*database, error) {
	run := "tutor_" + strings.ToLower(rand.Text())
	db := &database{
		run: run, owner: run + "_owner", role: run + "_app",
		schemas: schemas{tables: run, views: run + "_governed", register: run + "_register", audit: run + "_audit"},
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("SHUGO_POSTGRES_URL is not an address that PostgreSQL's driver understands")
	}
	config.ConnConfig.RuntimeParams["search_path"] = run + ",public"
	if db.admin, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	undo.add(func(context.Context) error { db.admin.Close(); return nil })
	undo.add(db.drop)
	password := rand.Text()
	for _, sql := range []string{
		"CREATE EXTENSION IF NOT EXISTS vector SCHEMA public",
		"CREATE ROLE " + quote(db.owner) + " NOLOGIN",
		"CREATE ROLE " + quote(db.role) + " LOGIN PASSWORD '" + password + "'",
		db.schemas.sql("CREATE SCHEMA {tables} AUTHORIZATION " + quote(db.owner)),
		db.schemas.sql("CREATE SCHEMA {register} AUTHORIZATION " + quote(db.owner)),
	} {
		if _, err := db.admin.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return db.load(ctx, set) }, db.migrateTrail, db.applyPolicy,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	config = config.Copy()
	config.ConnConfig.User, config.ConnConfig.Password = db.role, password
	if db.application, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	undo.add(func(context.Context) error { db.application.Close(); return nil })
	return db, nil
}

// load makes the tables, as their owner, and fills them.
func (db *database) load(ctx context.Context, set data.Set) error {
	conn, err := db.admin.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return loadRecords(ctx, conn.Conn(), db, set)
}

// grantTrail is what the application needs to record, and to ship what it has recorded in its file.
const grantTrail = `
	GRANT USAGE ON SCHEMA {audit} TO {role};
	GRANT INSERT ("leaf", "actor", "subject") ON {audit}."audit_record" TO {role};
	GRANT SELECT, INSERT ON {audit}."audit_once" TO {role};
	GRANT SELECT, INSERT, UPDATE ON {audit}."audit_origin" TO {role}`

// migrateTrail makes the audit trail and its seals. They belong to whoever the address names.
func (db *database) migrateTrail(ctx context.Context) error {
	if err := pgsink.Migrate(ctx, db.admin, db.schemas.audit); err != nil {
		return err
	}
	if err := pgseal.Migrate(ctx, db.admin, db.schemas.audit); err != nil {
		return err
	}
	_, err := db.admin.Exec(ctx, strings.ReplaceAll(db.schemas.sql(grantTrail), "{role}", quote(db.role)))
	return err
}

// applyPolicy lays the rules of the manifest down in PostgreSQL.
func (db *database) applyPolicy(ctx context.Context) (err error) {
	masks := map[string]map[string]string{
		"conversation_messages":     {"user_id": "", "content": day.MaskedContent},
		"conversation_analytics":    {"user_id": ""},
		"users":                     {"email": day.MaskedEmail},
		"conversation_sessions":     {"user_id": ""},
		"conversation_interactions": {"user_id": ""},
		"user_learning_progress":    {"user_id": ""},
	}
	db.policy, err = pgpolicy.New(pgpolicy.Config{
		Manifest: day.Manifest(), Owner: db.owner, Application: db.role,
		Schema: db.schemas.views, TableSchema: db.schemas.tables, AuditSchema: db.schemas.audit,
		Standing: pgx.Identifier{db.schemas.register, "standing"}, Masks: masks,
	})
	if err == nil {
		_, err = db.policy.Apply(ctx, db.admin)
	}
	return err
}

// drop removes what the run has made, whatever of it is there.
//
//shugo:ungoverned sets the example up before the rules begin to hold, and takes it down after
func (db *database) drop(ctx context.Context) error {
	var errs []error
	for _, schema := range []string{db.schemas.views, db.schemas.tables, db.schemas.register, db.schemas.audit} {
		_, err := db.admin.Exec(ctx, "DROP SCHEMA IF EXISTS "+quote(schema)+" CASCADE")
		errs = append(errs, err)
	}
	for _, role := range []string{db.role, db.owner} {
		var there bool
		err := db.admin.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, role).Scan(&there)
		if err == nil && there {
			_, err = db.admin.Exec(ctx, "DROP OWNED BY "+quote(role)+"; DROP ROLE "+quote(role))
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("removing the schemas and roles: %w", err)
	}
	return nil
}
