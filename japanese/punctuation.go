package japanese

import (
	"cmp"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// PunctuationConfig says which marks a Japanese text has; empty: those that are in the majority in it.
type PunctuationConfig struct {
	Comma  string // "、", "，" or ","
	Period string // "。", "．" or "."
}

// MixedPunctuation finds commas and full stops after Japanese that are not those of the text: 、。 and ，． and ,. in one text.
func MixedPunctuation(config PunctuationConfig) Rule {
	return Rule{
		ID: "mixed_punctuation", Title: "句読点の混在", Dimension: quality.Consistency, Severity: quality.Low,
		Wrong: "朝、起きた。昼，食べた。", Right: "朝、起きた。昼、食べた。", Source: "文化審議会 公用文作成の考え方 (2022); JTF日本語標準スタイルガイド 1.2.1",
		Check: config.check,
	}
}

func (c PunctuationConfig) check(d *Document) []Finding {
	text := withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)
	counts := map[rune]int{}
	var marks []glyph
	for g := range glyphs(text) {
		if endsJapanese(g) {
			counts[g.is]++
			marks = append(marks, g)
		}
	}
	comma := cmp.Or(c.Comma, mostOf(counts, "、，,"))
	period := cmp.Or(c.Period, mostOf(counts, "。．."))
	var found []Finding
	for _, g := range marks {
		right := period
		if strings.ContainsRune("、，,", g.is) {
			right = comma
		}
		if string(g.is) != right {
			found = append(found, remark(d, g.Span, 1, "another mark than the others of the text").mending(g.Span, right, false))
		}
	}
	return found
}

// endsJapanese says whether a character is a comma or a full stop after Japanese.
func endsJapanese(g glyph) bool {
	switch g.is {
	case '、', '。':
		return true
	case '，', '．', ',', '.':
		after := isASCIIDigit(g.after) || isASCIILetter(g.after) || g.after == '.' || g.after == '．'
		return (isJapanese(g.before) || strings.ContainsRune("」』）", g.before)) && !after
	}
	return false
}

// mostOf returns the mark that is there most often; of equals the first.
func mostOf(counts map[rune]int, marks string) string {
	best := ""
	most := -1
	for _, r := range marks {
		if counts[r] > most {
			best, most = string(r), counts[r]
		}
	}
	return best
}

// glyphRule is a rule over one character between its neighbours.
type glyphRule struct {
	id, title, wrong, right, source, text string
	emphasised                            bool // text that is emphasised counts too
	with                                  func(glyph) (string, bool)
}

// rule makes a rule of a question about one character: what takes its place, and whether it should be replaced at all.
func (r glyphRule) rule() Rule {
	skip := codeMarkup | linkMarkup | imageMarkup | emphasisMarkup
	if r.emphasised {
		skip = codeMarkup | linkMarkup | imageMarkup
	}
	return Rule{
		ID: r.id, Title: r.title, Dimension: quality.Consistency, Severity: quality.Low, Wrong: r.wrong, Right: r.right, Source: r.source,
		Check: func(d *Document) []Finding {
			var found []Finding
			for g := range glyphs(withoutMarkup(d.Text, skip)) {
				if with, wrong := r.with(g); wrong {
					f := remark(d, g.Span, 1, r.text, Evidence{Kind: "character", At: g.Span, Note: r.title})
					if with != "" {
						f = f.mending(g.Span, with, false)
					}
					found = append(found, f)
				}
			}
			return found
		},
	}
}

// replaced answers a glyphRule: the character is to be another; which one is for a human to say when with is empty.
func replaced(when bool, with string) (string, bool) { return with, when }

// markRules are the rules over marks beside Japanese.
func markRules() []Rule {
	const jtf = "日本翻訳連盟 JTF日本語標準スタイルガイド "
	var rules []Rule
	for _, r := range []glyphRule{
		{"half_width_exclamation", "半角感嘆符", "すごい!", "すごい！Wow!", jtf + "4.2.1", "a half-width ! after Japanese", false, func(g glyph) (string, bool) {
			return replaced(g.is == '!' && isJapanese(g.before), "！")
		}},
		{"half_width_question", "半角疑問符", "なぜ?", "なぜ？Why?", jtf + "4.2.2", "a half-width ? after Japanese", false, func(g glyph) (string, bool) {
			return replaced(g.is == '?' && isJapanese(g.before), "？")
		}},
		{"space_after_exclamation", "感嘆符の後の空白", "速い！ 次です。", "速い！　次です。", jtf + "4.2.1", "a full-width space after ！ in a line", false, func(g glyph) (string, bool) {
			return replaced(g.is == ' ' && g.before == '！' && g.after != 0, "　")
		}},
		{"space_after_question", "疑問符の後の空白", "なぜ？ 次です。", "なぜ？　次です。", jtf + "4.2.2", "a full-width space after ？ in a line", false, func(g glyph) (string, bool) {
			return replaced(g.is == ' ' && g.before == '？' && g.after != 0, "　")
		}},
		{"half_width_middle_dot", "半角中黒", "小･中学校", "小・中学校", jtf + "4.2.4", "a half-width middle dot", false, func(g glyph) (string, bool) {
			return replaced(g.is == '･' && !isHalfWidthKatakana(g.before), "・")
		}},
		{"wave_dash", "波線", "三時~五時", "三時〜五時", jtf + "4.2.5", "an ASCII tilde for 〜", false, func(g glyph) (string, bool) {
			return replaced(g.is == '~' && (isJapanese(g.before) || isASCIIDigit(g.before)) && (isJapanese(g.after) || isASCIIDigit(g.after)), "〜")
		}},
		{"hyphen", "ハイフン", "渋谷-東京", "090-1234-5678", jtf + "4.2.6", "a hyphen between Japanese words", false, func(g glyph) (string, bool) {
			return replaced(g.is == '-' && isJapanese(g.before) && isJapanese(g.after), "")
		}},
		{"half_width_colon", "半角コロン", "例:猫", "例：猫、1: 猫", jtf + "4.2.7", "a half-width colon after Japanese", false, func(g glyph) (string, bool) {
			return replaced(g.is == ':' && isJapanese(g.before), "：")
		}},
		{"semicolon", "セミコロン", "和文;例", "This; that", jtf + "4.2.8", "no semicolon in Japanese", false, func(g glyph) (string, bool) {
			return replaced((g.is == ';' || g.is == '；') && isJapanese(g.before), "")
		}},
		{"dash", "ダッシュ", "和文—例", "word—word", jtf + "4.2.9", "no dash in Japanese", false, func(g glyph) (string, bool) {
			return replaced((g.is == '–' || g.is == '—' || g.is == '―') && isJapanese(g.before), "")
		}},
	} {
		rules = append(rules, r.rule())
	}
	return append(rules, Rule{
		ID: "heading_period", Title: "見出しの句点", Dimension: quality.Consistency, Severity: quality.Low,
		Wrong: "# 見出し。", Right: "# 見出し", Source: jtf + "1.1.2", Check: checkHeadingPeriod,
	})
}

func checkHeadingPeriod(d *Document) []Finding {
	var found []Finding
	for _, b := range textBlocks(d.Text) {
		line := strings.TrimRight(d.In(b.Span), " \t\r\n")
		if b.kind == headingBlock && strings.HasSuffix(line, "。") {
			end := b.Start + len(line)
			at := Span{end - len("。"), end}
			found = append(found, remark(d, at, 1, "a heading ends without 。").mending(at, "", false))
		}
	}
	return found
}
