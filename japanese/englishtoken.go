package japanese

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// englishToken is a word, a number in digits or a mark of an English text.
type englishToken struct {
	span   Span
	word   string // in small letters, with a plain apostrophe and without 's; empty of others
	proper bool   // the word begins with a capital
	number bool
	value  float64
	commas bool // the number was written with commas, as no year is
	point  bool // it has a fraction
	mark   rune
	joined bool // no white space before it
}

// englishTokens cuts an English text into tokens. Hyphens are marks.
func englishTokens(text string) []englishToken {
	var tokens []englishToken
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		end := i + size
		t := englishToken{joined: len(tokens) > 0 && tokens[len(tokens)-1].span.End == i}
		switch {
		case unicode.IsSpace(r):
			i = end
			continue
		case isDigit(r):
			end = t.digits(text, i)
		case unicode.IsLetter(r):
			end = i + wordLength(text[i:])
			t.word = strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(text[i:end], "’", "'")), "'s")
			t.proper = unicode.IsUpper(r)
		default:
			t.mark = r
		}
		t.span = Span{i, end}
		tokens = append(tokens, t)
		i = end
	}
	return tokens
}

// digits reads 1,234.5 and returns where it ends.
func (t *englishToken) digits(text string, from int) int {
	var b strings.Builder
	i := from
loop:
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			b.WriteByte(c)
		case c == ',' && !t.point && threeDigits(text[i+1:]):
			t.commas = true
		case c == '.' && !t.point && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			t.point = true
			b.WriteByte(c)
		default:
			break loop
		}
	}
	t.number = true
	t.value, _ = strconv.ParseFloat(b.String(), 64) // digits and one point: out of range is infinite, which equals itself
	return i
}

// threeDigits says whether a text begins with exactly three digits.
func threeDigits(s string) bool {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n == 3
}

// wordLength returns the bytes of the word that a text begins with: letters, with apostrophes between them.
func wordLength(s string) int {
	for i, r := range s {
		if unicode.IsLetter(r) {
			continue
		}
		if r == '\'' || r == '’' {
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if unicode.IsLetter(next) {
				continue
			}
		}
		return i
	}
	return len(s)
}
