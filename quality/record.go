package quality

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Checked returns the row tests of a suite as a [Validator], for the [Gate]: what a report would count among the bad rows afterwards is
// stopped before it is written. The value function returns the value of a field of a record, as [Row] says; it must be safe for
// concurrent use. An [Issue] has the kind of the test as its code, and says in words what the test expects. Tests that judge rows
// together are left out; a suite that has no other is an error, as is a faulty one.
func Checked[T any](suite Suite, value func(record T, field string) any) (Validator[T], error) {
	if err := suite.Validate(); err != nil {
		return nil, err
	}
	if value == nil {
		return nil, fmt.Errorf("quality: suite %s: there is no function that returns the value of a field", suite.ID())
	}
	c := checked[T]{value: value}
	for _, check := range suite.Checks {
		test, ok := check.Test.(RowTest)
		if !ok {
			continue
		}
		t := recordTest{test: prepared(test), issue: check.issue()}
		if check.When != nil {
			t.when = prepared(check.When)
		}
		c.tests = append(c.tests, t)
	}
	if len(c.tests) == 0 {
		return nil, fmt.Errorf("%w: suite %s has no test that judges a record by itself", ErrSuite, suite.ID())
	}
	return c, nil
}

// issue returns what is wrong with a record that the check finds bad.
func (c Check) issue() Issue {
	i := Issue{
		Dimension: c.dimension(), Code: string(c.Test.Kind()), Field: strings.Join(c.Test.Columns(), ","), Severity: c.Severity,
		Text: "expected: " + c.words(), Mend: c.Mend,
	}
	if i.Severity == "" {
		i.Severity = Medium
	}
	return i
}

// words says what a check asks.
func (c Check) words() string {
	if c.When == nil {
		return c.Test.String()
	}
	return c.Test.String() + ", where " + c.When.String()
}

type checked[T any] struct {
	value func(T, string) any
	tests []recordTest
}

type recordTest struct {
	test  RowTest
	when  RowTest // nil: all records
	issue Issue
}

// Validate returns an issue for each test that finds the record bad.
func (c checked[T]) Validate(ctx context.Context, record T) ([]Issue, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	row := Row{Value: func(field string) any { return c.value(record, field) }, Now: time.Now()}
	var issues []Issue
	for _, t := range c.tests {
		if t.when != nil && t.when.Judge(row) != Good {
			continue
		}
		if t.test.Judge(row) == Bad {
			issues = append(issues, t.issue)
		}
	}
	return issues, nil
}
