package neopolicy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// snapshot is what is in a graph.
type snapshot struct {
	edition, version string
	datasets         map[string]map[string]bool // label or "[:TYPE]" -> its properties; "" stands for none
	unlabelled       bool                       // there are nodes without a label
	indexes          map[place]string           // state of the indexes that answer equality
}

// place is a property of a label or type.
type place struct{ dataset, property string }

const (
	readServer = `CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version, edition`

	// Labels and types that nothing has any more are not in these.
	readNodes         = `CALL db.schema.nodeTypeProperties() YIELD nodeLabels, propertyName RETURN nodeLabels, propertyName`
	readRelationships = `CALL db.schema.relTypeProperties() YIELD relType, propertyName RETURN relType, propertyName`

	readIndexes = `
	SHOW INDEXES YIELD type, labelsOrTypes, properties, state, entityType
	WHERE type = 'RANGE' AND size(properties) = 1
	RETURN entityType, labelsOrTypes[0] AS name, properties[0] AS property, state`
)

func (g *Graph) snapshot(ctx context.Context) (*snapshot, error) {
	s := &snapshot{datasets: map[string]map[string]bool{}, indexes: map[place]string{}}
	for _, part := range []struct {
		cypher string
		take   func(*neo4j.Record) error
	}{
		{readServer, s.takeServer}, {readNodes, s.takeNodes}, {readRelationships, s.takeRelationships}, {readIndexes, s.takeIndex},
	} {
		result, err := neo4j.ExecuteQuery(ctx, g.config.Driver, part.cypher, nil, neo4j.EagerResultTransformer,
			neo4j.ExecuteQueryWithDatabase(g.config.Database), neo4j.ExecuteQueryWithReadersRouting())
		if err != nil {
			return nil, err
		}
		for _, r := range result.Records {
			if err := part.take(r); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *snapshot) takeServer(r *neo4j.Record) (err error) {
	if s.version, _, err = neo4j.GetRecordValue[string](r, "version"); err != nil {
		return err
	}
	s.edition, _, err = neo4j.GetRecordValue[string](r, "edition")
	return err
}

func (s *snapshot) takeNodes(r *neo4j.Record) error {
	labels, _, err := neo4j.GetRecordValue[[]any](r, "nodeLabels")
	if err != nil {
		return err
	}
	property, _, err := neo4j.GetRecordValue[string](r, "propertyName") // null, and so "", where nodes have none
	if err != nil {
		return err
	}
	s.unlabelled = s.unlabelled || len(labels) == 0
	for _, label := range labels {
		name, ok := label.(string)
		if !ok {
			return fmt.Errorf("a label that is a %T", label)
		}
		s.add(name, property)
	}
	return nil
}

// takeRelationships takes a type as the server prints it: :`TYPE`.
func (s *snapshot) takeRelationships(r *neo4j.Record) error {
	printed, _, err := neo4j.GetRecordValue[string](r, "relType")
	if err != nil {
		return err
	}
	property, _, err := neo4j.GetRecordValue[string](r, "propertyName")
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimPrefix(printed, ":`"), "`")
	s.add(TypeName(strings.ReplaceAll(name, "``", "`")), property)
	return nil
}

func (s *snapshot) add(dataset, property string) {
	if s.datasets[dataset] == nil {
		s.datasets[dataset] = map[string]bool{}
	}
	s.datasets[dataset][property] = true
}

func (s *snapshot) takeIndex(r *neo4j.Record) error {
	var texts [4]string
	for i, key := range []string{"entityType", "name", "property", "state"} {
		text, _, err := neo4j.GetRecordValue[string](r, key)
		if err != nil {
			return err
		}
		texts[i] = text
	}
	if texts[0] == "RELATIONSHIP" {
		texts[1] = TypeName(texts[1])
	}
	s.indexes[place{texts[1], texts[2]}] = texts[3]
	return nil
}

// TypeName returns the name of the dataset of a relationship type: "[:TYPE]".
func TypeName(relationshipType string) string { return "[:" + relationshipType + "]" }

// typeOf returns the relationship type of a dataset's name, if it names one.
func typeOf(dataset string) (string, bool) {
	name, begins := strings.CutPrefix(dataset, "[:")
	name, ends := strings.CutSuffix(name, "]")
	return name, begins && ends
}

// unknown returns the labels and types that no dataset declares.
func (g *Graph) unknown(s *snapshot) (found []Difference) {
	for _, name := range slices.Sorted(maps.Keys(s.datasets)) {
		if _, declared := g.dataset(name); declared || g.ignored(name) {
			continue
		}
		kind := UnknownLabel
		if _, ok := typeOf(name); ok {
			kind = UnknownType
		}
		found = append(found, Difference{Kind: kind, Severity: High, Dataset: name,
			Detail: "is in the graph and in no dataset: give it a category in the manifest, or remove it"})
	}
	if s.unlabelled {
		found = append(found, Difference{Kind: UnlabelledNodes, Severity: High,
			Detail: "nodes without a label are in the graph: label them, or remove them"})
	}
	return found
}

// unnamed returns the properties that their datasets do not cover.
func (g *Graph) unnamed(s *snapshot) (found []Difference) {
	for name, properties := range s.datasets {
		d, declared := g.dataset(name)
		if !declared {
			continue
		}
		for property := range properties {
			if property != "" && g.category(d, property) == "" {
				found = append(found, Difference{Kind: UnknownProperty, Severity: High, Dataset: name, Property: property,
					Detail: "is in the graph and not among the fields of its dataset: name it there, or remove it"})
			}
		}
	}
	return found
}

// missing returns what is declared and not there.
func (g *Graph) missing(s *snapshot) (found []Difference) {
	for _, d := range g.config.Manifest.Datasets {
		if d.Store != g.config.Store {
			continue
		}
		properties, there := s.datasets[d.Name]
		switch {
		case !there:
			found = append(found, Difference{Kind: MissingDataset, Severity: Low, Dataset: d.Name, Detail: "is declared, and nothing of it is in the graph"})
		case d.Subject != "" && !properties[d.Subject]:
			found = append(found, Difference{Kind: MissingSubject, Severity: High, Dataset: d.Name, Property: d.Subject,
				Detail: "nothing has the property that says whose it is: all of it is nobody's"})
		}
	}
	return found
}

// unindexed returns the properties that predicates compare and no index finds.
func (g *Graph) unindexed(s *snapshot) (found []Difference) {
	wanted := []place{}
	for _, d := range g.config.Manifest.Datasets {
		if d.Store == g.config.Store && d.Subject != "" {
			wanted = append(wanted, place{d.Name, d.Subject})
		}
	}
	if g.config.Standing != "" {
		wanted = append(wanted, place{g.config.Standing, "subject"})
	}
	for _, p := range wanted {
		switch state, there := s.indexes[p]; {
		case !there:
			found = append(found, Difference{Kind: MissingIndex, Severity: Medium, Dataset: p.dataset, Property: p.property,
				Detail: "has no range index: every predicate reads all of the dataset", Repair: p.createIndex()})
		case state != "ONLINE":
			found = append(found, Difference{Kind: IndexOffline, Severity: Medium, Dataset: p.dataset, Property: p.property,
				Detail: "its range index is " + strings.ToLower(state) + ": it may be on its way, otherwise drop it and create it anew"})
		}
	}
	return found
}

func (p place) createIndex() string {
	if name, ok := typeOf(p.dataset); ok {
		return fmt.Sprintf("CREATE INDEX IF NOT EXISTS FOR ()-[r:%s]-() ON (r.%s)", Quote(name), Quote(p.property))
	}
	return fmt.Sprintf("CREATE INDEX IF NOT EXISTS FOR (n:%s) ON (n.%s)", Quote(p.dataset), Quote(p.property))
}
