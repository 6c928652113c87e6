package journal

import (
	"context"
	_ "embed" // for schema.sql
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// DefaultSchema is the PostgreSQL schema of the journal when the host names none.
const DefaultSchema = "shugo"

//go:embed schema.sql
var schemaSQL string

// Schema returns the statements that make the journal in the named schema; empty: DefaultSchema. They may be applied again
// at any time and need PostgreSQL 14 or later.
func Schema(schema string) string { return schemaOf(schema).sql(schemaSQL) }

// Migrate applies Schema in one transaction, and adopts a journal that was copied from another cluster, such as by a logical
// restore: its transaction numbers mean nothing here, so that they are cleared, and snapshots that were made there are no
// longer carried on by it. Restore the graph before. Replicas of a host may call it at the same time.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	if pool == nil {
		return errors.New("journal: migrate: no pool")
	}
	name := schemaOf(schema)
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('shugo graph journal ' || $1::text, 0))`
		if _, err := tx.Exec(ctx, lock, string(name)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, name.sql(schemaSQL)); err != nil {
			return err
		}
		return adopt(ctx, tx, name)
	})
	return pgerror.Wrap("journal: migrate", err)
}

// adopt clears transaction numbers that this cluster has not given out yet.
func adopt(ctx context.Context, tx pgx.Tx, name schemaName) error {
	const foreign = `SELECT EXISTS (SELECT FROM {schema}."graph_journal" WHERE "tx" >= pg_snapshot_xmax(pg_current_snapshot()))
		OR EXISTS (SELECT FROM {schema}."graph_state" WHERE pg_snapshot_xmax("settled") > pg_snapshot_xmax(pg_current_snapshot()))`
	var is bool
	if err := tx.QueryRow(ctx, name.sql(foreign)).Scan(&is); err != nil || !is {
		return err
	}
	if _, err := tx.Exec(ctx, name.sql(`UPDATE {schema}."graph_journal" SET "tx" = '3'`)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, name.sql(`UPDATE {schema}."graph_state" SET "lineage" = gen_random_uuid(), "settled" = '1:1:'`))
	return err
}

// schemaName is the name of the schema of the journal.
type schemaName string

func schemaOf(name string) schemaName {
	if name == "" {
		return DefaultSchema
	}
	return schemaName(name)
}

// sql puts the quoted schema into a statement.
func (s schemaName) sql(statement string) string {
	return strings.ReplaceAll(statement, "{schema}", pgx.Identifier{string(s)}.Sanitize())
}
