package japanese

import (
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// doubleRespectRule finds a word that is made respectful twice.
func doubleRespectRule() Rule {
	return Rule{
		ID: "double_respect", Title: "二重敬語(尊敬語)", Dimension: quality.Validity, Severity: quality.High, Needs: Words,
		Wrong: "先生は本をお読みになられた。", Right: "先生は料理をお召し上がりになった。",
		Source: keigoGuidelines + ", 第二章: 二重敬語とその適否; お召し上がりになる and お見えになる are established",
		Check:  func(d *Document) []Finding { return d.eachSentence(doubleRespect) },
	}
}

// keigoGuidelines is the source of most rules about honorifics.
const keigoGuidelines = "文化審議会答申「敬語の指針」 (2007)"

// eachSentence asks a check of the words of each sentence.
func (d *Document) eachSentence(check func(*Document, []Token) []Finding) []Finding {
	var found []Finding
	for _, s := range d.Sentences {
		found = append(found, check(d, d.TokensOf(s))...)
	}
	return found
}

// doubleRespect is the check of doubleRespectRule for the words of a sentence.
func doubleRespect(d *Document, tokens []Token) []Finding {
	var found []Finding
	for i := range tokens {
		from, to, why := respectTwice(tokens, i)
		if why == "" {
			continue
		}
		f := Finding{At: d.Position(wordSpan(tokens, from, to)), Confidence: doubleRespectConfidence, Text: "respectful twice: " + why}
		f.Evidence = honorificEvidence(tokens, from, to, why)
		if isRareru(tokens[to]) {
			f.Fix = withoutPassive(tokens, to)
		}
		found = append(found, f)
	}
	return found
}

// respectTwice says which words are a double honorific whose second half is at a place, and why.
func respectTwice(tokens []Token, i int) (from, to int, why string) {
	switch t := tokens[i]; {
	case i == 0:
	case isRareru(t):
		return respectedPassive(tokens, i)
	case verbLemmaAt(tokens, i, "成る") && surfaceAt(tokens, i-1, "に") && i >= 3:
		stem := tokens[i-2]
		if respectfulVerb(stem) && stem.Lemma != "召し上がる" && honorificPrefix(tokens[i-3]) && !conjugatedIn(t, "未然形") {
			return i - 3, i, "the verb is respectful, and so is お~になる"
		}
		if i >= 4 && isRareru(stem) && conjugatedIn(tokens[i-3], "未然形") && tokens[i-3].Lemma != "呼ぶ" && honorificPrefix(tokens[i-4]) {
			return i - 4, i, "れる is respectful, and so is お~になる"
		}
	case verbLemmaAt(tokens, i, "為さる") && !conjugatedIn(t, "命令形") && !isNasai(tokens, i):
		if respectfulVerb(tokens[i-1]) && conjugatedIn(tokens[i-1], "連用形") {
			return i - 1, i, "the verb is respectful, and so is なさる"
		}
		if verbLemmaAt(tokens, i-1, "成る") && surfaceAt(tokens, i-2, "に") {
			if from, ok := honorificStem(tokens, i-2); ok {
				return from, i, "お~になる is respectful, and so is なさる"
			}
		}
	}
	return 0, 0, ""
}

// isNasai says whether なさい at a place is an order: nothing follows that would make it なさいます.
func isNasai(tokens []Token, i int) bool {
	return tokens[i].Surface == "なさい" && (i+1 == len(tokens) || tokens[i+1].Lemma != "ます")
}

// respectedPassive is respectTwice for れる after a word that is respectful already.
func respectedPassive(tokens []Token, i int) (from, to int, why string) {
	before := tokens[i-1]
	if respectfulVerb(before) {
		from, ok := honorificStem(tokens, i-1)
		if !ok {
			from = i - 1
		}
		return from, i, "the verb is respectful, and so is れる"
	}
	if before.Lemma == "成る" && surfaceAt(tokens, i-2, "に") {
		if from, ok := honorificStem(tokens, i-2); ok {
			return from, i, "お~になる is respectful, and so is れる"
		}
		if i >= 4 && respectfulVerb(tokens[i-3]) && honorificPrefix(tokens[i-4]) { // the いらっしゃい of おいらっしゃいになられる is an order to UniDic
			return i - 4, i, "the verb is respectful, and so are お~になる and れる"
		}
		if i >= 5 && isRareru(tokens[i-3]) && conjugatedIn(tokens[i-4], "未然形") && honorificPrefix(tokens[i-5]) {
			return i - 5, i, "れる is respectful, and so is お~になる"
		}
	}
	// UniDic cuts なさられる as 成す with られる, and お書きなさられる as 書き成す: no verb in サ takes られる
	if tokens[i].Lemma == "られる" && strings.HasSuffix(before.Surface, "なさ") {
		return i - 1, i, "なさる is respectful, and so is れる"
	}
	return 0, 0, ""
}

// withoutPassive takes れる away from a verb of the ラ行 and puts the verb in the form that れる has: なられた becomes なった.
func withoutPassive(tokens []Token, i int) *Fix {
	verb, t := tokens[i-1], tokens[i]
	if !strings.HasSuffix(verb.Surface, "ら") || t.Lemma != "れる" {
		return nil
	}
	next := ""
	if i+1 < len(tokens) {
		next = tokens[i+1].Lemma
	}
	with := ""
	switch {
	case conjugatedIn(t, "終止形"), conjugatedIn(t, "連体形"):
		with = "る"
	case conjugatedIn(t, "意志推量形"):
		with = "ろう"
	case conjugatedIn(t, "未然形"):
		with = "ら"
	case conjugatedIn(t, "仮定形"), conjugatedIn(t, "命令形"):
		with = "れ"
	case next == "た" || next == "て" || next == "たり" || next == "ちゃう" || next == "てる":
		with = "っ"
	case next == "ます" && respectfulVerb(verb) && verb.Lemma != "召し上がる":
		with = "い"
	case conjugatedIn(t, "連用形"):
		with = "り"
	default:
		return nil
	}
	return &Fix{At: Span{verb.Span.End - len("ら"), t.Span.End}, With: with}
}

// doubleRespectConfidence is (right+1)/(all+2) of the findings in generated forms and in edited text: 1,836 and 1 were found, all rightly
// (the tests of this rule in japanese/unidic).
const doubleRespectConfidence = .999
