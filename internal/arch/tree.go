// Package arch keeps the architecture: its tests read the checkout in process and say what breaks the rules. A test that
// ran "go list" would be answered from the test cache after a forbidden import was added, since the cache does not see
// what a child process reads.
package arch

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const module = "github.com/shugo-data/shugo"

// tree is a checkout as the checks see it.
type tree struct {
	fsys  fs.FS
	fset  *token.FileSet
	top   []string // names at the top level
	files []*file  // Go files of the module, in path order; nested modules are left out
}

// file is one Go file.
type file struct {
	path   string
	syntax *ast.File
	lines  int
}

// dir returns the folder of the file, "." for the top.
func (f *file) dir() string { return path.Dir(f.path) }

func (f *file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// main reports whether the file belongs to a program.
func (f *file) main() bool { return f.syntax.Name.Name == "main" }

// library reports whether hosts can import the package of the file.
func (f *file) library() bool {
	return !f.main() && !under(f.path, "internal") && !under(f.path, "examples")
}

// under reports whether a path is a folder or below it.
func under(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// violation is a place that breaks a rule.
type violation struct{ place, text string }

func (v violation) String() string { return v.place + ": " + v.text }

// at makes a violation of a place in a file.
func (t *tree) at(pos token.Pos, format string, args ...any) violation {
	p := t.fset.Position(pos)
	return violation{fmt.Sprintf("%s:%d", p.Filename, p.Line), fmt.Sprintf(format, args...)}
}

// read reads a checkout.
func read(fsys fs.FS) (*tree, error) {
	t := &tree{fsys: fsys, fset: token.NewFileSet()}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		t.top = append(t.top, e.Name())
	}
	return t, fs.WalkDir(fsys, ".", t.visit)
}

func (t *tree) visit(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if d.IsDir() {
		hidden := strings.HasPrefix(d.Name(), ".") && name != "."
		_, nested := fs.Stat(t.fsys, path.Join(name, "go.mod"))
		if hidden || d.Name() == "testdata" || (name != "." && nested == nil) {
			return fs.SkipDir
		}
		return nil
	}
	if !strings.HasSuffix(name, ".go") {
		return nil
	}
	text, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.files = append(t.files, &file{path: name, syntax: syntax, lines: strings.Count(string(text), "\n")})
	return nil
}

// root returns the folder of go.mod, from the working directory upwards.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("arch: no go.mod above the working directory")
		}
		dir = up
	}
}
