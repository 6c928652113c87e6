package neoquality

import (
	"iter"

	"github.com/shugo-data/shugo/quality"
)

// Side says which of two stores is held against the other.
type Side string

// The sides.
const (
	BothSides Side = ""       // each id of either store must be in the other
	Graph     Side = "graph"  // each id of the graph must be in the other store
	Theirs    Side = "theirs" // each id of the other store must be in the graph
)

// Mirror: the ids that nodes keep are those of another store, such as the rows of a table.
//
// For BothSides and Graph the two are merged, both in ascending order of their bytes (in PostgreSQL: ORDER BY id COLLATE "C"): memory is
// constant on this side, and on the server if an index on the property gives the order; ids out of order are an [ErrOrder]. For
// Theirs the ids come in any order, and are looked up in batches; that needs an index on the property.
//
// Judged are the nodes that have the property, and the ids that have no node (for Theirs: all ids, as often as they come); an id that is no
// text is not in the other store.
type Mirror struct {
	quality.Extension

	Field string                   // property that keeps the id, a text
	IDs   iter.Seq2[string, error] // ids of the other store; iterated once for each assessment
	Of    Side                     // which side is judged
}

// Kind returns "mirror".
func (Mirror) Kind() quality.Kind { return "mirror" }

// Columns returns the field.
func (t Mirror) Columns() []string { return []string{t.Field} }

// Dimension returns Consistency.
func (Mirror) Dimension() quality.Dimension { return quality.Consistency }

func (t Mirror) faults() []string {
	found := nameFaults(t.Columns())
	if t.IDs == nil {
		found = append(found, "expected the ids of the other store")
	}
	if t.Of != BothSides && t.Of != Graph && t.Of != Theirs {
		found = append(found, "unknown side")
	}
	return found
}
