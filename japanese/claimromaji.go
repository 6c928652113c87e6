package japanese

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldRomaji returns a romanisation in small letters, with long vowels as they are said in one way: tōkyō, toukyou and tookyoo are the same.
// It is empty when the text is no romanisation.
func foldRomaji(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFKC.String(text))) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || unicode.IsSpace(r) || strings.ContainsRune("-'’.", r):
		default:
			return ""
		}
	}
	return shortVowels(b.String())
}

// shortVowels leaves one vowel of each long one.
func shortVowels(romaji string) string {
	return strings.NewReplacer("ou", "o", "oo", "o", "uu", "u", "aa", "a", "ii", "i", "ei", "e", "ee", "e").Replace(romaji)
}

// romajiOf returns the romanisations of a reading in hiragana, in the systems of Hepburn (1886) and of the cabinet (Kunrei, 1954), folded.
func romajiOf(kana string) []string {
	var hepburn, kunrei strings.Builder
	double := false
	runes := []rune(kana)
	for i := 0; i < len(runes); i++ {
		h, k := romajiRow(runes[i])
		if i+1 < len(runes) && strings.ContainsRune("ゃゅょ", runes[i+1]) && strings.HasSuffix(k, "i") {
			vowel := map[rune]string{'ゃ': "a", 'ゅ': "u", 'ょ': "o"}[runes[i+1]]
			h, k = contractedRomaji(h, vowel), strings.TrimSuffix(k, "i")+"y"+vowel
			i++
		}
		switch {
		case runes[i] == 'っ':
			double = true
			continue
		case runes[i] == 'ー':
			continue
		case k == "":
			return nil
		case double:
			h, k = strings.Replace(h[:1], "c", "t", 1)+h, k[:1]+k
		}
		double = false
		hepburn.WriteString(h)
		kunrei.WriteString(k)
	}
	return []string{shortVowels(hepburn.String()), shortVowels(kunrei.String())}
}

// contractedRomaji returns a Hepburn syllable in i with a small kana after it: kya, sha, ja.
func contractedRomaji(syllable, vowel string) string {
	stem := strings.TrimSuffix(syllable, "i")
	if stem == "sh" || stem == "ch" || stem == "j" {
		return stem + vowel
	}
	return stem + "y" + vowel
}

// romajiRow returns a kana in Hepburn's romanisation and in Kunrei's; empty when it is none that stands alone.
func romajiRow(r rune) (hepburn, kunrei string) {
	const kana = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもらりるれろがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ"
	const consonants = "-kstnhmrgzdbp"
	if i := strings.IndexRune(kana, r); i >= 0 {
		i /= len("あ")
		kunrei = strings.TrimPrefix(consonants[i/5:i/5+1]+"aiueo"[i%5:i%5+1], "-")
	}
	switch r {
	case 'し':
		return "shi", "si"
	case 'ち':
		return "chi", "ti"
	case 'つ':
		return "tsu", "tu"
	case 'ふ':
		return "fu", "hu"
	case 'じ', 'ぢ':
		return "ji", "zi"
	case 'づ':
		return "zu", "zu"
	case 'や':
		return "ya", "ya"
	case 'ゆ':
		return "yu", "yu"
	case 'よ':
		return "yo", "yo"
	case 'わ':
		return "wa", "wa"
	case 'を':
		return "o", "o"
	case 'ん':
		return "n", "n"
	}
	return kunrei, kunrei
}
