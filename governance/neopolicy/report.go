package neopolicy

import (
	"fmt"
	"strings"
)

// Kind says what a difference is.
type Kind string

// The kinds.
const (
	UnknownLabel        Kind = "unknown_label"             // in the database, and in no dataset
	UnknownRelationship Kind = "unknown_relationship_type" // likewise
	UnknownProperty     Kind = "unknown_property"          // of a dataset that does not name it, with Config.Strict
	UnlabelledNodes     Kind = "unlabelled_nodes"          // which no dataset can cover; not looked for with Config.Within
	UnreadableSubject   Kind = "unreadable_subject"        // records whose subject property is no text, or empty
	IndexMissing        Kind = "index_missing"             // on the subject: a predicate reads every record
	ConstraintMissing   Kind = "constraint_missing"        // on the id: two records can have the same
	IndexOffline        Kind = "index_offline"             // there, and not in use
	DatasetMissing      Kind = "dataset_missing"           // declared, and not in the database: misspelt, or not yet used
	PropertyMissing     Kind = "property_missing"          // named in Fields, and of no record; not looked for in a sample
)

// Severity says how bad a difference is.
type Severity string

// The severities, from the worst.
const (
	High   Severity = "high"   // data that no rule covers, or that is not found when a person's data is looked for
	Medium Severity = "medium" // a claim that cannot be kept
	Low    Severity = "low"    // the manifest is ahead of the database, or misspelt
)

// severity returns how bad differences of a kind are.
func (k Kind) severity() Severity {
	switch k {
	case UnknownLabel, UnknownRelationship, UnlabelledNodes, UnreadableSubject:
		return High
	case DatasetMissing, PropertyMissing:
		return Low
	}
	return Medium
}

func (s Severity) rank() int {
	switch s {
	case High:
		return 0
	case Medium:
		return 1
	}
	return 2
}

// Difference is one place where the database is not as the manifest has it.
type Difference struct {
	Kind     Kind     `json:"kind"`               // what it is
	Severity Severity `json:"severity"`           // how bad it is
	Element  Element  `json:"element,omitzero"`   // where; zero: nodes without a label
	Property string   `json:"property,omitempty"` // where in it; empty: all of it
	Found    string   `json:"found"`              // in the database
	Expected string   `json:"expected"`           // by the manifest

	// Repair is Cypher that mends it and loses nothing: statements to run one after the other, each by itself. Empty: a person
	// must decide.
	Repair []string `json:"repair,omitempty"`
	// Removal is Cypher that takes out of the database what the manifest does not declare, beyond recovery: statements for a
	// person who has decided that it must not be there. In a large graph they want batches.
	Removal []string `json:"removal,omitempty"`
}

// String returns the difference in one line.
func (d Difference) String() string {
	place := d.Element.Dataset()
	if d.Property != "" {
		place += "." + d.Property
	}
	if place != "" {
		place = fmt.Sprintf(" %q", place)
	}
	return fmt.Sprintf("%s: %s%s: found %s, want %s", d.Severity, d.Kind, place, d.Found, d.Expected)
}

func (d Difference) compare(other Difference) int {
	if c := d.Severity.rank() - other.Severity.rank(); c != 0 {
		return c
	}
	if c := strings.Compare(string(d.Kind), string(other.Kind)); c != 0 {
		return c
	}
	if c := d.Element.compare(other.Element); c != 0 {
		return c
	}
	return strings.Compare(d.Property, other.Property)
}

// ServerEnforcement says whether the server itself stops who goes around the guard.
type ServerEnforcement string

// What the server enforces.
const (
	// NotEnforced: the Community edition has no roles, no privileges on labels and properties and no constraints on the
	// existence of properties. Whoever has the password reads and writes everything.
	NotEnforced ServerEnforcement = "none"
	// NotAssessed: another edition could have privileges that this package does not look at.
	NotAssessed ServerEnforcement = "not assessed"
)

// Enforcement says what the server itself enforces of the rules. It is no difference, since nothing in the database mends it.
type Enforcement struct {
	Server  ServerEnforcement `json:"server"`  // what it enforces
	Edition string            `json:"edition"` // in the server's words: "community"
	Version string            `json:"version"` // of the server
}

// String returns the enforcement in one line.
func (e Enforcement) String() string {
	if e.Server == NotEnforced {
		return fmt.Sprintf("enforcement: none, Neo4j %s %s: not enforced by the server, predicates bind only who uses them", e.Version, e.Edition)
	}
	return fmt.Sprintf("enforcement: %s, Neo4j %s %s", e.Server, e.Version, e.Edition)
}

// Report says how a database differs from its manifest.
type Report struct {
	Enforcement Enforcement  `json:"enforcement"` // by the server
	Sample      int          `json:"sample"`      // records read of each dataset at most; zero: all
	Differences []Difference `json:"differences"` // from the worst, then by kind and place
}

// Clean reports whether there are no differences.
func (r Report) Clean() bool { return len(r.Differences) == 0 }

// Repairs returns the Repair of all differences, in the order of the report.
func (r Report) Repairs() []string {
	var list []string
	for _, d := range r.Differences {
		list = append(list, d.Repair...)
	}
	return list
}

// String returns the report in lines, the last without a line end.
func (r Report) String() string {
	lines := []string{r.Enforcement.String()}
	if r.Sample > 0 {
		lines = append(lines, fmt.Sprintf("sample: at most %d records of each dataset were read", r.Sample))
	}
	if r.Clean() {
		lines = append(lines, "no differences")
	}
	for _, d := range r.Differences {
		lines = append(lines, d.String())
	}
	return strings.Join(lines, "\n")
}
