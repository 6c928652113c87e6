package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// lockRun locks the assessment for whoever still has its run: the last one, whose lease has run out where a dead one is recorded.
const lockRun = `
SELECT "failures", "open", "started_at", "lease_until" IS NULL, "every" FROM {schema}."quality_assessment"
WHERE "name" = $1 AND "run" = $2 AND (NOT $3 OR "lease_until" <= clock_timestamp()) FOR UPDATE`

const selectPast = `
SELECT "report" FROM {schema}."quality_run" WHERE "name" = $1 AND "report" IS NOT NULL ORDER BY "number" DESC LIMIT $2`

const insertRun = `
INSERT INTO {schema}."quality_run" ("name", "number", "due_at", "started_at", "ended_at", "failure", "report")
VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6)`

// afterReport ends a run that gave a report: the next due time is the first of the grid that is still to come, so that those missed
// are made up for by one run. A run that was not due leaves the due time as it is.
const afterReport = `
WITH "clock" AS MATERIALIZED (SELECT clock_timestamp() AS "now", random() AS "share"), "next" AS (
	SELECT "name", "due_at" + "every" * (floor(extract(epoch FROM "now" - "due_at") / extract(epoch FROM "every")) + 1) AS "at", "share"
	FROM {schema}."quality_assessment", "clock" WHERE "name" = $1)
UPDATE {schema}."quality_assessment" AS "a" SET "lease_until" = NULL, "failures" = 0, "open" = $2,
	"due_at" = CASE WHEN $3 THEN "next"."at" ELSE "a"."due_at" END,
	"next_at" = CASE WHEN $3 THEN "next"."at" + "share" * $4::interval ELSE "a"."next_at" END
FROM "next" WHERE "a"."name" = "next"."name"`

// afterFailure ends a run that failed: it stays due, and is tried again after a while. The next number of a run keeps a process that
// was taken for dead from storing.
const afterFailure = `
UPDATE {schema}."quality_assessment" SET "lease_until" = NULL, "failures" = "failures" + 1, "open" = $2,
	"run" = "run" + CASE WHEN $5 THEN 1 ELSE 0 END,
	"next_at" = CASE WHEN $3 THEN clock_timestamp() + $4::interval ELSE "next_at" END
WHERE "name" = $1`

const insertNotice = `
INSERT INTO {schema}."quality_notice" ("name", "key", "breach", "next_at") VALUES ($1, $2, $3, clock_timestamp())`

// hasten has breaches told again at the next run that could not be told before.
const hasten = `
UPDATE {schema}."quality_notice" SET "next_at" = clock_timestamp()
WHERE "name" = $1 AND NOT "telling" AND "next_at" > clock_timestamp()`

// finish stores in one transaction what a run came to: the run, what is open, what is to be told, when the next one is due. It returns
// ErrLost when another has taken over, and nothing when an earlier call stored it and only the answer was lost.
func (m *Monitor) finish(ctx context.Context, c *claim, out outcome) error {
	err := pgx.BeginFunc(ctx, m.config.Pool, func(tx pgx.Tx) error {
		s := storing{Monitor: m, tx: tx, claim: c}
		return s.store(ctx, out)
	})
	if err == nil {
		select {
		case m.wake <- struct{}{}:
		default: // it is awake
		}
	}
	return fail("store", err)
}

// storing is the transaction that ends a run.
type storing struct {
	*Monitor
	tx    pgx.Tx
	claim *claim

	failures int
	started  time.Time
	every    time.Duration
}

func (s *storing) store(ctx context.Context, out outcome) error {
	var stored []byte
	var done bool
	err := s.tx.QueryRow(ctx, s.schema.sql(lockRun), s.claim.name, s.claim.run, s.claim.expired).
		Scan(&s.failures, &stored, &s.started, &done, &s.every)
	switch {
	case err == pgx.ErrNoRows:
		return ErrLost
	case err != nil || done:
		return err
	}
	var open []quality.Breach
	if err := json.Unmarshal(stored, &open); err != nil { // somebody else wrote it: what is still a breach is found and told again
		s.config.Logger.Warn("monitor: what was open is not known", "assessment", s.claim.name, "error", classOf(err))
	}
	tell, now, err := s.settle(ctx, &out, open)
	if err != nil {
		return err
	}
	return s.write(ctx, out, tell, now)
}

