package quality

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// RowCount: the number of rows is within bounds. It is the one test that an empty table can pass.
type RowCount struct {
	Min int64 // rows
	Max int64 // rows; 0: no upper bound, so that a table that must be empty is Max: -1
}

// Kind returns "row_count".
func (RowCount) Kind() Kind { return "row_count" }

// Columns returns nothing.
func (RowCount) Columns() []string { return nil }

// Dimension returns Completeness.
func (RowCount) Dimension() Dimension { return Completeness }

// Within says whether a number of rows is within the bounds.
func (t RowCount) Within(rows int64) bool {
	return rows >= t.Min && (t.Max == 0 || rows <= max(t.Max, 0))
}

func (t RowCount) problems() []string {
	if t.Min < 0 || t.Max > 0 && t.Max < t.Min || t.Max < 0 && t.Min > 0 || t.Max < -1 {
		return []string{fmt.Sprintf("rows from %d to %d: expected 0 <= Min <= Max", t.Min, t.Max)}
	}
	return nil
}

// Fresh: the newest time of the field is at most so old, by the clock of the store.
type Fresh struct {
	Field string        // of times
	Age   time.Duration // greatest age
}

// Kind returns "fresh".
func (Fresh) Kind() Kind { return "fresh" }

// Columns returns the field.
func (t Fresh) Columns() []string { return []string{t.Field} }

// Dimension returns Timeliness.
func (Fresh) Dimension() Dimension { return Timeliness }

func (t Fresh) problems() []string {
	found := one(t.Field)
	if t.Age <= 0 {
		found = append(found, "expected a positive age")
	}
	return found
}

// Figure is a number that is computed from a field of all rows. NULL is left out.
type Figure string

// The figures.
const (
	Mean          Figure = "mean"
	Deviation     Figure = "standard deviation" // of the sample: n-1
	TotalSum      Figure = "sum"
	Minimum       Figure = "minimum"
	Maximum       Figure = "maximum"
	Median        Figure = "median"         // interpolated between the two middle values, as percentile_cont of SQL
	Quantile      Figure = "quantile"       // interpolated, as percentile_cont of SQL
	DistinctCount Figure = "distinct count" // number of different values
	DistinctShare Figure = "distinct share" // different values per value
)

// Statistic: a figure of all rows is within bounds. Without a value that is not NULL there is no figure, and the check is not assessed.
// A value that is NaN makes Mean, Deviation and TotalSum NaN, which is never within.
type Statistic struct {
	Of      Figure  // what is computed
	Field   string  // of numbers; of times or text for Minimum, Maximum, DistinctCount and DistinctShare
	Q       float64 // of Quantile: from 0 to 1
	Min     any     // number, for Minimum and Maximum also time.Time, text or Now; nil: no lower bound
	Max     any     // as Min; nil: no upper bound
	OpenMin bool    // the figure must be above Min
	OpenMax bool    // the figure must be below Max
}

// Kind returns the figure.
func (t Statistic) Kind() Kind { return Kind(t.Of) }

// Columns returns the field.
func (t Statistic) Columns() []string { return []string{t.Field} }

// Dimension returns Accuracy, of distinct values Uniqueness.
func (t Statistic) Dimension() Dimension {
	if t.Of == DistinctCount || t.Of == DistinctShare {
		return Uniqueness
	}
	return Accuracy
}

// Within says whether an observed figure is within the bounds: a number, a time or a text.
func (t Statistic) Within(observed any, now time.Time) bool {
	return within(observed, t.Min, t.Max, t.OpenMin, t.OpenMax, now)
}

// OfRow says whether the figure is the value of a row, which reports do not show unless the check reveals it.
func (t Statistic) OfRow() bool {
	return slices.Contains([]Figure{Minimum, Maximum, Median, Quantile}, t.Of)
}

func (t Statistic) problems() []string {
	found := append(one(t.Field), boundProblems(t.Min, t.Max)...)
	if !slices.Contains([]Figure{Mean, Deviation, TotalSum, Minimum, Maximum, Median, Quantile, DistinctCount, DistinctShare}, t.Of) {
		found = append(found, fmt.Sprintf("unknown figure %q", t.Of))
	}
	if !(t.Q >= 0 && t.Q <= 1) {
		found = append(found, "a quantile is from 0 to 1")
	}
	if t.Of == Minimum || t.Of == Maximum {
		return found
	}
	for _, b := range []any{t.Min, t.Max} {
		if f, ok := float(b); b != nil && (!ok || math.IsNaN(f)) {
			found = append(found, fmt.Sprintf("a bound of type %T: expected a number", b))
		}
	}
	return found
}

