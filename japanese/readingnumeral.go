package japanese

import "strings"

// kanjiDigits are the digits from 0 to 9.
const kanjiDigits = "〇一二三四五六七八九"

// asciiDigit returns the value of a digit of ASCII or of its full-width form, or -1.
func asciiDigit(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

// numbersInKanji replaces the runs of digits in a text.
func numbersInKanji(text string, number func(string) string) string {
	var b, run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			b.WriteString(number(run.String()))
			run.Reset()
		}
	}
	for _, r := range text {
		if d := asciiDigit(r); d >= 0 {
			run.WriteByte(byte('0' + d))
			continue
		}
		if (r == ',' || r == '，') && run.Len() > 0 {
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

// digitsInKanji writes digits one by one: 2013 as 二〇一三.
func digitsInKanji(digits string) string {
	var b strings.Builder
	for _, d := range digits {
		b.WriteRune([]rune(kanjiDigits)[d-'0'])
	}
	return b.String()
}

// numberInKanji writes a number of up to 16 digits with its units: 2013 as 二千十三. A longer one, or one that begins with 0, is written
// digit by digit.
func numberInKanji(digits string) string {
	if len(digits) > 16 || digits[0] == '0' {
		return digitsInKanji(digits)
	}
	var b strings.Builder
	group := false
	for i, d := range digits {
		place := len(digits) - 1 - i
		if d != '0' {
			if d != '1' || place%4 == 0 {
				b.WriteRune([]rune(kanjiDigits)[d-'0'])
			}
			b.WriteString([]string{"", "十", "百", "千"}[place%4])
			group = true
		}
		if place%4 == 0 && group {
			b.WriteString([]string{"", "万", "億", "兆"}[place/4])
			group = false
		}
	}
	return b.String()
}

// isNumeral says whether a character is a number in kanji.
func isNumeral(r rune) bool {
	return strings.ContainsRune("〇零一二三四五六七八九十百千万億兆何数", r)
}

// numeralReadings are the readings of a number in kanji within a larger number or before a counter; nil for other characters.
func numeralReadings(r rune) []string {
	switch r {
	case '〇', '零':
		return []string{"ゼロ", "レイ", "マル"}
	case '一':
		return []string{"イチ", "ヒト"}
	case '二':
		return []string{"ニ", "フタ"}
	case '三':
		return []string{"サン", "ミ", "ミッ"}
	case '四':
		return []string{"ヨン", "シ", "ヨ", "ヨッ"}
	case '五':
		return []string{"ゴ", "イツ"}
	case '六':
		return []string{"ロク", "ム", "ムッ"}
	case '七':
		return []string{"ナナ", "シチ"}
	case '八':
		return []string{"ハチ", "ヤ", "ヤッ"}
	case '九':
		return []string{"キュウ", "ク", "ココノ"}
	case '十':
		return []string{"ジュウ", "ジッ", "ジュッ", "トオ"}
	case '百':
		return []string{"ヒャク"}
	case '千':
		return []string{"セン"}
	case '万':
		return []string{"マン"}
	case '億':
		return []string{"オク"}
	case '兆':
		return []string{"チョウ"}
	}
	return nil
}
