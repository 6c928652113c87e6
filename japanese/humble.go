package japanese

import (
	"github.com/shugo-data/shugo/quality"
)

// doubleHumbleRule finds a word that is made humble twice.
func doubleHumbleRule() Rule {
	return Rule{
		ID: "double_humble", Title: "二重敬語(謙譲語)", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
		Wrong: "資料を拝見させていただきます。", Right: "明日お伺いいたします。",
		Source: keigoGuidelines + ", 第二章: お伺いする, お伺いいたす and お伺い申し上げる are established; 拝見いたす joins two kinds of humble words, which is right",
		Check:  func(d *Document) []Finding { return d.eachSentence(doubleHumble) },
	}
}

// doubleHumble is the check of doubleHumbleRule for the words of a sentence.
func doubleHumble(d *Document, tokens []Token) []Finding {
	var found []Finding
	for i := range tokens {
		from, to, why := humbleTwice(tokens, i)
		if why == "" {
			continue
		}
		found = append(found, Finding{
			At: d.Position(wordSpan(tokens, from, to)), Text: "humble twice: " + why, Evidence: honorificEvidence(tokens, from, to, why),
		})
	}
	return found
}

// humbleTwice says which words are doubly humble, with the second half at a place, and why.
func humbleTwice(tokens []Token, i int) (from, to int, why string) {
	switch t := tokens[i]; {
	case i == 0:
	case isSaseru(t) && conjugatedIn(t, "連用形") && surfaceAt(tokens, i+1, "て") && verbLemmaAt(tokens, i+2, "頂く"):
		if from := humbleBefore(tokens, i); from >= 0 {
			return from, i + 2, "the word is humble, and so is させていただく"
		}
	case verbLemmaAt(tokens, i, "為る", "致す", "申し上げる"):
		return humbleAct(tokens, i)
	}
	return 0, 0, ""
}

// humbleBefore returns where a humble word begins that ends before a place: a verb, 拝見 with する, お目にかかる; -1 when there is none.
func humbleBefore(tokens []Token, end int) int {
	from := -1
	switch {
	case verbLemmaAt(tokens, end-1, "参る") && end >= 2 && honorificPrefix(tokens[end-2]): // お参り is a visit to a shrine or a grave
		return -1
	case humbleVerb(tokens[end-1]):
		from = end - 1
	case verbLemmaAt(tokens, end-1, "上げる") && verbLemmaAt(tokens, end-2, "存ずる"):
		from = end - 2
	case verbLemmaAt(tokens, end-1, "為る") && end >= 2 && humbleNoun(tokens[end-2]):
		from = end - 2
	case verbLemmaAt(tokens, end-1, "為る") && end >= 3 && tokens[end-2].Lemma == "上げ" && verbLemmaAt(tokens, end-3, "存ずる"):
		from = end - 3
	case isOmeni(tokens, end-1):
		return end - 4
	}
	if from >= 1 && honorificPrefix(tokens[from-1]) {
		from--
	}
	return from
}

// isOmeni says whether a word is the verb of お目にかかる or お目にかける.
func isOmeni(tokens []Token, i int) bool {
	return i >= 3 && verbLemmaAt(tokens, i, "掛かる", "掛ける") && surfaceAt(tokens, i-1, "に") && tokens[i-2].Lemma == "目" && honorificPrefix(tokens[i-3])
}

// humbleAct is humbleTwice for する, いたす or 申し上げる after a word that is humble already.
func humbleAct(tokens []Token, i int) (from, to int, why string) {
	before, last := tokens[i-1], tokens[i]
	prefixed := i >= 2 && honorificPrefix(tokens[i-2])
	stem := humbleVerb(before) && conjugatedIn(before, "連用形")
	switch {
	case isOmeni(tokens, i-1) && conjugatedIn(before, "連用形"):
		return i - 4, i, "お目にかかる is humble by itself"
	case i >= 3 && before.Lemma == "上げ" && verbLemmaAt(tokens, i-2, "存ずる") && honorificPrefix(tokens[i-3]):
		return i - 3, i, "存じ上げる is humble by itself"
	case prefixed && (humbleNoun(before) || stem && before.Lemma != "伺う" && before.Lemma != "参る"):
		return i - 2, i, "the word is humble by itself, and so is お~する"
	case !prefixed && stem && last.Lemma == "致す":
		return i - 1, i, "the word is humble by itself, and いたす is joined to it"
	case last.Lemma == "申し上げる" && (before.Lemma == "致す" || humbleNoun(before) && before.Lemma != "拝察"):
		return i - 1, i, "the word is humble by itself, and so is 申し上げる"
	}
	return 0, 0, ""
}
