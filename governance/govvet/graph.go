package govvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// kind says what a node stands for.
type kind uint8

const (
	function    kind = iota // declared, or an interface's method
	literal                 // a function literal
	carrier                 // a variable or field that holds functions
	sink                    // a statement of a driver, or a function of another package that reaches one
	initializer             // the values of package variables
)

// node is something that runs, or holds what runs.
type node struct {
	kind kind
	obj  types.Object  // of functions, carriers and sinks
	decl *ast.FuncDecl // of declared functions of this package
	pos  token.Pos     // where it is declared
	name string        // for messages
	out  []edge        // what it mentions
	in   []edge        // who mentions it: to is the other end
	// exempt is the directive ungoverned that it stands under.
	exempt *directive
	// mark is the directive raw that it stands under.
	mark *directive
	// reported is set for a sink that the run on its own package reports.
	reported bool
	// statement is the statement of the driver that a sink reaches.
	statement string
}

// edge is a mention: a call, a method value, or a function that is put somewhere.
type edge struct {
	to     *node
	pos    token.Pos
	exempt *directive
	call   bool // it is called there and then
}

// graph is what a package mentions.
type graph struct {
	nodes    []*node // in the order of the source
	byObject map[types.Object]*node
	wrap     *node // holds what is given to Wrap
}

func newGraph() *graph {
	return &graph{byObject: map[types.Object]*node{}, wrap: &node{kind: carrier, name: "governance.Wrap"}}
}

// add makes a node.
func (g *graph) add(n *node) *node {
	g.nodes = append(g.nodes, n)
	if n.obj != nil {
		g.byObject[n.obj] = n
	}
	return n
}

// link says that from mentions to.
func (g *graph) link(from, to *node, pos token.Pos, exempt *directive) {
	from.out = append(from.out, edge{to: to, pos: pos, exempt: exempt})
	to.in = append(to.in, edge{to: from, pos: pos, exempt: exempt})
}

// making is a call of a function that returns a function. What it calls itself runs there and then, and only what it
// returns runs where that goes.
type making struct{ by, maker *node }

// run links who calls a function that makes functions to what it calls itself.
func (g *graph) run(by, maker *node, seen map[*node]bool) {
	if seen[maker] {
		return
	}
	seen[maker] = true
	for _, e := range maker.out {
		fn, ok := e.to.obj.(*types.Func)
		switch {
		case !e.call || !ok:
		case makes(fn):
			g.run(by, e.to, seen)
		default:
			g.link(by, e.to, e.pos, e.exempt)
		}
	}
}

// makes reports whether a function returns functions.
func makes(fn *types.Func) bool {
	for v := range fn.Signature().Results().Variables() {
		if holdsFunctions(v.Type()) {
			return true
		}
	}
	return false
}

// reach returns the nodes that are mentioned from others, and these. It does not go where stop says.
func reach(from []*node, stop func(*node) bool) map[*node]bool {
	seen := map[*node]bool{}
	for queue := slices.Clone(from); len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if seen[n] || stop(n) {
			continue
		}
		seen[n] = true
		for _, e := range n.out {
			queue = append(queue, e.to)
		}
	}
	return seen
}

// reaching returns, for each node from which a statement is reached, the first one. What is exempt reaches none.
func (g *graph) reaching() map[*node]string {
	reached := map[*node]string{}
	var queue []*node
	for _, n := range g.nodes {
		if n.statement != "" {
			reached[n] = n.statement
			queue = append(queue, n)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, e := range queue[0].in {
			if _, seen := reached[e.to]; seen || e.exempt != nil {
				continue
			}
			reached[e.to] = reached[queue[0]]
			if e.to.exempt == nil {
				queue = append(queue, e.to)
			}
		}
	}
	return reached
}
