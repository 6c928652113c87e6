package pgsink

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// Lag says how far the index for searching is behind the log.
type Lag struct {
	Records int           // that are not indexed
	Age     time.Duration // since the decision of the first of them, by the clock of this machine; 0: there is none
	// Holder is the transaction that keeps records from being indexed, the oldest that is running on the server; nil: none
	// is running.
	Holder *Holder
}

// Holder is a session whose transaction is the oldest.
type Holder struct {
	PID int           // of its server process
	Age time.Duration // since the transaction began; 0: this role may not see it
}

const selectLag = `
WITH "behind" AS (
	SELECT "leaf" FROM %[1]s."audit_record" WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed")
	ORDER BY "era", "tx", "seq"
)
SELECT (SELECT count(*) FROM "behind"), (SELECT "leaf" FROM "behind" LIMIT 1)`

const selectHolder = `
SELECT pid, coalesce(clock_timestamp() - xact_start, interval '0') FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
ORDER BY age(backend_xid) DESC LIMIT 1`

// Lag reports how far the index is behind. Errors: ErrNotMigrated, ErrDamaged, or what the driver returns, wrapped.
func (s *Sink) Lag(ctx context.Context) (Lag, error) {
	var l Lag
	var first []byte
	if err := s.pool.QueryRow(ctx, s.sql(selectLag)).Scan(&l.Records, &first); err != nil {
		return Lag{}, indexFailed(err)
	}
	if l.Records == 0 {
		return l, nil
	}
	f, err := leaf.Decode(first)
	if err != nil {
		return Lag{}, indexFailed(err)
	}
	l.Age = max(0, time.Since(f.Time))
	var h Holder
	switch err := s.pool.QueryRow(ctx, selectHolder).Scan(&h.PID, &h.Age); err {
	case nil:
		l.Holder = &h
	case pgx.ErrNoRows:
	default:
		return Lag{}, indexFailed(err)
	}
	return l, nil
}
