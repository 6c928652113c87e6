package pgsink

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// indexBatch is how many records one transaction takes into the index.
const indexBatch = 2000

// selectSettled reads the next records of the log whose place is settled: no record of an earlier place comes any more. In
// the current era these are the records of transactions before the oldest one that is under way; an era before it takes
// no records, whatever the numbers of its transactions are. The order is by the columns of the table: "tx" alone would be
// the text that is selected, in which 10 comes before 9.
const selectSettled = `
SELECT "era", "tx"::text, "seq", "leaf", "actor", "subject" FROM %[1]s."audit_record" AS r
WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed" WHERE "one")
	AND ("era", "tx") < (SELECT max("era"), pg_snapshot_xmin(pg_current_snapshot()) FROM %[1]s."audit_record")
ORDER BY r."era", r."tx", r."seq" LIMIT %[2]d`

const lockIndex = `SELECT pg_advisory_xact_lock(hashtextextended('shugo audit index ' || $1::text, 0))`

const tryLockIndex = `SELECT pg_try_advisory_xact_lock(hashtextextended('shugo audit index ' || $1::text, 0))`

// readCommitted is for a transaction that waits for a lock and then reads what whoever had it has written, also where the
// host has set another default.
func readCommitted() pgx.TxOptions { return pgx.TxOptions{IsoLevel: pgx.ReadCommitted} }

// Index brings the index up to date and returns how many records it took. It waits for another Index or Run that is at
// work. Records of transactions that are not older than every one under way are not taken: see Lag. Calling it again
// after an error goes on where it was.
//
// Errors: ErrNotMigrated, or what the driver returns, wrapped.
func (s *Sink) Index(ctx context.Context) (int, error) {
	total := 0
	for {
		n, _, err := s.index(ctx, lockIndex)
		total += n
		if err != nil || n < indexBatch {
			return total, err
		}
	}
}

// index takes one batch, under the lock that a statement takes. It reports whether it got the lock.
func (s *Sink) index(ctx context.Context, lock string) (n int, locked bool, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, readCommitted(), func(tx pgx.Tx) error {
		var batch listing
		batch, locked, err = s.settled(ctx, tx, lock)
		if n = batch.len(); err != nil || !locked || n == 0 {
			return err
		}
		return s.list(ctx, tx, batch)
	})
	if err != nil {
		return 0, locked, &failure{what: "index", class: missing(err), cause: err}
	}
	return n, locked, nil
}

// settled takes the lock and reads the next records in one round trip, with a snapshot that is younger than the lock.
func (s *Sink) settled(ctx context.Context, tx pgx.Tx, lock string) (batch listing, locked bool, err error) {
	var b pgx.Batch
	b.Queue(lock, s.schema).QueryRow(func(row pgx.Row) error {
		if lock == lockIndex {
			locked = true
			return row.Scan(nil)
		}
		return row.Scan(&locked)
	})
	b.Queue(planByIndex)
	b.Queue(fmt.Sprintf(selectSettled, quote(s.schema), indexBatch)).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var p place
			var e leaf.Entry
			if err := rows.Scan(&p.era, &p.tx, &p.seq, &e.Leaf, &e.Actor, &e.Subject); err != nil {
				return err
			}
			batch.add(p, e)
		}
		return rows.Err()
	})
	err = tx.SendBatch(ctx, &b).Close()
	return batch, locked, err
}
