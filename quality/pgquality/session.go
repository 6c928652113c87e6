package pgquality

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// session is one snapshot in which a suite is assessed.
type session struct {
	config   Config
	repeats  *sync.Map // of the assessor
	tx       pgx.Tx
	now      time.Time // of the snapshot, by the server's clock
	snapshot string
	version  int // of the server: 150004
}

// openSQL sets the limits of the transaction, takes the lock of the suite, and reads what the report says of the snapshot. JIT costs more
// than it saves here, as measured; parallel workers would take the cores of those who serve users. What a value is as a text, or at
// which time a day begins, is not to depend on who asks; and what is built in is found before anything of the same name.
const openSQL = `
SELECT pg_try_advisory_xact_lock(hashtextextended('shugo.quality:' || $1::text, 0)),
  now(), pg_current_snapshot()::text, current_setting('server_version_num')::int, current_setting('server_encoding')
FROM (VALUES (set_config('statement_timeout', $2::text, true), set_config('lock_timeout', $3::text, true),
  set_config('work_mem', $4::text, true), set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
  set_config('constraint_exclusion', 'on', true), set_config('application_name', 'shugo quality', true),
  set_config('search_path', concat_ws(', ', 'pg_catalog', nullif(current_setting('search_path'), '')), true),
  set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true))) settings`

// within runs f in a snapshot, with the lock of the suite.
func (a *Assessor) within(ctx context.Context, suite quality.Suite, f func(*session) error) error {
	if err := suite.Validate(); err != nil {
		return err
	}
	tx, err := a.config.Database.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return stripped(ctx, "beginning the snapshot", err)
	}
	defer func() {
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(done) // nothing was written
	}()
	s := &session{config: a.config, repeats: a.repeats, tx: tx}
	if err := s.open(ctx, suite); err != nil {
		return err
	}
	return f(s)
}

func (s *session) open(ctx context.Context, suite quality.Suite) error {
	var locked bool
	var encoding string
	err := s.tx.QueryRow(ctx, openSQL, placeOf(suite), milliseconds(s.config.StatementLimit), milliseconds(s.config.LockLimit),
		fmt.Sprintf("%dMB", s.config.WorkMemory)).Scan(&locked, &s.now, &s.snapshot, &s.version, &encoding)
	switch {
	case err != nil:
		return stripped(ctx, "opening the snapshot", err)
	case !locked:
		return fmt.Errorf("%w: %s", ErrBusy, suite.ID())
	case encoding != "UTF8":
		return fmt.Errorf("pgquality: the database's encoding is %s: expected UTF8", encoding)
	}
	return nil
}

// placeOf names a suite for its lock and its state: suites of one name in two schemas are two.
func placeOf(suite quality.Suite) string {
	if suite.Schema == "" {
		return suite.ID()
	}
	return suite.Schema + ": " + suite.ID()
}

// milliseconds says a limit as PostgreSQL takes it: 0 is none.
func milliseconds(d time.Duration) string {
	if d < 0 {
		return "0"
	}
	return fmt.Sprint(max(d.Milliseconds(), 1))
}

// progress tells the host how far a suite is.
func (s *session) progress(p quality.Progress) {
	if s.config.Progress != nil {
		s.config.Progress(p)
	}
}
