package neoquality

import (
	"fmt"
	"strings"
)

// String says what is asked.
func (t Connected) String() string {
	return "a node has a relationship" + relationship(t.Types, t.Direction, t.To)
}

// String says what is asked.
func (t Degree) String() string {
	switch {
	case t.Max < 0:
		return "a node has no relationship" + relationship(t.Types, t.Direction, t.To)
	case t.Max == 0:
		return fmt.Sprintf("a node has at least %d relationships", t.Min) + relationship(t.Types, t.Direction, t.To)
	case t.Min == t.Max:
		return fmt.Sprintf("a node has %d relationships", t.Min) + relationship(t.Types, t.Direction, t.To)
	}
	return fmt.Sprintf("a node has %d to %d relationships", t.Min, t.Max) + relationship(t.Types, t.Direction, t.To)
}

// relationship says which relationships are meant.
func relationship(types []string, direction Direction, to string) string {
	text := ""
	if len(types) > 0 {
		text = " of type " + strings.Join(types, " or ")
	}
	if direction != "" {
		text += ", " + string(direction)
	}
	if to != "" {
		text += ", with a node labelled " + to
	}
	return text
}

// String says what is asked.
func (t Endpoints) String() string {
	return "a relationship leads from " + labelled(t.From) + " to " + labelled(t.To)
}

func labelled(labels []string) string {
	if len(labels) == 0 {
		return "any node"
	}
	return "a node labelled " + strings.Join(labels, " or ")
}

// String says what is asked.
func (NoLoop) String() string { return "a relationship does not lead back to its node" }

// String says what is asked.
func (t NoParallel) String() string {
	text := "two nodes have one such relationship"
	if t.Undirected {
		text += " in either direction"
	}
	if len(t.Fields) > 0 {
		text += " for each (" + strings.Join(t.Fields, ", ") + ")"
	}
	return text
}

// String says what is asked.
func (t HasConstraint) String() string {
	kind := t.Type
	if kind == "" {
		kind = Uniqueness
	}
	text := fmt.Sprintf("there is a constraint of type %s on (%s)", kind, strings.Join(t.Properties, ", "))
	if t.Of != "" {
		text += ": " + t.Of
	}
	return text
}

// String says what is asked.
func (t HasIndex) String() string {
	kind := t.Type
	if kind == "" {
		kind = RangeIndex
	}
	text := fmt.Sprintf("there is an index of type %s on (%s), online", kind, strings.Join(t.Properties, ", "))
	if t.Dimensions > 0 {
		text += fmt.Sprintf(", of %d dimensions", t.Dimensions)
	}
	if t.Similarity != "" {
		text += ", by " + t.Similarity
	}
	return text
}

// String says what is asked.
func (OnlyDeclared) String() string {
	return "there is no constraint and no index that the suite does not declare"
}

// String says what is asked.
func (t Mirror) String() string { return t.Field + " and the ids of the other store are the same" }
