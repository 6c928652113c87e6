package japanese

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// Gap says whether a space belongs somewhere.
type Gap string

// The gaps.
const (
	AnyGap  Gap = ""    // not checked
	NoGap   Gap = "no"  // no space
	OneGap  Gap = "one" // one half-width space
	jaSpace     = "textlint-rule-preset-ja-spacing; 日本翻訳連盟 JTF日本語標準スタイルガイド 3.1, 3.3"
)

// SpacingConfig says where spaces belong; the zero value: nowhere is checked but between full-width characters and around brackets.
type SpacingConfig struct {
	Letters     Gap              // between half-width letters and Japanese
	Digits      Gap              // between half-width digits and Japanese
	Punctuation bool             // Letters and Digits hold beside 、 and 。 too
	Emphasised  bool             // text of links and emphasis is checked too
	Allow       []*regexp.Regexp // what may be as it is
	Parentheses bool             // half-width brackets have no space outside
	BeforeCode  Gap              // before `x`
	AfterCode   Gap              // after `x`
	BeforeLink  Gap              // before [x](y)
	AfterLink   Gap              // after [x](y)
}

// SpacingRules find spaces where none belong, and miss them where they do.
func SpacingRules(config SpacingConfig) []Rule {
	rule := func(id, title, wrong, right string, check func(*Document) []Finding) Rule {
		return Rule{ID: id, Title: title, Dimension: quality.Consistency, Severity: quality.Low, Wrong: wrong, Right: right, Source: jaSpace, Check: check}
	}
	rules := []Rule{
		rule("space_between_japanese", "全角文字どうしの空白", "これは どういうこと", "これはどういうこと", checkJapaneseSpace),
		rule("space_between_katakana", "カタカナ語間の空白", "カタカナ　カタカナ", "カタカナ カタカナ", checkKatakanaSpace),
		rule("space_at_bracket", "かっこの内外の空白", "これは 「例」です", "これは「例」です", config.checkBracketSpace),
	}
	if config.Letters != AnyGap || config.Digits != AnyGap {
		wrong, right := "あ a1 あ", "あa1あ"
		if config.Letters == OneGap || config.Letters == AnyGap && config.Digits == OneGap {
			wrong, right = right, "あ 1a 1 あ"
		}
		rules = append(rules, rule("space_between_widths", "全角文字と半角文字の間の空白", wrong, right, config.checkWidths))
	}
	if config.BeforeCode != AnyGap || config.AfterCode != AnyGap {
		rules = append(rules, rule("space_at_code", "インラインコードの前後の空白", gapExample(config.BeforeCode, "`x`", config.AfterCode, true),
			gapExample(config.BeforeCode, "`x`", config.AfterCode, false), config.checkCode))
	}
	if config.BeforeLink != AnyGap || config.AfterLink != AnyGap {
		rules = append(rules, rule("space_at_link", "リンクの前後の空白", gapExample(config.BeforeLink, "[x](y)", config.AfterLink, true),
			gapExample(config.BeforeLink, "[x](y)", config.AfterLink, false), config.checkLinks))
	}
	return rules
}

// gapExample is an example of markup between Japanese words, with the spaces that belong there or with the others.
func gapExample(before Gap, markup string, after Gap, wrong bool) string {
	space := func(gap Gap) string {
		if (gap == OneGap) != wrong {
			return " "
		}
		return ""
	}
	return "これは" + space(before) + markup + space(after) + "です"
}

// visibleText is a text without code and addresses, and without emphasis and links unless they are to be checked.
func (c SpacingConfig) visibleText(text string) string {
	if !c.Emphasised {
		return withoutMarkup(text, codeMarkup|linkMarkup|imageMarkup|emphasisMarkup)
	}
	blank := []byte(text)
	for _, m := range inlineMarkup(text) {
		for i := m.Start; i < m.End; i++ {
			if i < m.text.Start || i >= m.text.End {
				blank[i] = 0
			}
		}
	}
	return string(blank)
}

func (c SpacingConfig) checkWidths(d *Document) []Finding {
	var found []Finding
	text := c.visibleText(d.Text)
	blocks := textBlocks(d.Text)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		spaces := 0
		if next < len(text) && (text[next] == ' ' || text[next] == "　"[0]) {
			spaces = len(text[next:]) - len(strings.TrimLeft(text[next:], " 　"))
		}
		after, _ := utf8.DecodeRuneInString(text[next+spaces:])
		gap := c.gapBetween(r, after)
		at := Span{next, next + spaces}
		wrong := gap == NoGap && spaces > 0 || gap == OneGap && spaces == 0
		if b, ok := blockAt(blocks, i); wrong && !c.allowed(text, at) && !(ok && b.kind == headingBlock) {
			with := ""
			if gap == OneGap {
				with = " "
			}
			found = append(found, remark(d, at, 1, "space between full-width and half-width characters").mending(at, with, false))
		}
		i = next + spaces
	}
	return found
}

