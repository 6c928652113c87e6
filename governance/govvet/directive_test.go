package govvet

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDirective(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"//shugo:ungoverned migrations run first": {ungoverned, "migrations run first"},
		"//shugo:raw\tpackage day governs it":     {raw, "package day governs it"},
		"//shugo:raw":                             {raw, ""},
		"//shugo:raw   ":                          {raw, ""},
		"//shugo:":                                {"", ""},
		"//shugo:else 守護":                         {"else", "守護"},
		"// shugo:raw with a space":               nil,
		"/*shugo:raw in a block*/":                nil,
		"//go:embed a.sql":                        nil,
	} {
		var got []string
		if d := parseDirective(&ast.Comment{Text: text}); d != nil {
			got = []string{d.word, d.reason}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// FuzzDirectives shows that a directive of a file is kept once, with a word and a reason that are trimmed, wherever it
// stands.
func FuzzDirectives(f *testing.F) {
	for _, seed := range []string{
		"//shugo:ungoverned why\npackage a\n", "package a\n\n//shugo:raw why\ntype (\n\t//shugo:raw\n\tA int\n)\n",
		"package a\n\n//shugo:raw\nfunc f() {\n\t//shugo:else x\n\tf() //shugo:ungoverned y\n}\n", "package a\n\n/* //shugo:raw */ var x int\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "a.go", text, parser.ParseComments)
		if err != nil {
			return
		}
		want := 0
		for _, group := range file.Comments {
			for _, c := range group.List {
				if strings.HasPrefix(c.Text, "//shugo:") {
					want++
				}
			}
		}
		ds := parseDirectives(fset, []*ast.File{file})
		if len(ds.all) != want {
			t.Errorf("%d directives, want %d", len(ds.all), want)
		}
		for _, d := range ds.all {
			if strings.ContainsAny(d.word, " \t") || strings.TrimSpace(d.reason) != d.reason {
				t.Errorf("word %q and reason %q are not trimmed", d.word, d.reason)
			}
		}
	})
}
