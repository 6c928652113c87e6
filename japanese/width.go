package japanese

import (
	"strings"

	"github.com/shugo-data/shugo/quality"
	"golang.org/x/text/width"
)

// isHalfWidthKatakana says whether a character is half-width katakana.
func isHalfWidthKatakana(r rune) bool { return r >= 'ｦ' && r <= 'ﾟ' }

// isWideDigit says whether a character is a full-width digit.
func isWideDigit(r rune) bool { return r >= '０' && r <= '９' }

// isWideLetter says whether a character is a full-width Latin letter.
func isWideLetter(r rune) bool { return r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' }

// widthRules are the rules over characters of the other width.
func widthRules() []Rule {
	const jtf = "日本翻訳連盟 JTF日本語標準スタイルガイド "
	return []Rule{
		{
			ID: "full_width_digit", Title: "全角数字", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "おやつは３００円まで", Right: "おやつは300円まで", Source: jtf + "2.1.8", Check: foldedRuns(isWideDigit, "full-width digits"),
		}, {
			ID: "full_width_letter", Title: "全角英字", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "これはＡＢＣ", Right: "これはABC", Source: jtf + "2.1.9", Check: foldedRuns(isWideLetter, "full-width letters"),
		}, {
			ID: "half_width_katakana", Title: "半角カタカナ", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "ｶﾀｶﾅ", Right: "カタカナ", Source: jtf + "2.1.5", Check: foldedRuns(isHalfWidthKatakana, "half-width katakana"),
		}, {
			ID: "full_width_in_number", Title: "数値の全角記号", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "785，105人", Right: "785,105人", Source: jtf + "1.2.2", Check: checkWideMarkInNumber,
		}, {
			ID: "digit_grouping", Title: "小数点と桁区切り", Dimension: quality.Consistency, Severity: quality.Low,
			Wrong: "0,1%", Right: "0.1%、1,234円", Source: jtf + "2.1.10", Check: checkDigitGrouping,
		},
	}
}

// foldedRuns makes a check that finds runs of characters, and mends them by their usual width.
func foldedRuns(member func(rune) bool, text string) func(*Document) []Finding {
	return func(d *Document) []Finding {
		var found []Finding
		start := -1
		for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup|emphasisMarkup)) {
			if !member(g.is) {
				continue
			}
			if start < 0 {
				start = g.Start
			}
			if !member(g.after) {
				at := Span{start, g.End}
				found = append(found, remark(d, at, 1, text).mending(at, usualWidth(d.In(at)), false))
				start = -1
			}
		}
		return found
	}
}

// usualWidth writes letters and digits half-width, katakana full-width, and puts voicing marks on their kana.
func usualWidth(text string) string {
	folded := []rune(width.Fold.String(text))
	var b strings.Builder
	for i := 0; i < len(folded); i++ {
		if i+1 < len(folded) {
			if r, ok := voiced(folded[i], folded[i+1]); ok {
				b.WriteRune(r)
				i++
				continue
			}
		}
		b.WriteRune(spacedMark(folded[i]))
	}
	return b.String()
}

// voiced puts a voicing mark on a katakana.
func voiced(kana, mark rune) (rune, bool) {
	isRow := func(row string) bool { return strings.ContainsRune(row, kana) }
	switch {
	case mark == '\u3099' && kana == 'ウ':
		return 'ヴ', true
	case mark == '\u3099' && isRow("カキクケコサシスセソタチツテトハヒフヘホ"):
		return kana + 1, true
	case mark == '\u309a' && isRow("ハヒフヘホ"):
		return kana + 2, true
	}
	return 0, false
}

// spacedMark writes a combining voicing mark that is alone as a character of its own.
func spacedMark(r rune) rune {
	switch r {
	case '\u3099':
		return '゛'
	case '\u309a':
		return '゜'
	}
	return r
}

func checkWideMarkInNumber(d *Document) []Finding {
	var found []Finding
	for g := range glyphs(d.Text) {
		if (g.is == '，' || g.is == '．') && isASCIIDigit(g.before) && isASCIIDigit(g.after) {
			found = append(found, remark(d, g.Span, 1, "a full-width mark in a number").mending(g.Span, usualWidth(string(g.is)), false))
		}
	}
	return found
}

// checkDigitGrouping looks for a comma in a number that groups no three digits: 0,1.
func checkDigitGrouping(d *Document) []Finding {
	var found []Finding
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	for g := range glyphs(text) {
		if g.is != ',' || !isASCIIDigit(g.before) || !isASCIIDigit(g.after) {
			continue
		}
		if digitsAfter(text[g.End:]) == 3 {
			continue
		}
		if strings.Count(numberAround(text, g.Start), ",") > 1 {
			continue // a list: 1,2,3
		}
		found = append(found, remark(d, g.Span, .75, "a comma where a decimal point is due").mending(g.Span, ".", true))
	}
	return found
}

func digitsAfter(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// numberAround returns the digits and commas around a place, up to as many as a number has.
func numberAround(text string, at int) string {
	part := func(b byte) bool { return b == ',' || b >= '0' && b <= '9' }
	start, end := at, at
	for start > 0 && at-start < 40 && part(text[start-1]) {
		start--
	}
	for end < len(text) && end-at < 40 && part(text[end]) {
		end++
	}
	return text[start:end]
}
