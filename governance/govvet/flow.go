package govvet

import (
	"go/ast"
	"go/types"
	"slices"
)

// call visits a call. It reports whether its parts are still to be visited.
func (c *collector) call(call *ast.CallExpr, from *node) bool {
	if id := name(call.Fun); id != nil {
		c.callees[id] = true
	}
	if c.sendsHanded(call) {
		c.visit(call.Fun.(*ast.SelectorExpr).X, from)
		return false
	}
	if c.pass.TypesInfo.Types[call.Fun].IsBuiltin() && len(call.Args) == 1 && name(call.Args[0]) != nil {
		c.look(call.Args[0], from) // len, cap, clear: nothing is called
		return false
	}
	governed := c.governedArguments(call)
	if governed == nil {
		return true
	}
	c.visit(call.Fun, from)
	for i, arg := range call.Args {
		if governed(i) {
			c.flow(c.graph.wrap, arg, from)
		} else {
			c.visit(arg, from)
		}
	}
	return false
}

// batches notes the batches that a host sends after governed calls have queued on them: the statements are theirs, and
// those which the host queues are found by themselves.
func (c *collector) batches(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		fn, ok := c.named(call.Fun).(*types.Func)
		if ok && fn.Pkg() != nil && fn.Pkg().Path() == module+"/governance/pgsink" && fn.Name() == "WithBatch" {
			if b, ok := c.named(call.Args[1]).(*types.Var); ok {
				c.handed[b] = true
			}
		}
		return true
	})
}

// sendsHanded reports whether a call sends such a batch.
func (c *collector) sendsHanded(call *ast.CallExpr) bool {
	fn, ok := c.named(call.Fun).(*types.Func)
	if !ok || fn.Name() != "SendBatch" || !c.drivers.sends(fn) || len(call.Args) != 2 {
		return false
	}
	b, ok := c.named(call.Args[1]).(*types.Var)
	_, selector := call.Fun.(*ast.SelectorExpr)
	return ok && selector && c.handed[b] && !b.IsField()
}

// governedArguments says which arguments of a call are given to Wrap, or is nil for none.
func (c *collector) governedArguments(call *ast.CallExpr) func(int) bool {
	switch callee := c.named(call.Fun).(type) {
	case *types.Func:
		if next, ok := wrapped(callee); ok {
			return func(i int) bool { return i == next }
		}
		if callee = callee.Origin(); callee.Pkg() == c.pass.Pkg {
			return c.governedParams(callee.Signature())
		}
		var fact wrapsFact
		if c.pass.ImportObjectFact(callee, &fact) {
			return func(i int) bool { return fact.governs(min(i, callee.Signature().Params().Len()-1)) }
		}
	case *types.Var:
		if fn := c.known.bound[callee]; fn != nil {
			next, _ := wrapped(fn)
			return func(i int) bool { return i == next }
		}
	}
	return nil
}

func (c *collector) governedParams(signature *types.Signature) func(int) bool {
	params := signature.Params()
	for v := range params.Variables() {
		if c.known.params[v] {
			return func(i int) bool { return params.Len() > 0 && c.known.params[params.At(min(i, params.Len()-1))] }
		}
	}
	return nil
}

// named returns what an expression names: a function, a variable, or nil.
func (c *collector) named(e ast.Expr) types.Object {
	if id := name(e); id != nil {
		return c.pass.TypesInfo.Uses[id]
	}
	return nil
}

// name returns the identifier of an expression that names something, with or without type arguments.
func name(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return name(e.X)
	case *ast.IndexListExpr:
		return name(e.X)
	}
	return nil
}

// flow links a carrier to the functions that an expression puts into it; what the expression does on the way, from does.
func (c *collector) flow(to *node, e ast.Expr, from *node) {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		c.literal(e, to)
	case *ast.Ident:
		c.mention(e, to)
	case *ast.SelectorExpr:
		c.visit(e.X, from)
		c.mention(e.Sel, to)
	case *ast.IndexExpr:
		c.flow(to, e.X, from)
		c.visit(e.Index, from)
	case *ast.IndexListExpr:
		c.flow(to, e.X, from)
	case *ast.UnaryExpr:
		c.flow(to, e.X, from)
	case *ast.StarExpr:
		c.flow(to, e.X, from)
	case *ast.CompositeLit:
		c.elements(to, e, from)
	case *ast.CallExpr:
		c.result(to, e, from)
	default:
		c.visit(e, from)
	}
}

// elements is flow for a composite literal.
func (c *collector) elements(to *node, lit *ast.CompositeLit, from *node) {
	if !holdsFunctions(c.pass.TypesInfo.TypeOf(lit)) {
		c.visit(lit, from)
		return
	}
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			c.visit(pair.Key, from)
			e = pair.Value
		}
		c.flow(to, e, from)
	}
}

