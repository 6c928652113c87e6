package neoquality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// ConstraintType is the type of a constraint, of nodes and of relationships alike.
type ConstraintType string

// The types. Neo4j Community has the first alone.
const (
	Uniqueness   ConstraintType = "uniqueness"    // values occur once
	Key          ConstraintType = "key"           // values occur once, and are there
	Existence    ConstraintType = "existence"     // the property is there
	PropertyType ConstraintType = "property type" // the property has a type
)

// HasConstraint: the label or type has the constraint, and the index that it stands on is online.
type HasConstraint struct {
	quality.Extension

	Type       ConstraintType // empty: Uniqueness
	Properties []string       // in order
	Of         string         // of PropertyType: the type in the words of SHOW CONSTRAINTS, such as "STRING"
}

// Kind returns "has_constraint".
func (HasConstraint) Kind() quality.Kind { return "has_constraint" }

// Columns returns the properties.
func (t HasConstraint) Columns() []string { return t.Properties }

// Dimension returns Consistency.
func (HasConstraint) Dimension() quality.Dimension { return quality.Consistency }

func (t HasConstraint) kind() ConstraintType {
	if t.Type == "" {
		return Uniqueness
	}
	return t.Type
}

func (t HasConstraint) faults() []string {
	found := nameFaults(t.Properties)
	if len(t.Properties) == 0 {
		found = append(found, "expected at least one property")
	}
	if !slices.Contains([]ConstraintType{Uniqueness, Key, Existence, PropertyType}, t.kind()) {
		found = append(found, fmt.Sprintf("unknown type of constraint %q", t.Type))
	}
	if (t.kind() == PropertyType) != (t.Of != "") {
		found = append(found, "a constraint of a property's type says which, and no other does")
	}
	return found
}

// IndexType is the type of an index, in the words of SHOW INDEXES.
type IndexType string

// The types.
const (
	RangeIndex    IndexType = "RANGE"
	TextIndex     IndexType = "TEXT"
	PointIndex    IndexType = "POINT"
	FulltextIndex IndexType = "FULLTEXT"
	VectorIndex   IndexType = "VECTOR"
)

// HasIndex: the label or type has the index, and it is online. An index that a constraint stands on counts.
type HasIndex struct {
	quality.Extension

	Type       IndexType // empty: RangeIndex
	Properties []string  // in order
	Dimensions int       // of a vector index; 0: any
	Similarity string    // of a vector index: "cosine" or "euclidean"; empty: any
}

// Kind returns "has_index".
func (HasIndex) Kind() quality.Kind { return "has_index" }

// Columns returns the properties.
func (t HasIndex) Columns() []string { return t.Properties }

// Dimension returns Consistency.
func (HasIndex) Dimension() quality.Dimension { return quality.Consistency }

func (t HasIndex) kind() IndexType {
	if t.Type == "" {
		return RangeIndex
	}
	return t.Type
}

func (t HasIndex) faults() []string {
	found := nameFaults(t.Properties)
	if len(t.Properties) == 0 {
		found = append(found, "expected at least one property")
	}
	if !slices.Contains([]IndexType{RangeIndex, TextIndex, PointIndex, FulltextIndex, VectorIndex}, t.kind()) {
		found = append(found, fmt.Sprintf("unknown type of index %q", t.Type))
	}
	if !slices.Contains([]string{"", "cosine", "euclidean"}, strings.ToLower(t.Similarity)) {
		found = append(found, fmt.Sprintf("unknown similarity %q", t.Similarity))
	}
	if t.kind() != VectorIndex && (t.Dimensions != 0 || t.Similarity != "") || t.Dimensions < 0 {
		found = append(found, "dimensions, a positive number, and similarity are those of a vector index")
	}
	return found
}

// OnlyDeclared: the label or type has no constraint and no index but those that [HasConstraint] and [HasIndex] of the same suite expect.
// An index that a constraint stands on belongs to the constraint; an index on several labels belongs to each.
type OnlyDeclared struct {
	quality.Extension
}

// Kind returns "only_declared".
func (OnlyDeclared) Kind() quality.Kind { return "only_declared" }

// Columns returns nothing.
func (OnlyDeclared) Columns() []string { return nil }

// Dimension returns Consistency.
func (OnlyDeclared) Dimension() quality.Dimension { return quality.Consistency }

func (OnlyDeclared) faults() []string { return nil }
