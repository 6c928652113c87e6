package arch

import (
	"slices"
	"strings"
)

// roots are the packages that a host imports for their words: they cost it no other module.
func roots() []string {
	return []string{"governance", "quality", "backup", "privacy", "lifecycle", "lineage", "japanese"}
}

// edges are the imports among the roots.
func edges() map[string][]string {
	return map[string][]string{
		"privacy": {"governance"}, "lifecycle": {"governance"}, "lineage": {"governance"}, "backup": {"governance"},
		"japanese": {"quality"},
	}
}

// leaves are packages below a root that stand on the standard library alone, and that their siblings may use.
func leaves() []string { return []string{"quality/interval"} }

// checkImports keeps the graph: roots on the standard library, adapters on their root, nobody on the examples.
func checkImports(t *tree) []violation {
	var found []violation
	for _, f := range t.files {
		for _, spec := range f.syntax.Imports {
			p := strings.Trim(spec.Path.Value, `"`)
			if text := f.forbids(p); text != "" {
				found = append(found, t.at(spec.Pos(), "imports %s: %s", p, text))
			}
		}
	}
	return found
}

// forbids says why a file may not import a package, or nothing.
func (f *file) forbids(p string) string {
	own, ours := strings.CutPrefix(p, module+"/")
	std := !strings.Contains(strings.SplitN(p, "/", 2)[0], ".")
	switch {
	case p == "testing" && !f.test() && !strings.HasSuffix(f.dir(), "test") && f.dir() != "internal/arch":
		return "only tests, and packages for tests, bring package testing into a program"
	case p == "github.com/pgvector/pgvector-go" && !under(f.path, "quality/pgquality"):
		return "it is heavy, and lives in quality/pgquality"
	case ours && under(own, "examples") && !under(f.path, "examples"):
		return "nobody builds on an example"
	case std:
		return ""
	}
	top, _, _ := strings.Cut(f.path, "/")
	if !slices.Contains(roots(), top) {
		return ""
	}
	if f.dir() == top {
		return f.rootForbids(top, p, own, ours)
	}
	return f.adapterForbids(top, own, ours)
}

// rootForbids is forbids for a root package.
func (f *file) rootForbids(top, p, own string, ours bool) string {
	switch {
	case f.test() && (p == "github.com/google/go-cmp/cmp" || under(p, "github.com/google/go-cmp/cmp") || own == top ||
		own == top+"/"+top+"test"):
		return ""
	case top == "japanese" && strings.HasPrefix(p, "golang.org/x/text/"):
		return ""
	case ours && slices.Contains(edges()[top], own):
		return ""
	}
	return "a root package stands on the standard library"
}

// adapterForbids is forbids for a package below a root.
func (f *file) adapterForbids(top, own string, ours bool) string {
	if slices.Contains(leaves(), f.dir()) {
		if ours && !f.test() {
			return "a leaf stands on the standard library"
		}
		return ""
	}
	if slices.Contains(leaves(), own) && under(own, top) {
		return ""
	}
	if !ours || own == top || own == "governance" || under(own, "internal") || under(own, f.dir()) {
		return ""
	}
	if f.main() && under(f.dir(), own) { // the program of a package
		return ""
	}
	if f.test() && under(own, top) { // adapters meet in their tests, as they do in a host
		return ""
	}
	return "an adapter builds on its root, on governance and on internal packages"
}
