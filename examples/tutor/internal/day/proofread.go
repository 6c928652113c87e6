package day

import (
	"bytes"
	"context"
	"fmt"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/quality"
)

// Proof is what a proofreader says of a text of the example.
type Proof struct {
	What   string                `json:"what"`             // what kind of text
	Text   string                `json:"text"`             // the text
	Report japanese.Report       `json:"report"`           // what was found
	Claims *japanese.ClaimReport `json:"claims,omitempty"` // of an explanation: what it says, against what is known
	Level  string                `json:"level,omitempty"`  // how hard it reads

	document *japanese.Document
}

// intact is the check of text that comes in: it was decoded rightly.
func intact() quality.Validator[backend.Message] {
	return japanese.Validator(japanese.Config{}, japanese.EncodingRules(), "content", func(m backend.Message) string { return m.Content })
}

// trueExplanation is the check of an explanation that a model has made: nothing that it says contradicts what is known, and something of
// it is known.
func (p Place) trueExplanation() func(context.Context, backend.Explanation) error {
	finder := japanese.NewClaimFinder()
	claims := func(e backend.Explanation) []japanese.Claim { return finder.Find(e.Text) }
	return quality.Gate(japanese.ClaimValidator(p.Knowledge, japanese.ClaimConfig{Analyzer: p.Analyzer}, "text", claims))
}

// texts are what is proofread: what a learner wrote, what a tutor answered, what a model explained.
func texts() []Proof {
	return []Proof{
		{What: "a learner's message", Text: "きのうは納豆が食べれると思ったけど、店が休みでした。"},
		{What: "a tutor's answer", Text: "先生がそうおっしゃられました。助詞の「は」は主題を示す。覚えておきましょう。"},
		{What: "a tutor's answer with broken encoding", Text: "æ—¥æœ¬èªž"},
		{What: "a generated explanation", Text: "「食べる」は五段動詞です。「食べる」の読み方は「のべる」です。活动で覚えましょう。"},
	}
}

// proofread checks the texts, by characters alone where there is no analyzer.
func (p Place) proofread(ctx context.Context) ([]Proof, error) {
	rules := append(japanese.EncodingRules(), japanese.CharacterRules(japanese.KanjiLimit{Jinmeiyo: true})...)
	rules = append(append(rules, japanese.Default()...), japanese.KeigoRules()...)
	proofs := texts()
	finder := japanese.NewClaimFinder()
	for i := range proofs {
		proof := &proofs[i]
		d, err := japanese.NewDocument(ctx, proof.Text, japanese.Config{Analyzer: p.Analyzer, Register: japanese.Polite})
		if err != nil {
			return nil, err
		}
		if proof.Report, err = japanese.Check(ctx, d, rules); err != nil {
			return nil, err
		}
		if claims := finder.Find(proof.Text); len(claims) > 0 {
			report, err := japanese.CheckClaims(ctx, claims, p.Knowledge, japanese.ClaimConfig{Analyzer: p.Analyzer})
			if err != nil {
				return nil, err
			}
			proof.Claims = &report
		}
		proof.document = d
	}
	return proofs, nil
}

// print writes a proof for people, with what was found underlined.
func (p Proof) print(b *bytes.Buffer) error {
	fmt.Fprintf(b, "\n%s\n", p.What)
	if err := p.Report.WriteText(b, p.document); err != nil {
		return err
	}
	if p.Claims == nil {
		return nil
	}
	for _, r := range p.Claims.Results {
		fmt.Fprintf(b, "    it says of %s: %s: %s (%s)\n", r.Claim.Kind, r.Claim.Value, r.Verdict, r.Because)
	}
	return nil
}
