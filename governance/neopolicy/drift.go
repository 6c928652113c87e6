package neopolicy

import (
	"context"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Drift compares the database with the manifest. It writes nothing.
//
// It reads the properties of every record of every dataset once, or of Config.Sample of them, and every node once when
// Config.Within is empty, each in a short transaction: what changes meanwhile is seen or not. What nobody declared is not
// read, unlike db.schema.nodeTypeProperties() would, which reads the whole graph. The driver's user must be allowed to call
// SHOW INDEXES and dbms.components().
//
// Errors are those of the driver.
func (p *Policy) Drift(ctx context.Context, driver neo4j.DriverWithContext) (Report, error) {
	c := comparison{policy: p, server: p.server(driver)}
	var err error
	if c.report.Enforcement, err = c.server.enforcement(ctx); err != nil {
		return Report{}, err
	}
	if c.elements, err = c.server.elements(ctx); err != nil {
		return Report{}, err
	}
	if c.indexes, err = c.server.indexes(ctx); err != nil {
		return Report{}, err
	}
	c.report.Sample, c.report.Differences = p.config.Sample, []Difference{}
	if err := c.unknown(ctx); err != nil {
		return Report{}, err
	}
	for _, d := range p.datasets {
		if err := c.dataset(ctx, d); err != nil {
			return Report{}, err
		}
	}
	standing := Element{Name: p.config.Standing}
	if d, declared := p.find(standing); standing.Name != "" && !(declared && d.Subject == standingSubject) {
		c.wantIndex(standing, standingSubject)
	}
	slices.SortFunc(c.report.Differences, Difference.compare)
	return c.report, nil
}

// comparison collects the differences.
type comparison struct {
	policy   *Policy
	server   server
	elements []Element
	indexes  []index
	report   Report
}

func (c *comparison) add(d Difference) {
	d.Severity = d.Kind.severity()
	c.report.Differences = append(c.report.Differences, d)
}

// unknown adds what no dataset declares.
func (c *comparison) unknown(ctx context.Context) error {
	for _, e := range c.elements {
		if _, declared := c.policy.find(e); declared || !c.policy.concerns(e) {
			continue
		}
		d := Difference{Kind: UnknownLabel, Element: e, Found: "a label that is not in the manifest",
			Expected: "a dataset of this name, or no such label"}
		if e.Relationship {
			d.Kind, d.Found, d.Expected = UnknownRelationship, "a relationship type that is not in the manifest",
				"a dataset of this name, or no such type"
		}
		d.Removal = c.removal(e)
		c.add(d)
	}
	if len(c.policy.config.Within) > 0 {
		return nil
	}
	count, err := c.server.unlabelled(ctx)
	if err == nil && count > 0 {
		c.add(Difference{Kind: UnlabelledNodes, Found: fmt.Sprintf("%d nodes without a label", count), Expected: "a label of a dataset on each",
			Removal: []string{"MATCH (n) WHERE size(labels(n)) = 0 DETACH DELETE n"}})
	}
	return err
}

// removal removes an element with its indexes and constraints, and the records that would have no other.
func (c *comparison) removal(e Element) []string {
	var list []string
	for _, i := range c.indexes {
		if i.element == e {
			list = append(list, i.drop())
		}
	}
	if e.Relationship {
		return append(list, "MATCH "+e.pattern()+" DELETE n")
	}
	return append(list, "MATCH "+e.pattern()+" WHERE size(labels(n)) = 1 DETACH DELETE n", "MATCH "+e.pattern()+" REMOVE n:"+quoted(e.Name))
}

func (i index) drop() string {
	if i.constraint != "" {
		return "DROP CONSTRAINT " + quoted(i.constraint) + " IF EXISTS"
	}
	return "DROP INDEX " + quoted(i.name) + " IF EXISTS"
}

// dataset adds how a dataset differs.
func (c *comparison) dataset(ctx context.Context, d dataset) error {
	unique := d.declares(c.policy.config.ID)
	if unique {
		c.wantConstraint(d.element, c.policy.config.ID)
	}
	if d.Subject != "" && !(unique && d.Subject == c.policy.config.ID) {
		c.wantIndex(d.element, d.Subject)
	}
	if !slices.Contains(c.elements, d.element) {
		c.add(Difference{Kind: DatasetMissing, Element: d.element, Found: "no such " + d.element.word(),
			Expected: "records, or no such dataset in the manifest" + c.hint(d.element)})
		return nil
	}
	if err := c.properties(ctx, d); err != nil || d.Subject == "" {
		return err
	}
	count, err := c.server.unreadable(ctx, d.element, d.Subject)
	if err == nil && count > 0 {
		c.add(Difference{Kind: UnreadableSubject, Element: d.element, Property: d.Subject,
			Found: fmt.Sprintf("%d records where it is empty, or no text", count), Expected: "the person's id as a text, or nothing"})
	}
	return err
}

// hint tells one who declared a relationship type as a label, or the other way round.
func (c *comparison) hint(e Element) string {
	other := Element{Name: e.Name, Relationship: !e.Relationship}
	if !slices.Contains(c.elements, other) {
		return ""
	}
	return fmt.Sprintf(" (there is a %s of this name: it is declared as %q)", other.word(), other.Dataset())
}

// properties adds the properties that are not in the manifest, and those that are not in the database.
func (c *comparison) properties(ctx context.Context, d dataset) error {
	names, err := c.server.properties(ctx, d.element)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, covered := d.category(name, c.policy.config.Strict); !covered {
			c.add(Difference{Kind: UnknownProperty, Element: d.element, Property: name, Found: "a property that is not in the manifest",
				Expected: "a field of this name, or no such property",
				Removal:  []string{"MATCH " + d.element.pattern() + " REMOVE n." + quoted(name)}})
		}
	}
	for _, f := range d.Fields {
		if c.server.sample == 0 && !slices.Contains(names, f.Name) {
			c.add(Difference{Kind: PropertyMissing, Element: d.element, Property: f.Name, Found: "no record that has it",
				Expected: "records with it, or no such field in the manifest"})
		}
	}
	return nil
}

