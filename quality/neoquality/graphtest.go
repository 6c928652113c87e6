package neoquality

import (
	"fmt"

	"github.com/shugo-data/shugo/quality"
)

// Direction is the direction of relationships, seen from the node that is judged.
type Direction string

// The directions.
const (
	Both     Direction = ""         // either
	Outgoing Direction = "outgoing" // from the node
	Incoming Direction = "incoming" // to the node
)

// Connected: the node has a relationship of one of the types. A node without one is an orphan. Every node is judged.
type Connected struct {
	quality.Extension

	Types     []string  // relationship types; empty: any
	Direction Direction // as seen from the node
	To        string    // label of the node at the other end; empty: any
}

// Kind returns "connected".
func (Connected) Kind() quality.Kind { return "connected" }

// Columns returns nothing: no property is read.
func (Connected) Columns() []string { return nil }

// Dimension returns Consistency.
func (Connected) Dimension() quality.Dimension { return quality.Consistency }

func (t Connected) faults() []string { return relationFaults(t.Types, t.To, t.Direction) }

func (t Connected) good(*writer) string {
	return "EXISTS { " + relation(t.Types, t.Direction, t.To) + " }"
}

// Degree: the node has from Min to Max relationships of the types. Every node is judged.
type Degree struct {
	quality.Extension

	Types     []string  // relationship types; empty: any
	Direction Direction // as seen from the node
	To        string    // label of the node at the other end; empty: any
	Min       int       // relationships
	Max       int       // relationships; 0: no upper bound, so that none at all is Max: -1
}

// Kind returns "degree".
func (Degree) Kind() quality.Kind { return "degree" }

// Columns returns nothing: no property is read.
func (Degree) Columns() []string { return nil }

// Dimension returns Consistency.
func (Degree) Dimension() quality.Dimension { return quality.Consistency }

func (t Degree) faults() []string {
	found := relationFaults(t.Types, t.To, t.Direction)
	if t.Min < 0 || t.Max < -1 || t.Max > 0 && t.Max < t.Min || t.Max < 0 && t.Min > 0 {
		found = append(found, fmt.Sprintf("from %d to %d relationships: expected 0 <= Min <= Max", t.Min, t.Max))
	}
	return found
}

func (t Degree) good(w *writer) string {
	within := "d >= " + w.param(int64(t.Min))
	if t.Max != 0 {
		within += " AND d <= " + w.param(int64(max(t.Max, 0)))
	}
	return "[d IN [COUNT { " + relation(t.Types, t.Direction, t.To) + " }] | " + within + "][0]"
}

// Endpoints: the relationship runs between nodes of the right labels. Its suite is that of a relationship type.
type Endpoints struct {
	quality.Extension

	From []string // labels of which the first node has one; empty: any
	To   []string // labels of which the second node has one; empty: any
}

// Kind returns "endpoints".
func (Endpoints) Kind() quality.Kind { return "endpoints" }

// Columns returns nothing: no property is read.
func (Endpoints) Columns() []string { return nil }

// Dimension returns Validity.
func (Endpoints) Dimension() quality.Dimension { return quality.Validity }

func (t Endpoints) faults() []string {
	found := nameFaults(t.From, t.To)
	if len(t.From)+len(t.To) == 0 {
		found = append(found, "expected a label for one of the ends")
	}
	return found
}

func (t Endpoints) good(*writer) string { return hasLabel("a", t.From) + " AND " + hasLabel("b", t.To) }

// NoLoop: the relationship does not lead back to the node that it comes from. Its suite is that of a relationship type.
type NoLoop struct {
	quality.Extension
}

// Kind returns "no_loop".
func (NoLoop) Kind() quality.Kind { return "no_loop" }

// Columns returns nothing: no property is read.
func (NoLoop) Columns() []string { return nil }

// Dimension returns Validity.
func (NoLoop) Dimension() quality.Dimension { return quality.Validity }

func (NoLoop) faults() []string { return nil }

func (NoLoop) good(*writer) string { return "a <> b" }

// NoParallel: two nodes have at most one relationship of the type, or one for each value of Fields. Every relationship is judged, and a
// property that is missing is equal to another that is. Its suite is that of a relationship type.
type NoParallel struct {
	quality.Extension

	Fields     []string      // properties that tell relationships between the same nodes apart
	Undirected bool          // one relationship in each direction is one too many
	Count      quality.Sense // what is counted as unexpected; empty: quality.AffectedRows
}

// Kind returns "no_parallel".
func (NoParallel) Kind() quality.Kind { return "no_parallel" }

// Columns returns the fields.
func (t NoParallel) Columns() []string { return t.Fields }

// Dimension returns Uniqueness.
func (NoParallel) Dimension() quality.Dimension { return quality.Uniqueness }

func (t NoParallel) faults() []string {
	return append(nameFaults(t.Fields), senseFaults(t.Count)...)
}
