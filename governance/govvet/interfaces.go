package govvet

import (
	"go/ast"
	"go/token"
	"go/types"
)

// interfaceMethod returns the full name of the interface's method that a node stands for.
func interfaceMethod(n *node) (string, bool) {
	fn, ok := n.obj.(*types.Func)
	if !ok || n.kind != function || n.decl != nil || fn.Signature().Recv() == nil ||
		!types.IsInterface(fn.Signature().Recv().Type()) {
		return "", false
	}
	return fn.FullName(), true
}

// implement links the methods of interfaces that the package mentions to those of its types that serve them.
func (p *inspection) implement() {
	for _, n := range p.graph.nodes {
		if _, ok := interfaceMethod(n); !ok || !local(p.pass, n.obj.Pkg()) {
			continue
		}
		method := n.obj.(*types.Func)
		contract, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for _, name := range p.pass.Pkg.Scope().Names() {
			if t, ok := p.pass.Pkg.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() {
				p.serve(n, method, contract, t.Type())
			}
		}
	}
}

// serve links a method of an interface to that of a type, if the type has it.
func (p *inspection) serve(n *node, method *types.Func, contract *types.Interface, t types.Type) {
	pointer := types.NewPointer(t)
	if named, ok := t.(*types.Named); !ok || named.TypeParams().Len() > 0 || types.IsInterface(t) ||
		!types.Implements(pointer, contract) {
		return
	}
	obj, _, _ := types.LookupFieldOrMethod(pointer, true, method.Pkg(), method.Name())
	if fn, ok := obj.(*types.Func); ok {
		if to := p.graph.byObject[fn.Origin()]; to != nil && to != n {
			p.graph.link(n, to, token.NoPos, nil)
		}
	}
}

// conversion is a place where a value of a type becomes an interface.
type conversion struct {
	from     types.Type
	to       *types.Interface
	pos      token.Pos
	asserted bool          // var _ I = T{}: nothing is handed on
	in       *ast.FuncDecl // nil: a package variable
}

// conversions finds the places of a file where a value of a named type becomes an interface.
func (p *inspection) conversions(file *ast.File) []conversion {
	var found []conversion
	for _, decl := range file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		v := &converter{inspection: p, in: fn}
		if fn != nil {
			obj, ok := p.pass.TypesInfo.Defs[fn.Name].(*types.Func)
			if !ok {
				continue
			}
			v.results = append(v.results, obj.Signature().Results())
		}
		v.visit(decl)
		v.instances(decl)
		found = append(found, v.found...)
	}
	return found
}

// converter collects conversions in a declaration.
type converter struct {
	*inspection
	in      *ast.FuncDecl
	results []*types.Tuple // of the functions around
	found   []conversion
}

func (c *converter) visit(syntax ast.Node) {
	info := c.pass.TypesInfo
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			c.results = append(c.results, info.TypeOf(n).(*types.Signature).Results())
			c.visit(n.Body)
			c.results = c.results[:len(c.results)-1]
			return false
		case *ast.ReturnStmt:
			if results := c.results[len(c.results)-1]; results.Len() == len(n.Results) {
				for i, e := range n.Results {
					c.convert(e, results.At(i).Type(), false)
				}
			}
		case *ast.AssignStmt:
			for i, e := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) {
					c.convert(e, info.TypeOf(n.Lhs[i]), false)
				}
			}
		case *ast.ValueSpec:
			for i, e := range n.Values {
				if len(n.Names) == len(n.Values) && n.Type != nil {
					c.convert(e, info.TypeOf(n.Type), n.Names[i].Name == "_")
				}
			}
		case *ast.CallExpr:
			c.arguments(n)
		case *ast.CompositeLit:
			c.elements(n)
		case *ast.SendStmt:
			if t, ok := info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
				c.convert(n.Value, t.Elem(), false)
			}
		}
		return true
	})
}

// instances notes that type arguments serve the interfaces that constrain them.
func (c *converter) instances(decl ast.Decl) {
	ast.Inspect(decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		fn, ok := c.pass.TypesInfo.Uses[id].(*types.Func)
		if instance, generic := c.pass.TypesInfo.Instances[id]; ok && generic {
			params := fn.Origin().Signature().TypeParams()
			for i := range min(params.Len(), instance.TypeArgs.Len()) {
				from := instance.TypeArgs.At(i)
				if contract, ok := params.At(i).Constraint().Underlying().(*types.Interface); ok && typeName(from) != "" &&
					!types.IsInterface(from) {
					c.found = append(c.found, conversion{from, contract, id.Pos(), false, c.in})
				}
			}
		}
		return true
	})
}

func (c *converter) arguments(call *ast.CallExpr) {
	info := c.pass.TypesInfo
	if info.Types[call.Fun].IsType() {
		c.convert(call.Args[0], info.TypeOf(call.Fun), false)
		return
	}
	signature, ok := info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return
	}
	for i, arg := range call.Args {
		last := signature.Params().Len() - 1
		switch {
		case last < 0:
		case signature.Variadic() && i >= last && !call.Ellipsis.IsValid():
			if list, ok := signature.Params().At(last).Type().Underlying().(*types.Slice); ok {
				c.convert(arg, list.Elem(), false)
			}
		case i <= last:
			c.convert(arg, signature.Params().At(i).Type(), false)
		}
	}
}

func (c *converter) elements(lit *ast.CompositeLit) {
	t := c.pass.TypesInfo.TypeOf(lit).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	for i, e := range lit.Elts {
		pair, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			e = pair.Value
		}
		switch t := t.(type) {
		case *types.Struct:
			if keyed {
				c.convert(e, c.pass.TypesInfo.ObjectOf(pair.Key.(*ast.Ident)).Type(), false)
			} else if i < t.NumFields() {
				c.convert(e, t.Field(i).Type(), false)
			}
		case interface{ Elem() types.Type }:
			c.convert(e, t.Elem(), false)
		}
	}
}

// convert notes that an expression becomes a type, if that is an interface with methods and the expression has none.
func (c *converter) convert(e ast.Expr, to types.Type, asserted bool) {
	from := c.pass.TypesInfo.TypeOf(e)
	if from == nil || to == nil || types.IsInterface(from) {
		return
	}
	if _, generic := types.Unalias(to).(*types.TypeParam); generic {
		return
	}
	if contract, ok := to.Underlying().(*types.Interface); ok && contract.NumMethods() > 0 && typeName(from) != "" {
		c.found = append(c.found, conversion{from, contract, e.Pos(), asserted, c.in})
	}
}
