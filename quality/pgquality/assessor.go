package pgquality

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// Beginner begins transactions: a *pgxpool.Pool or a *pgx.Conn.
type Beginner interface {
	// BeginTx begins a transaction with these options.
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// Config says how suites are assessed.
type Config struct {
	Database Beginner // where the data is

	StatementLimit time.Duration // for one statement; 0: five minutes; negative: none
	LockLimit      time.Duration // for waiting for a lock; 0: one second; negative: none
	WorkMemory     int           // MiB that a sort or a hash table may take; 0: 64

	// Sample is the share of the table's pages that tests of rows read, between 0 and 1; 0: all. Results are estimates then, with an
	// interval, and undecided where the interval spans a threshold. Tests that a sample does not answer are not assessed.
	Sample float64
	// Seed chooses the pages of a sample: the same seed chooses the same pages of an unchanged table.
	Seed uint64
	// Level is how often the intervals of a sample should hold the truth; 0: 0.95.
	Level float64

	// States, if not nil, keeps what an assessment has counted, so that the next one reads only what changed. It is not used with Sample.
	States States

	// Progress, if not nil, is called before each statement and while rows are transferred, from the goroutine that assesses.
	Progress func(quality.Progress)
}

// Assessor answers suites. It is safe for concurrent use as far as its Database is.
type Assessor struct {
	config  Config
	repeats *sync.Map // by the statement of a key: whether its values were found to occur again
}

// New returns an assessor, or an error that names every fault of the configuration.
func New(config Config) (*Assessor, error) {
	var faults []error
	if config.Database == nil {
		faults = append(faults, errors.New("pgquality: Config.Database is nil"))
	}
	if config.WorkMemory < 0 {
		faults = append(faults, fmt.Errorf("pgquality: Config.WorkMemory is %d MiB: expected at least 0", config.WorkMemory))
	}
	if !(config.Sample >= 0 && config.Sample <= 1) {
		faults = append(faults, errors.New("pgquality: Config.Sample: expected a share between 0 and 1"))
	}
	if !(config.Level >= 0 && config.Level < 1) {
		faults = append(faults, errors.New("pgquality: Config.Level: expected a share between 0 and 1"))
	}
	if config.Sample > 0 && config.States != nil {
		faults = append(faults, errors.New("pgquality: Config.Sample and Config.States exclude each other"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	config.Level = or(config.Level, 0.95)
	config.StatementLimit = or(config.StatementLimit, 5*time.Minute)
	config.LockLimit = or(config.LockLimit, time.Second)
	config.WorkMemory = or(config.WorkMemory, 64)
	return &Assessor{config: config, repeats: new(sync.Map)}, nil
}

// or returns a value, or its default when it is zero.
func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// Assess answers a suite. What could not be answered is in the report as not assessed, with the reason. An error means that there is no
// report: the suite is faulty ([quality.ErrSuite]), there is no such dataset ([ErrDataset]), the role may not read it ([ErrPermission]),
// somebody else assesses the suite ([ErrBusy]), a limit of time was exceeded ([ErrTimeLimit]), the context ended, or the connection was
// lost.
func (a *Assessor) Assess(ctx context.Context, suite quality.Suite) (quality.Report, error) {
	began := time.Now()
	var report quality.Report
	var state []byte
	err := a.within(ctx, suite, func(s *session) error {
		p, err := s.plan(ctx, suite)
		if err != nil {
			return err
		}
		if err := p.execute(ctx); err != nil {
			return err
		}
		if p.kept != nil {
			state = p.kept.state
		}
		report, err = p.report(ctx)
		return err
	})
	if err != nil {
		return quality.Report{}, err
	}
	if state != nil { // any earlier state remains a good beginning: what fails here costs time, not truth
		if err := a.config.States.Save(ctx, placeOf(suite), state); err != nil {
			report.Method += "; the state could not be kept: the next assessment reads more"
		}
	}
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}

// Explain returns the plan of a suite: what is proven, by what; the statements; the rows that they will read, as the catalog estimates
// them. It reads the catalog only.
func (a *Assessor) Explain(ctx context.Context, suite quality.Suite) (Plan, error) {
	var plan Plan
	err := a.within(ctx, suite, func(s *session) error {
		p, err := s.plan(ctx, suite)
		if err != nil {
			return err
		}
		plan = p.explain()
		return nil
	})
	return plan, err
}
