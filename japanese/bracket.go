package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// bracketRules are the rules over brackets and quotation marks.
func bracketRules() []Rule {
	return []Rule{
		{
			ID: "unbalanced_bracket", Title: "かっこの対応", Dimension: quality.Validity, Severity: quality.Medium,
			Wrong: "彼は「行くと言った。", Right: "彼は「行く」と言った。", Source: "日本翻訳連盟 JTF日本語標準スタイルガイド 4.3", Check: checkBrackets,
		}, {
			ID: "half_width_bracket", Title: "半角かっこ", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: "クォーク(物質の素粒子)", Right: "クォーク（物質の素粒子）とquark (particle)", Source: "日本翻訳連盟 JTF日本語標準スタイルガイド 4.3.1, 4.3.2",
			Check: checkHalfWidthBrackets,
		}, {
			ID: "period_in_quotation", Title: "かぎかっこの中の句点", Dimension: quality.Validity, Severity: quality.Low,
			Wrong: "「行きます。」と述べた。", Right: "「行きます」と述べた。", Source: "日本翻訳連盟 JTF日本語標準スタイルガイド 4.1.1", Check: checkQuotedPeriod,
		},
	}
}

// openBracket is a bracket that waits for its partner.
type openBracket struct {
	glyph
	close rune
}

// checkBrackets looks for brackets without a partner in their paragraph. Each kind is counted alone: brackets may cross in tables and formulas.
func checkBrackets(d *Document) []Finding {
	var found []Finding
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	start := 0
	for start < len(text) {
		end := len(text)
		if at := strings.Index(text[start:], "\n\n"); at >= 0 {
			end = start + at + 2
		}
		found = append(found, unbalanced(d, text[start:end], start)...)
		start = end
	}
	return found
}

func unbalanced(d *Document, text string, offset int) []Finding {
	open := map[rune][]openBracket{}
	var lost []glyph
	quotes := map[rune][]glyph{}
	for g := range glyphs(text) {
		switch opens, close := bracketOf(g.is); {
		case g.is == '"', g.is == '\'' && !(isASCIILetter(g.before) && len(quotes['\''])%2 == 0):
			quotes[g.is] = append(quotes[g.is], g)
		case close == 0:
		case opens:
			open[close] = append(open[close], openBracket{g, close})
		case len(open[close]) > 0:
			open[close] = open[close][:len(open[close])-1]
		case g.is >= 0x80 && !isEnumeration(g) || isJapanese(g.before):
			lost = append(lost, g)
		}
	}
	for _, kind := range open {
		for _, o := range kind {
			if o.is >= 0x80 || isJapanese(o.after) {
				lost = append(lost, o.glyph)
			}
		}
	}
	for _, marks := range quotes {
		last := marks[len(marks)-1]
		if len(marks)%2 == 1 && !isASCIIDigit(last.before) && (last.is == '"' || isJapanese(last.before) || isJapanese(last.after)) {
			lost = append(lost, last)
		}
	}
	slices.SortFunc(lost, func(a, b glyph) int { return a.Start - b.Start })
	found := make([]Finding, len(lost))
	for i, g := range lost {
		at := Span{offset + g.Start, offset + g.End}
		found[i] = remark(d, at, .95, "a bracket without its partner in the paragraph", Evidence{Kind: "character", At: at, Note: "no partner"})
	}
	return found
}

// isEnumeration says whether a closing bracket ends a number of a list: １）.
func isEnumeration(g glyph) bool {
	return g.is == '）' && (g.before >= '０' && g.before <= '９' || isASCIIDigit(g.before) || isASCIILetter(g.before))
}

// bracketOf says whether a character opens, and what closes it; 0 when it is no bracket.
func bracketOf(r rune) (opens bool, close rune) {
	switch r {
	case '「', '『', '【', '〈', '《': // the partner is the next character of Unicode
		return true, r + 1
	case '」', '』', '】', '〉', '》':
		return false, r
	case '（', '(':
		return true, r + 1
	case '）', ')':
		return false, r
	case '［', '[', '<', '{', '｛':
		return true, r + 2
	case '］', ']', '>', '}', '｝':
		return false, r
	}
	return false, 0
}

// checkHalfWidthBrackets looks for () with Japanese inside, and [ or ] beside Japanese.
func checkHalfWidthBrackets(d *Document) []Finding {
	var found []Finding
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	for g := range glyphs(text) {
		wide := ""
		switch g.is {
		case '(':
			if hasJapanese(parenthesised(text[g.End:], ")")) {
				wide = "（"
			}
		case ')':
			if hasJapanese(parenthesisedBefore(text[:g.Start], "(")) {
				wide = "）"
			}
		case '[':
			if isJapanese(g.before) || isJapanese(g.after) {
				wide = "［"
			}
		case ']':
			if isJapanese(g.before) {
				wide = "］"
			}
		}
		if wide != "" {
			found = append(found, remark(d, g.Span, 1, "a half-width bracket around Japanese").mending(g.Span, wide, false))
		}
	}
	return found
}

// parenthesised returns the text to a mark in the same line, or nothing.
func parenthesised(text, mark string) string {
	text = text[:min(len(text), 600)]
	if at := strings.IndexAny(text, mark+"\n"); at >= 0 && text[at:at+1] == mark {
		return text[:at]
	}
	return ""
}

// parenthesisedBefore returns the text back to a mark in the same line, or nothing.
func parenthesisedBefore(text, mark string) string {
	text = text[max(0, len(text)-600):]
	if at := strings.LastIndexAny(text, mark+"\n"); at >= 0 && text[at:at+1] == mark {
		return text[at+1:]
	}
	return ""
}

func hasJapanese(text string) bool { return strings.ContainsFunc(text, isJapanese) }

func checkQuotedPeriod(d *Document) []Finding {
	var found []Finding
	for g := range glyphs(d.Text) {
		if g.is == '。' && strings.ContainsRune("」』）", g.after) && g.after != 0 {
			found = append(found, remark(d, g.Span, 1, "no 。 before a closing bracket").mending(g.Span, "", false))
		}
	}
	return found
}