// Covers: every value of a set occurs in at least one row.
type Covers struct {
	Field  string // of text, numbers, booleans or times
	Values []any  // the set
	Exact  bool   // and no other value occurs
}

// Kind returns "covers".
func (Covers) Kind() Kind { return "covers" }

// Columns returns the field.
func (t Covers) Columns() []string { return []string{t.Field} }

// Dimension returns Completeness.
func (Covers) Dimension() Dimension { return Completeness }

func (t Covers) problems() []string {
	found := append(one(t.Field), setProblems(t.Values)...)
	if len(t.Values) == 0 && !t.Exact {
		found = append(found, "the set is empty: the test could not fail")
	}
	return found
}

// MostCommon: the most common value is one of a set. When several values are the most common, each must be, unless Ties allows one.
type MostCommon struct {
	Field  string // of text, numbers, booleans or times
	Values []any  // the set
	Ties   bool   // one of several most common values suffices
}

// Kind returns "most_common".
func (MostCommon) Kind() Kind { return "most_common" }

// Columns returns the field.
func (t MostCommon) Columns() []string { return []string{t.Field} }

// Dimension returns Accuracy.
func (MostCommon) Dimension() Dimension { return Accuracy }

func (t MostCommon) problems() []string { return append(one(t.Field), setProblems(t.Values)...) }

// HasColumns: the dataset has these columns.
type HasColumns struct {
	Names   []string // their names
	Exact   bool     // and no other
	Ordered bool     // in this order, one after the other
	From    int      // with Ordered: the place of the first of them, counted from 1; 0: 1
}

// Kind returns "columns".
func (HasColumns) Kind() Kind { return "columns" }

// Columns returns nothing: a column that is missing is what the test is about.
func (HasColumns) Columns() []string { return nil }

// Dimension returns Validity.
func (HasColumns) Dimension() Dimension { return Validity }

// Within says whether the columns of a dataset, in their order, are as they should be.
func (t HasColumns) Within(have []string) bool {
	if t.Exact && len(have) != len(t.Names) {
		return false
	}
	if t.Ordered {
		from := max(t.From-1, 0)
		return len(have) >= from+len(t.Names) && slices.Equal(have[from:from+len(t.Names)], t.Names)
	}
	return !slices.ContainsFunc(t.Names, func(n string) bool { return !slices.Contains(have, n) })
}

func (t HasColumns) problems() []string {
	found := many(t.Names, 1)
	if t.From < 0 || t.From > 0 && !t.Ordered {
		found = append(found, "a place counts from 1, and belongs to Ordered")
	}
	return found
}

// ColumnCount: the number of columns is within bounds.
type ColumnCount struct {
	Min int // columns
	Max int // columns; 0: no upper bound
}

// Kind returns "column_count".
func (ColumnCount) Kind() Kind { return "column_count" }

// Columns returns nothing.
func (ColumnCount) Columns() []string { return nil }

// Dimension returns Validity.
func (ColumnCount) Dimension() Dimension { return Validity }

// Within says whether a number of columns is within the bounds.
func (t ColumnCount) Within(n int) bool { return n >= t.Min && (t.Max == 0 || n <= t.Max) }

func (t ColumnCount) problems() []string {
	if t.Min < 0 || t.Max < 0 || t.Max != 0 && t.Max < t.Min {
		return []string{fmt.Sprintf("columns from %d to %d: expected 0 <= Min <= Max", t.Min, t.Max)}
	}
	return nil
}

// ColumnType: the column has one of these types, named as the store names them: "text", "timestamp with time zone", "vector(1536)".
type ColumnType struct {
	Field string   // column
	Types []string // at least one
}

// Kind returns "column_type".
func (ColumnType) Kind() Kind { return "column_type" }

// Columns returns the field.
func (t ColumnType) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (ColumnType) Dimension() Dimension { return Validity }

func (t ColumnType) problems() []string {
	found := one(t.Field)
	if len(t.Types) == 0 {
		found = append(found, "expected at least one type")
	}
	return found
}
