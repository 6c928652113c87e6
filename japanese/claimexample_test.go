package japanese_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/japanesetest"
)

// tutorFacts is a small knowledge base.
func tutorFacts() *japanesetest.KnowledgeBase {
	return &japanesetest.KnowledgeBase{Known: []japanese.Fact{
		{ID: "word:12/speech", Item: "帰る", Kind: japanese.PartOfSpeechFact, Value: "godan verb", Complete: true},
		{ID: "word:12/level", Item: "帰る", Kind: japanese.LevelFact, Value: "N5", Complete: true},
	}}
}

// An explanation is checked against what is known: the form is wrong since 帰る is a godan verb, and of the meaning nothing is known.
func ExampleCheckClaims() {
	text := `The te-form of 帰る is 帰て. 帰る is a JLPT N5 word. 帰る means "to return".`
	claims := japanese.NewClaimFinder().Find(text)
	report, err := japanese.CheckClaims(context.Background(), claims, tutorFacts(), japanese.ClaimConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range report.Results {
		fmt.Println(r.Claim.Kind, r.Verdict, r.Facts)
	}
	fmt.Printf("%s, coverage %.2f\n", report.Verdict, report.Confidence.Coverage)
	// Output:
	// conjugation contradicted [word:12/speech]
	// level supported [word:12/level]
	// meaning unknown []
	// contradicted, coverage 0.67
}

func ExampleParseClaims() {
	claims, err := japanese.ParseClaims([]byte(`{"claims": [{"kind": "reading", "item": "水", "value": "みず"}]}`))
	fmt.Println(len(claims), claims[0].Item, err)
	_, err = japanese.ParseClaims([]byte(`{"claims": [{"kind": "conjugation", "item": "書く", "value": "書いて"}]}`))
	fmt.Println(err)
	// Output:
	// 1 水 <nil>
	// japanese: claims: claims[0].form: found no text: expected the name of a form
}

func ExampleConjugate() {
	forms, err := japanese.Conjugate("行く", japanese.GodanVerb)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range forms {
		if c.Form == japanese.TeForm || c.Form == japanese.CausativePassiveForm {
			fmt.Println(c.Form, c.Text)
		}
	}
	// Output:
	// te 行って
	// causative passive 行かせられる
	// causative passive 行かされる
}

func ExampleCheckConsistency() {
	existing := []japanese.Claim{{Kind: japanese.LevelFact, Item: "経済", Value: "N3"}}
	fresh := []japanese.Claim{{Kind: japanese.LevelFact, Item: "経済", Value: "JLPT N2"}}
	for _, c := range japanese.CheckConsistency(fresh, existing) {
		fmt.Println(c.Claim.Item, c.Because)
	}
	// Output:
	// 経済 two levels of one scheme
}
