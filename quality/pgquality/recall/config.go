package recall

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// Beginner begins transactions: a *pgxpool.Pool or a *pgx.Conn.
type Beginner interface {
	// BeginTx begins a transaction with these options.
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// Distance is an operator of pgvector by which neighbours are near.
type Distance string

// The distances.
const (
	Cosine       Distance = "<=>"
	Euclidean    Distance = "<->"
	InnerProduct Distance = "<#>" // its negative
)

// class returns the class of operators with which an index serves the distance.
func (d Distance) class() string {
	switch d {
	case Euclidean:
		return "l2_ops"
	case InnerProduct:
		return "ip_ops"
	}
	return "cosine_ops"
}

// Filter is a condition that searches have.
type Filter struct {
	Name string // in the report
	SQL  string // condition on the columns of the table with parameters $1, $2, ...; the host's own text, never a user's; empty: none
	Args []any  // values of the parameters; they stay out of the report
}

// Config says what is measured.
type Config struct {
	Database Beginner // where the table is

	Schema   string   // of the table; empty: where the search path finds it
	Table    string   // that is searched
	Column   string   // of type vector or halfvec
	Distance Distance // empty: Cosine
	K        int      // neighbours that a search asks for; 0: 10
	Filters  []Filter // each is measured; empty: searches without a filter only

	// Settings are those under which the application searches, such as "hnsw.ef_search": "100". Empty: the database's own.
	Settings map[string]string

	// Probes yields vectors that searches ask with, best those of real queries. It is read once, to its end or until there are Most.
	Probes iter.Seq2[[]float32, error]
	Most   int // probes at most; 0: 200

	Threshold quality.Threshold // of recall; zero: warn below 0.95, fail below 0.90

	StatementLimit time.Duration // for one statement; 0: one minute; negative: none
	LockLimit      time.Duration // for waiting for a lock; 0: one second; negative: none

	// Progress, if not nil, is called from the goroutine that measures.
	Progress func(quality.Progress)
}

// complete fills in defaults, or returns every fault.
func (c Config) complete() (Config, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Database == nil || c.Probes == nil {
		fault("Database and Probes are needed")
	}
	if c.Table == "" || c.Column == "" {
		fault("Table and Column are needed")
	}
	if c.Distance = or(c.Distance, Cosine); !slices.Contains([]Distance{Cosine, Euclidean, InnerProduct}, c.Distance) {
		fault("distance %q: expected <=>, <-> or <#>", c.Distance)
	}
	if c.K < 0 || c.Most < 0 {
		fault("K is %d and Most is %d: expected at least 0", c.K, c.Most)
	}
	name := regexp.MustCompile(`^(hnsw|ivfflat)\.[a-z_]+$`)
	for s := range c.Settings {
		if !name.MatchString(s) {
			fault("setting %q: expected one of hnsw or ivfflat", s)
		}
	}
	names := map[string]bool{}
	for i, f := range c.Filters {
		if f.Name == "" || names[f.Name] {
			fault("filter %d: expected a name of its own", i+1)
		}
		names[f.Name] = true
	}
	if t := c.Threshold; !(t.Warn >= 0 && t.Warn <= 1 && t.Fail >= 0 && t.Fail <= 1) {
		fault("threshold: expected two shares between 0 and 1")
	}
	if len(faults) > 0 {
		return c, fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	c.K, c.Most = or(c.K, 10), or(c.Most, 200)
	c.Threshold = or(c.Threshold, quality.Threshold{Warn: 0.95, Fail: 0.90})
	c.StatementLimit, c.LockLimit = or(c.StatementLimit, time.Minute), or(c.LockLimit, time.Second)
	if len(c.Filters) == 0 {
		c.Filters = []Filter{{Name: "no filter"}}
	}
	return c, nil
}

// or returns a value, or its default when it is zero.
func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
