package japanese

import (
	"unicode"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

func invisibleRule() Rule {
	return characterRule(Rule{
		ID: "invisible_character", Title: "見えない文字", Dimension: quality.Validity, Severity: quality.Medium,
		Wrong: "東\u200B京へ行く。", Right: "東京へ行く。👩‍👩‍👧", Source: "Unicode Technical Report #36, section 2.1; joiners in emoji: UTS #51",
	}, invisible, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(invisible) {
			if !joins(d.Text, s) {
				found = append(found, d.characterFinding(s, "a character that nobody sees, and that keeps words from being found", 1, deletion(s)))
			}
		}
		return found
	})
}

// joins says whether an invisible character does what it is for: joins emoji, ends a flag, or shapes letters of scripts that join.
func joins(text string, s Span) bool {
	r, _ := utf8.DecodeRuneInString(text[s.Start:])
	last, _ := utf8.DecodeLastRuneInString(text[:s.Start])
	next, _ := utf8.DecodeRuneInString(text[s.End:])
	switch {
	case r == 0x200D && (pictured(last) || last == 0xFE0F) && pictured(next):
		return true
	case r == 0x200C || r == 0x200D:
		return unicode.IsOneOf([]*unicode.RangeTable{unicode.Mn, unicode.Mc}, last) || foreignLetter(last) && foreignLetter(next)
	case r >= 0xE0020 && r <= 0xE007F:
		return last == 0x1F3F4 || last >= 0xE0020 && last <= 0xE007E
	}
	return false
}

func pictured(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) || r == '♀' || r == '♂' }

func foreignLetter(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func bidiRule() Rule {
	return characterRule(Rule{
		ID: "bidi_control", Title: "双方向制御文字", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "合計\u202E001円", Right: "合計100円",
		Source: "Boucher, Anderson: Trojan Source, 2021; Unicode Standard Annex #9",
	}, bidiControl, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.charactersWith(bidiControl) {
			f := d.characterFinding(s, "a control of direction: what is seen is not what is stored", 1, deletion(s))
			if d.traits&rightToLeft != 0 {
				f = d.characterFinding(s, "a control of direction in a text that has letters from right to left", 1, nil)
				f.Severity = quality.Low
			}
			found = append(found, f)
		}
		return found
	})
}

func selectorRule() Rule {
	return characterRule(Rule{
		ID: "stray_selector", Title: "孤立した異体字セレクタ", Dimension: quality.Validity, Severity: quality.Medium,
		Wrong: "あ\U000E0100い", Right: "葛\U000E0100城市 ☀\uFE0F", Source: "Unicode Technical Standard #37; Unicode Standard 15.0, section 23.4",
	}, selector, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(selector) {
			last, _ := utf8.DecodeLastRuneInString(d.Text[:s.Start])
			first, size := utf8.DecodeRuneInString(d.Text[s.Start:])
			if selects(first, last) {
				s.Start += size
			}
			if s.Start < s.End {
				found = append(found, d.characterFinding(s, "a variation selector with nothing before it to vary", 1, deletion(s)))
			}
		}
		return found
	})
}

// selects says whether a selector goes with the character before it: any with a kanji; the first sixteen with signs and emoji too.
func selects(selector, last rune) bool {
	if unicode.Is(unicode.Han, last) {
		return true
	}
	if selector >= 0xE0100 {
		return false
	}
	return unicode.IsSymbol(last) || unicode.IsPunct(last) || last >= '0' && last <= '9' || foreignLetter(last) || last == 'ℹ' || last == 'Ⓜ'
}

func invalidRule() Rule {
	return characterRule(Rule{
		ID: "invalid_utf8", Title: "不正なUTF-8", Dimension: quality.Validity, Severity: quality.High,
		Wrong: "今日は良い天\xE6\xB0ですね。", Right: "今日は良い天気ですね。", Source: "Unicode Standard 15.0, section 3.9; CESU-8: UTR #26",
	}, invalidUTF8, func(d *Document) []Finding {
		var found []Finding
		for _, s := range d.runsWith(invalidUTF8) {
			for at := s.Start; at < s.End; {
				end, fix := invalidPiece(d.Text[:s.End], at)
				text := "bytes that are no UTF-8"
				if fix != nil {
					text = "a character beyond 16 bits that was written as two (CESU-8)"
				}
				found = append(found, d.characterFinding(Span{at, end}, text, 1, fix))
				at = end
			}
		}
		return found
	})
}

// invalidPiece returns where a piece of invalid bytes ends: a surrogate pair, with its fix, or all bytes up to the next pair.
func invalidPiece(text string, at int) (int, *Fix) {
	if r := surrogatePair(text[at:]); r != 0 {
		return at + 6, &Fix{At: Span{at, at + 6}, With: string(r)}
	}
	end := at + 1
	for end < len(text) && surrogatePair(text[end:]) == 0 {
		end++
	}
	return end, nil
}

// surrogatePair returns the character of a UTF-16 pair of which each half was written as three bytes; 0 when there is none.
func surrogatePair(s string) rune {
	if len(s) < 6 || s[0] != 0xED || s[3] != 0xED || s[1]&0xF0 != 0xA0 || s[4]&0xF0 != 0xB0 || s[2]&0xC0 != 0x80 || s[5]&0xC0 != 0x80 {
		return 0
	}
	high := rune(s[1]&0x0F)<<6 | rune(s[2]&0x3F)
	low := rune(s[4]&0x0F)<<6 | rune(s[5]&0x3F)
	return 0x10000 + high<<10 + low
}
