package pgsink

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed schema.sql
var schema string

// Schema returns the statements that make the audit table in the schema "shugo". They may be applied again at any time.
// PostgreSQL 14 or newer is needed.
func Schema() string { return schema }

// Beginner begins transactions: a *pgxpool.Pool, a *pgx.Conn or a pgx.Tx.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// migrateLock is the key of the advisory lock that keeps two replicas from migrating at once: "shugo" in ASCII.
const migrateLock = 0x736875676f

// Migrate applies Schema in one transaction. Replicas that migrate at once wait for each other.
func Migrate(ctx context.Context, db Beginner) error {
	err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrateLock)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, schema)
		return err
	})
	if err != nil {
		return fmt.Errorf("pgsink: migrate: %w", err)
	}
	return nil
}

// ErrNotMigrated says that the audit table is missing.
var ErrNotMigrated = errors.New("pgsink: the audit table is missing: apply Schema with Migrate")

// wrap gives an error its place, and its class if it has one.
func wrap(what string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P01" || pg.Code == "3F000") { // undefined_table, invalid_schema_name
		return fmt.Errorf("pgsink: %s: %w: %w", what, ErrNotMigrated, err)
	}
	return fmt.Errorf("pgsink: %s: %w", what, err)
}

// both joins two errors in one line; either may be nil.
func both(a, b error) error {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return fmt.Errorf("%w; %w", a, b)
}
