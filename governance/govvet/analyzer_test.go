package govvet_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/shugo-data/shugo/governance/govvet"
)

// TestDirectives holds directives to their rules: a reason, and something that they do.
func TestDirectives(t *testing.T) {
	t.Parallel()
	run(t, govvet.Analyzer(), "directives")
}

// TestTests shows that test files are looked at when the flag says so, and only then.
func TestTests(t *testing.T) {
	t.Parallel()
	a := govvet.Analyzer()
	if err := a.Flags.Set("tests", "true"); err != nil {
		t.Fatal(err)
	}
	run(t, a, "tests")
	var got notes
	analysistest.Run(&got, analysistest.TestData(), govvet.Analyzer(), "tests")
	if len(got.missed) != 1 || len(got.surplus) > 0 {
		t.Errorf("without the flag: %q and %q, want nothing reported", got.missed, got.surplus)
	}
}

// run holds the findings in a package of testdata to its comments.
func run(t *testing.T, a *analysis.Analyzer, pattern string) {
	t.Helper()
	var got notes
	analysistest.Run(&got, analysistest.TestData(), a, pattern)
	for _, text := range append(append(got.missed, got.surplus...), got.other...) {
		t.Error(text)
	}
}

// TestAnalyzer holds the analyzer to the rules of package analysis.
func TestAnalyzer(t *testing.T) {
	t.Parallel()
	if err := analysis.Validate([]*analysis.Analyzer{govvet.Analyzer()}); err != nil {
		t.Error(err)
	}
}
