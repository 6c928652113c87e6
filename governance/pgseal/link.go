package pgseal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

// lockRecords keeps everybody from recording, until the end of the transaction.
const lockRecords = `LOCK TABLE %[1]s."audit_record" IN SHARE ROW EXCLUSIVE MODE`

// selectCarried selects what the log before has not sealed. Within one system the identifiers of transactions go on, so
// that these are the records beyond its last one. Another system counts anew: a record was made there by the transaction
// that it names, and not by the one that restored the log.
const selectCarried = `
CREATE TEMPORARY TABLE "shugo_carried" ON COMMIT DROP AS
WITH "made" AS (
	SELECT "tx", "seq", ("tx", "seq") > ($2::text::xid8, $3::bigint) AS "beyond",
		mod("tx"::text::numeric, 4294967296) = xmin::text::numeric AS "here", xmin::text AS "by"
	FROM %[1]s."audit_record" WHERE "era" = $1::smallint
)
SELECT "tx", "seq" FROM "made"
WHERE "beyond" OR ($4::boolean AND "here" AND "by" NOT IN (SELECT "by" FROM "made" WHERE NOT "here"))`

const carry = `
INSERT INTO %[1]s."audit_record" ("era", "leaf", "actor", "subject")
SELECT $2, "leaf", "actor", "subject" FROM %[1]s."audit_record" JOIN "shugo_carried" USING ("tx", "seq")
WHERE "era" = $1 ORDER BY "tx", "seq"`

const dropCarried = `
DELETE FROM %[1]s."audit_record" AS r USING "shugo_carried" AS c
WHERE r."era" = $1 AND (r."tx", r."seq") = (c."tx", c."seq")`

const unindexCarried = `
DELETE FROM %[1]s."audit_index" AS i USING "shugo_carried" AS c
WHERE i."era" = $1 AND (i."tx", i."seq") = (c."tx", c."seq")`

// Link starts a new log in a copy of the database: one that was restored, promoted or made from a template. The new log
// names the last checkpoint of the one before, which it does not continue: its leaves begin with what was committed and
// not sealed when the copy was made, and what has been recorded in the copy since. Recording waits meanwhile. It returns
// the era of the new log.
//
// It needs the owner of audit_record, since it takes what it carries over out of the log before, whose sealed records it
// does not touch. In a database that is no copy it refuses. Errors: ErrBusy, ErrNotMigrated, or what the driver returns.
func (s *Sealer) Link(ctx context.Context) (era int, err error) {
	conn, err := s.config.Pool.Acquire(ctx)
	if err != nil {
		return 0, fail("link", err)
	}
	defer conn.Release()
	db := session{conn.Conn(), s.schema}
	if err := db.lock(ctx); err != nil {
		return 0, fail("link", err)
	}
	defer db.unlock(ctx)
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		era, err = s.link(ctx, session{tx, s.schema})
		return err
	})
	return era, fail("link", err)
}

func (s *Sealer) link(ctx context.Context, db session) (int, error) {
	if _, err := db.Exec(ctx, db.schema.sql(lockRecords)); err != nil {
		return 0, err
	}
	here, err := db.identity(ctx)
	if err != nil {
		return 0, err
	}
	var log logRow
	if err := log.scan(db.QueryRow(ctx, db.schema.sql(selectLog))); err != nil {
		return 0, err
	}
	if log.place == here {
		return 0, fmt.Errorf("%w: it is the database that the log is written in: nothing to link", ErrForeign)
	}
	previous := Checkpoint{Origin: log.name(), Size: log.size, Root: log.root}.link()
	next := log.era + 1
	empty := merkle.EmptyRoot()
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{selectCarried, []any{log.era, log.last.tx, log.last.seq, log.place.system != here.system}},
		{carry, []any{log.era, next}},
		{`ALTER TABLE %[1]s."audit_record" DISABLE TRIGGER "audit_record_append_only"`, nil},
		{dropCarried, []any{log.era}},
		{`ALTER TABLE %[1]s."audit_record" ENABLE ALWAYS TRIGGER "audit_record_append_only"`, nil},
		{unindexCarried, []any{log.era}},
		{fmt.Sprintf(`ALTER TABLE %%[1]s."audit_record" ALTER COLUMN "era" SET DEFAULT %d`, next), nil},
		{insertLog, []any{next, s.config.Origin, here.system, here.timeline, here.database, empty[:], previous}},
	} {
		if _, err := db.Exec(ctx, db.schema.sql(step.sql), step.args...); err != nil {
			return 0, err
		}
	}
	return int(next), nil
}
