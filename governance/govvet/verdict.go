package govvet

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
)

// verdict is what the check finds in a package.
type verdict struct {
	*inspection
	statements map[*node]string // the statement that a node reaches
	governed   map[*node]bool   // reached from what is given to Wrap, here or, for raw repositories, elsewhere
	excused    map[*node]bool   // reached from what a directive exempts
	seen       map[string]bool  // methods of interfaces whose bare calls are reported
	own        interfacesFact   // of this package
	problems   []problem
	placed     map[token.Pos]bool
}

// judge decides what is governed.
func (p *inspection) judge() *verdict {
	v := &verdict{inspection: p, seen: map[string]bool{}, placed: map[token.Pos]bool{}}
	v.statements = p.graph.reaching()
	v.noteGoverned()
	v.deliver()
	v.statements = p.graph.reaching() // what was linked since, too
	exempt := func(n *node) bool { return n.exempt != nil }
	v.governed = reach(append(v.repositories(), p.graph.wrap), exempt)
	var excused []*node
	for _, n := range p.graph.nodes {
		if n.exempt != nil {
			excused = append(excused, n)
		}
		for _, e := range n.out {
			if e.exempt != nil {
				excused = append(excused, e.to)
			}
		}
	}
	v.excused = reach(excused, func(n *node) bool { return v.governed[n] })
	return v
}

// repositories returns the functions that the packages which call them are to govern.
func (v *verdict) repositories() []*node {
	var marked []*node
	for _, n := range v.graph.nodes {
		if v.offered(n) {
			marked = append(marked, n)
		}
	}
	return marked
}

// offered reports whether a function is marked raw, and other packages can call it.
func (v *verdict) offered(n *node) bool {
	return n.mark != nil && n.obj.Exported() && v.pass.Pkg.Name() != "main"
}

// entrance reports whether a node runs without anything in the package that mentions it.
func (v *verdict) entrance(n *node) bool {
	if v.governed[n] || n.exempt != nil {
		return false
	}
	switch n.kind {
	case initializer:
		return true
	case function:
		name := n.obj.Name()
		return n.decl != nil && (n.obj.Exported() || name == "init" || name == "main")
	case carrier:
		field, ok := n.obj.(*types.Var)
		return ok && n.obj.Exported() && v.pass.Pkg.Name() != "main" && n.obj.Pkg() == v.pass.Pkg &&
			(field.IsField() || field.Parent() == v.pass.Pkg.Scope())
	}
	return false
}

// report walks from all entrances, and from what nobody mentions, and notes where a statement is reached.
func (v *verdict) report() {
	visited := map[*node]bool{}
	nodes := slices.Clone(v.graph.nodes)
	slices.SortStableFunc(nodes, func(a, b *node) int { return v.order(a.pos, b.pos) })
	for _, n := range nodes {
		if v.entrance(n) {
			v.walk(n, visited)
		}
	}
	for _, n := range nodes {
		_, contract := interfaceMethod(n)
		if n.kind != sink && !contract && v.statements[n] != "" && !v.governed[n] && !v.excused[n] && n.exempt == nil {
			v.walk(n, visited)
		}
	}
	v.meet()
}

// path is a way by which a node is reached.
type path struct {
	to   *node
	from *path
}

func (v *verdict) walk(root *node, visited map[*node]bool) {
	for queue := []*path{{to: root}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if visited[at.to] {
			continue
		}
		visited[at.to] = true
		for _, e := range at.to.out {
			if e.exempt == nil && e.to.exempt == nil {
				for _, next := range v.step(at, e) {
					queue = append(queue, &path{next, at})
				}
			}
		}
	}
}

// step reports a mention that goes around the guard, or returns what it leads to.
func (v *verdict) step(at *path, e edge) []*node {
	to := e.to
	_, contract := interfaceMethod(to)
	switch {
	case to.kind == sink:
		if !to.reported {
			v.around(at, e.pos, to.name, to.statement)
		}
	case contract:
		return v.dispatch(at, e)
	case v.governed[to]:
		if statement := v.statements[to]; statement != "" {
			v.add(e.pos, "%s goes around the guard: it reaches %s and is governed elsewhere, but not here; "+
				"call the governed one%s", to.name, statement, orDirective)
		}
	default:
		return []*node{to}
	}
	return nil
}

// dispatch is step for a call by an interface.
func (v *verdict) dispatch(at *path, e edge) []*node {
	method, _ := interfaceMethod(e.to)
	if v.ambiguous(method) {
		return nil
	}
	statement := ""
	var next []*node
	for _, served := range e.to.out {
		switch {
		case served.to.kind == sink || v.governed[served.to]:
			statement = v.statements[served.to]
		case served.to.exempt == nil:
			next = append(next, served.to)
		}
	}
	if statement != "" {
		v.around(at, e.pos, e.to.name, statement)
		return next
	}
	other, known := find(v.interfaces.Raw, method)
	if known || v.wrappedHere(e.to) {
		v.seen[method] = true
		by := other.By
		if !known {
			by = v.pass.Pkg.Path()
		}
		v.add(e.pos, "%s goes around the guard: in %s it is the raw call of a governed one; call the governed one%s",
			e.to.name, by, orDirective)
	}
	return next
}

func (v *verdict) wrappedHere(n *node) bool {
	return slices.ContainsFunc(n.in, func(e edge) bool { return e.to == v.graph.wrap })
}

const orDirective = ", or say in a comment //shugo:ungoverned why it may"

// around reports a statement that is not governed.
func (v *verdict) around(at *path, pos token.Pos, callee, statement string) {
	what := callee
	if callee != statement {
		what += " reaches " + statement + " and"
	}
	owner := at
	for owner.to.kind != function && owner.from != nil {
		owner = owner.from
	}
	why := owner.to.name + " is not given to governance.Wrap"
	root := owner
	for root.from != nil {
		root = root.from
	}
	if root != owner {
		why = owner.to.name + " is reached from " + root.to.name + ", which is not given to governance.Wrap"
	}
	mend := "wrap it"
	if root.to.kind == function && root.to.obj.Exported() && v.pass.Pkg.Name() != "main" {
		mend = "wrap it, or mark it //shugo:raw for the packages that do"
	}
	if root.to.kind == initializer {
		why, mend = "it runs when the program starts", "move it behind the guard"
	}
	v.add(pos, "%s is not governed: %s; %s%s", what, why, mend, orDirective)
}

// add reports at most once at a place.
func (v *verdict) add(pos token.Pos, format string, args ...any) {
	if !v.placed[pos] {
		v.placed[pos] = true
		v.problems = append(v.problems, problem{Pos: pos, Message: fmt.Sprintf(format, args...)})
	}
}
