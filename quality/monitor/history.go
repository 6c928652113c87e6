package monitor

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// Run is a run of an assessment that ended, with a report or without.
type Run struct {
	Name    string          // of the assessment
	Number  int64           // rises with each run of the assessment, with gaps
	Due     time.Time       // when it was due; zero: it was run before it was due
	Started time.Time       // by the clock of the database
	Ended   time.Time       // by the clock of the database
	Failure string          // the class of the error; empty: there is a report
	Report  *quality.Report // nil: there is none
}

const columnsOfRun = `"name", "number", "due_at", "started_at", "ended_at", coalesce("failure", ''), "report"`

// scan reads a row of columnsOfRun.
func scan(row pgx.CollectableRow) (r Run, err error) {
	var due *time.Time
	err = row.Scan(&r.Name, &r.Number, &due, &r.Started, &r.Ended, &r.Failure, &r.Report)
	if due != nil {
		r.Due = *due
	}
	return r, err
}

const selectLatest = `
SELECT ` + columnsOfRun + ` FROM {schema}."quality_run" WHERE "name" = $1 AND "report" IS NOT NULL ORDER BY "number" DESC LIMIT 1`

// Latest returns the last run of an assessment that gave a report, or ErrNoReport.
func (m *Monitor) Latest(ctx context.Context, name string) (Run, error) {
	rows, err := m.config.Pool.Query(ctx, m.schema.sql(selectLatest), name)
	if err != nil {
		return Run{}, fail("latest", err)
	}
	run, err := pgx.CollectOneRow(rows, scan)
	if err == pgx.ErrNoRows {
		return Run{}, fmt.Errorf("%w: %q", ErrNoReport, name)
	}
	return run, fail("latest", err)
}

const selectHistory = `
SELECT ` + columnsOfRun + ` FROM {schema}."quality_run"
WHERE "name" = $1 AND ("ended_at", "number") > ($2, $3) ORDER BY "ended_at", "number" LIMIT $4`

// page is how many runs History reads at a time.
const page = 100

// History returns the runs of an assessment that ended at a time or later, oldest first, failed ones too. It reads a page at a time,
// and holds no connection while the caller looks at a run. After an error there is no more.
func (m *Monitor) History(ctx context.Context, name string, since time.Time) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) {
		ended, number := since, int64(math.MinInt64)
		for {
			rows, err := m.config.Pool.Query(ctx, m.schema.sql(selectHistory), name, ended, number, page)
			if err != nil {
				yield(Run{}, fail("history", err))
				return
			}
			runs, err := pgx.CollectRows(rows, scan)
			if err != nil {
				yield(Run{}, fail("history", err))
				return
			}
			for _, run := range runs {
				if !yield(run, nil) {
					return
				}
				ended, number = run.Ended, run.Number
			}
			if len(runs) < page {
				return
			}
		}
	}
}

const selectOpen = `SELECT "open" FROM {schema}."quality_assessment" WHERE "name" = $1`

// Open returns the breaches of an assessment that are open, whether they have been told or not: none for one that never ran.
func (m *Monitor) Open(ctx context.Context, name string) ([]quality.Breach, error) {
	breaches := []quality.Breach{}
	err := m.config.Pool.QueryRow(ctx, m.schema.sql(selectOpen), name).Scan(&breaches)
	if err == pgx.ErrNoRows {
		return breaches, nil
	}
	return breaches, fail("open", err)
}

// deleteOld deletes old runs, but for the last report. Subqueries are computed once, so that the index finds what is old.
const deleteOld = `
WITH "old" AS (
	SELECT "name", "number" FROM {schema}."quality_run" AS "r"
	WHERE "name" = $1 AND "ended_at" < (SELECT clock_timestamp() - $2::interval) AND "number" <> coalesce((
		SELECT max("number") FROM {schema}."quality_run" AS "last" WHERE "last"."name" = $1 AND "report" IS NOT NULL), -1)
	ORDER BY "ended_at", "number" LIMIT $3)
DELETE FROM {schema}."quality_run" AS "r" USING "old" WHERE ("r"."name", "r"."number") = ("old"."name", "old"."number")`

// pruneBatch is how many runs one transaction deletes.
const pruneBatch = 1000

// prune deletes old runs, in bounded transactions.
func (m *Monitor) prune(ctx context.Context, names []string) error {
	for _, name := range names {
		for {
			tag, err := m.config.Pool.Exec(ctx, m.schema.sql(deleteOld), name, m.config.Keep, pruneBatch)
			if err != nil {
				return fail("prune", err)
			}
			if tag.RowsAffected() < pruneBatch {
				break
			}
		}
	}
	return nil
}
