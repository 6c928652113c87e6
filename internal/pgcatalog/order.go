package pgcatalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// place returns where a section stands.
func (s Section) place() int {
	return slices.Index([]Section{BeforeData, Data, AfterData, Indexes, AfterIndexes}, s)
}

func compareNodes(a, b *node) int {
	return cmp.Or(cmp.Compare(a.Section.place(), b.Section.place()), cmp.Compare(a.phase, b.phase), cmp.Compare(a.source, b.source),
		cmp.Compare(b.Depth, a.Depth), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Identity, b.Identity))
}

// order returns the nodes so that each stands after all that it depends on, and otherwise by section, kind and name. It
// breaks cycles where a view can be made twice, first without what it reads; what is left of cycles is described.
func (g *graph) order() (ordered []*node, cycles []string) {
	g.breakCycles()
	cycles = g.postpone()
	state := map[*node]int{} // 1: being visited, 2: done
	var visit func(n *node)
	visit = func(n *node) {
		state[n] = 1
		for _, d := range n.sortedDeps() {
			switch state[d] {
			case 0:
				visit(d)
			case 1:
				cycles = append(cycles, fmt.Sprintf("a cycle of %s %s and %s %s", n.Kind, n.Identity, d.Kind, d.Identity))
			}
		}
		state[n] = 2
		ordered = append(ordered, n)
	}
	for _, n := range g.sorted() {
		if state[n] == 0 {
			visit(n)
		}
	}
	return ordered, cycles
}

func (n *node) sortedDeps() []*node { return sortNodes(slices.Collect(maps.Keys(n.deps))) }

// postpone moves what depends on something of a later section into it: a view that groups by a primary key, a function that
// is parsed and does. A table cannot move, nor a type: then the view that it needs is made twice.
func (g *graph) postpone() (stuck []string) {
	for again := true; again; {
		again = false
		for _, n := range g.sorted() {
			for _, d := range n.sortedDeps() {
				if d.Section.place() <= n.Section.place() {
					continue
				}
				switch {
				case !n.fixed():
					n.Section = d.Section
				case d.Dummy != nil:
					g.split(d, n, nil)
				default:
					stuck = append(stuck, fmt.Sprintf("%s %s needs %s %s, which comes later", n.Kind, n.Identity, d.Kind, d.Identity))
					delete(n.deps, d)
				}
				again = true
			}
		}
	}
	return stuck
}

// fixed reports whether a node must be made before the data.
func (n *node) fixed() bool {
	return n.Braces || n.Kind == "composite type" || n.Kind == "domain" || n.Kind == "range" || n.Kind == "identity" || n.Kind == "sequence"
}

// breakCycles splits a view of each cycle that has one.
func (g *graph) breakCycles() {
	for {
		cycle := g.cycle()
		at := slices.IndexFunc(cycle, func(n *node) bool { return n.Dummy != nil && n.Section == BeforeData })
		if at < 0 {
			return
		}
		g.split(cycle[at], cycle[(at+len(cycle)-1)%len(cycle)], cycle)
	}
}

// split makes a view first without what it reads, for needer, which the view itself depends on.
func (g *graph) split(view, needer *node, cycle []*node) {
	if view.columns == nil {
		view.columns = g.add(view, "view columns", BeforeData, *view.Dummy)
		delete(view.columns.deps, view)
		for d := range view.deps {
			if view.self[d] && d.Section == BeforeData && !slices.Contains(cycle, d) {
				view.columns.deps[d] = true
			}
		}
		view.Statements[0] = pointer(strings.Replace(*view.Statements[0], "CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
		view.deps[view.columns] = true
	}
	delete(needer.deps, view)
	needer.deps[view.columns] = true
}

// cycle returns a cycle that holds a view that can be split, in which each node depends on the next, or nil.
func (g *graph) cycle() []*node {
	state := map[*node]int{}
	var path, found []*node
	var visit func(n *node)
	visit = func(n *node) {
		state[n] = 1
		path = append(path, n)
		for _, d := range n.sortedDeps() {
			if found != nil {
				return
			}
			if state[d] == 0 {
				visit(d)
			} else if state[d] == 1 {
				loop := slices.Clone(path[slices.Index(path, d):])
				if slices.ContainsFunc(loop, func(n *node) bool { return n.Dummy != nil }) {
					found = loop
				}
			}
		}
		state[n] = 2
		path = path[:len(path)-1]
	}
	for _, n := range g.sorted() {
		if state[n] == 0 && found == nil {
			visit(n)
		}
	}
	return found
}
