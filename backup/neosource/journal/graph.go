package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/neoerror"
)

// Node is a governed node.
type Node struct {
	GID        string         // the host's own stable id
	Labels     []string       // besides that of all governed nodes; in any order
	Properties map[string]any // besides the stable id and the version; in the types of the driver
}

// Relationship is a governed relationship. Its type and ends stay what they are for ever: one of another type, or between
// others, is another relationship, with another id.
type Relationship struct {
	GID        string         // the host's own stable id
	Type       string         // such as "KNOWS"
	From, To   string         // stable ids of the governed nodes at its ends
	Properties map[string]any // besides the stable id and the version; in the types of the driver
}

// Graph is the graph within one write. It is used by one goroutine, until the write returns.
type Graph struct {
	journal *Journal
	sql     pgx.Tx
	session neo4j.SessionWithContext
	tx      neo4j.ExplicitTransaction
	touched map[key]*touch
}

// key names a governed entity.
type key struct {
	kind graphimage.Kind
	gid  string
}

// touch is what became of an entity in this write.
type touch struct {
	seen    int64  // version that it had when it was locked; 0: none
	element string // the server's id, within this transaction
	gone    bool
	image   []byte
}

// Lock locks governed nodes until the write ends, and returns those that there are, as nobody else can change them now.
// What a write is to compute from, it locks first, in one call if it can: it is how others' changes are not lost.
func (g *Graph) Lock(ctx context.Context, gids ...string) (map[string]Node, error) {
	const lock = `UNWIND $gids AS gid MATCH (n:{label} {{gid}: gid}) SET n.{version} = coalesce(n.{version}, 0) RETURN gid, n`
	records, err := g.run(ctx, "lock nodes", g.journal.cypher(lock), map[string]any{"gids": slices.Sorted(slices.Values(gids))})
	if err != nil {
		return nil, err
	}
	nodes := make(map[string]Node, len(records))
	for _, r := range records {
		gid, n := r.Values[0].(string), r.Values[1].(neo4j.Node)
		if n.Props[g.journal.names.GID] != gid {
			return nil, g.raced(graphimage.Node, gid)
		}
		nodes[gid] = g.journal.node(gid, n)
	}
	return nodes, nil
}

// PutNodes makes nodes what is given, whole: labels and properties that are not given go.
func (g *Graph) PutNodes(ctx context.Context, nodes ...Node) error {
	const put = `UNWIND $rows AS row MERGE (n:{label} {{gid}: row.gid}) SET n.{version} = coalesce(n.{version}, 0)
		WITH n, row, n.{version} AS seen, [l IN labels(n) WHERE NOT l IN row.labels] AS others
		REMOVE n:$(others) SET n:$(row.labels) SET n = row.properties SET n.{gid} = row.gid, n.{version} = seen RETURN row.gid, n, seen`
	rows := make([]any, 0, len(nodes))
	for _, n := range sorted(nodes, func(n Node) string { return n.GID }) {
		if n.GID == "" {
			return errors.New("journal: put a node: it has no GID")
		}
		rows = append(rows, map[string]any{"gid": n.GID, "labels": append([]string{g.journal.names.Label}, n.Labels...),
			"properties": present(n.Properties)})
	}
	records, err := g.run(ctx, "put nodes", g.journal.cypher(put), map[string]any{"rows": rows})
	if err != nil {
		return err
	}
	for _, r := range records {
		seen, _ := r.Values[2].(int64) // nil of a node that somebody deleted meanwhile
		if err := g.touchNode(r.Values[0].(string), r.Values[1].(neo4j.Node), seen); err != nil {
			return err
		}
	}
	return nil
}

