package monitor

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// register brings the assessments into the database. A first run is due at once. Afterwards none is due later than Every from now: after
// a change of Every, or after the clock of the database was set back.
const register = `
INSERT INTO {schema}."quality_assessment" AS "old" ("name", "every", "due_at", "next_at")
VALUES ($1, $2, clock_timestamp(), clock_timestamp() + random() * $3::interval)
ON CONFLICT ("name") DO UPDATE SET
	"every" = excluded."every",
	"due_at" = least("old"."due_at", clock_timestamp() + excluded."every"),
	"next_at" = least("old"."next_at", excluded."next_at" + excluded."every")
WHERE "old"."every" <> excluded."every" OR "old"."due_at" > clock_timestamp() + excluded."every"`

func (m *Monitor) register(ctx context.Context, names ...string) error {
	batch := &pgx.Batch{}
	for _, name := range names {
		batch.Queue(m.schema.sql(register), name, m.byName[name].Every, m.config.Jitter)
	}
	return fail("register", m.config.Pool.SendBatch(ctx, batch).Close())
}

// claim is a run that this process has begun, or one whose process is gone.
type claim struct {
	name    string
	run     int64
	due     *time.Time // nil: it is not due
	expired bool       // not to be run, but to be recorded as failed
	sent    time.Time  // when the claim was sent, by the monotonic clock: its lease is no older
}

// begin takes an assessment that nobody is at, when it is time for it or in any case.
const begin = `
UPDATE {schema}."quality_assessment"
SET "run" = "run" + 1, "started_at" = clock_timestamp(), "lease_until" = clock_timestamp() + $2::interval
WHERE "name" = (
	SELECT "name" FROM {schema}."quality_assessment"
	WHERE "name" = $1 AND "lease_until" IS NULL AND ($3 OR "next_at" <= clock_timestamp())
	FOR UPDATE SKIP LOCKED)
RETURNING "run", CASE WHEN "due_at" <= "started_at" THEN "due_at" END`

// briefly returns a context for a statement that takes a moment, and that is not to be cancelled on its way: its effect would stay, and
// nobody would know.
func (m *Monitor) briefly(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), m.config.Grace)
}

// begin claims an assessment. It returns nil when another has it, or it is not time.
func (m *Monitor) begin(ctx context.Context, name string, always bool) (*claim, error) {
	c := claim{name: name, sent: time.Now()}
	ctx, cancel := m.briefly(ctx)
	defer cancel()
	err := m.config.Pool.QueryRow(ctx, m.schema.sql(begin), name, m.config.Lease, always).Scan(&c.run, &c.due)
	if err == pgx.ErrNoRows {
		return nil, nil
	}
	return &c, fail("claim", err)
}

const renew = `UPDATE {schema}."quality_assessment" SET "lease_until" = clock_timestamp() + $3::interval WHERE "name" = $1 AND "run" = $2
	AND "lease_until" IS NOT NULL`

// heartbeat renews the lease of a run until ctx ends. It calls lose when another has taken over, or may have: the lease has not been
// renewed for its length, by the monotonic clock of this process.
func (m *Monitor) heartbeat(ctx context.Context, c *claim, lose context.CancelCauseFunc) {
	held := c.sent
	tick := time.NewTicker(max(time.Millisecond, m.config.Lease/3))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		sent := time.Now()
		attempt, cancel := context.WithDeadline(ctx, held.Add(m.config.Lease))
		tag, err := m.config.Pool.Exec(attempt, m.schema.sql(renew), c.name, c.run, m.config.Lease)
		cancel()
		switch {
		case err == nil && tag.RowsAffected() == 0:
			lose(ErrLost)
			return
		case err == nil:
			held = sent
		case time.Since(held) >= m.config.Lease:
			lose(ErrLost)
			return
		}
	}
}

const release = `UPDATE {schema}."quality_assessment" SET "lease_until" = NULL WHERE "name" = $1 AND "run" = $2`

// release gives back a run of which nothing is to be stored, so that another replica can begin it at once. When that fails the lease
// runs out.
func (m *Monitor) release(ctx context.Context, c *claim) {
	ctx, cancel := m.briefly(ctx)
	defer cancel()
	if err := m.insist(ctx, release, c.name, c.run); err != nil {
		m.config.Logger.Warn("monitor: a lease is left to run out", "assessment", c.name, "error", fail("release", err))
	}
}
