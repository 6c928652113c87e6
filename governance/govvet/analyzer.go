package govvet

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzer returns the check. Each call returns one of its own, with flags of its own:
//
//	-tests   look at test files too
//
// It exports facts, so that a driver of analyzers must run it on dependencies as well; all that know facts do.
func Analyzer() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: "govvet", Doc: "report database calls that go around the guard\n\n" + summary,
		URL:       "https://pkg.go.dev/" + module + "/governance/govvet",
		FactTypes: []analysis.Fact{new(rawFact), new(wrapsFact), new(interfacesFact)},
	}
	tests := a.Flags.Bool("tests", false, "look at test files too")
	a.Run = func(pass *analysis.Pass) (any, error) {
		p := &inspection{pass: pass, drivers: newDrivers()}
		path := pass.Pkg.Path()
		generated := strings.HasSuffix(path, ".test") && pass.Pkg.Name() == "main" // the program that runs tests
		if !generated && !p.drivers.skips(strings.TrimSuffix(path, "_test")) {
			p.run(*tests)
		}
		return nil, nil
	}
	return a
}

const summary = `A function that sends a statement to PostgreSQL or Neo4j must be given to governance.Wrap, WrapErr or WrapSeq, or be
reached only from functions that are. See the package's documentation for the rule and its directives.`

// inspection is the run of the check on one package.
type inspection struct {
	pass       *analysis.Pass
	drivers    drivers
	files      []*ast.File
	directives *directives
	graph      *graph
	interfaces *interfacesFact // of the packages below
	known      *wrappers
}

// run builds the graph, again for each layer of functions that forward to Wrap, and reports on it.
func (p *inspection) run(tests bool) {
	for _, file := range p.pass.Files {
		if tests || !strings.HasSuffix(p.pass.Fset.File(file.Package).Name(), "_test.go") {
			p.files = append(p.files, file)
		}
	}
	p.directives = parseDirectives(p.pass.Fset, p.files)
	p.interfaces = p.importInterfaces()
	p.known = &wrappers{}
	for more := true; more; {
		c := &collector{inspection: p}
		p.graph = newGraph()
		c.collect()
		more = p.known.learn(p.graph, c.params, c.bound)
	}
	p.implement()
	v := p.judge()
	v.report()
	v.export()
	v.checkDirectives()
	p.emit(v.problems)
}

// problem is a finding.
type problem = analysis.Diagnostic

// emit reports findings in the order of the source.
func (p *inspection) emit(problems []problem) {
	slices.SortStableFunc(problems, func(a, b problem) int { return p.order(a.Pos, b.Pos) })
	for _, d := range problems {
		p.pass.Report(d)
	}
}

// order compares places by file and offset. Positions alone depend on which file was parsed first.
func (p *inspection) order(a, b token.Pos) int {
	x, y := p.pass.Fset.Position(a), p.pass.Fset.Position(b)
	return cmp.Or(strings.Compare(x.Filename, y.Filename), cmp.Compare(x.Offset, y.Offset))
}
