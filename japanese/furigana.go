package japanese

import (
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// FuriganaRules returns the rules about readings that a text gives for its own words.
func FuriganaRules() []Rule {
	return []Rule{{
		ID: "furigana", Title: "振り仮名の誤り", Dimension: quality.Accuracy, Severity: quality.High, Needs: Words,
		Wrong: "学校《がこう》へ行く。", Right: "学校《がっこう》へ行く。",
		Source: "all readings of the dictionary; 内閣告示「現代仮名遣い」 (1986) for ぢ づ and long vowels; Lyman (1894) for rendaku",
		Check:  checkFurigana,
	}}
}

// checkFurigana finds readings that no reading of the dictionary gives. In parentheses it may be a gloss, so that weighs less.
func checkFurigana(d *Document) []Finding {
	var found []Finding
	for _, r := range ParseRuby(d.Text) {
		check := d.CheckRuby(r)
		if check.Verdict != ReadingRejected {
			continue
		}
		f := Finding{At: d.Position(r.Given), Confidence: check.Confidence, Text: "the reading is not one of the word: " + check.Because}
		f.Evidence = []Evidence{{Kind: "reading", At: r.BaseAt, Note: fmt.Sprintf("%d readings are in the dictionary", len(check.Known))}}
		if r.Notation == RubyParentheses {
			f.Severity, f.Confidence = quality.Medium, 0 // a reading for its sense (義訓) was not measured
		} else if len(check.Known) == 0 || artistic(r.Reading) {
			f.Severity = quality.Medium
		}
		found = append(found, f)
	}
	return found
}

// artistic says whether a reading is in katakana, as authors write another word for the one that stands there: 月《ルナ》 (義訓).
func artistic(reading string) bool {
	return !strings.ContainsFunc(reading, func(r rune) bool { return r >= 'ぁ' && r <= 'ゖ' })
}

// CheckRuby is CheckReading for a reading in the document's text, which may be of the word together with kana around it, or of its end:
// 食《た》べる, お茶(おちゃ), 東京都港区(みなとく). Without an analyzer it is unknown.
func (d *Document) CheckRuby(r Ruby) ReadingCheck {
	if !d.Analyzed {
		return ReadingCheck{Verdict: ReadingUnknown, Because: "no analyzer is wired"}
	}
	first := CheckReading(d, r.Base, r.Reading)
	if first.Verdict == ReadingAccepted {
		return first
	}
	for _, word := range rubyWords(d.Text, r)[1:] {
		if check := CheckReading(d, word[0], word[1]); check.Verdict == ReadingAccepted {
			return check
		}
	}
	return first
}
