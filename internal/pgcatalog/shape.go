package pgcatalog

import (
	"maps"
	"slices"
	"strings"
)

// shape gives nodes their final statements, and splits those that are made in several steps.
func (g *graph) shape() {
	for _, n := range g.sorted() {
		if n.Shell != nil {
			g.declare(n)
		}
	}
	needers := g.needers()
	for _, n := range g.sorted() {
		if n.Element != nil {
			g.enclose(n, needers[n])
		}
	}
	g.inherit()
	for _, n := range g.sorted() {
		if n.Braces {
			n.Statements = append([]*string{create(n)}, n.Statements...)
		}
		if n.Default != nil {
			n.Statements = append(n.Statements, pointer("ALTER "+strings.Replace(n.Handle, "TYPE ", "DOMAIN ", 1)+" SET DEFAULT "+*n.Default))
		}
		if n.Loose != nil {
			n.Statements = append(n.Statements, n.Loose)
		}
		if statements := compact(n.Security); len(statements) > 0 {
			g.add(n, "row security", AfterIndexes, statements...)
		}
	}
	g.fill()
}

// needers returns which nodes depend on each.
func (g *graph) needers() map[*node][]*node {
	needers := map[*node][]*node{}
	for _, n := range g.nodes {
		for d := range n.deps {
			needers[d] = append(needers[d], n)
		}
	}
	return needers
}

// sorted returns the nodes in the order of their sources and names.
func (g *graph) sorted() []*node { return sortNodes(slices.Collect(maps.Values(g.nodes))) }

func sortNodes(nodes []*node) []*node {
	slices.SortFunc(nodes, compareNodes)
	return nodes
}

// add adds a node that depends on n.
func (g *graph) add(n *node, kind string, section Section, statements ...string) *node {
	more := &node{Kind: kind, Schema: n.Schema, Name: n.Name, Table: n.Table, Identity: n.Identity, Section: section, source: n.source,
		deps: map[*node]bool{n: true}}
	for _, s := range statements {
		more.Statements = append(more.Statements, &s)
	}
	return g.put(more)
}

// declare splits a type of which functions are made that it is made of.
func (g *graph) declare(n *node) {
	shell := g.add(n, "shell type", BeforeData, *n.Shell)
	delete(shell.deps, n)
	for d := range n.deps {
		if d.Kind == "schema" {
			shell.deps[d] = true
		}
		if d.deps[n] {
			delete(d.deps, n)
			d.deps[shell] = true
		}
	}
	n.deps[shell] = true
}

// enclose puts a check into its table or domain, unless it needs something that needs that, or that is made after
// the data.
func (g *graph) enclose(check *node, needers []*node) {
	table := g.resolve(g.owners[key{check.Class, check.OID}])
	if table == nil || !table.Braces && table.Kind != "domain" {
		return
	}
	if reachesOther(check, table) || check.late(table, map[*node]bool{}) {
		return
	}
	if table.Braces {
		table.Elements = append(table.Elements, *check.Element)
	} else {
		table.Statements[0] = pointer(*table.Statements[0] + " " + *check.Element)
	}
	table.remarks = append(table.remarks, check.remarks...)
	for d := range check.deps {
		if d != table {
			table.deps[d] = true
		}
	}
	for _, n := range needers {
		delete(n.deps, check)
		if n != table {
			n.deps[table] = true
		}
	}
	delete(g.nodes, key{check.Class, check.OID})
}

// inherit orders checks that stand alone and that children have too. One that a child was also given by itself is made before
// that of the parent, which the server merges with it, but would not the other way round. One that a child only inherits comes
// with that of the parent: what is left of it is what is said of it.
func (g *graph) inherit() {
	for _, n := range g.sorted() {
		for _, source := range g.given(n) {
			if n.Inherited {
				n.deps[source] = true
			} else {
				source.deps[n] = true
			}
		}
	}
	maps.DeleteFunc(g.nodes, func(_ key, n *node) bool { return n.Inherited && len(n.remarks)+len(compact(n.Statements)) == 0 })
}

// given returns the checks of ancestors that a check comes from and that stand alone.
func (g *graph) given(check *node) (sources []*node) {
	for _, oid := range check.Parents {
		parent := g.nodes[key{check.Class, oid}]
		switch {
		case parent == nil: // enclosed
		case parent.Inherited:
			sources = append(sources, g.given(parent)...)
		default:
			sources = append(sources, parent)
		}
	}
	return sources
}

// late reports whether a node needs something that is made after the data, other than through except.
func (n *node) late(except *node, seen map[*node]bool) bool {
	for d := range n.deps {
		if d == except || seen[d] {
			continue
		}
		seen[d] = true
		if d.Section != BeforeData || d.late(except, seen) {
			return true
		}
	}
	return false
}

// reachesOther reports whether a check needs its table through something else.
func reachesOther(check, table *node) bool {
	for d := range check.deps {
		if d != table && reaches(d, table, map[*node]bool{}) {
			return true
		}
	}
	return false
}

// create returns the statement that makes a table.
func create(n *node) *string {
	text := n.Head
	if len(n.Elements) > 0 {
		text += " (\n\t" + strings.Join(n.Elements, ",\n\t") + "\n)"
	} else if !n.Typed {
		text += " ()"
	}
	text += n.Tail
	return &text
}

// fill adds what fills materialized views, each after those that it reads, at whatever remove. One that reads an empty one stays
// empty, because its query would be refused. The server runs their queries as
// their owners, whom policies may hide rows from, as they did before.
func (g *graph) fill() {
	refreshes := map[*node]*node{}
	empty := func(n *node) bool { return n.Kind == "materialized view" && n.Refresh == nil }
	for _, n := range g.sorted() {
		if n.Refresh != nil && !n.meets(empty, map[*node]bool{}) {
			refreshes[n] = g.add(n, "materialized data", AfterIndexes, "SET row_security = on", *n.Refresh, "SET row_security = off")
			refreshes[n].phase = 3
		}
	}
	for view, refresh := range refreshes {
		for other, before := range refreshes {
			if other != view && view.meets(func(n *node) bool { return n == other }, map[*node]bool{}) {
				refresh.deps[before] = true
			}
		}
	}
}

// meets reports whether a view reads one that is wanted, at whatever remove.
func (n *node) meets(wanted func(*node) bool, seen map[*node]bool) bool {
	for d := range n.reads {
		if seen[d] {
			continue
		}
		seen[d] = true
		if wanted(d) || d.meets(wanted, seen) {
			return true
		}
	}
	return false
}

// compact returns the statements that there are.
func compact(statements []*string) []string {
	var there []string
	for _, s := range statements {
		if s != nil {
			there = append(there, *s)
		}
	}
	return there
}

func pointer(text string) *string { return &text }
