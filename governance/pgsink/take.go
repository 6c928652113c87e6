package pgsink

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// GapError says that entries of an origin are missing before those that were handed over. It is ErrGap to errors.Is.
type GapError struct {
	Origin string // whose entries they are
	Next   int64  // the position of the first entry that is not in the log, where to go on
	First  int64  // the position of the first that was handed over
}

// Error names the origin and both positions.
func (e *GapError) Error() string {
	return fmt.Sprintf("%s: origin %q from %d, want at most %d", ErrGap, e.Origin, e.First, e.Next)
}

// Is reports whether target is ErrGap.
func (e *GapError) Is(target error) bool { return target == ErrGap }

// EntryError says that an entry is none. It is ErrEntry to errors.Is.
type EntryError struct {
	Position int64 // of the first entry in its origin that is none
	cause    error
}

// Error names the position and what is wrong there.
func (e *EntryError) Error() string {
	return fmt.Sprintf("%s: position %d: %v", ErrEntry, e.Position, e.cause)
}

// Is reports whether target is ErrEntry.
func (e *EntryError) Is(target error) bool { return target == ErrEntry }

// Unwrap returns what is wrong with the entry.
func (e *EntryError) Unwrap() error { return e.cause }

const lockOrigin = `SELECT "next" FROM %[1]s."audit_origin" WHERE "origin" = $1 FOR UPDATE`

const insertOrigin = `INSERT INTO %[1]s."audit_origin" ("origin") VALUES ($1) ON CONFLICT ("origin") DO NOTHING`

const moveOrigin = `UPDATE %[1]s."audit_origin" SET "next" = $2 WHERE "origin" = $1`

// Take puts entries of a local file (package walsink) into the log, each exactly once. The origin names the file, by
// whatever is never used again, and first is the position of the first of the entries in it, counted from 0. Entries that
// are in the log already are skipped, so everything may be handed over again; the log is nowhere changed unless Take
// returns nil, or loses the connection while it commits.
//
// Concurrent calls for one origin wait for each other. All entries travel by COPY in one transaction: some thousands at a
// time are a good measure.
//
// Errors: *GapError; *EntryError, for bytes that are no entry, an opening that does not fit, or a record that no Guard
// makes; ErrNotMigrated; or what the driver returns, wrapped.
func (s *Sink) Take(ctx context.Context, origin string, first int64, entries [][]byte) error {
	if first < 0 || first > math.MaxInt64-int64(len(entries)) {
		return fmt.Errorf("%w: first position %d", ErrEntry, first)
	}
	if leaf.Clean(origin) != origin {
		return fmt.Errorf("%w: an origin that is no text", ErrEntry)
	}
	rows := make([]leaf.Entry, len(entries))
	for i, b := range entries {
		e, err := open(b)
		if err != nil {
			return &EntryError{first + int64(i), err}
		}
		rows[i] = e
	}
	if len(rows) == 0 {
		return nil
	}
	gap := (*GapError)(nil)
	err := pgx.BeginTxFunc(ctx, s.pool, readCommitted(), func(tx pgx.Tx) error {
		next, err := s.lockOrigin(ctx, tx, origin)
		if err != nil {
			return err
		}
		if first > next {
			gap = &GapError{origin, next, first}
			return gap
		}
		return s.copyEntries(ctx, tx, origin, first+int64(len(rows)), rows[min(next-first, int64(len(rows))):])
	})
	switch {
	case gap != nil:
		return gap
	case err != nil:
		return &failure{what: "take", class: missing(err), cause: err}
	}
	return nil
}

// open returns an entry that belongs into the log.
func open(b []byte) (leaf.Entry, error) {
	e, err := leaf.Unmarshal(b)
	if err != nil {
		return leaf.Entry{}, err
	}
	if err := e.Check(); err != nil {
		return leaf.Entry{}, err
	}
	_, err = read(e)
	return e, err
}

// lockOrigin keeps others from taking entries of the origin, and returns which one is the next.
func (s *Sink) lockOrigin(ctx context.Context, tx pgx.Tx, origin string) (next int64, err error) {
	var b pgx.Batch
	b.Queue(fmt.Sprintf(insertOrigin, quote(s.schema)), origin)
	b.Queue(fmt.Sprintf(lockOrigin, quote(s.schema)), origin).QueryRow(func(row pgx.Row) error { return row.Scan(&next) })
	err = tx.SendBatch(ctx, &b).Close()
	return next, err
}

// copyEntries adds entries and moves the position of the origin behind them.
func (s *Sink) copyEntries(ctx context.Context, tx pgx.Tx, origin string, next int64, entries []leaf.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	source := pgx.CopyFromSlice(len(entries), func(i int) ([]any, error) {
		return []any{entries[i].Leaf, entries[i].Actor, entries[i].Subject}, nil
	})
	columns := []string{"leaf", "actor", "subject"}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{s.schema, "audit_record"}, columns, source); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(moveOrigin, quote(s.schema)), origin, next)
	return err
}
