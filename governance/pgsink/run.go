package pgsink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// defaultIndexEvery is Config.IndexEvery when the host sets none.
	defaultIndexEvery = time.Second
	// pruneEvery is how often Run looks for rows of audit_once to delete.
	pruneEvery = time.Hour
	// pruneBatch is how many of them one transaction deletes.
	pruneBatch = 10_000
)

// Run keeps the index up to date, so that Search stays fast, and forgets after a week which events were handed over, until
// ctx ends. Then it returns nil. Replicas of a host may all run it: one of them works at a time, and another takes over
// when it stops.
//
// It goes on after errors that pass by themselves, such as a lost connection: see Lag. It returns the others: ErrNotMigrated,
// a role without the rights (SQLSTATE 42501), wrapped.
func (s *Sink) Run(ctx context.Context) error {
	var pruned time.Time
	for {
		err := s.catchUp(ctx)
		if err == nil && time.Since(pruned) >= pruneEvery {
			if err = s.prune(ctx); err == nil {
				pruned = time.Now()
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.indexEvery):
		}
	}
}

// catchUp indexes until nothing is left to do, unless somebody else is at it.
func (s *Sink) catchUp(ctx context.Context) error {
	for {
		n, locked, err := s.index(ctx, tryLockIndex)
		if err != nil || !locked || n < indexBatch {
			return err
		}
	}
}

// pruneOnce deletes rows of events whose ID is older than a week. The least identifier of that time is its milliseconds
// since 1970 in 48 bits, and zeros.
const pruneOnce = `
WITH "old" AS (
	SELECT "id", "kind" FROM %[1]s."audit_once"
	WHERE "id" < rpad(lpad(to_hex((extract(epoch FROM now() - interval '7 days') * 1000)::bigint), 12, '0'), 32, '0')::uuid
	ORDER BY "id", "kind" LIMIT %[2]d
)
DELETE FROM %[1]s."audit_once" AS "once" USING "old"
WHERE ("once"."id", "once"."kind") = ("old"."id", "old"."kind")`

// prune deletes what is old, in bounded transactions.
func (s *Sink) prune(ctx context.Context) error {
	for {
		tag, err := s.pool.Exec(ctx, fmt.Sprintf(pruneOnce, quote(s.schema), pruneBatch))
		if err != nil {
			return &failure{what: "prune", class: missing(err), cause: err}
		}
		if tag.RowsAffected() < pruneBatch {
			return nil
		}
	}
}

// passing reports whether an error may be gone when the same is tried again: whatever is no answer of the server's, and
// answers about the state of the server (PostgreSQL, appendix A).
func passing(err error) bool {
	pg := (*pgconn.PgError)(nil)
	if !errors.As(err, &pg) {
		return !errors.Is(err, errNoWatermark)
	}
	switch pg.Code[:2] {
	case "08", "40", "53", "55", "57", "58": // connection, rollback, resources, object state, operator, system
		return true
	}
	return pg.Code == "25006" // read-only: a standby that is to be promoted
}
