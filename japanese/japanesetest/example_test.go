package japanesetest_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
)

// A knowledge base that is down is an error, and not a claim that nothing is known of.
func ExampleKnowledgeBase() {
	kb := &japanesetest.KnowledgeBase{
		Known:  []japanese.Fact{{ID: "word:1", Item: "水", Kind: japanese.ReadingFact, Value: "みず", Complete: true}},
		Faults: []japanesetest.KnowledgeFault{{Call: 2, Err: fmt.Errorf("the server is down")}},
	}
	claims := []japanese.Claim{{Kind: japanese.ReadingFact, Item: "水", Value: "ミズ"}}
	for range 2 {
		report, err := japanese.CheckClaims(context.Background(), claims, kb, japanese.ClaimConfig{})
		fmt.Println(report.Verdict, err)
	}
	// Output:
	// supported <nil>
	//  japanese: knowledge base: the server is down
}
