package quality

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Kind is the stable name of a kind of test, such as "not_null". It is the code of the issues that the test finds.
type Kind string

// Test is the question that a check asks. Its kinds are the types of this package: those that judge each row are a [RowTest] too,
// those that judge a set of rows or the table as a whole are not. Tests are plain values.
type Test interface {
	// Kind returns the stable name of the kind.
	Kind() Kind
	// Columns returns the fields that the test reads, of the suite's dataset.
	Columns() []string
	// Dimension returns the dimension that such a test belongs to, when the check names none.
	Dimension() Dimension
	// String says in words what is asked, with the bounds of the test: "length of content is 1 to 4000 characters".
	String() string

	problems() []string // what is wrong with the test itself
}

// Check asks a test of a dataset, and says how much the answer matters.
type Check struct {
	Test Test `json:"-"` // what is asked

	Name      string    `json:"name,omitempty"`      // of the check in reports, unique in its suite; empty: kind and fields
	Dimension Dimension `json:"dimension,omitempty"` // empty: the test's
	Severity  Severity  `json:"severity,omitempty"`  // empty: Medium
	Weight    float64   `json:"weight,omitempty"`    // in the score of its dimension; 0: 1
	Threshold Threshold `json:"threshold,omitzero"`  // zero: the dimension's

	// When narrows the rows that are judged to those for which this test is good. Nil: all rows.
	When RowTest `json:"-"`

	// Mend says how defects are mended, in the host's words. Empty: what the adapter can derive.
	Mend string `json:"mend,omitempty"`

	// Reveal puts the observed value into the report where the test observes one that belongs to a row: a minimum, maximum, median or
	// quantile. Without it the report says only on which side of the bounds the value lies.
	Reveal bool `json:"reveal,omitempty"`
}

// ID returns the name of the check in reports.
func (c Check) ID() string {
	if c.Name != "" || c.Test == nil {
		return c.Name
	}
	id := string(c.Test.Kind())
	if fields := c.Test.Columns(); len(fields) > 0 {
		id += "(" + strings.Join(fields, ",") + ")"
	}
	if c.When != nil {
		id += " when " + string(c.When.Kind()) + "(" + strings.Join(c.When.Columns(), ",") + ")"
	}
	return id
}

