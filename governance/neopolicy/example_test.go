package neopolicy_test

import (
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// A reach comes from Guard.Reach; here it is written down.
func ExamplePredicate() {
	reach := governance.Reach{
		Dataset: governance.Dataset{Name: "Note", Subject: "owner"}, Caller: "ann", Own: governance.Every, Others: governance.None,
	}
	where, parameters, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "n"})
	fmt.Println("MATCH (n:Note) WHERE", where, "RETURN n")
	fmt.Println(parameters, err)
	// Output:
	// MATCH (n:Note) WHERE coalesce(`n`.`owner` = $`shugo_caller`, false) RETURN n
	// map[shugo_caller:ann] <nil>
}

func ExampleQuote() {
	fmt.Println(neopolicy.Quote("a`b"), neopolicy.Quote(`\u0060`))
	// Output:
	// `a``b` `\u005Cu0060`
}
