package neopolicy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/governance"
)

// Config says what a graph is held against. Driver and Manifest are required.
type Config struct {
	// Driver is the server. The host closes it.
	Driver neo4j.DriverWithContext
	// Database is the database on it; empty: the server's default.
	Database string
	// Manifest declares the labels and relationship types: its datasets of Store.
	Manifest governance.Manifest
	// Store is the manifest's name for this database; empty: governance.Neo4j.
	Store string
	// Standing is the label of Query.Standing; empty: none. It needs no dataset.
	Standing string
	// Ignore names labels, and types in the form "[:TYPE]", that are none of the host's business, such as those of a tool.
	Ignore []string
	// Strict demands that each property be named in the Fields of its dataset. Otherwise a dataset covers, under its own
	// category, every property of its label or type.
	Strict bool
}

// Graph is a graph that is held against a manifest.
type Graph struct{ config Config }

// New returns a graph, or every fault of the configuration in one error. It does not use the driver.
func New(c Config) (*Graph, error) {
	var errs []error
	if c.Driver == nil {
		errs = append(errs, errors.New("neopolicy: config: no driver"))
	}
	if err := c.Manifest.Check(); err != nil {
		errs = append(errs, err)
	}
	if c.Store == "" {
		c.Store = governance.Neo4j
	}
	for i, name := range c.Ignore {
		if name == "" {
			errs = append(errs, fmt.Errorf("neopolicy: config: ignore[%d] is empty", i))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Graph{c}, nil
}

// Kind says in one word how a graph differs from its manifest.
type Kind string

// The kinds of difference.
const (
	UnknownLabel    Kind = "unknown_label"    // nodes have a label that no dataset declares
	UnlabelledNodes Kind = "unlabelled_nodes" // nodes have no label, so that no dataset can declare them
	UnknownType     Kind = "unknown_type"     // relationships have a type that no dataset declares
	UnknownProperty Kind = "unknown_property" // Config.Strict: a property that the dataset does not name
	MissingDataset  Kind = "missing_dataset"  // a dataset is declared and nothing is there
	MissingSubject  Kind = "missing_subject"  // nothing of a dataset has the subject's property
	MissingIndex    Kind = "missing_index"    // no index on the subject's property, or on the subject of the standing
	IndexOffline    Kind = "index_offline"    // the index is there and not online
	NotEnforced     Kind = "not_enforced"     // the server enforces no rule
)

// Severity says how much a difference matters.
type Severity string

// The severities, from the gravest.
const (
	High   Severity = "high"   // data that no rule covers
	Medium Severity = "medium" // a rule that holds, but slowly, or not by the server
	Low    Severity = "low"    // a declaration without data
)

// Difference is one thing in which a graph differs from its manifest.
type Difference struct {
	Kind     Kind     `json:"kind"`               // what differs
	Severity Severity `json:"severity"`           // how much it matters
	Dataset  string   `json:"dataset"`            // label, or "[:TYPE]"
	Property string   `json:"property,omitempty"` // of it, where it is about one
	Detail   string   `json:"detail"`             // what was found, and what was expected
	Repair   string   `json:"repair,omitempty"`   // Cypher that mends it; empty: somebody must decide, as Detail says
}

// String returns the difference in one line.
func (d Difference) String() string {
	at := d.Dataset
	if d.Property != "" {
		at += "." + d.Property
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s: %s", d.Severity, d.Kind, at, d.Detail))
}

// Report is how a graph differs from its manifest.
type Report struct {
	Edition     string       `json:"edition"`     // of the server: "community", "enterprise"
	Version     string       `json:"version"`     // of the server
	Enforcement string       `json:"enforcement"` // "none", or "not assessed" on other editions than Community
	Differences []Difference `json:"differences"` // the gravest first
}

// Drifted reports whether anything differs, apart from what the edition cannot do.
func (r Report) Drifted() bool {
	return slices.ContainsFunc(r.Differences, func(d Difference) bool { return d.Kind != NotEnforced })
}

// Repairs returns the statements that mend what can be mended.
func (r Report) Repairs() []string {
	var all []string
	for _, d := range r.Differences {
		if d.Repair != "" {
			all = append(all, d.Repair)
		}
	}
	return all
}

// String returns the report for people.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Neo4j %s, %s edition; enforced by the server: %s\n", r.Version, r.Edition, r.Enforcement)
	for _, d := range r.Differences {
		fmt.Fprintf(&b, "  %s\n", d)
		if d.Repair != "" {
			fmt.Fprintf(&b, "    %s\n", d.Repair)
		}
	}
	return b.String()
}

// Drift reports what is in the graph and not in the manifest, what is declared and not there, and what is missing for
// predicates to be fast. It reads every node and relationship once, on the server. Errors are the driver's, wrapped.
func (g *Graph) Drift(ctx context.Context) (Report, error) {
	s, err := g.snapshot(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("neopolicy: drift: %w", err)
	}
	r := Report{Edition: s.edition, Version: s.version, Enforcement: "none"}
	if s.edition != "community" {
		r.Enforcement = "not assessed"
	}
	for _, compare := range []func(*snapshot) []Difference{g.unknown, g.unnamed, g.missing, g.unindexed} {
		r.Differences = append(r.Differences, compare(s)...)
	}
	r.Differences = append(r.Differences, Difference{
		Kind: NotEnforced, Severity: Medium,
		Detail: fmt.Sprintf("rights on labels and properties by the %s edition: %s; the rules hold in the program and its predicates only",
			s.edition, r.Enforcement),
	})
	rank := map[Severity]int{High: 0, Medium: 1, Low: 2}
	slices.SortStableFunc(r.Differences, func(a, b Difference) int {
		return cmp.Or(rank[a.Severity]-rank[b.Severity], cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Property, b.Property))
	})
	return r, nil
}

// Field is a property that is in the graph.
type Field struct {
	Store    string              // the manifest's name for the database
	Dataset  string              // label, or "[:TYPE]"
	Name     string              // of the property; empty: a label or type without properties
	Category governance.Category // that covers it; empty: none
}

// Fields returns every property of every label and type that is in the graph, in alphabetical order, apart from those that
// are ignored. Errors are the driver's, wrapped.
func (g *Graph) Fields(ctx context.Context) ([]Field, error) {
	s, err := g.snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("neopolicy: fields: %w", err)
	}
	var fields []Field
	for name, properties := range s.datasets {
		if g.ignored(name) {
			continue
		}
		d, declared := g.dataset(name)
		for property := range properties {
			f := Field{Store: g.config.Store, Dataset: name, Name: property}
			if declared {
				f.Category = g.category(d, property)
			}
			fields = append(fields, f)
		}
	}
	slices.SortFunc(fields, func(a, b Field) int { return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Name, b.Name)) })
	return fields, nil
}

func (g *Graph) ignored(name string) bool {
	return slices.Contains(g.config.Ignore, name) || g.config.Standing != "" && name == g.config.Standing
}

func (g *Graph) dataset(name string) (governance.Dataset, bool) {
	for _, d := range g.config.Manifest.Datasets {
		if d.Store == g.config.Store && d.Name == name {
			return d, true
		}
	}
	return governance.Dataset{}, false
}

// category returns the category of a property; empty: the dataset does not cover it.
func (g *Graph) category(d governance.Dataset, property string) governance.Category {
	for _, f := range d.Fields {
		if f.Name == property {
			return cmp.Or(f.Category, d.Category)
		}
	}
	if g.config.Strict && property != d.Subject && property != "" {
		return ""
	}
	return d.Category
}
