package japanese

import (
	"github.com/shugo-data/shugo/quality"
)

// EncodingRules returns the rules on whether a text is intact: that it was read in the charset in which it was written, is valid Unicode,
// and has no characters that nobody sees. All fixes are safe: they change no character that somebody wrote.
func EncodingRules() []Rule {
	return []Rule{
		mojibakeRule(), replacementRule(), invalidRule(), controlRule(), privateRule(), nonCharacterRule(),
		invisibleRule(), bidiRule(), selectorRule(), composedRule(), soundMarkRule(), halfKanaRule(), widthRule(), compatibilityRule(),
	}
}

func mojibakeRule() Rule {
	return characterRule(Rule{
		ID: "mojibake", Title: "文字化け", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "縺薙ｓ縺ｫ縺｡縺ｯ", Right: "こんにちは",
		Source: "WHATWG Encoding Standard; ISO-2022-JP: RFC 1468",
	}, suspicious, func(d *Document) []Finding {
		var found []Finding
		for _, m := range d.spoilt {
			var fix *Fix
			if m.Exact {
				fix = &Fix{At: m.At, With: RepairMojibake(m.Meant)}
			}
			found = append(found, d.characterFinding(m.At, m.describe(), 1, fix))
		}
		return found
	})
}

func (m Mojibake) describe() string {
	switch {
	case m.Read == UTF8 && m.Written == ISO2022JP:
		return "ISO-2022-JP was not decoded"
	case m.Written != "" && m.Exact:
		return string(m.Written) + " was read as " + string(m.Read)
	case m.Written != "":
		return string(m.Written) + " was read as " + string(m.Read) + ", and characters are lost"
	}
	return "the text was read in a wrong charset, and characters are lost"
}

func replacementRule() Rule {
	return characterRule(Rule{
		ID: "replacement_character", Title: "置換文字 U+FFFD", Dimension: quality.Completeness, Severity: quality.High,
		Wrong: "今日は良い天\uFFFDですね。", Right: "今日は良い天気ですね。", Source: "Unicode Standard 15.0, section 23.8",
	}, replacement, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(replacement) {
			found = append(found, d.characterFinding(s, "U+FFFD stands where a character was lost", 1, nil))
		}
		return found
	})
}

func controlRule() Rule {
	return characterRule(Rule{
		ID: "control_character", Title: "制御文字", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "今日は\x00良い天気です。", Right: "今日は良い天気です。", Source: "Unicode Standard 15.0, section 23.1",
	}, control, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(control) {
			found = append(found, d.characterFinding(s, "a control character other than tab and line break", 1, deletion(s)))
		}
		return found
	})
}

func privateRule() Rule {
	return characterRule(Rule{
		ID: "private_use", Title: "外字（私用領域）", Dimension: quality.Validity, Severity: quality.Medium,
		Wrong: "\uE000田さん", Right: "山田さん", Source: "Unicode Standard 15.0, section 23.5",
	}, privateUse, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(privateUse) {
			found = append(found, d.characterFinding(s, "a private-use character (gaiji), which other systems do not show", 1, nil))
		}
		return found
	})
}

func nonCharacterRule() Rule {
	return characterRule(Rule{
		ID: "noncharacter", Title: "非文字", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "今日\uFFFEは", Right: "今日は", Source: "Unicode Standard 15.0, section 23.7",
	}, nonCharacter, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(nonCharacter) {
			found = append(found, d.characterFinding(s, "a code point that is no character", 1, deletion(s)))
		}
		return found
	})
}

func compatibilityRule() Rule {
	return characterRule(Rule{
		ID: "compatibility_ideograph", Title: "CJK互換漢字", Dimension: quality.Consistency, Severity: quality.Low,
		Wrong: "\uFA19社にお参りする。", Right: "神社にお参りする。",
		Source: "Unicode Standard Annex #15: normal forms replace these, so that a name stored with one changes when it is normalised",
	}, compatibleKanji, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(compatibleKanji) {
			fix := standardFix(d, s, true)
			found = append(found, d.characterFinding(s, "a compatibility ideograph: keep it in a name, and do not normalise the name", 1, fix))
		}
		return found
	})
}
