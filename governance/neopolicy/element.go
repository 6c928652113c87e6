package neopolicy

import (
	"fmt"
	"strings"
)

// Element is a label or a relationship type: what a dataset of the manifest names. A label is declared by its name,
// "Teacher", and a relationship type as Cypher writes it, "[:TEACHES]", so that both can have the same name. A label whose
// own name begins with "[:" and ends with "]" cannot be declared.
type Element struct {
	Name         string `json:"name"`                   // of the label or type, as the database has it
	Relationship bool   `json:"relationship,omitempty"` // a type, not a label
}

// ParseElement returns the element that a dataset's name declares. Errors: one for a name that Neo4j does not take.
func ParseElement(dataset string) (Element, error) {
	e := Element{Name: dataset}
	if rest, ok := strings.CutPrefix(dataset, "[:"); ok && strings.HasSuffix(rest, "]") {
		e = Element{Name: strings.TrimSuffix(rest, "]"), Relationship: true}
	}
	if _, err := Quote(e.Name); err != nil {
		return Element{}, fmt.Errorf("dataset %q: %w", dataset, err)
	}
	return e, nil
}

// Dataset returns the name by which a manifest declares the element.
func (e Element) Dataset() string {
	if e.Relationship {
		return "[:" + e.Name + "]"
	}
	return e.Name
}

// pattern returns the pattern that binds n to each record, for MATCH.
func (e Element) pattern() string {
	if e.Relationship {
		return "()-[n:" + quoted(e.Name) + "]->()"
	}
	return "(n:" + quoted(e.Name) + ")"
}

// schema returns the pattern that commands on indexes and constraints want.
func (e Element) schema() string {
	if e.Relationship {
		return "()-[n:" + quoted(e.Name) + "]-()"
	}
	return e.pattern()
}

func (e Element) word() string {
	if e.Relationship {
		return "relationship type"
	}
	return "label"
}

// compare orders labels before types, and each by name.
func (e Element) compare(other Element) int {
	switch {
	case e.Relationship == other.Relationship:
		return strings.Compare(e.Name, other.Name)
	case other.Relationship:
		return -1
	}
	return 1
}
