package pgseal

import (
	"context"
	_ "embed" // for schema.sql
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DefaultSchema is the PostgreSQL schema of the audit trail when the host names none, as in package pgsink.
const DefaultSchema = "shugo"

//go:embed schema.sql
var schemaSQL string

// Schema returns the statements that make the tables of the seals in the named schema; empty: DefaultSchema. They may be
// applied again at any time and need PostgreSQL 14 or later.
func Schema(schema string) string {
	return strings.ReplaceAll(schemaSQL, "{schema}", schemaOf(schema).quoted())
}

// Migrate applies Schema in one transaction, after pgsink.Migrate. What it makes belongs to the role that calls it; a
// Sealer needs that role, or one with SELECT of audit_record and SELECT, INSERT and UPDATE of the tables here.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	if pool == nil {
		return errors.New("pgseal: migrate: no pool")
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('shugo seal ' || $1::text, 0))`
		if _, err := tx.Exec(ctx, lock, string(schemaOf(schema))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, Schema(schema))
		return err
	})
	return fail("migrate", err)
}

// schemaName is the name of the schema of the trail.
type schemaName string

func schemaOf(name string) schemaName {
	if name == "" {
		return DefaultSchema
	}
	return schemaName(name)
}

func (s schemaName) quoted() string { return pgx.Identifier{string(s)}.Sanitize() }

// sql puts the quoted schema into a statement.
func (s schemaName) sql(statement string) string { return fmt.Sprintf(statement, s.quoted()) }
