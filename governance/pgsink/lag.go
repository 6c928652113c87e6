package pgsink

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// Lag says how far the index is behind the log, and why.
type Lag struct {
	// Records is how many records are committed and not in the index. Each page of Search reads them.
	Records int64
	// Behind is how long ago the first of them was decided, by the clock of the database. 0: none, or its leaf cannot be read.
	Behind time.Duration
	// Malformed is how many records of the log cannot be read, and so are not found by Search.
	Malformed int64
	// Oldest is the oldest transaction under way that has written something, anywhere on the server: records of it and of
	// those that began to write after it are taken into the index when it has ended. Nil: there is none.
	Oldest *Transaction
}

// Transaction is what Lag tells about a transaction; it has no text of a query.
type Transaction struct {
	// PID is the process ID of its session on the server; 0: none, it is prepared (PREPARE TRANSACTION).
	PID int32
	// Application is the application_name of the session; empty: none, or the role may not see it.
	Application string
	// State is that of the session as pg_stat_activity has it, such as "idle in transaction", or "prepared"; empty: the role
	// may not see it.
	State string
	// Age is how long ago it began, or was prepared; 0: the role may not see it.
	Age time.Duration
}

const selectLag = `
WITH "tail" AS NOT MATERIALIZED (
	SELECT * FROM %[1]s."audit_record"
	WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed" WHERE "one")
)
SELECT clock_timestamp(), (SELECT count(*) FROM "tail"),
	(SELECT count(*) FROM %[1]s."audit_aside" WHERE "reason" = 'malformed'),
	(SELECT "leaf" FROM "tail" ORDER BY "era", "tx", "seq" LIMIT 1)`

// selectOldest finds who has the number of the oldest transaction: everybody may read pg_locks, in which each transaction
// holds its own.
const selectOldest = `
SELECT coalesce("l"."pid", 0), coalesce("a"."application_name", ''),
	CASE WHEN "l"."pid" IS NULL THEN 'prepared' ELSE coalesce("a"."state", '') END,
	coalesce(extract(epoch FROM clock_timestamp() - coalesce("a"."xact_start", "p"."prepared")), 0)::float8
FROM pg_locks AS "l"
	LEFT JOIN pg_stat_activity AS "a" ON "a"."pid" = "l"."pid"
	LEFT JOIN pg_prepared_xacts AS "p" ON "p"."transaction" = "l"."transactionid"
WHERE "l"."locktype" = 'transactionid' AND "l"."mode" = 'ExclusiveLock' AND "l"."granted"
	AND "l"."transactionid" = pg_snapshot_xmin(pg_current_snapshot())::xid
LIMIT 1`

// Lag reports how far the index is behind. It reads the keys of the records that are not in the index, and the first leaf.
//
// Errors: ErrNotMigrated, or what the driver returns, wrapped.
func (s *Sink) Lag(ctx context.Context) (Lag, error) {
	var lag Lag
	var b pgx.Batch
	b.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	b.Queue(planByIndex)
	b.Queue(fmt.Sprintf(selectLag, quote(s.schema))).QueryRow(func(row pgx.Row) error {
		var now time.Time
		var first []byte
		if err := row.Scan(&now, &lag.Records, &lag.Malformed, &first); err != nil {
			return err
		}
		if f, err := leaf.Decode(first); err == nil {
			lag.Behind = max(0, now.Sub(f.Time))
		}
		return nil
	})
	b.Queue(selectOldest).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var t Transaction
			var seconds float64
			if err := rows.Scan(&t.PID, &t.Application, &t.State, &seconds); err != nil {
				return err
			}
			t.Age = time.Duration(seconds * float64(time.Second))
			lag.Oldest = &t
		}
		return rows.Err()
	})
	b.Queue("COMMIT")
	if err := s.pool.SendBatch(ctx, &b).Close(); err != nil {
		return Lag{}, &failure{what: "lag", class: missing(err), cause: err}
	}
	return lag, nil
}
