package recall

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// Measure measures the recall of searches, and looks for a better way where it does not reach the threshold. What could not be measured of
// a filter is in the report as not assessed, with the reason. An error means that there is no report: [ErrConfig], a probe that is not
// finite ([quality.ErrVector]), the end of the context, or one of the server ([ErrDataset], [ErrPermission], [ErrTimeLimit],
// [DatabaseError]).
func Measure(ctx context.Context, config Config) (Report, error) {
	c, err := config.complete()
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	probes, err := c.readProbes(ctx)
	if err != nil {
		return Report{}, err
	}
	tx, err := c.Database.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Report{}, stripped(ctx, "beginning the snapshot", err)
	}
	defer func() {
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(done) // nothing was written
	}()
	m := &measurement{config: c, tx: tx, probes: probes}
	report, err := m.run(ctx)
	if err != nil {
		return Report{}, err
	}
	report.Quality.Seconds = time.Since(began).Seconds()
	return report, nil
}

// readProbes reads the probes of the host before the transaction begins, which a slow source would keep open.
func (c Config) readProbes(ctx context.Context) ([][]float32, error) {
	var probes [][]float32
	for v, err := range c.Probes {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && len(v) == 0 {
			err = quality.ErrVector
		}
		if err == nil {
			err = quality.Finite(v, 0)
		}
		if err != nil {
			return nil, fmt.Errorf("recall: probe %d: %w", len(probes)+1, err)
		}
		if probes = append(probes, v); len(probes) == c.Most {
			break
		}
	}
	return probes, nil
}

// measurement is one run, in one snapshot.
type measurement struct {
	config   Config
	tx       pgx.Tx
	probes   [][]float32
	at       target
	settings map[string]string // of the session, before any way was tried
	rows     int64
}

// openSQL sets limits, and reads what the report says of the snapshot. A generic plan would not know the constants of a filter.
const openSQL = `SELECT now(), pg_current_snapshot()::text
FROM (VALUES (set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true), set_config('jit', 'off', true),
  set_config('max_parallel_workers_per_gather', '0', true), set_config('plan_cache_mode', 'force_custom_plan', true),
  set_config('application_name', 'shugo recall', true))) settings`

func (m *measurement) run(ctx context.Context) (Report, error) {
	c := m.config
	report := Report{Findings: []Finding{}, Quality: quality.Report{Method: fmt.Sprintf("measurement: %d probes", len(m.probes)), Results: []quality.Result{}}}
	err := m.tx.QueryRow(ctx, openSQL, milliseconds(c.StatementLimit), milliseconds(c.LockLimit)).Scan(&report.Quality.AssessedAt, &report.Quality.Snapshot)
	if err != nil {
		return report, stripped(ctx, "opening the snapshot", err)
	}
	report.Quality.AssessedAt = report.Quality.AssessedAt.UTC()
	if m.at, err = describe(ctx, m.tx, c); err != nil {
		return report, stripped(ctx, "reading the catalog", err)
	}
	if err := m.remember(ctx); err != nil {
		return report, stripped(ctx, "settings", err)
	}
	if m.rows, err = m.count(ctx, Filter{}); err != nil {
		return report, stripped(ctx, "counting rows", err)
	}
	for _, f := range c.Filters {
		finding, err := m.measure(ctx, f)
		if err != nil {
			return report, stripped(ctx, "filter "+f.Name, err)
		}
		report.Findings = append(report.Findings, finding)
		report.Quality.Results = append(report.Quality.Results, finding.result(c, m.at))
	}
	report.Quality.Rows = m.rows
	suite := quality.Suite{Name: "recall of " + c.Table, Dataset: c.Table, Schema: c.Schema, Thresholds: quality.Thresholds{quality.Accuracy: c.Threshold}}
	report.Quality = suite.Summarize(report.Quality)
	return report, nil
}

// measure measures one filter.
func (m *measurement) measure(ctx context.Context, f Filter) (Finding, error) {
	out := Finding{Filter: f.Name, Tried: []Trial{}}
	var err error
	if out.Rows, err = m.count(ctx, f); err != nil {
		return out, err
	}
	out.Share = float64(out.Rows) / float64(max(m.rows, 1))
	s := &search{measurement: m, filter: f}
	if out.LeftOut, err = s.exactly(ctx); err != nil || len(s.truths) == 0 {
		return out, err
	}
	if out.Current, err = s.try(ctx, Way{}, len(s.truths)); err != nil {
		return out, err
	}
	if out.Exact, err = s.try(ctx, Way{Exact: true}, 0); err != nil {
		return out, err
	}
	for _, t := range []*Trial{&out.Current, &out.Exact} {
		if err := s.time(ctx, t); err != nil {
			return out, err
		}
	}
	if out.Current.Index == "" {
		return out, nil
	}
	return out, s.improve(ctx, &out)
}

// count returns how many rows with a vector match a filter.
func (m *measurement) count(ctx context.Context, f Filter) (n int64, err error) {
	sql := fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NOT NULL AND (%s)", m.config.relation(), pgx.Identifier{m.config.Column}.Sanitize(), or(f.SQL, "true"))
	err = m.tx.QueryRow(ctx, sql, f.Args...).Scan(&n)
	return n, err
}

func (m *measurement) progress(stage string, done, total int) {
	if m.config.Progress != nil {
		m.config.Progress(quality.Progress{Suite: "recall of " + m.config.Table, Stage: stage, Done: int64(done), Total: int64(total), Unit: "probes"})
	}
}

// milliseconds says a limit as PostgreSQL takes it: 0 is none.
func milliseconds(d time.Duration) string {
	if d < 0 {
		return "0"
	}
	return fmt.Sprint(max(d.Milliseconds(), 1))
}
