package govvet

import (
	"go/types"
	"slices"
)

// deliver links methods of interfaces to the raw repositories of other packages that serve them, and notes which are
// served by a raw repository.
func (v *verdict) deliver() {
	for _, file := range v.files {
		for _, c := range v.conversions(file) {
			if !v.pardoned(c) {
				v.deliverOne(c)
			}
		}
	}
}

func (v *verdict) deliverOne(c conversion) {
	for method := range c.to.Methods() {
		obj, _, _ := types.LookupFieldOrMethod(c.from, true, method.Pkg(), method.Name())
		fn, ok := obj.(*types.Func)
		if !ok || v.drivers.sends(method) || !local(v.pass, method.Pkg()) {
			continue
		}
		to := v.serving(fn)
		if to == nil || to.exempt != nil || to.statement == "" && v.statements[to] == "" {
			continue
		}
		if from := v.graph.byObject[method.Origin()]; from != nil && to.kind == sink {
			v.graph.link(from, to, c.pos, nil)
		}
		name := method.FullName()
		if !named(name) {
			continue
		}
		caller, called := find(v.interfaces.Bare, name)
		called = called && !c.asserted && !v.ambiguous(name)
		if called {
			v.add(c.pos, "%s goes around the guard: as %s it is called at %s without one; hand over a governed repository%s",
				display(fn), display(method), caller.By, orDirective)
		}
		v.own.Raw = append(v.own.Raw, service{name, v.pass.Pkg.Path(), called})
	}
}

// serving returns the node of a method that may be of another package, or nil.
func (v *verdict) serving(fn *types.Func) *node {
	if n := v.graph.byObject[fn.Origin()]; n != nil {
		return n
	}
	var fact rawFact
	if fn.Pkg() == nil || fn.Pkg() == v.pass.Pkg || !v.pass.ImportObjectFact(fn.Origin(), &fact) {
		return nil
	}
	return v.graph.add(&node{kind: sink, obj: fn.Origin(), name: display(fn), statement: fact.Statement})
}

// pardoned reports whether a directive stands at a conversion.
func (v *verdict) pardoned(c conversion) bool {
	tf := v.pass.Fset.File(c.pos)
	d := v.directives.at(tf, v.pass.Fset.Position(c.pos).Line)
	if d == nil {
		d = v.directives.files[tf]
	}
	if d == nil && c.in != nil {
		if at := v.directives.decls[c.in]; at != nil && at.word == ungoverned {
			d = at
		}
	}
	return d != nil
}

// noteGoverned notes the methods of interfaces that a governed repository serves: one whose method only calls what a
// field holds.
func (v *verdict) noteGoverned() {
	for _, file := range v.files {
		for _, c := range v.conversions(file) {
			for method := range c.to.Methods() {
				obj, _, _ := types.LookupFieldOrMethod(c.from, true, method.Pkg(), method.Name())
				if fn, ok := obj.(*types.Func); ok && v.delegates(v.graph.byObject[fn.Origin()]) {
					v.own.Governed = append(v.own.Governed, method.FullName())
				}
			}
		}
	}
	for _, n := range v.graph.nodes {
		if method, ok := interfaceMethod(n); ok {
			for _, e := range n.out {
				if v.delegates(e.to) {
					v.own.Governed = append(v.own.Governed, method)
				}
			}
		}
	}
	slices.Sort(v.own.Governed)
	v.own.Governed = slices.Compact(v.own.Governed)
}

func (v *verdict) delegates(n *node) bool {
	return n != nil && n.decl != nil && v.statements[n] == "" &&
		slices.ContainsFunc(n.out, func(e edge) bool { return e.to.kind == carrier })
}

// ambiguous reports whether a governed repository serves a method too, so that nothing is known of a call of it.
func (v *verdict) ambiguous(method string) bool {
	return slices.Contains(v.interfaces.Governed, method) || slices.Contains(v.own.Governed, method)
}

// meet reports in a program that brings together a raw repository and a package that calls it by an interface, where
// neither package knows the other.
func (v *verdict) meet() {
	if v.pass.Pkg.Name() != "main" || len(v.files) == 0 {
		return
	}
	for _, bare := range v.interfaces.Bare {
		raw, served := find(v.interfaces.Raw, bare.Method)
		if !served || bare.Known || raw.Known || v.ambiguous(bare.Method) {
			continue
		}
		v.add(v.files[0].Name.Pos(), "%s goes around the guard: it is called at %s without one, and in %s it is a raw call; "+
			"hand over a governed repository%s", bare.Method, bare.By, raw.By, orDirective)
	}
}
