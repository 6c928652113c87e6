package govvet

import (
	"go/ast"
	"go/token"
	"strings"
	"unicode"
)

// The words of a directive, after "//shugo:".
const (
	ungoverned = "ungoverned" // what it stands at goes around the guard, for the reason given
	raw        = "raw"        // what it stands at is governed by the packages that call it
)

// directive is a comment that the analyzer obeys.
type directive struct {
	word, reason string
	pos          token.Pos
	behind       bool // behind code on its line, so that it is not about the next
	used         bool
}

// directives are those of a package, by what they stand at.
type directives struct {
	all   []*directive
	pkg   []*directive                       // raw, above a package clause
	files map[*token.File]*directive         // ungoverned, above a package clause
	decls map[ast.Node]*directive            // at *ast.FuncDecl and *ast.TypeSpec
	lines map[*token.File]map[int]*directive // elsewhere
}

// parseDirectives reads the directives of files.
func parseDirectives(fset *token.FileSet, files []*ast.File) *directives {
	ds := &directives{
		files: map[*token.File]*directive{}, decls: map[ast.Node]*directive{}, lines: map[*token.File]map[int]*directive{},
	}
	for _, file := range files {
		owners := declared(file)
		tf := fset.File(file.Package)
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if d := parseDirective(comment); d != nil {
					d.behind = behind(fset, file, comment)
					ds.all = append(ds.all, d)
					ds.place(d, tf, file, owners[group], fset.Position(comment.Pos()).Line)
				}
			}
		}
	}
	return ds
}

// place files a directive under what it stands at.
func (ds *directives) place(d *directive, tf *token.File, file *ast.File, owner ast.Node, line int) {
	switch {
	case d.pos < file.Package && d.word == raw:
		ds.pkg = append(ds.pkg, d)
	case d.pos < file.Package:
		ds.files[tf] = d
	case owner != nil:
		ds.decls[owner] = d
	default:
		if ds.lines[tf] == nil {
			ds.lines[tf] = map[int]*directive{}
		}
		ds.lines[tf][line] = d
	}
}

// declared maps the comments of declarations to these.
func declared(file *ast.File) map[*ast.CommentGroup]ast.Node {
	owners := map[*ast.CommentGroup]ast.Node{}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			owners[decl.Doc] = decl
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					owners[spec.Doc] = spec
					if len(decl.Specs) == 1 {
						owners[decl.Doc] = spec
					}
				}
			}
		}
	}
	delete(owners, nil)
	return owners
}

// parseDirective returns the directive that a comment is, or nil.
func parseDirective(comment *ast.Comment) *directive {
	text, ok := strings.CutPrefix(comment.Text, "//shugo:")
	if !ok {
		return nil
	}
	text, _, _ = strings.Cut(text, "// want ") // of analysistest
	word, reason := text, ""
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		word, reason = text[:i], strings.TrimSpace(text[i:])
	}
	return &directive{word: word, reason: reason, pos: comment.Pos()}
}

// behind reports whether there is code before a comment on its line.
func behind(fset *token.FileSet, file *ast.File, comment *ast.Comment) bool {
	line, found := fset.Position(comment.Pos()).Line, false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		for _, pos := range []token.Pos{n.Pos(), n.End()} {
			found = found || pos < comment.Pos() && fset.Position(pos).Line == line
		}
		return !found && n.Pos() < comment.Pos()
	})
	return found
}

// at returns the directive for one of some lines, or for the line above it.
func (ds *directives) at(tf *token.File, lines ...int) *directive {
	for _, line := range lines {
		for _, l := range []int{line, line - 1} {
			if d := ds.lines[tf][l]; d != nil && d.word == ungoverned && (l == line || !d.behind) {
				return d
			}
		}
	}
	return nil
}
