package quality

import (
	"fmt"
	"slices"
)

// Unique: values of the fields, taken together, occur once. Rows in which one of the fields is NULL are not judged, as in a unique
// constraint.
type Unique struct {
	Fields []string // at least one
	Count  Sense    // what is counted as unexpected; empty: AffectedRows
}

// Sense says what is counted as unexpected when values occur more than once. [Duplicates] has all four numbers. With values a, a, a, b,
// b, c:
type Sense string

// The senses.
const (
	AffectedRows Sense = "affected rows" // rows whose value occurs more than once: 5 of 6 rows
	ExcessRows   Sense = "excess rows"   // rows too many, those that deleting would mend: 3 of 6 rows
	Groups       Sense = "groups"        // values that occur more than once: 2 of 3 values
)

// Kind returns "unique".
func (Unique) Kind() Kind { return "unique" }

// Columns returns the fields.
func (t Unique) Columns() []string { return t.Fields }

// Dimension returns Uniqueness.
func (Unique) Dimension() Dimension { return Uniqueness }

func (t Unique) problems() []string {
	found := many(t.Fields, 1)
	if !slices.Contains([]Sense{"", AffectedRows, ExcessRows, Groups}, t.Count) {
		found = append(found, fmt.Sprintf("unknown sense %q", t.Count))
	}
	return found
}

// VectorUnique: no two rows have the same vector, nor one that points in the same direction: rescaled copies and copies with noise of
// at most Within count. Affected rows are unexpected. NULL and zero vectors are not judged.
type VectorUnique struct {
	Field  string  // of vectors
	Within float64 // greatest cosine distance of a near duplicate; 0: exact copies only
}

// Kind returns "vector_unique".
func (VectorUnique) Kind() Kind { return "vector_unique" }

// Columns returns the field.
func (t VectorUnique) Columns() []string { return []string{t.Field} }

// Dimension returns Uniqueness.
func (VectorUnique) Dimension() Dimension { return Uniqueness }

func (t VectorUnique) problems() []string {
	found := one(t.Field)
	if !(t.Within >= 0 && t.Within <= 0.01) {
		found = append(found, "near duplicates lie within a cosine distance from 0 to 0.01")
	}
	return found
}

// Reference: what the fields refer to exists, in another dataset or in another store. Rows in which one of the fields is NULL are not
// judged, as in a foreign key.
type Reference struct {
	Fields   []string // at least one
	To       string   // dataset that is referred to
	ToSchema string   // of the table; empty: where the search path finds it
	ToFields []string // as many as Fields; empty: the same names
}

// Kind returns "reference".
func (Reference) Kind() Kind { return "reference" }

// Columns returns the fields.
func (t Reference) Columns() []string { return t.Fields }

// Dimension returns Consistency.
func (Reference) Dimension() Dimension { return Consistency }

// Targets returns the fields that are referred to.
func (t Reference) Targets() []string {
	if len(t.ToFields) == 0 {
		return t.Fields
	}
	return t.ToFields
}

func (t Reference) problems() []string {
	found := many(t.Fields, 1)
	if t.To == "" || len(t.Targets()) != len(t.Fields) {
		found = append(found, "expected a dataset that is referred to, and as many fields there")
	}
	return found
}

// CountMatches: a number that a row keeps is the number of rows of another dataset that refer to it, such as the number of messages of
// a session. NULL is not judged.
type CountMatches struct {
	Field    string // of numbers: the number kept
	Key      string // what the other rows refer to
	Of       string // the other dataset
	OfSchema string // of its table; empty: where the search path finds it
	OfField  string // its field that refers to Key
}

// Kind returns "count_matches".
func (CountMatches) Kind() Kind { return "count_matches" }

// Columns returns the field and the key.
func (t CountMatches) Columns() []string { return []string{t.Field, t.Key} }

// Dimension returns Consistency.
func (CountMatches) Dimension() Dimension { return Consistency }

func (t CountMatches) problems() []string { return many([]string{t.Field, t.Key, t.Of, t.OfField}, 4) }

// Sequence: within each group of rows, the numbers run from a first one upwards without a gap and without a repeat, such as the order of
// the messages of a session. Of a group with values 1, 2, 2, 5 two rows are unexpected: a repeat, and one that follows a gap.
// Rows in which one of the fields is NULL are not judged.
type Sequence struct {
	Field  string   // of whole numbers
	Within []string // fields that make the group; empty: the whole table
	First  int64    // the first number of each group
}

// Kind returns "sequence".
func (Sequence) Kind() Kind { return "sequence" }

// Columns returns the field and those of the group.
func (t Sequence) Columns() []string { return append([]string{t.Field}, t.Within...) }

// Dimension returns Consistency.
func (Sequence) Dimension() Dimension { return Consistency }

func (t Sequence) problems() []string { return many(t.Columns(), 1) }

// Monotone: in a given order, the values rise or fall. A row is unexpected when its value is on the wrong side of the one before it that
// is not NULL. Rows in which one of the fields is NULL are not judged.
type Monotone struct {
	Field   string   // of numbers, times or text
	By      []string // fields that give the order; at least one
	Within  []string // fields that make groups, each judged by itself; empty: the whole table
	Falling bool     // values fall instead of rising
	Strict  bool     // two neighbours must not be equal
}

// Kind returns "rising" or "falling".
func (t Monotone) Kind() Kind {
	if t.Falling {
		return "falling"
	}
	return "rising"
}

// Columns returns the field, those of the order and those of the group.
func (t Monotone) Columns() []string {
	return append(append([]string{t.Field}, t.By...), t.Within...)
}

// Dimension returns Consistency.
func (Monotone) Dimension() Dimension { return Consistency }

func (t Monotone) problems() []string {
	found := many(t.Columns(), 1)
	if len(t.By) == 0 {
		found = append(found, "rows of a table have no order: expected By")
	}
	return found
}

// ZScore: the value lies within a number of standard deviations from the mean of all (the sample's deviation, as stddev_samp of SQL).
// NULL is not judged; when all values are equal, every row is good.
type ZScore struct {
	Field string  // of numbers
	Max   float64 // standard deviations; 0: 3
	Above bool    // only values above the mean count
}

// Kind returns "z_score".
func (ZScore) Kind() Kind { return "z_score" }

// Columns returns the field.
func (t ZScore) Columns() []string { return []string{t.Field} }

// Dimension returns Accuracy.
func (ZScore) Dimension() Dimension { return Accuracy }

// Limit returns the number of standard deviations.
func (t ZScore) Limit() float64 {
	if t.Max == 0 {
		return 3
	}
	return t.Max
}

func (t ZScore) problems() []string {
	found := one(t.Field)
	if !(t.Max >= 0) {
		found = append(found, "a limit is a positive number of standard deviations")
	}
	return found
}
