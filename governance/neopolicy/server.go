package neopolicy

import (
	"context"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// server asks the database, one short transaction for each question.
type server struct {
	driver   neo4j.DriverWithContext
	database string
	sample   int
}

func (p *Policy) server(driver neo4j.DriverWithContext) server {
	return server{driver: driver, database: p.config.Database, sample: p.config.Sample}
}

func (s server) read(ctx context.Context, cypher string, params map[string]any) ([]*neo4j.Record, error) {
	result, err := neo4j.ExecuteQuery(ctx, s.driver, cypher, params, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithReadersRouting(), neo4j.ExecuteQueryWithDatabase(s.database))
	if err != nil {
		return nil, err
	}
	return result.Records, nil
}

// elements returns the labels and relationship types in use: those of records, of indexes and of constraints.
func (s server) elements(ctx context.Context) ([]Element, error) {
	const labels = `CALL db.labels() YIELD label RETURN label`
	const relationshipTypes = `CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType`
	var list []Element
	for _, cypher := range []string{labels, relationshipTypes} {
		names, err := s.texts(ctx, cypher, nil)
		if err != nil {
			return nil, fmt.Errorf("neopolicy: labels and relationship types: %w", err)
		}
		for _, name := range names {
			list = append(list, Element{Name: name, Relationship: cypher == relationshipTypes})
		}
	}
	slices.SortFunc(list, Element.compare)
	return list, nil
}

// records returns the beginning of a query about the records of an element, bound to n, and its parameters.
func (s server) records(e Element) (cypher string, params map[string]any) {
	cypher = "MATCH " + e.pattern()
	if s.sample == 0 {
		return cypher, nil
	}
	return cypher + " WITH n LIMIT $sample", map[string]any{"sample": s.sample}
}

// properties returns the names of the properties that records of an element have, in alphabetical order.
func (s server) properties(ctx context.Context, e Element) ([]string, error) {
	cypher, params := s.records(e)
	names, err := s.texts(ctx, cypher+` UNWIND keys(n) AS property RETURN DISTINCT property`, params)
	if err != nil {
		return nil, fmt.Errorf("neopolicy: properties of %q: %w", e.Dataset(), err)
	}
	slices.Sort(names)
	return names, nil
}

// unreadable counts the records of an element whose subject is there and names nobody.
func (s server) unreadable(ctx context.Context, e Element, subject string) (int64, error) {
	cypher, params := s.records(e)
	property := "n." + quoted(subject)
	records, err := s.read(ctx, cypher+` WITH n WHERE `+property+` IS NOT NULL AND (NOT `+property+` IS :: STRING OR `+property+
		` = '') RETURN count(n) AS records`, params)
	if err != nil {
		return 0, fmt.Errorf("neopolicy: subjects of %q: %w", e.Dataset(), err)
	}
	count, _, err := neo4j.GetRecordValue[int64](records[0], "records")
	return count, err
}

// unlabelled counts the nodes without a label.
func (s server) unlabelled(ctx context.Context) (int64, error) {
	records, err := s.read(ctx, `MATCH (n) WHERE size(labels(n)) = 0 RETURN count(n) AS records`, nil)
	if err != nil {
		return 0, fmt.Errorf("neopolicy: nodes without a label: %w", err)
	}
	count, _, err := neo4j.GetRecordValue[int64](records[0], "records")
	return count, err
}

// index is a range index on one property of one element.
type index struct {
	name       string
	state      string // "ONLINE", "POPULATING" or "FAILED"
	constraint string // that it belongs to: of uniqueness, or of a key; empty: none
	element    Element
	property   string
}

// indexes returns the range indexes on one property.
func (s server) indexes(ctx context.Context) ([]index, error) {
	const cypher = `SHOW INDEXES YIELD name, state, type, entityType, labelsOrTypes, properties, owningConstraint
		WHERE type = 'RANGE' AND size(properties) = 1
		RETURN name, state, coalesce(owningConstraint, '') AS constraint, entityType = 'RELATIONSHIP' AS relationship,
			labelsOrTypes[0] AS element, properties[0] AS property ORDER BY name`
	records, err := s.read(ctx, cypher, nil)
	if err != nil {
		return nil, fmt.Errorf("neopolicy: indexes: %w", err)
	}
	var list []index
	for _, r := range records {
		v := r.AsMap()
		i := index{}
		i.name, _ = v["name"].(string)
		i.state, _ = v["state"].(string)
		i.constraint, _ = v["constraint"].(string)
		i.property, _ = v["property"].(string)
		i.element.Name, _ = v["element"].(string)
		i.element.Relationship, _ = v["relationship"].(bool)
		list = append(list, i)
	}
	return list, nil
}

// enforcement says what the server itself can enforce.
func (s server) enforcement(ctx context.Context) (Enforcement, error) {
	const cypher = `CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel'
		RETURN edition, versions[0] AS version`
	records, err := s.read(ctx, cypher, nil)
	if err != nil {
		return Enforcement{}, fmt.Errorf("neopolicy: edition: %w", err)
	}
	var e Enforcement
	for _, r := range records {
		e.Edition, _ = r.AsMap()["edition"].(string)
		e.Version, _ = r.AsMap()["version"].(string)
	}
	e.Server = NotAssessed
	if e.Edition == "community" {
		e.Server = NotEnforced
	}
	return e, nil
}

// texts returns the only column of a query.
func (s server) texts(ctx context.Context, cypher string, params map[string]any) ([]string, error) {
	records, err := s.read(ctx, cypher, params)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(records))
	for i, r := range records {
		text, ok := r.Values[0].(string)
		if !ok {
			return nil, fmt.Errorf("%s: found %T, want a text", r.Keys[0], r.Values[0])
		}
		list[i] = text
	}
	return list, nil
}
