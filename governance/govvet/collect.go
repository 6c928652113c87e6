package govvet

import (
	"go/ast"
	"go/token"
	"go/types"
)

// collector makes the graph of a package from its syntax.
type collector struct {
	*inspection
	params  []*types.Var               // of declared functions, that hold functions
	bound   map[*types.Var]*types.Func // variables that hold governance.Wrap itself; nil for any other value
	handed  map[*types.Var]bool        // batches that are given to pgsink.WithBatch
	callees map[*ast.Ident]bool        // names of what is called
	makings []making
	line    int // of the statement that is being visited
}

func (c *collector) collect() {
	c.bound, c.handed, c.callees = map[*types.Var]*types.Func{}, map[*types.Var]bool{}, map[*ast.Ident]bool{}
	for _, file := range c.files {
		c.batches(file)
	}
	start := c.graph.add(&node{kind: initializer, name: "a package variable"})
	for _, file := range c.files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				c.declaration(decl)
			case *ast.GenDecl:
				c.visit(decl, start)
			}
		}
	}
	for _, m := range c.makings {
		c.graph.run(m.by, m.maker, map[*node]bool{})
	}
}

// declaration adds a function. The body of one that decorates a driver only hands a statement on: its callers send it.
func (c *collector) declaration(decl *ast.FuncDecl) {
	fn, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	if !ok {
		return
	}
	n := c.target(fn)
	n.decl, n.pos = decl, decl.Name.Pos()
	if n.kind == sink {
		return
	}
	tf := c.pass.Fset.File(decl.Pos())
	if n.exempt = c.directives.files[tf]; n.exempt == nil {
		n.exempt, n.mark = c.marks(decl, fn)
	}
	for v := range fn.Signature().Params().Variables() {
		if holdsFunctions(v.Type()) {
			c.params = append(c.params, v)
		}
	}
	if decl.Body != nil {
		c.visit(decl.Body, n)
	}
}

// marks returns the directives at a function, or at the type that it is a method of.
func (c *collector) marks(decl *ast.FuncDecl, fn *types.Func) (exempt, mark *directive) {
	owners := []*directive{c.directives.decls[decl]}
	if receiver := fn.Signature().Recv(); receiver != nil {
		for spec, d := range c.directives.decls {
			if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.Name == typeName(receiver.Type()) {
				owners = append(owners, d)
			}
		}
	}
	for _, d := range append(owners, c.directives.pkg...) {
		switch {
		case d == nil:
		case d.word == ungoverned && exempt == nil:
			exempt = d
		case d.word == raw && mark == nil:
			mark = d
		}
	}
	return exempt, mark
}

// visit links a node to what is mentioned in its syntax.
func (c *collector) visit(syntax ast.Node, from *node) {
	ast.Inspect(syntax, func(n ast.Node) bool {
		if statement, ok := n.(ast.Stmt); ok {
			c.line = c.pass.Fset.Position(statement.Pos()).Line
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			c.literal(n, from)
		case *ast.CallExpr:
			return c.call(n, from)
		case *ast.AssignStmt:
			c.assign(n.Lhs, n.Rhs, from)
		case *ast.ValueSpec:
			names := make([]ast.Expr, len(n.Names))
			for i, name := range n.Names {
				names[i] = name
			}
			c.assign(names, n.Values, from)
		case *ast.RangeStmt:
			c.iterate(n, from)
		case *ast.CompositeLit:
			return c.composite(n, from)
		case *ast.SelectorExpr:
			c.visit(n.X, from)
			c.mention(n.Sel, from)
		case *ast.Ident:
			c.mention(n, from)
		case *ast.BinaryExpr:
			return !c.compared(n.X, n.Y, from) && !c.compared(n.Y, n.X, from)
		default:
			return true
		}
		return false
	})
}

// compared visits a comparison of a name with nil, which calls nothing. It reports whether it is one.
func (c *collector) compared(what, null ast.Expr, from *node) bool {
	if name(what) == nil || !c.pass.TypesInfo.Types[null].IsNil() {
		return false
	}
	c.look(what, from)
	return true
}

