package monitor

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

const (
	// retell is how long after a failed call of Breach the next one is; it doubles with each.
	retell = time.Second
	// retellAtLast is the longest such wait.
	retellAtLast = 5 * time.Minute
)

// takeNotice takes a breach to tell. What is older of the same key comes first.
const takeNotice = `
UPDATE {schema}."quality_notice" SET "attempts" = "attempts" + 1, "telling" = true, "next_at" = clock_timestamp() + $2::interval
WHERE "number" = (
	SELECT "number" FROM {schema}."quality_notice" AS "n"
	WHERE "name" = ANY ($1) AND "next_at" <= clock_timestamp() AND NOT EXISTS (
		SELECT FROM {schema}."quality_notice" AS "older"
		WHERE "older"."name" = "n"."name" AND "older"."key" = "n"."key" AND "older"."number" < "n"."number")
	ORDER BY "next_at", "number" LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING "number", "attempts", "breach"`

const forgetNotice = `DELETE FROM {schema}."quality_notice" WHERE "number" = $1`

const deferNotice = `
UPDATE {schema}."quality_notice" SET "telling" = false, "next_at" = clock_timestamp() + $3::interval
WHERE "number" = $1 AND "attempts" = $2`

// tellAll tells every breach that it is time for, and returns whether one is to be told again. It stops at an error of the database.
func (m *Monitor) tellAll(ctx context.Context, names []string) (again bool, err error) {
	if m.config.Breach == nil {
		return false, nil
	}
	for ctx.Err() == nil {
		found, told, err := m.tell(ctx, names)
		if err != nil {
			return again, fail("tell", err)
		}
		if !found {
			break
		}
		again = again || !told
	}
	return again, nil
}

// tell tells one breach. It is forgotten only after Breach has returned without an error.
func (m *Monitor) tell(ctx context.Context, names []string) (found, told bool, err error) {
	var number int64
	var attempts int
	var breach quality.Breach
	lease := m.config.BreachLimit + 3*m.config.Grace
	take, cancel := m.briefly(ctx)
	defer cancel()
	err = m.config.Pool.QueryRow(take, m.schema.sql(takeNotice), names, lease).Scan(&number, &attempts, &breach)
	if err == pgx.ErrNoRows {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	breach.Number = number
	call, cancel := context.WithTimeout(ctx, m.config.BreachLimit)
	problem := guarded(call, m.config.Grace, func(ctx context.Context) error { return m.config.Breach(ctx, breach) })
	cancel()

	store, cancel := m.briefly(ctx)
	defer cancel()
	if problem == nil {
		return true, true, m.insist(store, forgetNotice, number)
	}
	wait := backoff(retell, retellAtLast, attempts-1)
	if ctx.Err() != nil {
		wait = 0 // another replica can tell it at once
	} else {
		m.config.Logger.Warn("monitor: a breach is not told yet", "number", number, "attempts", attempts, "error", classOf(problem))
	}
	return true, false, errors.Join(m.insist(store, deferNotice, number, attempts, wait), ctx.Err())
}

// insist executes a statement that may be repeated, until it succeeds or ctx ends.
func (m *Monitor) insist(ctx context.Context, statement string, args ...any) error {
	for {
		_, err := m.config.Pool.Exec(ctx, m.schema.sql(statement), args...)
		if err == nil || ctx.Err() != nil || !passing(err) {
			return err
		}
		pause(ctx, 20*time.Millisecond)
	}
}
