package arch

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// checkState refuses what a package does or keeps behind its importers' backs: init functions, and variables that change.
func checkState(t *tree) []violation {
	var found []violation
	for _, f := range t.files {
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					found = append(found, t.at(d.Pos(), "has an init function"))
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					found = append(found, t.mutable(d)...)
				}
			}
		}
	}
	return found
}

// mutable returns the variables of a declaration that could change.
func (t *tree) mutable(d *ast.GenDecl) []violation {
	var found []violation
	for _, s := range d.Specs {
		spec, ok := s.(*ast.ValueSpec)
		if !ok || embedded(d, spec) {
			continue
		}
		for i, name := range spec.Names {
			if name.Name != "_" && !(strings.HasPrefix(strings.ToLower(name.Name), "err") && i < len(spec.Values) && call(spec.Values[i]) == "errors.New") {
				found = append(found, t.at(name.Pos(), "%s is a package variable: only errors and embedded files are", name.Name))
			}
		}
	}
	return found
}

func embedded(d *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{d.Doc, spec.Doc} {
		if doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

// call returns the name of the called function, as in "errors.New".
func call(e ast.Expr) string {
	c, ok := e.(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// checkCalls refuses panics on input, sleeping tests, tests that skip without a word of why, and libraries that print.
func checkCalls(t *tree) []violation {
	var found []violation
	for _, f := range t.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					if text := t.forbiddenCall(f, fn, e); text != "" {
						found = append(found, t.at(e.Pos(), "%s", text))
					}
				}
				return true
			})
		}
	}
	return found
}

// forbiddenCall says what is wrong with an expression, or nothing.
func (t *tree) forbiddenCall(f *file, fn *ast.FuncDecl, e ast.Expr) string {
	name := call(e)
	switch {
	case name == "panic" && !f.test() && !f.main() && !t.explained(f, e.Pos()):
		return "panics: return an error, or say why above it in a comment with \"panics:\""
	case name == "time.Sleep" && !f.main():
		return "sleeps: wait for what is awaited, or use testing/synctest"
	case (strings.HasSuffix(name, ".Skip") || strings.HasSuffix(name, ".Skipf")) && f.test() && !t.mentions(fn):
		return "skips without a reason that the environment gives"
	case f.library() && !f.test() && (strings.HasPrefix(name, "fmt.Print") || strings.HasPrefix(name, "log.Print")):
		return "a library prints"
	}
	return ""
}

// explained reports whether a comment within the three lines above says why.
func (t *tree) explained(f *file, pos token.Pos) bool {
	line := t.fset.Position(pos).Line
	for _, group := range f.syntax.Comments {
		end := t.fset.Position(group.End()).Line
		if strings.Contains(group.Text(), "panics:") && end < line && end >= line-3 {
			return true
		}
	}
	return false
}

// mentions reports whether a function looks at one of our variables, at -short, or at the system.
func (t *tree) mentions(fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found = found || strings.Contains(n.Value, "SHUGO_")
		case *ast.CallExpr:
			found = found || call(n) == "testing.Short"
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "GOOS"
		}
		return !found
	})
	return found
}

// checkSize keeps files and functions readable in one go.
func checkSize(t *tree) []violation {
	var found []violation
	for _, f := range t.files {
		if f.lines > maxLines {
			found = append(found, violation{f.path, "is longer than 600 lines"})
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			most := maxFunction
			if f.test() {
				most = maxTestFunctions
			}
			if n := t.fset.Position(fn.End()).Line - t.fset.Position(fn.Pos()).Line + 1; n > most {
				found = append(found, t.at(fn.Pos(), "%s has %d lines: at most %d", fn.Name.Name, n, most))
			}
		}
	}
	return found
}