// look visits a name that is only looked at.
func (c *collector) look(e ast.Expr, from *node) {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		c.visit(e.X, from)
	case *ast.IndexExpr:
		c.look(e.X, from)
		c.visit(e.Index, from)
	}
}

// literal adds a function literal where it stands.
func (c *collector) literal(lit *ast.FuncLit, from *node) {
	n := c.graph.add(&node{kind: literal, pos: lit.Pos(), name: "a function literal"})
	n.exempt = from.exempt
	if from == c.graph.wrap {
		n.exempt = nil
	}
	c.link(from, n, lit.Pos())
	c.visit(lit.Body, n)
}

// mention links a node to what an identifier stands for.
func (c *collector) mention(id *ast.Ident, from *node) {
	switch obj := c.pass.TypesInfo.Uses[id].(type) {
	case *types.Func:
		if to := c.target(obj); to != nil {
			c.link(from, to, id.Pos())
			from.out[len(from.out)-1].call = c.callees[id]
		}
	case *types.Var:
		if holdsFunctions(obj.Type()) {
			c.link(from, c.carrier(obj), id.Pos())
		}
	}
}

func (c *collector) link(from, to *node, pos token.Pos) {
	tf := c.pass.Fset.File(pos)
	exempt := c.directives.at(tf, c.pass.Fset.Position(pos).Line, c.line)
	if exempt == nil {
		exempt = c.directives.files[tf]
	}
	c.graph.link(from, to, pos, exempt)
}

// target returns the node of a function, or nil for one that has nothing to do with drivers.
func (c *collector) target(fn *types.Func) *node {
	fn = fn.Origin()
	if n := c.graph.byObject[fn]; n != nil {
		return n
	}
	n := &node{obj: fn, name: display(fn)}
	var fact rawFact
	switch {
	case c.drivers.sends(fn):
		n.kind, n.statement = sink, n.name
	case fn.Pkg() == c.pass.Pkg:
	case fn.Pkg() == nil || c.drivers.skips(fn.Pkg().Path()):
		return nil
	case c.pass.ImportObjectFact(fn, &fact):
		n.kind, n.statement = sink, fact.Statement
		n.reported = fact.Reported && fact.Module == modulePath(c.pass)
	case fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type()):
		return nil
	}
	return c.graph.add(n)
}

// carrier returns the node of a variable or field.
func (c *collector) carrier(v *types.Var) *node {
	v = v.Origin()
	if n := c.graph.byObject[v]; n != nil {
		return n
	}
	n := &node{kind: carrier, obj: v, pos: v.Pos(), name: v.Name()}
	var fact rawFact
	if v.Pkg() != c.pass.Pkg && c.pass.ImportObjectFact(v, &fact) {
		n.kind, n.statement = sink, fact.Statement
		n.reported = fact.Reported && fact.Module == modulePath(c.pass)
	}
	return c.graph.add(n)
}

// holdsFunctions reports whether values of a type are functions, or collections of them.
func holdsFunctions(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Slice:
		return isFunction(t.Elem())
	case *types.Array:
		return isFunction(t.Elem())
	case *types.Map:
		return isFunction(t.Elem())
	case *types.Chan:
		return isFunction(t.Elem())
	case *types.Pointer:
		return isFunction(t.Elem())
	}
	return false
}

func isFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// display returns the name of a function as its users write it.
func display(fn *types.Func) string {
	short := func(p *types.Package) string { return p.Name() }
	receiver := fn.Signature().Recv()
	switch {
	case receiver == nil && fn.Pkg() != nil:
		return fn.Pkg().Name() + "." + fn.Name()
	case receiver == nil:
		return fn.Name()
	}
	t := types.TypeString(receiver.Type(), short)
	if _, ok := receiver.Type().(*types.Pointer); ok {
		t = "(" + t + ")"
	}
	if typeName(receiver.Type()) == "" { // an interface without a name
		t = "interface"
	}
	return t + "." + fn.Name()
}
