package govvet_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/shugo-data/shugo/governance/govvet"
)

// BenchmarkAnalyzer checks the tutor, and all that it is built on for facts, drivers and standard library included, as they
// lie in memory.
func BenchmarkAnalyzer(b *testing.B) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: "../.."}, "./examples/tutor/...")
	if err != nil {
		b.Fatal(err)
	}
	lines := 0
	packages.Visit(loaded, nil, func(p *packages.Package) {
		for _, file := range p.Syntax {
			lines += p.Fset.File(file.Package).LineCount()
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		graph, err := checker.Analyze([]*analysis.Analyzer{govvet.Analyzer()}, loaded, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, action := range graph.Roots {
			if action.Err != nil || len(action.Diagnostics) > 0 {
				b.Fatalf("%v: %v, %d findings", action.Package, action.Err, len(action.Diagnostics))
			}
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
