package data

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The long mark ー belongs to both scripts of kana, though Unicode gives it to neither.
const longMark = 'ー'

func hiragana(s string) bool { return written(s, unicode.Hiragana) }

func katakana(s string) bool { return written(s, unicode.Katakana) }

func kana(s string) bool { return written(s, unicode.Hiragana, unicode.Katakana) }

func written(s string, scripts ...*unicode.RangeTable) bool {
	for _, c := range s {
		if c != longMark && !unicode.In(c, scripts...) {
			return false
		}
	}
	return s != ""
}

// kun tells whether s is hiragana with at most one dot, which stands before the okurigana.
func kun(s string) bool {
	stem, okurigana, dotted := strings.Cut(s, ".")
	return hiragana(stem) && (!dotted || hiragana(okurigana))
}

// character tells whether s is one ideograph.
func character(s string) bool {
	c, n := utf8.DecodeRuneInString(s)
	return n == len(s) && unicode.Is(unicode.Han, c)
}
