package monitor

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

// DefaultSchema is the PostgreSQL schema of the monitor when the host names none.
const DefaultSchema = "shugo"

// maxIdentifier is NAMEDATALEN-1: PostgreSQL cuts longer names off, so that two of them could mean the same schema.
const maxIdentifier = 63

//go:embed schema.sql
var schemaSQL string

// Schema returns the statements that make the tables of the monitor in the named schema; empty: DefaultSchema. They may be applied
// again at any time and need PostgreSQL 14 or later. Migrate applies them; a host with migrations of its own copies them.
func Schema(schema string) string {
	return strings.ReplaceAll(schemaSQL, "{schema}", schemaOf(schema).quoted())
}

// Migrate applies Schema in one transaction. Replicas of a host may do so at the same time: one after the other does. It needs a role
// that may create in the database; a Monitor needs less: see the documentation of the package.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	s := schemaOf(schema)
	if err := s.check(); err != nil {
		return fmt.Errorf("monitor: migrate: %w", err)
	}
	if pool == nil {
		return errors.New("monitor: migrate: no pool")
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('shugo quality monitor ' || $1::text, 0))`
		if _, err := tx.Exec(ctx, lock, string(s)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, Schema(schema))
		return err
	})
	return fail("migrate", err)
}

// schemaName is the name of the schema of the monitor.
type schemaName string

func schemaOf(name string) schemaName {
	if name == "" {
		return DefaultSchema
	}
	return schemaName(name)
}

func (s schemaName) quoted() string { return pgx.Identifier{string(s)}.Sanitize() }

// sql puts the quoted schema into a statement.
func (s schemaName) sql(statement string) string {
	return strings.ReplaceAll(statement, "{schema}", s.quoted())
}

func (s schemaName) check() error {
	switch {
	case len(s) > maxIdentifier:
		return fmt.Errorf("schema name of %d bytes: want at most %d", len(s), maxIdentifier)
	case !utf8.ValidString(string(s)) || strings.ContainsRune(string(s), 0):
		return errors.New("schema name: not a text that PostgreSQL takes")
	}
	return nil
}
