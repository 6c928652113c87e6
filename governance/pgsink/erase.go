package pgsink

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// eraseBatch is how many records one transaction of Erase changes.
const eraseBatch = 1000

// Erased is what Erase has done.
type Erased struct {
	// Records is how many records an opening was removed from.
	Records int64
}

// Erase makes the trail forget a person: it removes the openings of every commitment to them, as actor and as subject, from
// the log and from the index. The leaves stay as they are, byte for byte, and so does everything that is proven about
// them; the records are still found by everything but this person.
//
// It works in transactions of at most 1000 records each. It may be called again, and goes on where it was after an error,
// with which it returns what it had done. Records that are committed while it works, and those that a local file still
// holds (see Take), may be missed: stop writing about the person first, ship, and call it last. A governed operation that
// calls it names no subject, or its own effect would be about the person again.
//
// The old row versions are in the files of PostgreSQL until VACUUM, in its WAL and in backups until these expire.
//
// Errors: ErrRights before anything is changed; ErrNotMigrated; or what the driver returns, wrapped.
func (s *Sink) Erase(ctx context.Context, subject governance.Subject) (Erased, error) {
	var erased Erased
	person, err := hex.DecodeString(string(s.pseudonyms.Of(subject)))
	if err != nil || len(person) == 0 {
		return erased, errors.New("pgsink: erase: nobody to erase")
	}
	if err := s.mayErase(ctx); err != nil {
		return erased, err
	}
	// What is not in the index comes first: what gets into it meanwhile is found there.
	for _, statement := range []string{eraseTail, eraseListed, eraseAside} {
		for more := true; more; {
			var records int64
			records, more, err = s.erase(ctx, statement, person)
			erased.Records += records
			if err != nil {
				return erased, &failure{what: "erase", class: missing(err), cause: err}
			}
		}
	}
	return erased, nil
}

// openings is the part of an UPDATE of the log that removes a person, $1 in 16 bytes; %[3]s selects the rows.
const openings = `
UPDATE %[1]s."audit_record" AS "r" SET
	"actor" = CASE WHEN substring("r"."actor" FOR 16) = $1 THEN NULL ELSE "r"."actor" END,
	"subject" = CASE WHEN substring("r"."subject" FOR 16) = $1 THEN NULL ELSE "r"."subject" END
FROM "found" AS "f" WHERE ("r"."era", "r"."tx", "r"."seq") = ("f"."era", "f"."tx", "f"."seq")
	AND (substring("r"."actor" FOR 16) = $1 OR substring("r"."subject" FOR 16) = $1)`

// eraseTail removes the openings of a person behind the watermark. Like the two below it selects how many records it
// changed in the log, and whether it found as many as it may.
const eraseTail = `
WITH "found" AS MATERIALIZED (
	SELECT "era", "tx", "seq" FROM %[1]s."audit_record"
	WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed" WHERE "one")
		AND (substring("actor" FOR 16) = $1::bytea OR substring("subject" FOR 16) = $1::bytea)
	LIMIT %[2]d
), "gone" AS (` + openings + ` RETURNING 1)
SELECT (SELECT count(*) FROM "gone"), (SELECT count(*) FROM "found") = %[2]d`

// eraseListed removes them in the log and in the index.
const eraseListed = `
WITH "found" AS MATERIALIZED (
	SELECT * FROM (SELECT "era", "tx", "seq", "id", "kind" FROM %[1]s."audit_index"
		WHERE "actor" = encode($1::bytea, 'hex')::uuid LIMIT %[2]d) AS "acted"
	UNION
	SELECT * FROM (SELECT "era", "tx", "seq", "id", "kind" FROM %[1]s."audit_index"
		WHERE "subject" = encode($1::bytea, 'hex')::uuid LIMIT %[2]d) AS "suffered"
	LIMIT %[2]d
), "gone" AS (` + openings + ` RETURNING 1), "unlisted" AS (
	UPDATE %[1]s."audit_index" AS "i" SET "actor" = nullif("i"."actor", encode($1::bytea, 'hex')::uuid),
		"subject" = nullif("i"."subject", encode($1::bytea, 'hex')::uuid)
	FROM "found" AS "f" WHERE ("i"."id", "i"."kind") = ("f"."id", "f"."kind")
)
SELECT (SELECT count(*) FROM "gone"), (SELECT count(*) FROM "found") = %[2]d`

// eraseAside removes them in the log and in what was put aside.
const eraseAside = `
WITH "found" AS MATERIALIZED (
	SELECT "era", "tx", "seq" FROM %[1]s."audit_aside"
	WHERE encode($1::bytea, 'hex')::uuid IN ("actor", "subject") LIMIT %[2]d
), "gone" AS (` + openings + ` RETURNING 1), "unlisted" AS (
	UPDATE %[1]s."audit_aside" AS "a" SET "actor" = nullif("a"."actor", encode($1::bytea, 'hex')::uuid),
		"subject" = nullif("a"."subject", encode($1::bytea, 'hex')::uuid)
	FROM "found" AS "f" WHERE ("a"."era", "a"."tx", "a"."seq") = ("f"."era", "f"."tx", "f"."seq")
)
SELECT (SELECT count(*) FROM "gone"), (SELECT count(*) FROM "found") = %[2]d`

// erase runs one transaction of a statement. It keeps Index away, which would write what it has read before.
func (s *Sink) erase(ctx context.Context, statement string, person []byte) (records int64, more bool, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, readCommitted(), func(tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(lockIndex, s.schema)
		b.Queue(planByIndex)
		b.Queue(fmt.Sprintf(statement, quote(s.schema), eraseBatch), person).QueryRow(func(row pgx.Row) error {
			return row.Scan(&records, &more)
		})
		return tx.SendBatch(ctx, &b).Close()
	})
	if err != nil {
		return 0, false, err
	}
	return records, more, nil
}

const selectRights = `
SELECT "name" FROM unnest(ARRAY['audit_record', 'audit_index', 'audit_aside']) AS "name"
WHERE NOT (has_table_privilege($1::text || '.' || "name", 'SELECT')
	AND has_column_privilege($1::text || '.' || "name", 'actor', 'UPDATE')
	AND has_column_privilege($1::text || '.' || "name", 'subject', 'UPDATE'))`

// mayErase returns an error that names the tables that the role may not change.
func (s *Sink) mayErase(ctx context.Context) error {
	rows, _ := s.pool.Query(ctx, selectRights, quote(s.schema))
	lacking, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return &failure{what: "erase", class: missing(err), cause: err}
	}
	if len(lacking) > 0 {
		return fmt.Errorf("%w: erasing needs SELECT, and UPDATE of actor and subject, of %s",
			ErrRights, strings.Join(lacking, ", "))
	}
	return nil
}