// settle returns the breaches to be told, and those that are open after the run.
func (s *storing) settle(ctx context.Context, out *outcome, open []quality.Breach) (tell, now []quality.Breach, err error) {
	if out.failure == nil {
		if out.report.AssessedAt.IsZero() {
			out.report.AssessedAt = s.started
		}
		past, err := s.past(ctx)
		if err != nil {
			return nil, nil, err
		}
		tell, now = quality.Settle(open, quality.Breaches(out.report, past, s.config.Limits), out.report)
		return tell, now, nil
	}
	failed := func(b quality.Breach) bool { return b.Code == quality.BreachFailed }
	if s.failures+1 < s.config.FailAfter || slices.ContainsFunc(open, failed) {
		return nil, open, nil
	}
	b := quality.Breach{
		Suite: s.claim.name, Code: quality.BreachFailed, Severity: quality.High, Verdict: quality.NotAssessed,
		Text: fmt.Sprintf("the assessment failed %d times in a row, the last time by %s", s.failures+1, classOf(out.failure)),
	}
	return []quality.Breach{b}, append(open, b), nil
}

// past returns the reports that the new one is judged against, oldest first.
func (s *storing) past(ctx context.Context) ([]quality.Report, error) {
	rows, err := s.tx.Query(ctx, s.schema.sql(selectPast), s.claim.name, s.config.Limits.Window)
	if err != nil {
		return nil, err
	}
	stored, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	var past []quality.Report
	for _, text := range slices.Backward(stored) {
		var report quality.Report
		if err := json.Unmarshal(text, &report); err != nil { // somebody else wrote it
			s.config.Logger.Warn("monitor: a report of the past is left out", "assessment", s.claim.name, "error", classOf(err))
			continue
		}
		past = append(past, report)
	}
	return past, err
}

// write writes the end of the run.
func (s *storing) write(ctx context.Context, out outcome, tell, open []quality.Breach) error {
	c, batch := s.claim, &pgx.Batch{}
	breaches, err := json.Marshal(append([]quality.Breach{}, open...))
	if err != nil {
		return err
	}
	var failure, report any // NULL
	if out.failure != nil {
		failure = classOf(out.failure)
	} else if text, err := json.Marshal(out.report); err != nil {
		return err
	} else {
		report = string(text)
	}
	batch.Queue(s.schema.sql(insertRun), c.name, c.run, c.due, s.started, failure, report)
	if out.failure == nil {
		batch.Queue(s.schema.sql(afterReport), c.name, string(breaches), c.due != nil, s.config.Jitter)
	} else {
		batch.Queue(s.schema.sql(afterFailure), c.name, string(breaches), c.due != nil, s.again(c.expired), c.expired)
	}
	if s.config.Breach != nil {
		batch.Queue(s.schema.sql(hasten), c.name)
		for _, b := range tell {
			key, keyErr := json.Marshal([]string{b.Suite, b.Code, string(b.Dimension), b.Check})
			text, err := json.Marshal(b)
			if err := errors.Join(keyErr, err); err != nil {
				return err
			}
			batch.Queue(s.schema.sql(insertNotice), c.name, string(key), string(text))
		}
	}
	return s.tx.SendBatch(ctx, batch).Close()
}

// again returns how long after a failure the next run is. A first run whose process is gone is taken over at once; one that takes
// every process with it is not.
func (s *storing) again(expired bool) time.Duration {
	failures := s.failures // before this one
	if expired {
		if failures--; failures < 0 {
			return 0
		}
	}
	return backoff(s.config.Retry, s.every, failures)
}

// backoff doubles a first wait n times, up to a last.
func backoff(first, last time.Duration, n int) time.Duration {
	for ; n > 0 && first < last; n-- {
		first *= 2
	}
	return min(first, last)
}
