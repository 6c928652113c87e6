package pgseal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

// lockRecords keeps everybody from recording, until the end of the transaction.
const lockRecords = `LOCK TABLE %[1]s."audit_record" IN SHARE ROW EXCLUSIVE MODE`

// selectCarried selects what the log before has not sealed: the records beyond its last one. Another system counts
// transactions anew, so that what was recorded there may stand between sealed records: those are the ones that were made by
// the transaction that they name, and not by the one that restored the log. An erasure since then hides who made a
// record, so that of records without an opening the hash is looked for among the sealed ones.
const selectCarried = `
CREATE TEMPORARY TABLE "shugo_carried" ON COMMIT DROP AS
WITH "made" AS (
	SELECT "tx", "seq", ("tx", "seq") > ($2::text::xid8, $3::bigint) AS "beyond",
		mod("tx"::text::numeric, 4294967296) = xmin::text::numeric AS "here", xmin::text AS "by",
		CASE WHEN "actor" IS NULL OR "subject" IS NULL THEN sha256('\x00'::bytea || "leaf") END AS "hash"
	FROM %[1]s."audit_record" WHERE "era" = $1::smallint
), "sealed" AS (
	SELECT substring("hashes" FROM 1 + 32 * i FOR 32) AS "hash"
	FROM %[1]s."audit_tile", generate_series(0, length("hashes") / 32 - 1) AS i
	WHERE $4::boolean AND "era" = $1::smallint AND "level" = 0
)
SELECT "tx", "seq" FROM "made" AS m
WHERE "beyond" OR ($4::boolean AND CASE
	WHEN "hash" IS NULL THEN "here" AND "by" NOT IN (SELECT "by" FROM "made" WHERE NOT "here")
	ELSE "hash" NOT IN (SELECT "hash" FROM "sealed") END)`

const carry = `
INSERT INTO %[1]s."audit_record" ("era", "leaf", "actor", "subject")
SELECT $2, "leaf", "actor", "subject" FROM %[1]s."audit_record" JOIN "shugo_carried" USING ("tx", "seq")
WHERE "era" = $1 ORDER BY "tx", "seq"`

const dropCarried = `
DELETE FROM %[1]s."audit_record" AS r USING "shugo_carried" AS c
WHERE r."era" = $1 AND (r."tx", r."seq") = (c."tx", c."seq")`

// unindexCarried makes package pgsink find them anew, where they are then.
const unindexCarried = `
WITH "aside" AS (
	DELETE FROM %[1]s."audit_aside" AS i USING "shugo_carried" AS c
	WHERE i."era" = $1 AND (i."tx", i."seq") = (c."tx", c."seq")
)
DELETE FROM %[1]s."audit_index" AS i USING "shugo_carried" AS c
WHERE i."era" = $1 AND (i."tx", i."seq") = (c."tx", c."seq")`

const unasideCarried = `
DELETE FROM %[1]s."audit_aside" AS i USING "shugo_carried" AS c
WHERE i."era" = $1 AND (i."tx", i."seq") = (c."tx", c."seq")`

// Link starts a new log in a copy of the database: one that was restored, promoted or made from a template. The new log
// names the last checkpoint of the one before, which it does not continue: its leaves begin with what was committed and
// not sealed when the copy was made, and what has been recorded in the copy since. Recording waits meanwhile. It returns
// the era of the new log.
//
// The same backup may be restored and linked again: with Config.Published the new log gets the era after the last published
// one. Without it two such logs have one name, and publishers refuse the checkpoints of the second.
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

// nextEra is above every era of the trail that is known, since a backup may be restored and linked more than once, and two
// logs of one name would contradict each other.
func (s *Sealer) nextEra(ctx context.Context, era int16) (int16, error) {
	if s.config.Published == nil {
		return era + 1, nil
	}
	c, err := s.config.Published(ctx)
	if err != nil {
		return 0, &hostError{"the last published checkpoint", err}
	}
	if published, ours := eraOf(c.Origin, s.config.Origin); ours {
		era = max(era, published)
	}
	return era + 1, nil
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
	err = log.scan(db.QueryRow(ctx, db.schema.sql(selectLog)))
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("%w: no log has begun: nothing to link", ErrForeign)
	}
	if err != nil {
		return 0, err
	}
	if log.place == here {
		return 0, fmt.Errorf("%w: it is the database that the log is written in: nothing to link", ErrForeign)
	}
	previous := Checkpoint{Origin: log.name(), Size: log.size, Root: log.root}.link()
	next, err := s.nextEra(ctx, log.era)
	if err != nil {
		return 0, err
	}
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
		{unasideCarried, []any{log.era}},
		{fmt.Sprintf(`ALTER TABLE %%[1]s."audit_record" ALTER COLUMN "era" SET DEFAULT %d`, next), nil},
		{insertLog, []any{next, s.config.Origin, here.system, here.timeline, here.database, empty[:], previous}},
	} {
		if _, err := db.Exec(ctx, db.schema.sql(step.sql), step.args...); err != nil {
			return 0, err
		}
	}
	return int(next), nil
}
