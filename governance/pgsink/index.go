package pgsink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

const (
	// indexEvery is how long Run waits when there is nothing to index.
	indexEvery = time.Second
	// indexBatch is how many records are indexed in one transaction.
	indexBatch = 2000
	// onceFor is how long an event that was handed over outside a unit of work is known by its ID: an event that may be
	// lost is handed over again within seconds.
	onceFor = 7 * 24 * time.Hour
)

// Run keeps the index for searching, and forgets what need not be known any more, until ctx ends; then it returns nil. Any
// number of replicas may run it: one works at a time. An error of the database is reported to Config.Logger and tried again.
func (s *Sink) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		_, err := s.Index(ctx)
		if err == nil {
			err = s.prune(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.logger.ErrorContext(ctx, "pgsink: index", "error", err.Error())
		}
		timer.Reset(indexEvery)
	}
}

// Index brings the index for searching up to date, and returns how many records it added. Records of transactions that
// began before one which is still running stay behind: see Lag. When another one is at work it returns at once.
func (s *Sink) Index(ctx context.Context) (n int, err error) {
	for {
		added, err := s.indexSome(ctx)
		n += added
		if err != nil || added < indexBatch {
			return n, indexFailed(err)
		}
	}
}

// lockIndex is held by whoever changes the index. The key is that of the schema.
const lockIndex = `SELECT pg_try_advisory_xact_lock(hashtextextended('shugo audit index ' || $1::text, 0))`

// selectUnindexed selects the next records in the order of the log. A past era has no rows to come. The order is by the
// columns of the table: "tx" alone would be the text that is selected.
const selectUnindexed = `
SELECT "era", "tx"::text, "seq", "leaf", "actor", "subject" FROM %[1]s."audit_record" AS r
WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed")
	AND ("tx" < pg_snapshot_xmin(pg_current_snapshot()) OR "era" < (SELECT max("era") FROM %[1]s."audit_record"))
ORDER BY r."era", r."tx", r."seq" LIMIT $1`

const insertIndex = `
INSERT INTO %[1]s."audit_index" ("era", "tx", "seq", "id", "kind", "decided_at", "operation", "action", "categories", "actor", "subject")
SELECT "era", "tx"::xid8, "seq", "id"::uuid, "kind", "decided_at", "operation", "action", "categories"::text[], "actor"::uuid, "subject"::uuid
FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::timestamptz[], $7::text[], $8::text[],
	$9::text[], $10::text[], $11::text[])
	AS r ("era", "tx", "seq", "id", "kind", "decided_at", "operation", "action", "categories", "actor", "subject")
ON CONFLICT DO NOTHING`

const moveMark = `UPDATE %[1]s."audit_indexed" SET ("era", "tx", "seq") = ($1, $2::text::xid8, $3)`

// place is where a record is in the log.
type place struct {
	era int16
	tx  string
	seq int64
}

// indexSome indexes one batch, in one transaction.
func (s *Sink) indexSome(ctx context.Context) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var free bool
		if err := tx.QueryRow(ctx, lockIndex, s.schema).Scan(&free); err != nil || !free {
			return err
		}
		columns, last, err := s.unindexed(ctx, tx)
		if err != nil || columns.count() == 0 {
			return err
		}
		n = columns.count()
		var batch pgx.Batch
		batch.Queue(s.sql(insertIndex), columns.args()...)
		batch.Queue(s.sql(moveMark), last.era, last.tx, last.seq)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// unindexed reads a batch, and returns the place of its last record.
func (s *Sink) unindexed(ctx context.Context, tx pgx.Tx) (c indexColumns, last place, err error) {
	rows, err := tx.Query(ctx, s.sql(selectUnindexed), indexBatch)
	if err != nil {
		return c, last, err
	}
	defer rows.Close()
	for rows.Next() {
		var e leaf.Entry
		if err := rows.Scan(&last.era, &last.tx, &last.seq, &e.Leaf, &e.Actor, &e.Subject); err != nil {
			return c, last, err
		}
		f, err := leaf.Decode(e.Leaf)
		if err != nil {
			return c, last, fmt.Errorf("record at era %d, tx %s, seq %d: %w", last.era, last.tx, last.seq, err)
		}
		c.add(last, f.Facts, e)
	}
	return c, last, rows.Err()
}

// indexColumns are the columns of audit_index, of several records.
type indexColumns struct {
	eras                               []int16
	txs                                []string
	seqs                               []int64
	ids                                []string
	kinds                              []int16
	times                              []time.Time
	operations, actions, categorySlice []string
	actors, subjects                   []*string
}

func (c *indexColumns) count() int { return len(c.eras) }

func (c *indexColumns) add(p place, f governance.Facts, e leaf.Entry) {
	c.eras, c.txs, c.seqs = append(c.eras, p.era), append(c.txs, p.tx), append(c.seqs, p.seq)
	c.ids, c.kinds, c.times = append(c.ids, f.ID.String()), append(c.kinds, int16(codeOf(f.Kind))), append(c.times, f.Time)
	c.operations, c.actions = append(c.operations, f.Operation), append(c.actions, string(f.Action))
	c.categorySlice = append(c.categorySlice, list(f.Categories))
	c.actors, c.subjects = append(c.actors, uuidOf(e.Actor)), append(c.subjects, uuidOf(e.Subject))
}

func (c *indexColumns) args() []any {
	return []any{
		c.eras, c.txs, c.seqs, c.ids, c.kinds, c.times, c.operations, c.actions, c.categorySlice, c.actors, c.subjects,
	}
}

const deleteOnce = `DELETE FROM %[1]s."audit_once" WHERE "id" < $1::text::uuid`

// prune forgets events whose ID, which begins with its time (see governance.EventID), is older than onceFor.
func (s *Sink) prune(ctx context.Context) error {
	var before governance.EventID
	for i, ms := 5, time.Now().Add(-onceFor).UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		before[i] = byte(ms)
	}
	_, err := s.pool.Exec(ctx, s.sql(deleteOnce), before.String())
	return indexFailed(err)
}

// sql puts the quoted schema into a statement.
func (s *Sink) sql(statement string) string { return fmt.Sprintf(statement, quote(s.schema)) }

// indexFailed returns err as a failure to index, or nil.
func indexFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, leaf.ErrFormat):
		return &failure{what: "index", class: ErrDamaged, cause: err}
	}
	return &failure{what: "index", class: missing(err), cause: err}
}
