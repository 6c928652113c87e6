package govvet_test

import (
	"fmt"

	"github.com/shugo-data/shugo/governance/govvet"
)

// A program of several analyzers adds govvet to its own, as in:
//
//	unitchecker.Main(govvet.Analyzer(), printf.Analyzer)
func ExampleAnalyzer() {
	a := govvet.Analyzer()
	fmt.Println(a.Name, len(a.Requires), a.Flags.Lookup("tests").Usage)
	// Output: govvet 0 look at test files too
}