// PutRelationships makes relationships what is given, whole: properties that are not given go. Where an end is not a
// governed node of the graph, the error is ErrEnd.
func (g *Graph) PutRelationships(ctx context.Context, relationships ...Relationship) error {
	const put = `UNWIND $rows AS row MATCH (a:{label} {{gid}: row.from}) MATCH (b:{label} {{gid}: row.to})
		MERGE (a)-[r:{type} {{gid}: row.gid}]->(b) SET r.{version} = coalesce(r.{version}, 0) WITH r, row, r.{version} AS seen
		SET r = row.properties SET r.{gid} = row.gid, r.{version} = seen RETURN row.gid, r, seen, row.from, row.to`
	for _, kind := range byType(relationships) {
		rows := make([]any, 0, len(kind))
		ends := map[key]bool{}
		for _, r := range kind {
			if r.GID == "" || r.Type == "" {
				return errors.New("journal: put a relationship: it has no GID or no Type")
			}
			rows = append(rows, map[string]any{"gid": r.GID, "from": r.From, "to": r.To, "properties": present(r.Properties)})
			ends[key{graphimage.Node, r.From}], ends[key{graphimage.Node, r.To}] = true, true
		}
		records, err := g.run(ctx, "put relationships", g.journal.typed(put, kind[0].Type), map[string]any{"rows": rows})
		if err != nil {
			return err
		}
		if len(records) != len(rows) {
			return g.missing(ctx, slices.Collect(maps.Keys(ends)))
		}
		for _, r := range records {
			v := r.Values
			seen, _ := v[2].(int64)
			if err := g.touchRelationship(v[0].(string), v[1].(neo4j.Relationship), seen, v[3].(string), v[4].(string)); err != nil {
				return err
			}
		}
	}
	return nil
}

// DeleteNodes deletes nodes with their relationships. Those that are not there are recorded as deleted all the same.
func (g *Graph) DeleteNodes(ctx context.Context, gids ...string) error {
	const lock = `UNWIND $gids AS gid MERGE (n:{label} {{gid}: gid}) SET n.{version} = coalesce(n.{version}, 0)
		WITH n, gid OPTIONAL MATCH (n)-[r]-() WHERE r.{gid} IS NOT NULL
		RETURN gid, n, n.{version}, collect([r, r.{version}, startNode(r).{gid}, endNode(r).{gid}])`
	const remove = `UNWIND $gids AS gid MATCH (n:{label} {{gid}: gid}) DETACH DELETE n`
	gids = slices.Sorted(slices.Values(gids))
	records, err := g.run(ctx, "lock nodes", g.journal.cypher(lock), map[string]any{"gids": gids})
	if err != nil {
		return err
	}
	for _, r := range records {
		gid, n := r.Values[0].(string), r.Values[1].(neo4j.Node)
		if n.Props[g.journal.names.GID] != gid {
			return g.raced(graphimage.Node, gid)
		}
		seen, _ := r.Values[2].(int64)
		g.touch(key{graphimage.Node, gid}, touch{seen: seen, gone: true, image: []byte{}})
		for _, v := range r.Values[3].([]any) {
			if err := g.goes(v.([]any)); err != nil {
				return err
			}
		}
	}
	_, err = g.run(ctx, "delete nodes", g.journal.cypher(remove), map[string]any{"gids": gids})
	return err
}

// goes records that a relationship goes with a node: itself, its version and its ends.
func (g *Graph) goes(v []any) error {
	r, is := v[0].(neo4j.Relationship)
	gid, _ := r.Props[g.journal.names.GID].(string)
	version, _ := v[1].(int64)
	from, isFrom := v[2].(string)
	to, isTo := v[3].(string)
	if !is || gid == "" || !isFrom || !isTo {
		return nil // none at all, or one that was written past the journal
	}
	head := graphimage.AppendHead(nil, graphimage.Image{Kind: graphimage.Relationship, Type: r.Type,
		From: graphimage.End{GID: from}, To: graphimage.End{GID: to}})
	g.touch(key{graphimage.Relationship, gid}, touch{seen: version, gone: true, image: head})
	return nil
}