// gapBetween returns what belongs between two characters.
func (c SpacingConfig) gapBetween(a, b rune) Gap {
	if !c.isWide(a) {
		a, b = b, a
	}
	switch {
	case !c.isWide(a):
		return AnyGap
	case isASCIILetter(b):
		return c.Letters
	case isASCIIDigit(b):
		return c.Digits
	}
	return AnyGap
}

func (c SpacingConfig) isWide(r rune) bool {
	return isJapanese(r) || c.Punctuation && (r == '、' || r == '。')
}

// allowed says whether a place lies within what may be as it is.
func (c SpacingConfig) allowed(text string, at Span) bool {
	from, to := max(0, at.Start-100), min(len(text), at.End+100)
	for _, allow := range c.Allow {
		for _, m := range allow.FindAllStringIndex(text[from:to], -1) {
			if from+m[0] <= at.Start && at.End <= from+m[1] {
				return true
			}
		}
	}
	return false
}

func checkJapaneseSpace(d *Document) []Finding {
	var found []Finding
	for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)) {
		if g.is == ' ' && isJapanese(g.before) && isJapanese(g.after) && !(isKatakana(g.before) && isKatakana(g.after)) {
			found = append(found, remark(d, g.Span, 1, "a space between full-width characters").mending(g.Span, "", false))
		}
	}
	return found
}

func checkKatakanaSpace(d *Document) []Finding {
	var found []Finding
	for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)) {
		if g.is == '　' && isKatakana(g.before) && isKatakana(g.after) {
			found = append(found, remark(d, g.Span, 1, "a full-width space between katakana words").mending(g.Span, "・", false))
		}
	}
	return found
}

func (c SpacingConfig) checkBracketSpace(d *Document) []Finding {
	var found []Finding
	const opening, closing = "「『（［【〈《", "」』）］】〉》"
	for g := range glyphs(withoutMarkup(d.Text, codeMarkup|linkMarkup|imageMarkup)) {
		if g.is != ' ' && g.is != '　' || strings.ContainsRune("\x00\n\r 　", g.before) || strings.ContainsRune("\x00\n\r 　", g.after) {
			continue
		}
		wrong := strings.ContainsRune(opening, g.after) && !startsItem(g.before) || strings.ContainsRune(closing, g.before) ||
			strings.ContainsRune(opening, g.before) || strings.ContainsRune(closing, g.after)
		if c.Parentheses && (isJapanese(g.before) && g.after == '(' || g.before == ')' && isJapanese(g.after)) {
			wrong = true
		}
		if wrong {
			found = append(found, remark(d, g.Span, 1, "a space beside a bracket").mending(g.Span, "", false))
		}
	}
	return found
}

// startsItem says whether a character before a space may be the mark of a heading, an item of a list or a quotation.
func startsItem(r rune) bool { return strings.ContainsRune("-*+#>.)・", r) }

func (c SpacingConfig) checkCode(d *Document) []Finding {
	return checkGaps(d, codeMarkup, c.BeforeCode, c.AfterCode)
}

func (c SpacingConfig) checkLinks(d *Document) []Finding {
	return checkGaps(d, linkMarkup, c.BeforeLink, c.AfterLink)
}

// checkGaps looks at the spaces between markup and Japanese.
func checkGaps(d *Document, kind markupKind, before, after Gap) []Finding {
	var found []Finding
	add := func(gap Gap, r rune, at Span) {
		wrong := gap == NoGap && at.End > at.Start || gap == OneGap && at.End == at.Start
		if !wrong || !isJapanese(r) {
			return
		}
		with := ""
		if gap == OneGap {
			with = " "
		}
		found = append(found, remark(d, at, 1, "space beside markup").mending(at, with, false))
	}
	for _, m := range inlineMarkup(d.Text) {
		if m.kind != kind {
			continue
		}
		head := strings.TrimRight(d.Text[:m.Start], " ")
		r, _ := utf8.DecodeLastRuneInString(head)
		add(before, r, Span{len(head), m.Start})
		tail := strings.TrimLeft(d.Text[m.End:], " ")
		r, _ = utf8.DecodeRuneInString(tail)
		add(after, r, Span{m.End, len(d.Text) - len(tail)})
	}
	return found
}
