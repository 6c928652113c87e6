package pgsink

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// GapError says that entries between Next and First are missing. errors.Is finds ErrGap.
type GapError struct {
	Origin string // whose entries they are
	Next   int64  // the position of the first entry that is not in the log
	First  int64  // the position that was given
}

// Error names both positions.
func (e *GapError) Error() string {
	return fmt.Sprintf("%s: origin %s goes on with %d, given %d", ErrGap, e.Origin, e.Next, e.First)
}

// Is reports whether target is ErrGap.
func (e *GapError) Is(target error) bool { return target == ErrGap }

const lockOrigin = `
INSERT INTO %[1]s."audit_origin" ("origin", "next") VALUES ($1, 0)
ON CONFLICT ("origin") DO UPDATE SET "next" = "audit_origin"."next" RETURNING "next"`

const moveOrigin = `UPDATE %[1]s."audit_origin" SET "next" = $2 WHERE "origin" = $1`

// Take puts entries of a local file on record, exactly once: it is what package walsink ships to. The first of them has
// position first in the file, which is known by its origin and counts from 0. Entries that were taken before are passed
// over, so that a batch may be handed over again; a batch that leaves some out is refused with a *GapError. When Take returns
// nil all of them are committed. After an error, other than ErrGap and ErrEntry, they may or may not be: handing them over again is
// safe.
//
// Errors: ErrGap, ErrEntry, ErrNotMigrated, or what the driver returns, wrapped.
func (s *Sink) Take(ctx context.Context, origin string, first int64, entries [][]byte) error {
	rows := make([][]any, len(entries))
	for i, b := range entries {
		e, err := leaf.Unmarshal(b)
		if err == nil {
			_, err = leaf.Decode(e.Leaf)
		}
		if err != nil {
			return fmt.Errorf("%w: position %d: %w", ErrEntry, first+int64(i), err)
		}
		rows[i] = []any{e.Leaf, e.Actor, e.Subject}
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var next int64
		if err := tx.QueryRow(ctx, s.sql(lockOrigin), origin).Scan(&next); err != nil {
			return err
		}
		if first > next {
			return &GapError{Origin: origin, Next: next, First: first}
		}
		end := first + int64(len(rows))
		if end <= next {
			return nil
		}
		table := pgx.Identifier{s.schema, "audit_record"}
		if _, err := tx.CopyFrom(ctx, table, []string{"leaf", "actor", "subject"}, pgx.CopyFromRows(rows[next-first:])); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, s.sql(moveOrigin), origin, end)
		return err
	})
	if err == nil || errors.Is(err, ErrGap) {
		return err
	}
	return &failure{what: "take", class: missing(err), cause: err}
}
