package quality

import "strings"

// Joined: a test of rows together with the row of another dataset that they refer to, such as a message that is not older than its
// session. In its tests a field of the other row is named by the other dataset, a dot, and the field: "sessions.started_at". Rows that
// refer to nothing are not judged: that is for [Reference].
type Joined struct {
	Name     string   // of what is judged, part of the kind; empty: the kind of Test
	Fields   []string // that refer; at least one
	To       string   // dataset that is referred to
	ToSchema string   // of the table; empty: where the search path finds it
	ToFields []string // as many as Fields, which identify a row there; empty: the same names
	When     RowTest  // narrows the pairs of rows; nil: all
	Test     RowTest  // what is asked of a pair of rows
}

// Kind returns "joined_" and the name, or the kind of the test.
func (t Joined) Kind() Kind {
	switch {
	case t.Name != "":
		return Kind("joined_" + t.Name)
	case t.Test == nil:
		return "joined"
	}
	return "joined_" + t.Test.Kind()
}

// Columns returns the fields of the suite's dataset that the test reads.
func (t Joined) Columns() []string {
	columns := append([]string{}, t.Fields...)
	for _, c := range allColumns([]RowTest{t.When, t.Test}) {
		if !strings.HasPrefix(c, t.To+".") {
			columns = append(columns, c)
		}
	}
	return columns
}

// Others returns the fields of the other dataset that the test reads.
func (t Joined) Others() []string {
	var others []string
	for _, c := range allColumns([]RowTest{t.When, t.Test}) {
		if name, ok := strings.CutPrefix(c, t.To+"."); ok {
			others = append(others, name)
		}
	}
	return others
}

// Targets returns the fields that are referred to.
func (t Joined) Targets() []string {
	return Reference{Fields: t.Fields, ToFields: t.ToFields}.Targets()
}

// Dimension returns the dimension of the test.
func (t Joined) Dimension() Dimension { return firstDimension([]RowTest{t.Test}) }

func (t Joined) problems() []string {
	found := Reference{Fields: t.Fields, To: t.To, ToFields: t.ToFields}.problems()
	found = append(found, allProblems("test", []RowTest{t.Test})...)
	if t.When != nil {
		found = append(found, allProblems("when", []RowTest{t.When})...)
	}
	return found
}
