package japanese

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/shugo-data/shugo/quality"
)

func composedRule() Rule {
	return characterRule(Rule{
		ID: "decomposed", Title: "結合文字（NFD）", Dimension: quality.Consistency, Severity: quality.Medium,
		Wrong: "か\u3099くせい", Right: "がくせい、か\u309A", Source: "Unicode Standard Annex #15 (NFC)",
	}, combining, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(combining) {
			last, size := utf8.DecodeLastRuneInString(d.Text[:s.Start])
			if size == 0 || last == utf8.RuneError || kanjiFlags(last)&compatibleBit != 0 {
				continue // composing would replace a compatibility ideograph
			}
			s.Start -= size
			if with := norm.NFC.String(d.In(s)); with != d.In(s) {
				found = append(found, d.characterFinding(s, "a letter and its mark are two characters, where one exists", 1, &Fix{At: s, With: with}))
			}
		}
		return found
	})
}

func soundMarkRule() Rule {
	return characterRule(Rule{
		ID: "separate_sound_mark", Title: "分離した濁点・半濁点", Dimension: quality.Validity, Severity: quality.Medium,
		Wrong: "か゛くせい", Right: "がくせい、あ゛", Source: "Unicode Standard 15.0, section 18.4: U+309B, U+309C",
	}, spacingMark, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(spacingMark) {
			last, size := utf8.DecodeLastRuneInString(d.Text[:s.Start])
			mark := "\u3099"
			if d.In(s) == "゜" {
				mark = "\u309A"
			}
			pair := string(last) + mark
			s.Start -= size
			if with := norm.NFC.String(pair); last >= 0x3041 && last <= 0x30FF && utf8.RuneCountInString(with) == 1 {
				found = append(found, d.characterFinding(s, "a kana and a sound mark of its own, where one character exists", 1, &Fix{At: s, With: with}))
			}
		}
		return found
	})
}

func halfKanaRule() Rule {
	return characterRule(Rule{
		ID: "half_width_kana", Title: "半角カタカナ", Dimension: quality.Consistency, Severity: quality.Medium,
		Wrong: "ﾊﾟｿｺﾝを買う。", Right: "パソコンを買う。", Source: "JIS X 0201; Unicode Standard 15.0, section 18.5",
	}, halfKana, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(halfKana) {
			found = append(found, d.characterFinding(s, "half-width kana or punctuation", 1, &Fix{At: s, With: fullWidthKana(d.In(s))}))
		}
		return found
	})
}

// fullWidthKana writes half-width kana in full width, with sound marks joined to their kana where that is one character.
func fullWidthKana(text string) string {
	return strings.NewReplacer("\u3099", "゛", "\u309A", "゜").Replace(norm.NFKC.String(text))
}

func widthRule() Rule {
	return characterRule(Rule{
		ID: "width_mixture", Title: "全角・半角英数字の混在", Dimension: quality.Consistency, Severity: quality.Low,
		Wrong: "2０24年", Right: "2024年と２０２３年", Source: "JTF日本語標準スタイルガイド 3.0, section 2.1",
	}, fullAlnum, func(d *Document) []Finding {
		if d.traits&halfAlnum == 0 {
			return nil
		}
		var found []Finding
		for _, s := range d.runsWith(fullAlnum | halfAlnum) {
			if with := narrowAlnum(d.In(s)); mixesWidths(d.In(s)) {
				found = append(found, d.characterFinding(s, "one number or word has half-width and full-width characters", 1, &Fix{At: s, With: with}))
			}
		}
		return found
	})
}

func mixesWidths(text string) bool {
	return strings.IndexFunc(text, fullWidthAlnum) >= 0 && strings.IndexFunc(text, func(r rune) bool { return r < utf8.RuneSelf }) >= 0
}

func narrowAlnum(text string) string {
	return strings.Map(func(r rune) rune {
		if fullWidthAlnum(r) {
			return r - 0xFEE0
		}
		return r
	}, text)
}