// Columns returns all fields that the check reads, each once, of the suite's dataset.
func (c Check) Columns() []string {
	columns := slices.Clone(c.Test.Columns())
	if c.When != nil {
		columns = append(columns, c.When.Columns()...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// dimension returns the dimension in which the check is scored.
func (c Check) dimension() Dimension {
	if c.Dimension != "" || c.Test == nil {
		return c.Dimension
	}
	return c.Test.Dimension()
}

// Suite is what is asked of one dataset. It is a plain value; an adapter or [Assess] answers it.
type Suite struct {
	Name    string   `json:"name"`           // of the suite, in reports and locks; empty: the dataset's
	Dataset string   `json:"dataset"`        // table, view or label
	Schema  string   `json:"schema"`         // of the table; empty: where the search path finds it
	Key     []string `json:"key,omitempty"`  // fields that identify a row in reports; empty: the primary key, or nothing
	Checks  []Check  `json:"checks"`         // what is asked, in the order of the report
	Hashed  bool     `json:"hashed_keys"`    // name failing rows by a hash of their key: where the key itself is personal data
	Example int      `json:"example_number"` // how many failing rows a result names; 0: 5; negative: none

	Thresholds Thresholds            `json:"thresholds,omitempty"` // of dimensions; missing: the defaults
	Weights    map[Dimension]float64 `json:"weights,omitempty"`    // of dimensions in the overall score; missing: 1
}

// ID returns the name of the suite.
func (s Suite) ID() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Dataset
}

// Examples returns how many failing rows a result names at most.
func (s Suite) Examples() int {
	switch {
	case s.Example < 0:
		return 0
	case s.Example == 0:
		return 5
	}
	return s.Example
}

// ErrSuite is the error of a suite that cannot be asked: the text names every fault.
var ErrSuite = errors.New("quality: faulty suite")

// Validate returns nil, or an error that is [ErrSuite] and names every fault of the suite: unnamed fields, bounds the wrong way round,
// patterns that do not compile, unknown words, names used twice.
func (s Suite) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if s.Dataset == "" {
		fault("the suite names no dataset")
	}
	if len(s.Checks) == 0 {
		fault("the suite has no check")
	}
	names := map[string]bool{}
	for i, c := range s.Checks {
		if text := unaskable(c); text != "" {
			fault("check %d %s", i+1, text)
			continue
		}
		place := fmt.Sprintf("check %d (%s)", i+1, c.ID())
		if names[c.ID()] {
			fault("%s: the name is used twice; give one of them another Name", place)
		}
		names[c.ID()] = true
		for _, text := range c.problems() {
			fault("%s: %s", place, text)
		}
	}
	for i, key := range s.Key {
		if key == "" {
			fault("field %d of the key has no name", i+1)
		}
	}
	for _, d := range slices.Sorted(maps.Keys(s.Weights)) {
		if w := s.Weights[d]; !slices.Contains(Dimensions(), d) || !weighs(w) {
			fault("weight of %q: expected a known dimension and a finite number of at least 0", d)
		}
	}
	for _, d := range slices.Sorted(maps.Keys(s.Thresholds)) {
		if t := s.Thresholds[d]; !slices.Contains(Dimensions(), d) || t.faulty() {
			fault("threshold of %q: expected a known dimension and shares between 0 and 1", d)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrSuite, errors.Join(faults...))
}

func weighs(w float64) bool { return w >= 0 && w <= math.MaxFloat64 }

func (t Threshold) faulty() bool {
	return !(t.Warn >= 0 && t.Warn <= 1 && t.Fail >= 0 && t.Fail <= 1)
}

// deepest is how many tests may lie within each other.
const deepest = 64

// unaskable says what makes it impossible to even ask a check for its name: no test, a test that is a pointer or lies within itself.
func unaskable(c Check) string {
	if c.Test == nil {
		return "asks no test"
	}
	if text := untestable(c.Test, deepest); text != "" {
		return text
	}
	if c.When != nil {
		if text := untestable(c.When, deepest); text != "" {
			return "when: " + text
		}
	}
	return ""
}

func untestable(t Test, depth int) string {
	if depth == 0 {
		return fmt.Sprintf("has tests that lie within each other more than %d deep", deepest)
	}
	if kind := reflect.ValueOf(t).Kind(); kind == reflect.Pointer {
		return fmt.Sprintf("asks a test of type %T: expected a value, not a pointer", t)
	}
	var members []RowTest
	switch t := t.(type) {
	case Not:
		members = []RowTest{t.Test}
	case All:
		members = t.Tests
	case Any:
		members = t.Tests
	case Joined:
		members = []RowTest{t.When, t.Test}
	}
	for _, m := range members {
		if m == nil { // the test itself reports it
			continue
		}
		if text := untestable(m, depth-1); text != "" {
			return text
		}
	}
	return ""
}

// problems returns what is wrong with a check that asks a test.
func (c Check) problems() []string {
	found := c.Test.problems()
	if c.When != nil {
		for _, text := range c.When.problems() {
			found = append(found, "when: "+text)
		}
	}
	if c.Dimension != "" && !slices.Contains(Dimensions(), c.Dimension) {
		found = append(found, fmt.Sprintf("unknown dimension %q", c.Dimension))
	}
	if !c.Severity.known() {
		found = append(found, fmt.Sprintf("unknown severity %q", c.Severity))
	}
	if !weighs(c.Weight) {
		found = append(found, "a weight is a finite number of at least 0")
	}
	if c.Threshold.faulty() {
		found = append(found, "a threshold is two shares between 0 and 1")
	}
	return found
}
