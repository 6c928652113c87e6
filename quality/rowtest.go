package quality

import "time"

// Truth is what a test says of a row, in the three-valued logic of SQL.
type Truth int8

// The three truths.
const (
	Unknown Truth = iota // the row is not judged: what the test reads is NULL
	Good
	Bad
)

// truth turns a boolean into a truth.
func truth(good bool) Truth {
	if good {
		return Good
	}
	return Bad
}

// Row is one row to be judged.
type Row struct {
	// Value returns the value of a field: nil for NULL, otherwise a string, a boolean, a number, a time.Time, a []byte, or a vector as
	// []float32.
	Value func(field string) any
	// Now is the time of the assessment, for bounds that are relative to it.
	Now time.Time
}

// RowTest is a test that judges every row by itself. An adapter may let the database judge; it comes to the same.
type RowTest interface {
	Test
	// Judge judges a row. A value of a type that the test cannot judge is Bad: it does not have the form that was agreed on.
	Judge(row Row) Truth
}

// one is what tests of one field share.
func one(field string) []string {
	if field == "" {
		return []string{"it names no field"}
	}
	return nil
}

// many is what tests of several fields share.
func many(fields []string, least int) []string {
	if len(fields) < least {
		return []string{"it names too few fields"}
	}
	for _, f := range fields {
		if f == "" {
			return []string{"one of its fields has no name"}
		}
	}
	return nil
}
