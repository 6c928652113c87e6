package unidic

import "strings"

// spell returns how a word is read, in the spelling of furigana: オトウサン. UniDic 2.1.2 as kagome-dict carries it has the reading of
// the lemma in that spelling (行く: イク), and of the form at hand the pronunciation alone (行こう: イコー), in which long vowels have a
// bar and particles sound as they are spoken. The reading is the pronunciation, with each such sound spelt as the lemma's reading
// spells it from the left, as the surface's kana spell it from the right, or else as is usual.
func spell(surface, lemma, pronunciation string) string {
	if pronunciation == "*" {
		pronunciation = ""
	}
	if written, ok := katakana(surface); ok {
		return written
	}
	if pronunciation == lemma || pronunciation == "" || !strings.ContainsAny(pronunciation, "ーワエオジズ") {
		return pronunciation
	}
	if strings.Contains(lemma, "イウ") { // 言う is said ユー
		pronunciation = strings.ReplaceAll(pronunciation, "ユー", "イウ")
	}
	said := []rune(pronunciation)
	known := fromLeft(said, lemma)
	fromRight(said, surface, known)
	if strings.ContainsRune(lemma, 'ー') {
		return string(said)
	}
	for i := known; i < len(said); i++ {
		if said[i] == 'ー' && i > 0 {
			said[i] = lengthened(said[i-1])
		}
	}
	return string(said)
}

// fromLeft spells sounds as a reading does, as long as it is theirs, and returns how many.
func fromLeft(said []rune, reading string) int {
	i := 0
	for _, spelt := range reading {
		if i == len(said) || !sounds(said, i, spelt) {
			break
		}
		said[i] = spelt
		i++
	}
	return i
}

// fromRight spells the sounds behind the known ones as the kana at the end of a surface do.
func fromRight(said []rune, surface string, known int) {
	written := []rune(surface)
	for i, j := len(said)-1, len(written)-1; i >= known && j >= 0; i, j = i-1, j-1 {
		spelt, ok := katakanaOf(written[j])
		if !ok || !sounds(said, i, spelt) {
			return
		}
		said[i] = spelt
	}
}

// sounds reports whether the sound at a place can be spelt with a kana.
func sounds(said []rune, i int, spelt rune) bool {
	switch said[i] {
	case spelt:
		return true
	case 'ー':
		if i == 0 {
			return false
		}
		switch vowel(said[i-1]) {
		case 'オ':
			return spelt == 'ウ' || spelt == 'オ'
		case 'エ':
			return spelt == 'イ' || spelt == 'エ'
		default:
			return spelt == vowel(said[i-1])
		}
	case 'ワ':
		return spelt == 'ハ'
	case 'エ':
		return spelt == 'ヘ'
	case 'オ':
		return spelt == 'ヲ'
	case 'ジ':
		return spelt == 'ヂ'
	case 'ズ':
		return spelt == 'ヅ'
	}
	return false
}

// lengthened returns the kana that usually spells the second half of a long vowel.
func lengthened(before rune) rune {
	switch v := vowel(before); v {
	case 'オ':
		return 'ウ'
	case 'エ':
		return 'イ'
	case 0:
		return 'ー'
	default:
		return v
	}
}

// vowel returns the vowel of a kana, or 0.
func vowel(kana rune) rune {
	for _, row := range []string{
		"アァカガサザタダナハバパマヤャラワヮ", "イィキギシジチヂニヒビピミリヰ", "ウゥクグスズツヅッヌフブプムユュルヴ", "エェケゲセゼテデネヘベペメレヱ",
		"オォコゴソゾトドノホボポモヨョロヲ",
	} {
		if strings.ContainsRune(row, kana) {
			return []rune(row)[0]
		}
	}
	return 0
}

// katakana returns a text in katakana, if it is kana altogether.
func katakana(s string) (string, bool) {
	turn := false
	for _, r := range s {
		k, ok := katakanaOf(r)
		if !ok || s == "ー" {
			return "", false
		}
		turn = turn || k != r
	}
	if !turn {
		return s, s != ""
	}
	return strings.Map(func(r rune) rune { k, _ := katakanaOf(r); return k }, s), true
}

// katakanaOf returns a kana as katakana.
func katakanaOf(r rune) (rune, bool) {
	switch {
	case 'ぁ' <= r && r <= 'ゖ':
		return r + 'ァ' - 'ぁ', true
	case 'ァ' <= r && r <= 'ヺ' || r == 'ー':
		return r, true
	}
	return r, false
}
