package neoquality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/quality"
)

// Config says what is asked of a graph.
type Config struct {
	// Suites are asked one after the other, in one read transaction. The dataset of a suite is a label ("Teacher"), a relationship type in
	// Cypher's notation ("[:TEACHES]"), all nodes ("()") or all relationships ("[]"). Key names records in reports; without it the
	// properties of a constraint of uniqueness do, and without one the element id, which the server reuses after a deletion.
	Suites []quality.Suite

	Database string                 // empty: the server's default
	Timeout  time.Duration          // of the transaction as a whole, kept by the server; 0: the server's own
	Progress func(quality.Progress) // called after each statement, in the goroutine of Assess; nil: nobody
}

// Assessor asks suites of a graph. It is safe for concurrent use if the ids of each [Mirror] and Config.Progress are.
type Assessor struct {
	config   Config
	elements []element
}

// New returns an assessor, or an error that is [ErrConfig], and [quality.ErrSuite] where a suite is faulty, and names every fault.
func New(c Config) (*Assessor, error) {
	a := &Assessor{config: c, elements: make([]element, len(c.Suites))}
	var faults []error
	names := map[string]bool{}
	for i, s := range c.Suites {
		faults = append(faults, s.Validate())
		if names[s.ID()] {
			faults = append(faults, fmt.Errorf("suite %d: the name %q is used twice; give one of them another Name", i+1, s.ID()))
		}
		names[s.ID()] = true
		var err error
		if a.elements[i], err = parseElement(s.Dataset); err != nil {
			faults = append(faults, fmt.Errorf("suite %s: %w", s.ID(), err))
		}
		faults = append(faults, suiteFaults(s, a.elements[i])...)
	}
	if len(c.Suites) == 0 {
		faults = append(faults, errors.New("no suite"))
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout %v: expected none, or a positive duration", c.Timeout))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return a, nil
}

// suiteFaults returns what package quality cannot know to be wrong with a suite.
func suiteFaults(s quality.Suite, e element) []error {
	var faults []error
	for _, text := range nameFaults(s.Key) {
		faults = append(faults, fmt.Errorf("suite %s: key: %s", s.ID(), text))
	}
	for i, c := range s.Checks {
		if c.Test == nil {
			continue
		}
		found := nameFaults(c.Columns())
		if own, ok := c.Test.(extension); ok {
			found = own.faults()
		}
		if text := misplaced(c.Test, e); text != "" {
			found = append(found, text)
		}
		if c.When != nil && unconditional(c.Test) {
			found = append(found, "the test is of the whole: expected no When")
		}
		for _, text := range found {
			faults = append(faults, fmt.Errorf("suite %s: check %d (%s): %s", s.ID(), i+1, c.ID(), text))
		}
	}
	return faults
}

// misplaced says that a test of nodes is asked of relationships, or the other way round.
func misplaced(t quality.Test, e element) string {
	switch t.(type) {
	case Connected, Degree:
		if e.relationship {
			return "relationships have none: expected a suite of a label"
		}
	case Endpoints, NoLoop, NoParallel:
		if !e.relationship {
			return `nodes have no ends: expected a suite of a relationship type, such as "[:TEACHES]"`
		}
	case HasConstraint, HasIndex, OnlyDeclared:
		if e.name == "" {
			return "constraints and indexes are those of one label or relationship type"
		}
	}
	return ""
}

// unconditional says whether a test does not look at records that could be narrowed.
func unconditional(t quality.Test) bool {
	switch t.(type) {
	case HasConstraint, HasIndex, OnlyDeclared, Mirror, quality.RowCount, quality.HasColumns:
		return true
	}
	return false
}

// Assess asks all suites and returns a report for each, in their order. It writes nothing.
//
// Everything is read in one read transaction. Neo4j isolates at "read committed" at most, so that this is no snapshot: a node that is
// changed while it runs is seen before or after the change, by each statement for itself. Reports say so.
//
// An error is one of this package's, a [StatementError] as a rule, and there is no report then; but a label, type or property that the
// database does not know is none: where there is no record, checks are not assessed, and where no record has a property, all lack it.
func (a *Assessor) Assess(ctx context.Context, driver neo4j.DriverWithContext) ([]quality.Report, error) {
	var reports []quality.Report
	err := a.within(ctx, driver, func(st store) error {
		start := time.Now()
		sheets, err := a.sheets(ctx, st)
		if err != nil {
			return err
		}
		for _, s := range sheets {
			if err := s.run(ctx, st, a.config.Progress); err != nil {
				return err
			}
			r := s.report()
			r.Seconds = time.Since(start).Seconds()
			reports, start = append(reports, r), time.Now()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return reports, nil
}

// within calls a function in a read transaction.
func (a *Assessor) within(ctx context.Context, driver neo4j.DriverWithContext, use func(store) error) error {
	after := context.WithoutCancel(ctx)
	session := driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: neo4j.AccessModeRead, DatabaseName: a.config.Database})
	defer session.Close(after) //nolint:errcheck // nothing was written
	var settings []func(*neo4j.TransactionConfig)
	if a.config.Timeout > 0 {
		settings = append(settings, neo4j.WithTxTimeout(a.config.Timeout))
	}
	tx, err := session.BeginTransaction(ctx, settings...)
	if err != nil {
		return failure(ctx, "beginning of the transaction", err)
	}
	defer tx.Close(after) //nolint:errcheck // nothing was written
	return use(store{tx: tx})
}

// sheets plans all suites.
func (a *Assessor) sheets(ctx context.Context, st store) ([]*sheet, error) {
	at, err := st.server(ctx)
	if err != nil {
		return nil, err
	}
	declared, err := st.schema(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[element]int64{}
	list := make([]*sheet, len(a.config.Suites))
	for i, suite := range a.config.Suites {
		s := &sheet{suite: suite, element: a.elements[i], schema: declared, server: at,
			writer:  &writer{params: map[string]any{}, now: at.now},
			results: make([]quality.Result, len(suite.Checks))}
		list[i] = s
		for _, e := range s.counted() {
			if _, known := counts[e]; known {
				continue
			}
			if counts[e], err = st.count(ctx, e); err != nil {
				return nil, err
			}
		}
		s.counts = counts
		s.rows = counts[s.element]
		s.plan()
	}
	return list, nil
}

// counted returns the elements whose number of records the plan depends on.
func (s *sheet) counted() []element {
	list := []element{s.element}
	for _, c := range s.suite.Checks {
		if t, ok := c.Test.(quality.Reference); ok {
			if to, err := parseElement(t.To); err == nil && !slices.Contains(list, to) {
				list = append(list, to)
			}
		}
	}
	return list
}
