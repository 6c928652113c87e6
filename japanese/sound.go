package japanese

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// soundOf returns kana as it is pronounced, in katakana, so that two spellingsOf of one reading are equal: half-width and hiragana become
// katakana, ヂ ヅ ヲ become ジ ズ オ, and a long vowel becomes ー (オウ オオ オー, エイ エー, ウウ, イイ, アア). It says false when the text
// holds something else than kana. Spaces and ・ between syllables do not count.
func soundOf(kana string) ([]rune, bool) {
	var sound []rune
	for _, r := range norm.NFKC.String(kana) {
		if r == ' ' || r == '・' || r == '゠' {
			continue
		}
		k, ok := katakanaOf(r)
		if !ok {
			return nil, false
		}
		sound = appendSound(sound, k)
	}
	return sound, true
}

// appendSound appends one katakana to a sound: whether it lengthensVowel a vowel depends on what is there already, and on nothing else.
func appendSound(sound []rune, k rune) []rune {
	switch k {
	case 'ヂ':
		k = 'ジ'
	case 'ヅ':
		k = 'ズ'
	case 'ヲ':
		k = 'オ'
	}
	if k == 'ー' || lengthensVowel(vowelBefore(sound, len(sound)), k) {
		k = 'ー'
	}
	return append(sound, k)
}

// lengthensVowel says whether a vowel letter after a vowel makes it long.
func lengthensVowel(vowel, k rune) bool {
	switch k {
	case 'ア':
		return vowel == 'a'
	case 'イ':
		return vowel == 'i' || vowel == 'e'
	case 'ウ':
		return vowel == 'u' || vowel == 'o'
	case 'エ':
		return vowel == 'e'
	case 'オ':
		return vowel == 'o'
	}
	return false
}

// vowelBefore returns the vowel of the sound that ends before a place; 0 where there is none.
func vowelBefore(sound []rune, at int) rune {
	for at--; at >= 0; at-- {
		if sound[at] != 'ー' {
			return vowelOf(sound[at])
		}
	}
	return 0
}

// vowelOf returns the vowel of a katakana: a i u e o; 0 of ン, ッ and what is no katakana.
func vowelOf(k rune) rune {
	// the vowels from ァ to ヶ in the order of Unicode
	const vowels = "aaiiuueeoo" + "aaiiuueeoo" + "aaiiuueeoo" + "aaii-uueeoo" + "aiueo" + "aaaiiiuuueeeooo" + "aiueo" + "aauuoo" + "aiueo" + "aaieo-uae"
	if k < 'ァ' || k > 'ヶ' || vowels[k-'ァ'] == '-' {
		return 0
	}
	return rune(vowels[k-'ァ'])
}

// katakanaOf returns a kana as katakana, and whether it is one. Small ヵ and ヶ are, for they are read; marks of repetition are not.
func katakanaOf(r rune) (rune, bool) {
	switch {
	case r >= 'ぁ' && r <= 'ゖ':
		return r + 'ァ' - 'ぁ', true
	case r >= 'ァ' && r <= 'ヶ', r == 'ー':
		return r, true
	}
	return 0, false
}

// hiraganaOf returns a text with its katakana as hiragana, to compare spellingsOf.
func hiraganaOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, s)
}

// voicedOf returns a katakana with the sound mark (カ becomes ガ), or 0 when it takes none.
func voicedOf(k rune) rune {
	switch {
	case strings.ContainsRune("カキクケコサシスセソタチテト", k):
		return k + 1
	case k == 'ツ':
		return 'ズ'
	case strings.ContainsRune("ハヒフヘホ", k):
		return k + 1
	}
	return 0
}

// plosiveOf returns ハ行 as パ行, or 0.
func plosiveOf(k rune) rune {
	if strings.ContainsRune("ハヒフヘホ", k) {
		return k + 2
	}
	return 0
}

// kanjiRune says whether a character is written where kanji are: ideographs, and 々 〇 〆 that stand for them.
func kanjiRune(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF ||
		r == '々' || r == '〇' || r == '〆' || r == '〻'
}
