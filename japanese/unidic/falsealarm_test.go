package unidic_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

func everyRule() []japanese.Rule {
	return slices.Concat(japanese.GrammarRules(), japanese.StyleRules(), japanese.RegisterRules())
}

type humanCorpus struct{ Sentences []struct{ ID, Text string } }

// TestHumanSentences counts what the rules find in edited human text, sentence by sentence: nearly all of it is a false alarm.
func TestHumanSentences(t *testing.T) {
	t.Parallel()
	var c humanCorpus
	grammarCorpus(t, "readability.json", &c)
	a := grammarAnalyzer(t)
	perRule, perSeverity := map[string]int{}, map[string]int{}
	raNuki, trueRaNuki := 0, regexp.MustCompile("^(かけ|食べ|で)れ")
	for _, s := range c.Sentences {
		d := grammarDocument(t, a, s.Text)
		r, err := japanese.Check(t.Context(), d, everyRule())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			perRule[f.Rule]++
			switch {
			case f.Rule == "ra_nuki" && trueRaNuki.MatchString(d.In(f.At.Bytes)):
				raNuki++
				continue
			case f.Severity != "low":
				t.Logf("%s %s %s: %q in %s", f.Severity, f.Rule, s.ID, d.In(f.At.Bytes), s.Text)
			}
			perSeverity[string(f.Severity)]++
		}
	}
	t.Logf("of %d sentences: %v, %v", len(c.Sentences), perSeverity, perRule)
	if raNuki != 3 {
		t.Errorf("%d of the 3 true ら抜き are found", raNuki)
	}
	if per := float64(perSeverity["high"]) / float64(len(c.Sentences)); per > .003 {
		t.Errorf("%.4f findings of severity High in a sentence beside the true ones", per)
	}
	if per := float64(perSeverity["medium"]) / float64(len(c.Sentences)); per > .030 {
		t.Errorf("%.4f findings of severity Medium in a sentence", per)
	}
}
