package japanese

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// remark is a finding at a place that rests on the words there. The confidence of a rule that judges is (right+1)/(all+2), Laplace's rule
// of succession, over its findings in the test part of UD_Japanese-GSD, read one by one, in textlint's test cases and in the tests of
// this package; of a rule that only says what is there (a length, a width, a space), 1.
func remark(d *Document, at Span, confidence float64, text string, evidence ...Evidence) Finding {
	return Finding{At: d.Position(at), Text: text, Confidence: confidence, Evidence: evidence}
}

// mending adds a fix to a finding.
func (f Finding) mending(at Span, with string, changes bool) Finding {
	f.Fix = &Fix{At: at, With: with, Changes: changes}
	return f
}

// wordEvidence says what a word was taken for.
func wordEvidence(t Token, note string) Evidence {
	return Evidence{Kind: "token", At: t.Span, Note: note}
}

// isComma says whether a word is a comma of any kind.
func (t Token) isComma() bool {
	return t.POS[1] == "読点" || t.Surface == "," || t.Surface == "，" || t.Surface == "、"
}

// spanOf is the place of words.
func spanOf(words []Token) Span { return Span{words[0].Span.Start, words[len(words)-1].Span.End} }

// glyph is a character between its neighbours; a neighbour that is not there is 0.
type glyph struct {
	Span
	before, is, after rune
}

// glyphs walks over the characters of a text.
func glyphs(text string) iter.Seq[glyph] {
	return func(yield func(glyph) bool) {
		g := glyph{}
		is, size := utf8.DecodeRuneInString(text)
		for size > 0 {
			end := g.End + size
			after, next := utf8.DecodeRuneInString(text[end:])
			if next == 0 {
				after = 0
			}
			g = glyph{Span{g.End, end}, g.is, is, after}
			if !yield(g) {
				return
			}
			is, size = after, next
		}
	}
}

// isKanjiRune says whether a character is a Chinese one, or the mark that repeats one.
func isKanjiRune(r rune) bool {
	return r == '々' || r >= 0x3400 && unicode.Is(unicode.Han, r) && r != '〇'
}

// isHiragana says whether a character is hiragana.
func isHiragana(r rune) bool { return r >= 'ぁ' && r <= 'ゖ' }

// isKatakana says whether a character is full-width katakana or the mark of a long vowel.
func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }

// isJapanese says whether a character is kana or kanji.
func isJapanese(r rune) bool { return isHiragana(r) || isKatakana(r) || isKanjiRune(r) }

// isASCIIDigit says whether a character is a half-width digit.
func isASCIIDigit(r rune) bool { return r >= '0' && r <= '9' }

// isASCIILetter says whether a character is a half-width Latin letter.
func isASCIILetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
