package journal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// Write runs a statement of the host's and records what it touched: every governed node and relationship that it returns,
// which therefore must be all that it changed or created. A node that it creates has the label and the stable id of governed
// nodes. It deletes nothing, and changes properties one by one or with +=, since = would take the version away.
func (g *Graph) Write(ctx context.Context, statement string, params map[string]any) ([]*neo4j.Record, error) {
	records, summary, err := g.result(ctx, "write", statement, params)
	if err != nil {
		return nil, err
	}
	nodes, relationships := map[string]bool{}, map[string]bool{}
	for _, r := range records {
		for _, v := range r.Values {
			collect(v, nodes, relationships)
		}
	}
	c := summary.Counters()
	if c.NodesDeleted()+c.RelationshipsDeleted() > 0 || c.NodesCreated() > len(nodes) || c.RelationshipsCreated() > len(relationships) ||
		c.ContainsUpdates() && len(nodes)+len(relationships) == 0 {
		return nil, fmt.Errorf("%w: %d nodes and %d relationships created, %d and %d deleted, %d and %d returned", ErrUngoverned,
			c.NodesCreated(), c.RelationshipsCreated(), c.NodesDeleted(), c.RelationshipsDeleted(), len(nodes), len(relationships))
	}
	if err := g.readNodes(ctx, nodes); err != nil {
		return nil, err
	}
	return records, g.readRelationships(ctx, relationships)
}

// collect gathers the entities in a value.
func collect(value any, nodes, relationships map[string]bool) {
	switch v := value.(type) {
	case neo4j.Node:
		nodes[v.ElementId] = true
	case neo4j.Relationship:
		relationships[v.ElementId] = true
	case neo4j.Path:
		for _, n := range v.Nodes {
			nodes[n.ElementId] = true
		}
		for _, r := range v.Relationships {
			relationships[r.ElementId] = true
		}
	case []any:
		for _, e := range v {
			collect(e, nodes, relationships)
		}
	case map[string]any:
		for _, e := range v {
			collect(e, nodes, relationships)
		}
	}
}

// readNodes locks nodes that a statement returned and records what they are now.
func (g *Graph) readNodes(ctx context.Context, elements map[string]bool) error {
	const read = `UNWIND $elements AS element MATCH (n) WHERE elementId(n) = element SET n.{version} = coalesce(n.{version}, 0) RETURN n`
	records, err := g.elements(ctx, read, elements)
	if err != nil {
		return err
	}
	for _, r := range records {
		n := r.Values[0].(neo4j.Node)
		gid, _ := n.Props[g.journal.names.GID].(string)
		seen, _ := n.Props[g.journal.names.Version].(int64)
		if gid == "" || !slices.Contains(n.Labels, g.journal.names.Label) {
			return fmt.Errorf("%w: a node without label %s and property %s", ErrUngoverned, g.journal.names.Label, g.journal.names.GID)
		}
		if err := g.touchNode(gid, n, seen); err != nil {
			return err
		}
	}
	return nil
}

func (g *Graph) readRelationships(ctx context.Context, elements map[string]bool) error {
	const read = `UNWIND $elements AS element MATCH (a)-[r]->(b) WHERE elementId(r) = element SET r.{version} = coalesce(r.{version}, 0)
		RETURN r, a.{gid}, b.{gid}`
	records, err := g.elements(ctx, read, elements)
	if err != nil {
		return err
	}
	for _, record := range records {
		r := record.Values[0].(neo4j.Relationship)
		gid, _ := r.Props[g.journal.names.GID].(string)
		seen, _ := r.Props[g.journal.names.Version].(int64)
		from, _ := record.Values[1].(string)
		to, _ := record.Values[2].(string)
		if gid == "" || from == "" || to == "" {
			return fmt.Errorf("%w: a relationship without property %s, or between nodes without it", ErrUngoverned, g.journal.names.GID)
		}
		if err := g.touchRelationship(gid, r, seen, from, to); err != nil {
			return err
		}
	}
	return nil
}

func (g *Graph) elements(ctx context.Context, statement string, elements map[string]bool) ([]*neo4j.Record, error) {
	if len(elements) == 0 {
		return nil, nil
	}
	list := make([]string, 0, len(elements))
	for e := range elements {
		list = append(list, e)
	}
	slices.Sort(list)
	return g.run(ctx, "read what a statement touched", g.journal.cypher(statement), map[string]any{"elements": list})
}

func (g *Graph) touchNode(gid string, n neo4j.Node, seen int64) error {
	names := g.journal.names
	if n.Props[names.GID] != gid {
		return g.raced(graphimage.Node, gid)
	}
	labels := slices.DeleteFunc(slices.Clone(n.Labels), func(l string) bool { return l == names.Label })
	image, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Labels: labels, Properties: n.Props}, names.GID, names.Version)
	if err != nil {
		return fmt.Errorf("journal: a node: %w", err)
	}
	g.touch(key{graphimage.Node, gid}, touch{seen: seen, element: n.ElementId, image: image})
	return nil
}

func (g *Graph) touchRelationship(gid string, r neo4j.Relationship, seen int64, from, to string) error {
	names := g.journal.names
	if r.Props[names.GID] != gid {
		return g.raced(graphimage.Relationship, gid)
	}
	image, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Relationship, Type: r.Type, From: graphimage.End{GID: from},
		To: graphimage.End{GID: to}, Properties: r.Props}, names.GID, names.Version)
	if err != nil {
		return fmt.Errorf("journal: a relationship: %w", err)
	}
	g.touch(key{graphimage.Relationship, gid}, touch{seen: seen, element: r.ElementId, image: image})
	return nil
}

// touch keeps the latest image of an entity, and the version that it had at first.
func (g *Graph) touch(k key, t touch) {
	if before := g.touched[k]; before != nil {
		t.seen = before.seen
	}
	g.touched[k] = &t
}

// raced is the error of an entity that was deleted between look-up and lock: what is found then has no properties.
func (g *Graph) raced(kind graphimage.Kind, gid string) error {
	return &staleError{keys: []key{{kind, gid}}}
}

// staleError is the error of a write that met a graph which is behind the journal.
type staleError struct{ keys []key }

func (e *staleError) Error() string { return fmt.Sprintf("%v: %d entities", ErrStale, len(e.keys)) }

// Is reports whether target is ErrStale.
func (e *staleError) Is(target error) bool { return target == ErrStale }

// node is a node as the host sees it.
func (j *Journal) node(gid string, n neo4j.Node) Node {
	properties := make(map[string]any, len(n.Props))
	for name, v := range n.Props {
		if name != j.names.GID && name != j.names.Version {
			properties[name] = v
		}
	}
	return Node{GID: gid, Labels: slices.DeleteFunc(slices.Clone(n.Labels), func(l string) bool { return l == j.names.Label }),
		Properties: properties}
}

// cypher puts the quoted names into a statement.
func (j *Journal) cypher(statement string) string { return j.quoted.cypher(statement) }

// typed is cypher with a relationship's type.
func (j *Journal) typed(statement, kind string) string {
	return j.quoted.cypher(strings.ReplaceAll(statement, "{type}", cypher.Quote(kind)))
}

func (n Names) cypher(statement string) string {
	return strings.NewReplacer("{label}", n.Label, "{gid}", n.GID, "{version}", n.Version).Replace(statement)
}