// result is flow for a call: of a conversion what is converted, of a function that makes one what it and its arguments
// reach.
func (c *collector) result(to *node, call *ast.CallExpr, from *node) {
	info := c.pass.TypesInfo
	governed := c.governedArguments(call)
	switch {
	case governed != nil:
		c.visit(call, from)
		return
	case info.Types[call.Fun].IsType(), info.Types[call.Fun].IsBuiltin():
	default:
		c.flow(to, call.Fun, from)
		if fn, ok := c.named(call.Fun).(*types.Func); ok && fn.Pkg() == c.pass.Pkg {
			c.makings = append(c.makings, making{from, c.target(fn)})
		}
	}
	for _, arg := range call.Args {
		if holdsFunctions(info.TypeOf(arg)) {
			c.flow(to, arg, from)
		} else {
			c.visit(arg, from)
		}
	}
}

// assign visits an assignment.
func (c *collector) assign(to, values []ast.Expr, from *node) {
	for i, target := range to {
		v := c.holder(target, from)
		switch {
		case len(to) != len(values):
		case v != nil:
			c.put(v, values[i], from)
		default:
			c.visit(values[i], from)
		}
	}
	if len(to) != len(values) {
		for _, value := range values {
			c.visit(value, from)
		}
	}
}

// holder returns the variable or field that holds the functions of what is assigned to, or nil.
func (c *collector) holder(e ast.Expr, from *node) *types.Var {
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = c.pass.TypesInfo.ObjectOf(e)
	case *ast.SelectorExpr:
		c.visit(e.X, from)
		obj = c.pass.TypesInfo.ObjectOf(e.Sel)
	case *ast.IndexExpr:
		c.visit(e.Index, from)
		return c.holder(e.X, from)
	case *ast.StarExpr:
		return c.holder(e.X, from)
	default:
		c.visit(e, from)
	}
	if v, ok := obj.(*types.Var); ok && v.Name() != "_" && holdsFunctions(v.Type()) {
		return v
	}
	return nil
}

// put visits a value that goes into a variable or field.
func (c *collector) put(v *types.Var, value ast.Expr, from *node) {
	fn, _ := c.named(value).(*types.Func)
	if fn != nil {
		if _, ok := wrapped(fn); !ok {
			fn = nil
		}
	}
	if before, assigned := c.bound[v]; assigned && before != fn {
		fn = nil
	}
	c.bound[v] = fn
	switch {
	case v.Pkg() == c.pass.Pkg:
		c.flow(c.carrier(v), value, from)
	case c.pass.ImportObjectFact(v.Origin(), new(wrapsFact)):
		c.flow(c.graph.wrap, value, from)
	default:
		c.visit(value, from)
	}
}

// iterate visits a range statement.
func (c *collector) iterate(loop *ast.RangeStmt, from *node) {
	var v *types.Var
	if loop.Value != nil {
		v = c.holder(loop.Value, from)
	}
	if v != nil && holdsFunctions(c.pass.TypesInfo.TypeOf(loop.X)) && !isFunction(c.pass.TypesInfo.TypeOf(loop.X)) {
		c.put(v, loop.X, from)
	} else {
		c.visit(loop.X, from)
	}
	c.visit(loop.Body, from)
}

// composite visits a composite literal, whose functions go into the fields. It reports whether its parts are still to be
// visited.
func (c *collector) composite(lit *ast.CompositeLit, from *node) bool {
	t := c.pass.TypesInfo.TypeOf(lit).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	fields, ok := t.(*types.Struct)
	if !ok {
		return true
	}
	for i, e := range lit.Elts {
		var field *types.Var
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			field, _ = c.named(pair.Key).(*types.Var)
			e = pair.Value
		} else if i < fields.NumFields() {
			field = fields.Field(i)
		}
		if field != nil && holdsFunctions(field.Type()) {
			c.put(field, e, from)
		} else {
			c.visit(e, from)
		}
	}
	return false
}

// wrappers are what forwards to Wrap in a package.
type wrappers struct {
	params map[*types.Var]bool        // parameters that go nowhere else
	bound  map[*types.Var]*types.Func // variables that hold Wrap
}

// learn looks for them in a graph, and reports whether there are more than before.
func (w *wrappers) learn(g *graph, params []*types.Var, bound map[*types.Var]*types.Func) bool {
	if w.params == nil {
		w.params, w.bound = map[*types.Var]bool{}, map[*types.Var]*types.Func{}
	}
	before := len(w.params) + len(w.bound)
	for _, v := range params {
		if n := g.byObject[v]; n != nil && g.onlyWrapped(n, map[*node]bool{}) {
			w.params[v] = true
		}
	}
	for v, fn := range bound {
		if fn != nil {
			w.bound[v] = fn
		}
	}
	return len(w.params)+len(w.bound) > before
}

// onlyWrapped reports whether a carrier goes to Wrap and nowhere else, or is called in what is given to Wrap as it stands
// there. Seen holds what is known of the nodes on the way: of one that mentions itself, that it is.
func (g *graph) onlyWrapped(n *node, seen map[*node]bool) bool {
	if n == g.wrap {
		return true
	}
	if only, ok := seen[n]; ok {
		return only
	}
	if n.kind == function || n.kind == initializer || len(n.in) == 0 {
		return false
	}
	seen[n] = true
	seen[n] = !slices.ContainsFunc(n.in, func(e edge) bool { return !g.onlyWrapped(e.to, seen) })
	return seen[n]
}
