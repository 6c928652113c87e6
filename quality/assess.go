package quality

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// AssessConfig says how [Assess] reads a stream. The zero value is useful.
type AssessConfig struct {
	// Now is the clock: of the assessment, of [Fresh] and of bounds that are [Now]. Nil: time.Now.
	Now func() time.Time
	// Exact is how many different values, or groups of rows, a check keeps in memory, at about 60 bytes each. Beyond it [Unique] is
	// estimated, with an interval; [MostCommon], [Sequence] and [Monotone] are not assessed. 0: 1,000,000.
	Exact int
	// Progress, if not nil, is called after every so many rows, and after the last one, by the goroutine that assesses.
	Progress func(Progress)
	// Every is how many rows lie between two calls of Progress. 0: 100,000.
	Every int64
	// Rows is how many rows are expected, as Progress reports them. 0: unknown.
	Rows int64
}

// Assess answers a suite over a stream of rows, in one pass and in memory that does not grow with the stream. The value function
// returns the value of a field of a row, as [Row] says; it is called for each field of each check.
//
// Tests of rows are counted exactly. [Statistic] is exact but for [Median], [Quantile] and, of more than 1,536 different values,
// [DistinctCount] and [DistinctShare]: these are estimated, as [ZScore] is, and undecided where the threshold lies within the error.
// Numbers of statistics are taken as the nearest float64. [Sequence] and [Monotone] need rows that come in order within their groups,
// and are not assessed otherwise. What needs another dataset, SQL or a table's columns, and [VectorUnique], is not assessed.
//
// Failing rows are named by the suite's key, without one by their place in the stream: "row 17". An error of the stream ends the
// assessment with that error, wrapped, and with the number of the row; so does the end of the context. There is no half report.
func Assess[T any](ctx context.Context, suite Suite, rows iter.Seq2[T, error], value func(row T, field string) any,
	config AssessConfig,
) (Report, error) {
	if err := errors.Join(suite.Validate(), config.faults(rows == nil, value == nil)); err != nil {
		return Report{}, err
	}
	config = config.filled()
	a := newAssessment(suite, config)
	var current T
	row := Row{Value: func(field string) any { return value(current, field) }, Now: a.start}
	for r, err := range rows {
		if err != nil {
			return Report{}, fmt.Errorf("quality: row %d of the stream: %w", a.rows+1, err)
		}
		if a.rows%contextEvery == 0 && ctx.Err() != nil {
			break
		}
		current = r
		a.take(row)
	}
	if err := ctx.Err(); err != nil { // a stream may end by itself when its context does
		return Report{}, fmt.Errorf("quality: assessment ended after row %d of the stream: %w", a.rows, err)
	}
	return a.report(), nil
}

const (
	contextEvery = 64 // rows between two looks at the context
	defaultExact = 1_000_000
	defaultEvery = 100_000
)

func (c AssessConfig) faults(noRows, noValue bool) error {
	var faults []error
	if noRows {
		faults = append(faults, errors.New("quality: there is no stream of rows"))
	}
	if noValue {
		faults = append(faults, errors.New("quality: there is no function that returns the value of a field"))
	}
	if c.Exact < 0 || c.Every < 0 || c.Rows < 0 {
		faults = append(faults, fmt.Errorf("quality: Exact %d, Every %d, Rows %d: expected numbers of at least 0", c.Exact, c.Every, c.Rows))
	}
	return errors.Join(faults...)
}

func (c AssessConfig) filled() AssessConfig {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Exact == 0 {
		c.Exact = defaultExact
	}
	if c.Every == 0 {
		c.Every = defaultEvery
	}
	return c
}

// assessment is what an assessment has found so far.
type assessment struct {
	suite  Suite
	config AssessConfig
	start  time.Time
	rows   int64
	asked  []asked
}

// asked is a check with what it has found so far.
type asked struct {
	check    Check
	when     RowTest // nil: all rows
	gauge    gauge
	examples []string
}

// gauge takes in rows, one by one, and answers a test.
type gauge interface {
	// take takes in a row. It returns Bad for a row that is to be named in the report.
	take(row Row) Truth
	// result returns the counts, from which [Suite.Answer] derives the rest.
	result() Result
}

func newAssessment(suite Suite, config AssessConfig) *assessment {
	a := &assessment{suite: suite, config: config, start: config.Now().Round(0)}
	for _, c := range suite.Checks {
		one := asked{check: c, gauge: gaugeOf(c, config.Exact, a.start)}
		if c.When != nil {
			one.when = prepared(c.When)
		}
		a.asked = append(a.asked, one)
	}
	return a
}

func (a *assessment) take(row Row) {
	a.rows++
	most := a.suite.Examples()
	for i := range a.asked {
		one := &a.asked[i]
		if one.when != nil && one.when.Judge(row) != Good {
			continue
		}
		if one.gauge.take(row) == Bad && len(one.examples) < most {
			one.examples = append(one.examples, a.suite.exampleOf(row, a.rows))
		}
	}
	if a.config.Progress != nil && a.rows%a.config.Every == 0 {
		a.progress()
	}
}

func (a *assessment) progress() {
	a.config.Progress(Progress{
		Suite: a.suite.ID(), Stage: fmt.Sprintf("%s: %d checks over a stream", a.suite.Dataset, len(a.suite.Checks)),
		Done: a.rows, Total: a.config.Rows, Unit: "rows",
	})
}

func (a *assessment) report() Report {
	r := Report{
		AssessedAt: a.start.UTC(), Rows: a.rows, RowsRead: a.rows, Method: "full", Snapshot: "a stream, read once",
		Results: make([]Result, 0, len(a.asked)),
	}
	for _, one := range a.asked {
		result := one.gauge.result()
		if result.Verdict != NotAssessed && result.Judged > 0 {
			result.Examples = one.examples
			if result.Method == "" {
				result.Method = ByFull
			}
		}
		r.Results = append(r.Results, a.suite.Answer(one.check, result))
	}
	if a.config.Progress != nil && a.rows%a.config.Every != 0 {
		a.progress()
	}
	r.Seconds = max(a.config.Now().Sub(a.start).Seconds(), 0)
	return a.suite.Summarize(r)
}

func (s Suite) exampleOf(row Row, number int64) string {
	if len(s.Key) == 0 {
		return fmt.Sprintf("row %d", number)
	}
	key := make([]any, len(s.Key))
	for i, field := range s.Key {
		key[i] = row.Value(field)
	}
	return s.RowName(key)
}
