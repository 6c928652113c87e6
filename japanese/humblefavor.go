package japanese

import (
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// humbleFavorRule finds humble forms of what somebody else is asked or thanked for.
func humbleFavorRule() Rule {
	return Rule{
		ID: "humble_favor", Title: "謙譲語に「てください」「ていただく」", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
		Wrong: "先生に町をご案内していただきました。", Right: "先生に町をご案内いただきました。",
		Source: keigoGuidelines + ": 敬語連結の適否 (「御案内していただく」); humble verbs in requests (「伺ってください」)",
		Check:  func(d *Document) []Finding { return d.eachSentence(humbleFavor) },
	}
}

// humbleFavor is the check of humbleFavorRule for the words of a sentence.
func humbleFavor(d *Document, tokens []Token) []Finding {
	var found []Finding
	for i := 2; i+2 < len(tokens); i++ {
		if !verbLemmaAt(tokens, i, "為る") || tokens[i].Surface != "し" || !surfaceAt(tokens, i+1, "て") || !verbLemmaAt(tokens, i+2, "下さる", "頂く") {
			continue
		}
		from, ok := honorificStem(tokens, i)
		if !ok || beautified(tokens[i-1]) {
			continue
		}
		why := "お~する lowers who does it, who is honoured by the rest"
		f := Finding{At: d.Position(wordSpan(tokens, from, i+2)), Text: why, Evidence: honorificEvidence(tokens, from, i, why)}
		f.Fix = &Fix{At: wordSpan(tokens, i, i+1)}
		found = append(found, f)
	}
	for i := 0; i+1 < len(tokens); i++ {
		if humbleNoun(tokens[i]) && tokens[i].Lemma != "頂戴" && verbLemmaAt(tokens, i+1, "下さる") {
			why := "a humble word for what the one who is asked does"
			found = append(found, Finding{At: d.Position(wordSpan(tokens, i, i+1)), Text: why, Evidence: honorificEvidence(tokens, i, i, why)})
		}
	}
	for i := 0; i+2 < len(tokens); i++ {
		if (verbLemmaAt(tokens, i, "伺う", "参る", "申し上げる", "存じ上げる") || i > 0 && humbleNoun(tokens[i-1]) && verbLemmaAt(tokens, i, "為る")) &&
			conjugatedIn(tokens[i], "連用形") && surfaceAt(tokens, i+1, "て") && verbLemmaAt(tokens, i+2, "下さる") && !honoursThird(tokens, i) {
			why := "a humble verb for what somebody else is asked to do: right only to honour a third person"
			found = append(found, Finding{At: d.Position(wordSpan(tokens, i, i+2)), Severity: quality.Low, Text: why,
				Evidence: honorificEvidence(tokens, i, i+2, why)})
		}
	}
	return found
}

// honoursThird says whether お~ stands before a verb: お伺いしてください is found by the other half of the check.
func honoursThird(tokens []Token, i int) bool { return i > 0 && honorificPrefix(tokens[i-1]) }

// beautified says whether お before a noun only makes it pretty (美化語), so that お~する is not humble.
func beautified(t Token) bool {
	return slices.Contains([]string{"掃除", "電話", "料理", "勉強", "洗濯", "買い物", "散歩", "食事", "昼寝", "返事", "仕事", "化粧", "洒落", "遊戯",
		"絵描き", "裁縫", "留守番", "昼", "茶", "祈り", "参り", "宮参り", "墓参り", "墓参", "遊び", "喋り", "しゃべり", "手伝い", "習字", "休み"}, t.Lemma)
}

// humbleRaisedRule finds humble verbs that れる is to make respectful.
func humbleRaisedRule() Rule {
	return Rule{
		ID: "humble_raised", Title: "謙譲語に尊敬の「れる」", Dimension: quality.Validity, Severity: quality.Low, Needs: Words,
		Wrong: "お客様が資料を拝見されました。", Right: "お客様が資料をご覧になりました。",
		Source: keigoGuidelines + ": 謙譲語I is not for the acts of those who are honoured; ご~される is common all the same, and 申される was right in older Japanese",
		Check:  func(d *Document) []Finding { return d.eachSentence(humbleRaised) },
	}
}

// humbleRaised is the check of humbleRaisedRule for the words of a sentence. れる may be passive, so it is a hint.
func humbleRaised(d *Document, tokens []Token) []Finding {
	var found []Finding
	for i := 1; i < len(tokens); i++ {
		if !isRareru(tokens[i]) {
			continue
		}
		from, before := i-1, tokens[i-1]
		switch {
		case verbLemmaAt(tokens, i-1, "伺う", "参る", "申す", "致す", "頂く", "存ずる"):
		case before.Lemma == "為る" && i >= 2 && humbleNoun(tokens[i-2]):
			from = i - 2
		case before.Lemma == "為る":
			stem, ok := honorificStem(tokens, i-1)
			if !ok || beautified(tokens[i-2]) {
				continue
			}
			from = stem
		default:
			continue
		}
		why := "れる does not make a humble form respectful"
		found = append(found, Finding{At: d.Position(wordSpan(tokens, from, i)), Text: why, Evidence: honorificEvidence(tokens, from, i, why)})
	}
	return found
}
