package japanese

import (
	"unicode"
	"unicode/utf8"
)

// plausibility sums up how much a text looks like Japanese.
type plausibility struct {
	sum     int // in quarters
	weighs  int // characters that say something: all but ASCII
	runes   int
	kana    int // full-width
	joyo    int
	pairs   int    // of a rare kanji and a half-width kana after it
	lost    int    // U+FFFD, and bytes that are no UTF-8
	unknown int    // kanji that neither Japanese nor simplified Chinese has
	odd     traits // what it has that prose has not
}

func plausible(text string) plausibility {
	var p plausibility
	var last traits
	for _, r := range text {
		p.runes++
		if r < utf8.RuneSelf {
			if asciiTraits(byte(r))&control != 0 {
				p.sum, p.weighs, p.odd = p.sum-8, p.weighs+1, p.odd|control
			}
			continue
		}
		weight, odd := weigh(r)
		if odd == halfKana && last == rareKanji {
			p.pairs++
		}
		last = odd
		p.sum, p.weighs, p.odd = p.sum+weight, p.weighs+1, p.odd|odd
		switch {
		case r >= 0x3041 && r <= 0x30FF:
			p.kana++
		case r == utf8.RuneError:
			p.lost++
		case weight == 4 && unicode.Is(unicode.Han, r):
			p.joyo++
		case weight == -4 && kanjiFlags(r)&(simplifiedBit|7<<levelShift) == 0:
			p.unknown++
		}
	}
	return p
}

// score is between -2, for what is never in a text, and 1, for what is in each.
func (p plausibility) score() float64 {
	if p.weighs == 0 {
		return 0
	}
	return float64(p.sum) / float64(4*p.weighs)
}

// weigh returns what a character says, in quarters, and what is odd about it.
func weigh(r rune) (int, traits) {
	switch {
	case r >= 0x3000 && r < 0x3100, r >= 0xFF01 && r < 0xFF5F:
		return 4, 0
	case r >= 0xFF61 && r < 0xFFA0:
		return -2, halfKana
	case r == utf8.RuneError, r < 0xA0, r >= 0xE000 && r < 0xF900, r >= 0xFDD0 && r < 0xFDF0, r&0xFFFE == 0xFFFE:
		return -8, replacement
	case r == '…', r == '“', r == '”', r == '‘', r == '’', r == '—', r == '×', r == '°', r == '±':
		return 0, 0 // Japanese has them too
	case r < 0x100, windows(r) != 0:
		return -2, latin
	case unicode.Is(unicode.Han, r):
		return weighKanji(r)
	case unicode.Is(unicode.So, r):
		return 2, 0
	case unicode.IsLetter(r):
		return -2, foreign
	}
	return 0, 0
}

func weighKanji(r rune) (int, traits) {
	flags := kanjiFlags(r)
	level := flags >> levelShift & 7
	switch {
	case flags&joyoBit != 0, r == '々':
		return 4, 0
	case level == 1, flags&jinmeiyoBit != 0:
		return 2, 0
	case level == 2:
		return -2, rareKanji
	}
	return -4, rareKanji
}
