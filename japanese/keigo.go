package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// KeigoRules returns the rules about honorifics (敬語) that need nothing but the text's words. Who must be honoured by whom needs to be
// told: see [DirectionRule].
func KeigoRules() []Rule {
	return []Rule{doubleRespectRule(), doubleHumbleRule(), humbleFavorRule(), humbleRaisedRule(), doublePoliteRule(), doubleTitleRule(), manualKeigoRule()}
}

// doublePoliteRule finds です after ます.
func doublePoliteRule() Rule {
	return Rule{
		ID: "double_polite", Title: "「ます」に「です」", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
		Wrong: "明日行きますです。", Right: "明日は行きませんでした。", Source: keigoGuidelines + ": 丁寧語",
		Check: func(d *Document) []Finding { return d.eachSentence(doublePolite) },
	}
}

func doublePolite(d *Document, tokens []Token) []Finding {
	var found []Finding
	for i := 1; i < len(tokens); i++ {
		if tokens[i].Lemma != "です" || tokens[i].Surface != "です" || tokens[i-1].Lemma != "ます" || !conjugatedIn(tokens[i-1], "終止形") {
			continue
		}
		found = append(found, Finding{At: d.Position(wordSpan(tokens, i-1, i)), Text: "ます is polite, and so is です",
			Evidence: honorificEvidence(tokens, i-1, i, "助動詞-デス follows 助動詞-マス"), Fix: &Fix{At: tokens[i].Span}})
	}
	return found
}

// doubleTitleRule finds 様 and 殿 after what honours already.
func doubleTitleRule() Rule {
	return Rule{
		ID: "double_title", Title: "敬称の重複", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
		Wrong: "関係者各位様、部長様へ", Right: "関係者各位、鈴木部長へ", Source: "usage of letters: titles and 各位 honour by themselves",
		Check: func(d *Document) []Finding { return d.eachSentence(doubleTitle) },
	}
}

func doubleTitle(d *Document, tokens []Token) []Finding {
	var found []Finding
	titles := []string{"各位", "御中", "社長", "部長", "課長", "係長", "専務", "常務", "会長", "先生", "教授", "校長", "店長", "支店長", "所長"}
	for i := 1; i < len(tokens); i++ {
		if t := tokens[i]; t.POS[0] == "接尾辞" && (t.Lemma == "様" || t.Lemma == "殿") && slices.Contains(titles, tokens[i-1].Lemma) {
			found = append(found, Finding{At: d.Position(wordSpan(tokens, i-1, i)), Text: "the title honours by itself",
				Evidence: honorificEvidence(tokens, i-1, i, "a title, and 様 or 殿"), Fix: &Fix{At: t.Span}})
		}
	}
	return found
}

// manualKeigoRule finds what is said at counters (バイト敬語, マニュアル敬語).
func manualKeigoRule() Rule {
	return Rule{
		ID: "manual_keigo", Title: "マニュアル敬語", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
		Wrong: "ご注文は以上でよろしかったでしょうか。", Right: "ご注文は以上でよろしいでしょうか。",
		Source: keigoGuidelines + ": マニュアル敬語; 文化庁「国語に関する世論調査」 on のほう, よろしかったでしょうか and からお預かり",
		Check:  func(d *Document) []Finding { return d.eachSentence(manualKeigo) },
	}
}

// manualKeigo is the check of manualKeigoRule for the words of a sentence.
func manualKeigo(d *Document, tokens []Token) []Finding {
	var found []Finding
	add := func(from, to int, why string, fix *Fix) {
		found = append(found, Finding{At: d.Position(wordSpan(tokens, from, to)), Text: why, Evidence: honorificEvidence(tokens, from, to, why), Fix: fix})
	}
	for i, t := range tokens {
		switch {
		case t.Lemma == "宜しい" && conjugatedIn(t, "連用形-促音便") && surfaceAt(tokens, i+1, "た") && i+2 < len(tokens) && tokens[i+2].Lemma == "です" && asksGuest(tokens):
			add(i, i+2, "past tense for a question about now", &Fix{At: wordSpan(tokens, i, i+1), With: strings.TrimSuffix(t.Surface, "かっ") + "い"})
		case vagueSide(tokens, i):
			add(i-1, i, "のほう where nothing is compared and no direction is meant", &Fix{At: wordSpan(tokens, i-1, i)})
		case becomesNothing(tokens, i):
			add(i-1, i+1, "になります where nothing becomes anything", &Fix{At: wordSpan(tokens, i-1, i+1), With: "です"})
		case t.Lemma == "から" && i > 0 && strings.HasPrefix(tokens[i-1].Lemma, "円") && i+2 < len(tokens) && honorificPrefix(tokens[i+1]) && strings.HasPrefix(tokens[i+2].Lemma, "預か"):
			add(i, i+2, "money is taken, not taken from money", &Fix{At: t.Span, With: "を"})
		case t.Lemma == "名前" && surfaceAt(tokens, i+1, "を") && i+2 < len(tokens) && tokens[i+2].Lemma == "頂戴":
			add(i, i+2, "a name is asked for, not received", nil)
		}
	}
	return found
}

// asksGuest says whether a sentence is a question.
func asksGuest(tokens []Token) bool {
	return slices.ContainsFunc(tokens, func(t Token) bool {
		return t.Lemma == "か" && t.POS[1] == "終助詞" || t.Surface == "？" || t.Surface == "?"
	})
}

// vagueSide says whether ほう at a place points at nothing: after の and the noun of an act or of a thing at a counter, with no より.
func vagueSide(tokens []Token, i int) bool {
	if i < 2 || i+1 >= len(tokens) || !surfaceAt(tokens, i-1, "の") || tokens[i].Lemma != "方" || tokens[i].Surface != "ほう" { // 方 may be かた
		return false
	}
	if noun := tokens[i-2]; noun.POS[0] != "名詞" || !strings.HasPrefix(noun.POS[2], "サ変") && !(i >= 3 && honorificPrefix(tokens[i-3])) {
		return false
	}
	if next := tokens[i+1]; next.Surface != "、" && next.Surface != "を" && next.Surface != "は" {
		return false
	}
	return !slices.ContainsFunc(tokens, func(t Token) bool { return t.Lemma == "より" }) &&
		slices.ContainsFunc(tokens, func(t Token) bool { return t.Lemma == "ます" || t.Lemma == "下さる" || t.Lemma == "です" })
}

// becomesNothing says whether なり at a place is of こちらが~になります at the end of a sentence.
func becomesNothing(tokens []Token, i int) bool {
	if i < 3 || i+1 >= len(tokens) || !verbLemmaAt(tokens, i, "成る") || tokens[i+1].Surface != "ます" || tokens[i-1].Surface != "に" || tokens[i-2].POS[0] != "名詞" {
		return false
	}
	if i+2 < len(tokens) && tokens[i+2].POS[1] != "句点" {
		return false
	}
	first := tokens[0]
	return first.Lemma == "此方" && (surfaceAt(tokens, 1, "が") || surfaceAt(tokens, 1, "は"))
}