// DeleteRelationships deletes relationships, of which their properties are not looked at. Those that are not there are
// recorded as deleted all the same.
func (g *Graph) DeleteRelationships(ctx context.Context, relationships ...Relationship) error {
	const remove = `UNWIND $rows AS row MATCH (:{label} {{gid}: row.from})-[r:{type} {{gid}: row.gid}]->(:{label} {{gid}: row.to})
		SET r.{version} = coalesce(r.{version}, 0) WITH r, row, r.{version} AS seen DELETE r RETURN row.gid, seen`
	for _, kind := range byType(relationships) {
		rows := make([]any, 0, len(kind))
		for _, r := range kind {
			rows = append(rows, map[string]any{"gid": r.GID, "from": r.From, "to": r.To})
		}
		records, err := g.run(ctx, "delete relationships", g.journal.typed(remove, kind[0].Type), map[string]any{"rows": rows})
		if err != nil {
			return err
		}
		seen := map[string]int64{}
		for _, r := range records {
			seen[r.Values[0].(string)], _ = r.Values[1].(int64)
		}
		for _, r := range kind {
			head := graphimage.AppendHead(nil, graphimage.Image{Kind: graphimage.Relationship, Type: r.Type,
				From: graphimage.End{GID: r.From}, To: graphimage.End{GID: r.To}})
			g.touch(key{graphimage.Relationship, r.GID}, touch{seen: seen[r.GID], gone: true, image: head})
		}
	}
	return nil
}

// Read runs a statement that changes nothing and returns its records. It is refused with ErrReadOnly if it changed something.
func (g *Graph) Read(ctx context.Context, cypher string, params map[string]any) ([]*neo4j.Record, error) {
	records, summary, err := g.result(ctx, "read", cypher, params)
	if err == nil && summary.Counters().ContainsUpdates() {
		return nil, ErrReadOnly
	}
	return records, err
}

// run begins the graph's transaction if there is none, and collects the records of a statement.
func (g *Graph) run(ctx context.Context, what, cypher string, params map[string]any) ([]*neo4j.Record, error) {
	records, _, err := g.result(ctx, what, cypher, params)
	return records, err
}

func (g *Graph) result(ctx context.Context, what, cypher string, params map[string]any) ([]*neo4j.Record, neo4j.ResultSummary, error) {
	what = "journal: " + what
	if g.tx == nil {
		g.session = g.journal.session(ctx)
		tx, err := g.session.BeginTransaction(ctx, neo4j.WithTxTimeout(g.journal.timeout))
		if err != nil {
			return nil, nil, neoerror.Within(ctx, what, err)
		}
		g.tx = tx
	}
	result, err := g.tx.Run(ctx, cypher, params)
	if err != nil {
		return nil, nil, neoerror.Within(ctx, what, err)
	}
	records, err := result.Collect(ctx)
	if err != nil {
		return nil, nil, neoerror.Within(ctx, what, err)
	}
	summary, err := result.Consume(ctx)
	return records, summary, neoerror.Within(ctx, what, err)
}

func (g *Graph) commit(ctx context.Context) error {
	if g.tx == nil {
		return nil
	}
	return neoerror.Within(ctx, "journal: commit the graph", g.tx.Commit(ctx))
}

// close ends the transaction, if it is not committed, and the session.
func (g *Graph) close(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	if g.tx != nil {
		_ = g.tx.Close(ctx) // whatever it says, the server rolls back what was not committed
	}
	if g.session != nil {
		_ = g.session.Close(ctx)
	}
	g.tx, g.session = nil, nil
}

func (g *Graph) keys() []key { return slices.Collect(maps.Keys(g.touched)) }

// present returns properties as a parameter: none is an empty map.
func present(properties map[string]any) map[string]any {
	if properties == nil {
		return map[string]any{}
	}
	return properties
}

func sorted[T any](list []T, of func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int {
		switch x, y := of(a), of(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// byType groups relationships by their types, in order, since a type cannot be a parameter of MERGE.
func byType(list []Relationship) [][]Relationship {
	list = sorted(list, func(r Relationship) string { return r.Type + "\x00" + r.GID })
	return slices.Collect(chunkBy(list, func(r Relationship) string { return r.Type }))
}

func chunkBy[T any](list []T, of func(T) string) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && of(list[n]) == of(list[0]) {
				n++
			}
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// missing is the error of relationships whose ends are not in the graph: stale, if they are in the journal.
func (g *Graph) missing(ctx context.Context, ends []key) error {
	behind, err := g.journal.behind(ctx, ends)
	if err != nil {
		return err
	}
	if len(behind) > 0 {
		return &staleError{keys: behind}
	}
	return fmt.Errorf("%w", ErrEnd)
}
