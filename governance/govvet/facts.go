package govvet

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// rawFact says that a function, or what a variable holds, reaches a statement of a driver by itself.
type rawFact struct {
	Statement string // that it reaches
	Reported  bool   // in its own package
	Module    string // of its package
}

// wrapsFact says what goes to Wrap: parameters of a function, by number, or the functions in a field.
type wrapsFact struct{ Params []int }

// interfacesFact says of a package which methods of interfaces are served by what, by their full names.
type interfacesFact struct {
	Raw      []service // served by a raw repository, or given to Wrap
	Bare     []service // called by what is not governed
	Governed []string  // served by a governed repository too, so that a call says nothing
}

// service is one method of an interface in one package.
type service struct {
	Method string // its full name
	By     string // who serves or calls it
	Known  bool   // that the package has seen the other side, and reported
}

func (*rawFact) AFact()        {}
func (*wrapsFact) AFact()      {}
func (*interfacesFact) AFact() {}

// String is for tests of facts.
func (f *rawFact) String() string { return "raw(" + f.Statement + ")" }

func (f *wrapsFact) governs(i int) bool { return slices.Contains(f.Params, i) }

// modulePath returns the module that a package belongs to; without modules, the first element of its path.
func modulePath(pass *analysis.Pass) string {
	if pass.Module != nil && pass.Module.Path != "" {
		return pass.Module.Path
	}
	first, _, _ := strings.Cut(pass.Pkg.Path(), "/")
	return first
}

// local reports whether the package of an interface is of the module that is being looked at. Those of others, and of the
// standard library, have too many servants for a call to say anything.
func local(pass *analysis.Pass, pkg *types.Package) bool {
	m := modulePath(pass)
	return pkg != nil && (pkg.Path() == m || strings.HasPrefix(pkg.Path(), m+"/") || pkg == pass.Pkg)
}

// named reports whether a method is of an interface with a name, so that packages can speak of it.
func named(method string) bool { return !strings.HasPrefix(method, "(interface)") }

// importInterfaces joins the facts of the packages below.
func (p *inspection) importInterfaces() *interfacesFact {
	all := &interfacesFact{}
	for _, f := range p.pass.AllPackageFacts() {
		if fact, ok := f.Fact.(*interfacesFact); ok {
			all.Raw = append(all.Raw, fact.Raw...)
			all.Bare = append(all.Bare, fact.Bare...)
			all.Governed = append(all.Governed, fact.Governed...)
		}
	}
	order := func(a, b service) int { return strings.Compare(a.Method+" "+a.By, b.Method+" "+b.By) }
	slices.SortFunc(all.Raw, order)
	slices.SortFunc(all.Bare, order)
	return all
}

func find(services []service, method string) (service, bool) {
	i := slices.IndexFunc(services, func(s service) bool { return s.Method == method })
	if i < 0 {
		return service{}, false
	}
	return services[i], true
}

// export tells importing packages what they must know.
func (v *verdict) export() {
	v.exportRaw()
	v.exportWrappers()
	fact := v.own
	for _, n := range v.graph.nodes {
		if method, ok := interfaceMethod(n); ok && named(method) && local(v.pass, n.obj.Pkg()) {
			if v.wrappedHere(n) {
				fact.Raw = append(fact.Raw, service{Method: method, By: v.pass.Pkg.Path()})
			}
			for _, e := range n.in {
				if e.to != v.graph.wrap && e.exempt == nil && e.to.exempt == nil && !v.governed[e.to] && !v.excused[e.to] {
					fact.Bare = append(fact.Bare, service{method, v.place(e.pos), v.seen[method]})
				}
			}
		}
	}
	if len(fact.Raw)+len(fact.Bare)+len(fact.Governed) > 0 {
		v.pass.ExportPackageFact(&fact)
	}
}

// place names a place in the package for other packages.
func (v *verdict) place(pos token.Pos) string {
	p := v.pass.Fset.Position(pos)
	return fmt.Sprintf("%s/%s:%d", v.pass.Pkg.Path(), filepath.Base(p.Filename), p.Line)
}

func (v *verdict) exportRaw() {
	for _, n := range v.graph.nodes {
		if n.obj == nil || n.obj.Pkg() != v.pass.Pkg || !n.obj.Exported() || n.kind == sink || n.exempt != nil ||
			v.statements[n] == "" || n.kind == function && n.decl == nil {
			continue
		}
		v.pass.ExportObjectFact(n.obj, &rawFact{v.statements[n], !v.governed[n], modulePath(v.pass)})
	}
}

func (v *verdict) exportWrappers() {
	params := map[types.Object][]int{}
	for _, n := range v.graph.nodes {
		if n.kind == function && n.decl != nil && n.obj.Exported() {
			i := 0
			for param := range n.obj.(*types.Func).Signature().Params().Variables() {
				if v.known.params[param] {
					params[n.obj] = append(params[n.obj], i)
				}
				i++
			}
			if len(params[n.obj]) > 0 {
				v.pass.ExportObjectFact(n.obj, &wrapsFact{params[n.obj]})
			}
		}
		if field, ok := n.obj.(*types.Var); ok && n.kind == carrier && field.Pkg() == v.pass.Pkg && field.Exported() &&
			v.graph.onlyWrapped(n, map[*node]bool{}) {
			v.pass.ExportObjectFact(field, new(wrapsFact))
		}
	}
}
