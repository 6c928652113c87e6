package japanese

import (
	"unicode"
	"unicode/utf8"
)

// traits says what kinds of characters a text has, so that a rule that has nothing to look for returns at once. All rules on characters
// together cost a clean text one pass, the one of traitsOfText.
type traits uint64

const (
	invalidUTF8 traits = 1 << iota
	replacement
	escape
	dollar // $, of which raw ISO-2022-JP has some
	control
	privateUse
	nonCharacter
	invisible
	bidiControl
	rightToLeft
	combining
	spacingMark // ゛゜ that stand alone
	halfKana
	fullAlnum
	halfAlnum
	selector
	latin   // U+0080 to U+00FF, and what Windows-1252 has besides
	foreign // letters of other scripts
	rareKanji
	simplifiedKanji
	oldKanji
	radicalKanji
	compatibleKanji
	offJIS
	nameKanji // jinmeiyo
	otherKanji
	lookAlike
	secondary  // joyo, but of no school year
	schoolYear // year 1; six bits follow each other
	_          // year 2
	_          // year 3
	_          // year 4
	_          // year 5
	_          // year 6
	allKanji   = nameKanji | otherKanji | secondary | 63*schoolYear
	suspicious = dollar | replacement | invalidUTF8 | escape | control | privateUse | halfKana | latin | foreign | rareKanji
)

// traitsOfText is the pass over a text.
func traitsOfText(text string) traits {
	var all traits
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			all |= asciiTraits(c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r >= 0x3041 && r <= 0x30FF:
			all |= kanaTraits(text, i, r)
		case r >= 0x4E00 && r <= 0x9FFF:
			all |= kanjiTraits(r)
			if all&lookAlike == 0 && kanjiLike(r) && likelier(text, i, i+size) != 0 {
				all |= lookAlike
			}
		case r == utf8.RuneError && size == 1:
			all |= invalidUTF8
		case r >= 0x3000 && r < 0x3041:
		default:
			all |= otherTraits(text, i, r)
		}
		i += size
	}
	return all
}

func asciiTraits(c byte) traits {
	switch {
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
		return halfAlnum
	case c == '$':
		return dollar
	case c == 0x1B:
		return escape | control
	case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7F:
		return control
	}
	return 0
}

func kanaTraits(text string, i int, r rune) traits {
	switch {
	case r == 0x3099 || r == 0x309A:
		return combining
	case r == 0x309B || r == 0x309C:
		return spacingMark
	case kanaLike(r) && likelier(text, i, i+3) != 0:
		return lookAlike
	}
	return 0
}

func kanjiTraits(r rune) traits {
	flags := kanjiFlags(r)
	var found traits
	level := flags >> levelShift & 7
	switch {
	case flags&joyoBit != 0:
		return secondary << (flags >> gradeShift & 7)
	case flags&jinmeiyoBit != 0:
		found = nameKanji
	default:
		found = otherKanji
	}
	if level != 1 {
		found |= rareKanji
	}
	if flags&(simplifiedBit|oldFormBit|compatibleBit) != 0 {
		if flags&simplifiedBit != 0 {
			found |= simplifiedKanji
		}
		if flags&oldFormBit != 0 {
			found |= oldKanji
		}
		if flags&compatibleBit != 0 {
			found |= compatibleKanji
		}
	} else if level == 0 {
		found |= offJIS
	}
	return found
}

// otherTraits is for what is neither ASCII nor kana nor a kanji of the main block.
func otherTraits(text string, i int, r rune) traits {
	switch {
	case r < 0xA0:
		return control | latin
	case r == 0xAD:
		return invisible | latin
	case r < 0x100:
		return latin
	case r >= 0xFF00 && r < 0xFFF0:
		return wideTraits(r)
	case r >= 0x2E80 && r < 0x2FE0:
		if kanjiFlags(r)&radicalBit != 0 {
			return radicalKanji
		}
		return 0
	case r >= 0x3400 && r < 0x4E00, r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32400:
		return kanjiTraits(r)
	case r >= 0xE000 && r < 0xF900, r >= 0xF0000 && r&0xFFFE != 0xFFFE:
		return privateUse
	case r == utf8.RuneError:
		return replacement
	case r >= 0xFDD0 && r < 0xFDF0, r&0xFFFE == 0xFFFE:
		return nonCharacter
	case r >= 0xFE00 && r < 0xFE10, r >= 0xE0100 && r < 0xE01F0:
		return selector
	}
	return punctuationTraits(text, i, r)
}

func wideTraits(r rune) traits {
	switch {
	case r >= 0xFF61 && r < 0xFFA0:
		return halfKana
	case fullWidthAlnum(r):
		return fullAlnum
	case r == 0xFFA0:
		return invisible
	}
	return 0
}

func fullWidthAlnum(r rune) bool {
	return r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ'
}

func punctuationTraits(text string, i int, r rune) traits {
	switch {
	case bidi(r):
		return bidiControl
	case hidden(r):
		return invisible
	case r == '―' || r == '—':
		if likelier(text, i, i+3) != 0 {
			return lookAlike | latin
		}
		return latin
	case windows(r) != 0:
		return latin
	case unicode.Is(unicode.Mn, r):
		return combining
	case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko):
		return rightToLeft | foreign
	case unicode.IsLetter(r) && !unicode.Is(unicode.Han, r):
		return foreign
	}
	return 0
}

// bidi says whether a character changes the direction of text: Unicode Standard Annex #9.
func bidi(r rune) bool {
	return r == 0x061C || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// hidden says whether a character is seen as nothing: those that Unicode calls default ignorable, less selectors and bidi controls.
func hidden(r rune) bool {
	switch {
	case r == 0xAD, r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r >= 0x180B && r <= 0x180F,
		r >= 0x200B && r <= 0x200D, r >= 0x2060 && r <= 0x2065, r >= 0x206A && r <= 0x206F, r == 0x3164, r == 0xFEFF, r == 0xFFA0,
		r >= 0x1D173 && r <= 0x1D17A, r >= 0xE0000 && r < 0xE0100:
		return true
	}
	return false
}
