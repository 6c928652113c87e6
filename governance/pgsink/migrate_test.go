package pgsink_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 8)
	b.exec(t, `DROP SCHEMA {s} CASCADE`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := pgsink.Migrate(context.Background(), b.pool, b.schema); err != nil {
				t.Errorf("Migrate: %v", errors.Unwrap(err))
			}
		})
	}
	group.Wait()
}

func TestMigrateRefuses(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{"too long": strings.Repeat("s", 64), "not UTF-8": "\xff", "NUL": "a\x00b"} {
		err := pgsink.Migrate(context.Background(), nil, schema)
		if err == nil || !strings.Contains(err.Error(), "schema name") {
			t.Errorf("%s: error %v: want one about the schema's name", name, err)
		}
	}
	if err := pgsink.Migrate(context.Background(), nil, ""); err == nil {
		t.Error("no pool: no error")
	}
}

func TestNewNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := pgsink.New(pgsink.Config{Schema: strings.Repeat("s", 64)})
	for _, want := range []string{"no pool", "64 bytes", "no pseudonyms"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v: want it to say %q", err, want)
		}
	}
	pool := newPool(t, 1)
	if _, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: pseudonyms(t)}); err == nil {
		t.Error("a pool of one connection: no error")
	}
}

func TestNotMigrated(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.exec(t, `ALTER TABLE {s}.audit_record RENAME TO gone`)
	err := call(governance.Wrap(b.guard(t), operation("op"), b.insert))
	if !errors.Is(err, governance.ErrDenied) || !errors.Is(err, pgsink.ErrNotMigrated) {
		t.Errorf("error %v: want a denial because of ErrNotMigrated", err)
	}
	for _, err := range b.sink.Search(context.Background(), pgsink.Query{}) {
		if !errors.Is(err, pgsink.ErrNotMigrated) {
			t.Errorf("Search: error %v: want ErrNotMigrated", err)
		}
	}
	broken := func(ctx context.Context, n note) (int64, error) {
		tx, _ := pgsink.TxFrom(ctx)
		_, err := tx.Exec(ctx, b.sql(`DROP TABLE {s}.audit_record CASCADE`))
		return 0, err
	}
	b.exec(t, `ALTER TABLE {s}.gone RENAME TO audit_record`)
	err = call(pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("op"), broken)))
	if !errors.Is(err, pgsink.ErrNotMigrated) {
		t.Errorf("InTx: error %v: want ErrNotMigrated", err)
	}
}

// TestAppendOnly tries to change the log as its owner and superuser does.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	if err := call(pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("op"), b.insert))); err != nil {
		t.Fatal(err)
	}
	statements := []string{
		`UPDATE {s}.audit_record SET "leaf" = 'x'`,
		`UPDATE {s}.audit_record SET "actor" = 'x'`,
		`UPDATE {s}.audit_record SET "subject" = "actor"`,
		`UPDATE {s}.audit_record SET "actor" = NULL, "era" = 2`,
		`UPDATE {s}.audit_record SET "tx" = '1'`,
		`UPDATE {s}.audit_record SET "seq" = DEFAULT`,
		`DELETE FROM {s}.audit_record`,
		`DELETE FROM {s}.audit_record WHERE false`,
		`TRUNCATE {s}.audit_record`,
		`DELETE FROM {s}.audit_indexed`,
		`TRUNCATE {s}.audit_indexed`,
		`SET LOCAL session_replication_role = replica; DELETE FROM {s}.audit_record`,
		`SET LOCAL session_replication_role = replica; UPDATE {s}.audit_record SET "leaf" = 'x'`,
		`INSERT INTO {s}.audit_record OVERRIDING SYSTEM VALUE SELECT * FROM {s}.audit_record
			ON CONFLICT ("era", "tx", "seq") DO UPDATE SET "leaf" = 'x'`,
	}
	if b.count(t, `SELECT current_setting('server_version_num')::int`) >= 150000 {
		statements = append(statements, `MERGE INTO {s}.audit_record AS r USING {s}.note ON true WHEN MATCHED THEN DELETE`)
	}
	for _, statement := range statements {
		err := pgx.BeginFunc(context.Background(), b.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(context.Background(), b.sql(statement))
			return err
		})
		if pg := (*pgconn.PgError)(nil); !errors.As(err, &pg) || pg.Code != "42501" {
			t.Errorf("%s: error %v: want SQLSTATE 42501", statement, err)
		}
	}
	before := b.count(t, `SELECT count(*) FROM {s}.audit_record WHERE "actor" IS NOT NULL`)
	b.exec(t, `UPDATE {s}.audit_record SET "actor" = NULL`)
	after := b.count(t, `SELECT count(*) FROM {s}.audit_record WHERE "actor" IS NULL AND "subject" IS NOT NULL`)
	if before != 2 || after != 2 {
		t.Errorf("%d records with an actor before the openings went, %d without after: want 2, 2", before, after)
	}
}
