package pgsink

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// eraseBatch is how many records lose a person in one transaction.
const eraseBatch = 1000

// holdIndex waits until nobody else changes the index, until the end of the transaction.
const holdIndex = `SELECT pg_advisory_xact_lock(hashtextextended('shugo audit index ' || $1::text, 0))`

// eraseIndexed takes a person out of some indexed records.
const eraseIndexed = `
WITH "found" AS (
	SELECT "era", "tx", "seq", "id", "kind" FROM %[1]s."audit_index"
	WHERE "actor" = $1::text::uuid OR "subject" = $1::text::uuid
	LIMIT $2
), "opened" AS (
	UPDATE %[1]s."audit_record" AS r SET
		"actor" = CASE WHEN substring(r."actor" FOR 16) = $3::bytea THEN NULL ELSE r."actor" END,
		"subject" = CASE WHEN substring(r."subject" FOR 16) = $3::bytea THEN NULL ELSE r."subject" END
	FROM "found" AS f WHERE (r."era", r."tx", r."seq") = (f."era", f."tx", f."seq")
)
UPDATE %[1]s."audit_index" AS i SET
	"actor" = nullif(i."actor", $1::text::uuid), "subject" = nullif(i."subject", $1::text::uuid)
FROM "found" AS f WHERE (i."id", i."kind") = (f."id", f."kind")`

// eraseUnindexed takes a person out of the records that are not indexed.
const eraseUnindexed = `
UPDATE %[1]s."audit_record" AS r SET
	"actor" = CASE WHEN substring(r."actor" FOR 16) = $1::bytea THEN NULL ELSE r."actor" END,
	"subject" = CASE WHEN substring(r."subject" FOR 16) = $1::bytea THEN NULL ELSE r."subject" END
WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed")
	AND (substring(r."actor" FOR 16) = $1::bytea OR substring(r."subject" FOR 16) = $1::bytea)`

// Erase takes a person out of every record, as the one who called and as the one whom the data was about, and returns how
// many records named them. The records stay, and so do the leaves, seals and proofs: a leaf commits to a person by a
// salted hash, and what is erased is the pseudonym and the salt. Afterwards nobody can tell whom such a leaf was about, not
// even who knows the person's identifier and the key of the pseudonyms.
//
// It works in transactions of a bounded number of records, and may be called again after an error. Records that are
// committed while it works, about the same person, are not promised to be among those erased: refuse the person's calls
// first. PostgreSQL keeps the old versions of rows until VACUUM; Erase does not run it.
//
// It needs UPDATE of audit_record ("actor", "subject") and of audit_index. Errors: ErrNotMigrated, or what the driver
// returns, wrapped.
func (s *Sink) Erase(ctx context.Context, who governance.Subject) (records int, err error) {
	pseudonym := string(s.pseudonyms.Of(who))
	raw, err := hex.DecodeString(pseudonym)
	if err != nil || len(raw) != pseudonymSize {
		return 0, errors.New("pgsink: erase: nobody to erase")
	}
	for {
		n, err := s.eraseSome(ctx, s.sql(eraseIndexed), pseudonym, eraseBatch, raw)
		records += n
		if err != nil {
			return records, err
		}
		if n == 0 {
			break
		}
	}
	n, err := s.eraseSome(ctx, s.sql(eraseUnindexed), raw)
	return records + n, err
}

// eraseSome runs one statement while nobody changes the index.
func (s *Sink) eraseSome(ctx context.Context, sql string, args ...any) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, holdIndex, s.schema); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sql, args...)
		n = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, &failure{what: "erase", class: missing(err), cause: err}
	}
	return n, nil
}
