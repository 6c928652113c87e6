package japanese

import "github.com/shugo-data/shugo/quality"

// numberConfidence is the share of findings that were right when one number in a hundred of the English sides of human translations
// of the Tanaka corpus was changed.
const numberConfidence = .9

// checkNumbers finds numbers that only one of the texts states. One of each side is one finding: the number was changed.
func checkNumbers(p Pair) []Finding {
	ja, en := newAmountSet(japaneseAmounts(p.Japanese.Text)), newAmountSet(englishAmounts(p.English))
	missing, added := ja.unstated(en), en.unstated(ja)
	var found []Finding
	for i, a := range missing {
		f := Finding{Severity: quality.High, Confidence: numberConfidence, At: p.Japanese.Position(a.span), Text: "the translation does not state this number"}
		if i < len(added) {
			f.Text = "the translation states another number"
			f.Evidence = []Evidence{inEnglish(added[i].span, "a number that the Japanese does not state")}
		}
		found = append(found, f)
	}
	for i := len(missing); i < len(added); i++ {
		found = append(found, Finding{Severity: quality.High, Confidence: numberConfidence, At: p.whole(), Text: "the translation states a number that is not here",
			Evidence: []Evidence{inEnglish(added[i].span, "a number that the Japanese does not state")}})
	}
	return found
}
