package neopolicy_test

import (
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// BenchmarkPredicate builds the shortest and the longest condition. The query itself takes a round trip to the server.
func BenchmarkPredicate(b *testing.B) {
	own := governance.Reach{Dataset: governance.Dataset{Subject: "owner"}, Caller: "ann", Purpose: "study", Own: governance.Every}
	all := own
	all.Others, all.Standing, all.Target.Action = governance.Consenting, true, governance.Erase
	for name, reach := range map[string]governance.Reach{"own": own, "consenting": all} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := neopolicy.Predicate(reach, neopolicy.Query{Standing: "Standing"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
