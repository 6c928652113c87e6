package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/quality"
)

// Assessment is what is assessed again and again.
type Assessment struct {
	// Name of the assessment, unique in the schema: usually that of the suite. Under another name it is another assessment.
	Name string
	// Every is how often it is due, at least a millisecond. Due times do not drift: each is Every after the one before.
	Every time.Duration
	// Limit is how long it may take; 0: one hour.
	Limit time.Duration
	// Assess returns the report, by any adapter; one without results counts as a failed run. It must end when ctx does; see Config.Grace. It must not return personal data in
	// the fields of the report, which is stored; of its errors only the class is.
	Assess func(ctx context.Context, progress func(quality.Progress)) (quality.Report, error)
}

// Config is what a Monitor is made of. Pool and Assessments are required.
type Config struct {
	// Pool is the database of the schedule and the history. The monitor takes connections for moments only, never during an
	// assessment. Where Assess uses the same pool, it must leave one connection, or the lease of the run is lost. The host closes it.
	Pool *pgxpool.Pool
	// Schema is the schema of the tables; empty: DefaultSchema.
	Schema string
	// Assessments are what is assessed. One that is in the database but not here is left as it is.
	Assessments []Assessment

	// Breach is called for each breach that is new, changed its severity or verdict, or is resolved: see quality.Settle. An error, a
	// panic and a timeout have it called again with the same Number. Calls may be concurrent, but those of one check, dimension or
	// whole of one Code come in order. Nil: breaches are kept, see Open, and nobody is told.
	Breach func(ctx context.Context, breach quality.Breach) error
	// Progress, when it is set, is called while an assessment runs, as often as the adapter reports. Calls may be concurrent.
	Progress func(quality.Progress)
	// Limits say what is a breach.
	Limits quality.Limits
	// FailAfter is after how many failed runs in a row there is a breach quality.BreachFailed; 0: 3.
	FailAfter int

	// Keep is how long runs are kept; 0: 400 days. The last report of each assessment stays.
	Keep time.Duration
	// Jitter is the greatest random delay after a due time, so that replicas of many hosts do not start together. It must be shorter
	// than each Every. 0: none.
	Jitter time.Duration
	// Parallel is how many assessments Run has running at a time, in this process; 0: 1.
	Parallel int
	// Retry is how long after a failed run the next one is; it doubles with each, up to Every. 0: one minute.
	Retry time.Duration
	// Lease is how long after its last sign of life a run is taken for dead, and taken over; 0: 30 seconds. There is a sign of life
	// every third of it.
	Lease time.Duration
	// Poll is how often Run looks for what other replicas left; 0: 10 seconds.
	Poll time.Duration
	// Grace is how long Run waits, once its context has ended, for a function of the host to end, and for the database before and after
	// it; 0: five seconds each. A function that does not end is left behind, and its result ignored.
	Grace time.Duration
	// BreachLimit is how long one call of Breach may take; 0: 30 seconds.
	BreachLimit time.Duration
	// Logger gets what Run cannot return; nil: slog.Default().
	Logger *slog.Logger
}

const (
	defaultLimit       = time.Hour
	defaultFailAfter   = 3
	defaultKeep        = 400 * 24 * time.Hour
	defaultParallel    = 1
	defaultRetry       = time.Minute
	defaultLease       = 30 * time.Second
	defaultPoll        = 10 * time.Second
	defaultGrace       = 5 * time.Second
	defaultBreachLimit = 30 * time.Second
)

// Monitor assesses on a schedule. It is safe for concurrent use, by any number of replicas.
type Monitor struct {
	config Config
	schema schemaName
	names  []string
	byName map[string]Assessment
	wake   chan struct{} // has one place: there are breaches to tell
}

// New returns a monitor, or every fault of the configuration in one error. It does not use the pool.
func New(c Config) (*Monitor, error) {
	m := &Monitor{config: c.filled(), schema: schemaOf(c.Schema), byName: map[string]Assessment{}, wake: make(chan struct{}, 1)}
	faults := c.faults()
	if err := m.schema.check(); err != nil {
		faults = append(faults, err.Error())
	}
	for i, a := range c.Assessments {
		place := fmt.Sprintf("assessments[%d] (%q)", i, a.Name)
		for _, text := range a.faults(c.Jitter) {
			faults = append(faults, place+": "+text)
		}
		if _, twice := m.byName[a.Name]; twice {
			faults = append(faults, place+": the name stands twice")
		}
		if a.Limit == 0 {
			a.Limit = defaultLimit
		}
		m.byName[a.Name] = a
		m.names = append(m.names, a.Name)
	}
	slices.Sort(m.names) // replicas that register them at the same time do not wait for each other in a circle
	if len(faults) > 0 {
		return nil, errors.New("monitor: config: " + strings.Join(faults, "; "))
	}
	return m, nil
}

// faults returns what is wrong with a configuration, but for its schema and its assessments.
func (c Config) faults() []string {
	var faults []string
	if c.Pool == nil {
		faults = append(faults, "no pool")
	}
	if len(c.Assessments) == 0 {
		faults = append(faults, "no assessments")
	}
	if err := c.Limits.Validate(); err != nil {
		faults = append(faults, err.Error())
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"Keep", c.Keep}, {"Jitter", c.Jitter}, {"Retry", c.Retry}, {"Lease", c.Lease}, {"Poll", c.Poll}, {"Grace", c.Grace},
		{"BreachLimit", c.BreachLimit}, {"Parallel", time.Duration(c.Parallel)}, {"FailAfter", time.Duration(c.FailAfter)}} {
		if d.value < 0 {
			faults = append(faults, d.name+" below zero")
		}
	}
	return faults
}

// faults returns what is wrong with an assessment.
func (a Assessment) faults(jitter time.Duration) []string {
	var faults []string
	if a.Name == "" || strings.ContainsRune(a.Name, 0) || !utf8.ValidString(a.Name) {
		faults = append(faults, "no name that PostgreSQL takes")
	}
	if a.Every < time.Millisecond {
		faults = append(faults, fmt.Sprintf("due every %v: expected at least a millisecond", a.Every))
	} else if jitter >= a.Every {
		faults = append(faults, fmt.Sprintf("due every %v with a jitter of %v: expected a shorter one", a.Every, jitter))
	}
	if a.Limit < 0 {
		faults = append(faults, "Limit below zero")
	}
	if a.Assess == nil {
		faults = append(faults, "no Assess")
	}
	return faults
}

// filled returns the configuration with its defaults.
func (c Config) filled() Config {
	for _, d := range []struct {
		field  *time.Duration
		preset time.Duration
	}{{&c.Keep, defaultKeep}, {&c.Retry, defaultRetry}, {&c.Lease, defaultLease}, {&c.Poll, defaultPoll}, {&c.Grace, defaultGrace},
		{&c.BreachLimit, defaultBreachLimit}} {
		if *d.field == 0 {
			*d.field = d.preset
		}
	}
	if c.FailAfter == 0 {
		c.FailAfter = defaultFailAfter
	}
	if c.Parallel == 0 {
		c.Parallel = defaultParallel
	}
	if c.Progress == nil {
		c.Progress = func(quality.Progress) {}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.Limits = c.Limits.Filled()
	return c
}
