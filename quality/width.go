package quality

import (
	"strings"
	"unicode"
)

// harmless replaces what steers a terminal or turns the direction of text by U+FFFD.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// width returns how many columns of a terminal a text takes: two for each character of East Asian scripts and its full-width forms
// (Unicode Standard Annex 11, in blocks), none for a combining mark.
func width(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	for _, block := range [...][2]rune{
		{0x1100, 0x115f},   // Hangul Jamo
		{0x2e80, 0xa4cf},   // radicals to Yi: kana and CJK ideographs
		{0xac00, 0xd7a3},   // Hangul
		{0xf900, 0xfaff},   // compatibility ideographs
		{0xfe30, 0xfe6f},   // vertical and small forms
		{0xff00, 0xff60},   // full-width forms
		{0xffe0, 0xffe6},   // full-width signs
		{0x1f300, 0x1faff}, // pictographs
		{0x20000, 0x3fffd}, // further ideographs
	} {
		if block[0] <= r && r <= block[1] {
			return true
		}
	}
	return false
}
