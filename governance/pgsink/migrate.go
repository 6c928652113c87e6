package pgsink

import (
	"context"
	_ "embed" // for schema.sql
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DefaultSchema is the PostgreSQL schema of the audit trail when the host names none.
const DefaultSchema = "shugo"

// maxIdentifier is NAMEDATALEN-1: PostgreSQL cuts longer names off, so that two of them could mean the same schema.
const maxIdentifier = 63

//go:embed schema.sql
var schemaSQL string

// Schema returns the statements that make the audit trail in the named schema; empty: DefaultSchema. They may be applied
// again at any time and need PostgreSQL 14 or later. Migrate applies them; a host with migrations of its own copies them.
func Schema(schema string) string {
	return strings.ReplaceAll(schemaSQL, "{schema}", quote(schemaName(schema)))
}

// Migrate applies Schema in one transaction. Replicas of a host may do so at the same time: one after the other does. It
// needs a role that may create in the database; what it makes belongs to that role. The other methods need less: see the
// documentation of the package.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	schema = schemaName(schema)
	if err := checkSchema(schema); err != nil {
		return err
	}
	if pool == nil {
		return errors.New("pgsink: migrate: no pool")
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('shugo audit ' || $1::text, 0))`
		if _, err := tx.Exec(ctx, lock, schema); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, Schema(schema))
		return err
	})
	return fail("migrate", err)
}

func schemaName(schema string) string {
	if schema == "" {
		return DefaultSchema
	}
	return schema
}

func checkSchema(schema string) error {
	switch {
	case len(schema) > maxIdentifier:
		return fmt.Errorf("pgsink: schema name of %d bytes: want at most %d", len(schema), maxIdentifier)
	case !utf8.ValidString(schema) || strings.ContainsRune(schema, 0):
		return errors.New("pgsink: schema name: not a text that PostgreSQL takes")
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
