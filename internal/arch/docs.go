package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// checkDocs wants one package comment a folder, and a comment at every exported name that a host can see.
func checkDocs(t *tree) []violation {
	found := t.packageComments()
	for _, f := range t.files {
		if f.test() || f.main() {
			continue
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil {
					found = append(found, t.at(d.Pos(), "%s has no comment", d.Name.Name))
				}
			case *ast.GenDecl:
				found = append(found, t.declared(f, d)...)
			}
		}
	}
	return found
}

// packageComments wants exactly one package comment in each folder.
func (t *tree) packageComments() []violation {
	comments := map[string]int{}
	code := map[string]bool{}
	for _, f := range t.files {
		if f.syntax.Doc != nil {
			comments[f.dir()]++
		}
		code[f.dir()] = true
	}
	var found []violation
	for dir := range code {
		if n := comments[dir]; n != 1 && !(n == 2 && t.perSystem(dir)) {
			found = append(found, violation{dir, fmt.Sprintf("%d files have a package comment: want 1", n)})
		}
	}
	slices.SortFunc(found, func(a, b violation) int { return strings.Compare(a.place, b.place) })
	return found
}

// perSystem reports whether a folder has files for different systems, which may each say what the program is there.
func (t *tree) perSystem(dir string) bool {
	return slices.ContainsFunc(t.files, func(f *file) bool { return f.dir() == dir && strings.HasSuffix(f.path, "_other.go") })
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	kind := d.Recv.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.IndexListExpr:
			kind = k.X
		case *ast.Ident:
			return k.IsExported()
		default:
			return false
		}
	}
}

// declared looks at types, constants and variables. A group's comment stands for names with a comment of their own line.
func (t *tree) declared(f *file, d *ast.GenDecl) []violation {
	var found []violation
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			if d.Doc == nil && s.Doc == nil && s.Comment == nil {
				found = append(found, t.at(s.Pos(), "%s has no comment", s.Name.Name))
			}
			if f.library() {
				found = append(found, t.members(s, d.Doc != nil || s.Doc != nil)...)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					found = append(found, t.at(name.Pos(), "%s has no comment", name.Name))
				}
			}
		}
	}
	return found
}

// members looks at the fields and methods of an exported type. A comment stands for the run of fields below it, up to the
// next blank line, and a type's comment for its only one.
func (t *tree) members(s *ast.TypeSpec, described bool) []violation {
	var fields *ast.FieldList
	switch k := s.Type.(type) {
	case *ast.StructType:
		fields = k.Fields
	case *ast.InterfaceType:
		fields = k.Methods
	default:
		return nil
	}
	var found []violation
	covered, last := described && len(fields.List) == 1, token.NoPos
	for _, field := range fields.List {
		adjacent := last.IsValid() && t.fset.Position(field.Pos()).Line == t.fset.Position(last).Line+1
		covered = field.Doc != nil || field.Comment != nil || (covered && (adjacent || !last.IsValid()))
		last = field.End()
		for _, name := range field.Names {
			if name.IsExported() && !covered {
				found = append(found, t.at(name.Pos(), "%s.%s has no comment", s.Name.Name, name.Name))
			}
		}
	}
	return found
}

// checkExamples wants an example of every library package, and of every example what it prints.
func checkExamples(t *tree) []violation {
	examples := map[string]bool{}
	var found []violation
	for _, f := range t.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !f.test() || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Example") {
				continue
			}
			examples[f.dir()] = true
			if !f.prints(fn) {
				found = append(found, t.at(fn.Pos(), "%s has no output to compare with", fn.Name.Name))
			}
		}
	}
	seen := map[string]bool{}
	for _, f := range t.files {
		if dir := f.dir(); f.library() && !f.test() && dir != "." && !examples[dir] && !seen[dir] {
			seen[dir] = true
			found = append(found, violation{path.Clean(dir), "has no example"})
		}
	}
	return found
}

// prints reports whether a function ends with the comment that says what it prints.
func (f *file) prints(fn *ast.FuncDecl) bool {
	for _, group := range f.syntax.Comments {
		if group.Pos() < fn.Pos() || group.End() > fn.End() {
			continue
		}
		for _, head := range []string{"Output:", "Unordered output:"} {
			if text, ok := strings.CutPrefix(group.Text(), head); ok && strings.TrimSpace(text) != "" {
				return true
			}
		}
	}
	return false
}