// wantIndex adds that an index in use is missing.
func (c *comparison) wantIndex(e Element, property string) {
	create := "CREATE RANGE INDEX IF NOT EXISTS FOR " + e.schema() + " ON (n." + quoted(property) + ")"
	at := c.index(e, property)
	switch {
	case at == nil:
		c.add(Difference{Kind: IndexMissing, Element: e, Property: property, Found: "no index", Expected: "a range index",
			Repair: []string{create}})
	case at.state != online:
		c.offline(*at, create)
	}
}

// wantConstraint adds that a constraint of uniqueness is missing. A plain index is in its way.
func (c *comparison) wantConstraint(e Element, property string) {
	create := "CREATE CONSTRAINT IF NOT EXISTS FOR " + e.schema() + " REQUIRE n." + quoted(property) + " IS UNIQUE"
	at := c.index(e, property)
	switch {
	case at == nil:
		c.add(Difference{Kind: ConstraintMissing, Element: e, Property: property, Found: "no constraint",
			Expected: "a constraint of uniqueness", Repair: []string{create}})
	case at.constraint == "":
		c.add(Difference{Kind: ConstraintMissing, Element: e, Property: property, Found: "an index",
			Expected: "a constraint of uniqueness", Repair: []string{at.drop(), create}})
	case at.state != online:
		c.offline(*at, create)
	}
}

const (
	online = "ONLINE"
	failed = "FAILED"

	standingSubject = "subject" // the property by which predicates look a person up
)

// offline adds that an index is not in use. One that is being filled needs only time.
func (c *comparison) offline(i index, create string) {
	d := Difference{Kind: IndexOffline, Element: i.element, Property: i.property, Found: fmt.Sprintf("index %q, state %s", i.name, i.state),
		Expected: "state " + online}
	if i.state == failed {
		d.Repair = []string{i.drop(), create}
	}
	c.add(d)
}

func (c *comparison) index(e Element, property string) *index {
	for i := range c.indexes {
		if at := &c.indexes[i]; at.element == e && at.property == property {
			return at
		}
	}
	return nil
}
