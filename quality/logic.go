package quality

import "fmt"

// Not: a test that is good where another is bad, and bad where it is good. What the other does not judge, it does not judge.
type Not struct {
	Test RowTest // the other
}

// Kind returns "not_" and the kind of the other.
func (t Not) Kind() Kind {
	if t.Test == nil {
		return "not"
	}
	return "not_" + t.Test.Kind()
}

// Columns returns the fields of the other.
func (t Not) Columns() []string {
	if t.Test == nil {
		return nil
	}
	return t.Test.Columns()
}

// Dimension returns the dimension of the other.
func (t Not) Dimension() Dimension {
	if t.Test == nil {
		return Validity
	}
	return t.Test.Dimension()
}

// Judge judges what the other judges.
func (t Not) Judge(row Row) Truth {
	switch t.Test.Judge(row) {
	case Good:
		return Bad
	case Bad:
		return Good
	}
	return Unknown
}

func (t Not) problems() []string { return allProblems("not", []RowTest{t.Test}) }

func (t Not) prepare() RowTest { return Not{Test: prepared(t.Test)} }

// All: every one of the tests is good. A row is bad when one of them is bad, whatever the others say.
type All struct {
	Tests []RowTest // at least one
}

// Kind returns "all".
func (All) Kind() Kind { return "all" }

// Columns returns the fields of all.
func (t All) Columns() []string { return allColumns(t.Tests) }

// Dimension returns the dimension of the first.
func (t All) Dimension() Dimension { return firstDimension(t.Tests) }

// Judge judges a row unless none is bad and one does not judge it.
func (t All) Judge(row Row) Truth {
	result := Good
	for _, test := range t.Tests {
		switch test.Judge(row) {
		case Bad:
			return Bad
		case Unknown:
			result = Unknown
		}
	}
	return result
}

func (t All) problems() []string { return allProblems("all", t.Tests) }

func (t All) prepare() RowTest { return All{Tests: allPrepared(t.Tests)} }

// Any: at least one of the tests is good, whatever the others say.
type Any struct {
	Tests []RowTest // at least one
}

// Kind returns "any".
func (Any) Kind() Kind { return "any" }

// Columns returns the fields of all.
func (t Any) Columns() []string { return allColumns(t.Tests) }

// Dimension returns the dimension of the first.
func (t Any) Dimension() Dimension { return firstDimension(t.Tests) }

// Judge judges a row unless none is good and one does not judge it.
func (t Any) Judge(row Row) Truth {
	result := Bad
	for _, test := range t.Tests {
		switch test.Judge(row) {
		case Good:
			return Good
		case Unknown:
			result = Unknown
		}
	}
	return result
}

func (t Any) problems() []string { return allProblems("any", t.Tests) }

func (t Any) prepare() RowTest { return Any{Tests: allPrepared(t.Tests)} }

func allColumns(tests []RowTest) []string {
	var columns []string
	seen := map[string]bool{}
	for _, t := range tests {
		if t == nil { // reported by Suite.Validate
			continue
		}
		for _, c := range t.Columns() {
			if !seen[c] {
				seen[c] = true
				columns = append(columns, c)
			}
		}
	}
	return columns
}

func firstDimension(tests []RowTest) Dimension {
	if len(tests) == 0 || tests[0] == nil {
		return Validity
	}
	return tests[0].Dimension()
}

func allProblems(kind string, tests []RowTest) []string {
	if len(tests) == 0 {
		return []string{kind + ": it combines no test"}
	}
	var found []string
	for i, t := range tests {
		if t == nil {
			found = append(found, fmt.Sprintf("%s: test %d is nil", kind, i+1))
			continue
		}
		for _, text := range t.problems() {
			found = append(found, fmt.Sprintf("%s: test %d: %s", kind, i+1, text))
		}
	}
	return found
}

func allPrepared(tests []RowTest) []RowTest {
	ready := make([]RowTest, len(tests))
	for i, t := range tests {
		ready[i] = prepared(t)
	}
	return ready
}
