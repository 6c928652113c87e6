package neopolicy_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/neopolicy"
)

// notebook is a manifest of memos, which are their authors' own.
func notebook() governance.Manifest {
	return governance.Manifest{
		Classes:  []governance.Class{{Category: "memos", Personal: true}},
		Datasets: []governance.Dataset{{Store: governance.Neo4j, Name: "Memo", Category: "memos", Subject: "author"}},
		Rules: []governance.Rule{
			{Categories: []governance.Category{"memos"}, Actions: governance.Actions(), Own: true},
			{Roles: []string{"teacher"}, Categories: []governance.Category{"memos"}, Actions: []governance.Action{governance.Read}},
		},
	}
}

// A learner reads memos of their own, a teacher those of everyone who has not restricted it.
func ExamplePredicate() {
	guard, err := governance.New(governance.Config{
		Manifest: notebook(),
		Audit: governance.Vouch(governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil }),
			governance.Durable),
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (governance.Standing, error) {
			return governance.Standing{}, nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, caller := range []governance.Caller{{ID: "mika"}, {ID: "sato", Roles: []string{"teacher"}}} {
		ctx := governance.WithCaller(context.Background(), caller)
		reach, err := guard.Reach(ctx, governance.Target{Dataset: "Memo", Action: governance.Read})
		if err != nil {
			fmt.Println(err)
			return
		}
		where, params, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "m", Prefix: "memo_", Standing: "Standing"})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("MATCH (m:Memo) WHERE", where, "RETURN m.text")
		fmt.Println(params)
	}
	// Output:
	// MATCH (m:Memo) WHERE (`m`.`author` IS NOT NULL AND `m`.`author` = $memo_caller) RETURN m.text
	// map[memo_caller:mika]
	// MATCH (m:Memo) WHERE ((`m`.`author` IS NOT NULL AND `m`.`author` = $memo_caller) OR (`m`.`author` IS :: STRING AND NOT EXISTS { MATCH (memo_standing:`Standing`) WHERE memo_standing.subject = `m`.`author` AND memo_standing.subject <> '' AND coalesce(memo_standing.restricted, false) <> false })) RETURN m.text
	// map[memo_caller:sato]
}

// The notation of Cypher declares a relationship type.
func ExampleParseElement() {
	for _, dataset := range []string{"TEACHES", "[:TEACHES]"} {
		element, err := neopolicy.ParseElement(dataset)
		fmt.Println(element.Name, element.Relationship, err)
	}
	// Output:
	// TEACHES false <nil>
	// TEACHES true <nil>
}

// No name leaves its quotes.
func ExampleQuote() {
	for _, name := range []string{"Memo", "a`b", `\u0060) DETACH DELETE n //`} {
		fmt.Println(neopolicy.Quote(name))
	}
	// Output:
	// `Memo` <nil>
	// `a``b` <nil>
	// `\u005Cu0060) DETACH DELETE n //` <nil>
}

// A report is for people, and marshals for machines.
func ExampleReport_String() {
	report := neopolicy.Report{
		Enforcement: neopolicy.Enforcement{Server: neopolicy.NotEnforced, Edition: "community", Version: "5.26.20"},
		Differences: []neopolicy.Difference{{Kind: neopolicy.IndexMissing, Severity: neopolicy.Medium,
			Element: neopolicy.Element{Name: "Memo"}, Property: "author", Found: "no index", Expected: "a range index"}},
	}
	fmt.Println(report)
	// Output:
	// enforcement: none, Neo4j 5.26.20 community: not enforced by the server, predicates bind only who uses them
	// medium: index_missing "Memo.author": found no index, want a range index
}
