package pgcatalog

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// graph is what the server knows of objects and their dependencies.
type graph struct {
	nodes  map[key]*node
	owners map[key]key // of what is no node: the object that it is part of
	made   int64       // nodes that are no object of the server's
}

// put adds a node that is no object of the server's, which has no class 0.
func (g *graph) put(n *node) *node {
	g.made++
	g.nodes[key{oid: g.made}] = n
	return n
}

// dependency is a row of pg_depend.
type dependency struct {
	from, to key
	kind     string // deptype
}

const dependsSQL = `SELECT classid::int8, objid::int8, refclassid::int8, refobjid::int8, deptype::text
FROM pg_depend WHERE objid <> 0 AND refobjid <> 0 AND (classid, objid) <> (refclassid, refobjid)`

// readGraph reads the dependencies between nodes, and adds them to the nodes.
//
// Much is part of something else and no node: a table's type and its array type, a view's rule, the triggers of a foreign
// key, what an extension made. It stands for the object that it is part of.
func readGraph(ctx context.Context, db Executor, nodes map[key]*node) (*graph, error) {
	g := &graph{nodes: nodes, owners: map[key]key{}}
	rows, err := db.Query(ctx, dependsSQL)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read dependencies", err)
	}
	var all []dependency
	var d dependency
	if _, err := pgx.ForEachRow(rows, []any{&d.from.class, &d.from.oid, &d.to.class, &d.to.oid, &d.kind}, func() error {
		all = append(all, d)
		return nil
	}); err != nil {
		return nil, pgerror.Wrap("pgcatalog: read dependencies", err)
	}
	g.own(all)
	g.leaveToExtensions()
	for _, d := range all {
		from, to := g.resolve(d.from), g.resolve(d.to)
		if from != nil && to != nil && from != to {
			from.deps[to] = true
			if g.nodes[d.from] == from {
				from.self[to] = true
			}
			if to.queries() && from.queries() && g.nodes[d.to] == to {
				from.reads[to] = true
			}
		}
	}
	return g, nil
}

// queries reports whether a node may read others when it is read itself.
func (n *node) queries() bool {
	return n.Kind == "view" || n.Kind == "materialized view" || n.Kind == "function"
}

// own notes what is part of what. Of several owners the one counts whose kind of dependency says so most clearly.
func (g *graph) own(all []dependency) {
	const clearest = "eiPSa"
	rank := map[key]int{}
	for _, d := range all {
		r := slices.Index([]byte(clearest), d.kind[0])
		if r < 0 {
			continue
		}
		r *= 2
		if d.from.class != d.to.class {
			r++
		}
		if before, known := rank[d.from]; !known || r < before {
			rank[d.from] = r
			g.owners[d.from] = d.to
		}
	}
}

// leaveToExtensions forgets what is part of a table that an extension made: the extension makes it again. The server does not
// say what somebody added to such a table since, so that only policies are taken, as pg_dump does.
func (g *graph) leaveToExtensions() {
	for k, n := range g.nodes {
		switch n.Kind {
		case "table", "foreign table", "sequence", "policy", "published table", "published schema": // such as a partition
			continue
		}
		owner, part := g.owners[k]
		if !part {
			continue
		}
		if of := g.resolve(owner); of != nil && of.Kind == "extension" {
			delete(g.nodes, k)
		}
	}
}

// resolve returns the node that an object is or is part of, or nil.
func (g *graph) resolve(k key) *node {
	for range 8 { // an array type of a table's type of a table is the deepest that the server makes
		if n := g.nodes[k]; n != nil {
			return n
		}
		owner, known := g.owners[k]
		if !known {
			return nil
		}
		k = owner
	}
	return nil
}

// reaches reports whether from depends on to, at some remove. It looks at no node of seen.
func reaches(from, to *node, seen map[*node]bool) bool {
	for d := range from.deps {
		if d == to {
			return true
		}
		if seen[d] {
			continue
		}
		seen[d] = true
		if reaches(d, to, seen) {
			return true
		}
	}
	return false
}
