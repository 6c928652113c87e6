package japanese

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// rubyWords returns the words that a reading may be of: the base, what it ends with, and the base with kana before or after it in the text,
// each with what the reading then is. In 東京都港(みなと) it is of the end, in お茶(おちゃ) of more, in 食《た》べる okurigana follow.
func rubyWords(text string, r Ruby) [][2]string {
	words := [][2]string{{r.Base, r.Reading}}
	if r.Notation == RubyHTML {
		return append(words, rubyFollowed(text[r.At.End:], r)...)
	}
	before := text[:r.BaseAt.Start]
	for range 2 {
		c, size := utf8.DecodeLastRuneInString(before)
		if _, kana := katakanaOf(c); !kana {
			break
		}
		before = before[:len(before)-size]
		words = append(words, [2]string{text[len(before):r.BaseAt.End], r.Reading})
	}
	for i, c := range r.Base {
		switch last, _ := utf8.DecodeLastRuneInString(r.Base[:i]); {
		case i == 0 || !kanjiRune(c) || len(r.Base)-i > mostRubyEnd:
		case !kanjiRune(last):
			words = append(words, [2]string{r.Base[i:], r.Reading}, [2]string{r.Base[i:], withoutSoundMark(r.Reading)})
		case r.Notation == RubyParentheses:
			words = append(words, [2]string{r.Base[i:], r.Reading})
		}
	}
	return append(words, rubyFollowed(text[r.At.End:], r)...)
}

// withoutSoundMark returns a reading with its first sound as it is when nothing stands before it: 18分《ぷん》 is ふん.
func withoutSoundMark(reading string) string {
	first, size := utf8.DecodeRuneInString(reading)
	k, ok := katakanaOf(first)
	if !ok {
		return reading
	}
	if i := strings.IndexRune("パピプペポ", k); i >= 0 {
		return string([]rune("ハヒフヘホ")[i/len("パ")]) + reading[size:]
	}
	return string(unvoicedOf(k)) + reading[size:]
}

// rubyFollowed returns the base with one to four kana that follow it.
func rubyFollowed(rest string, r Ruby) [][2]string {
	var words [][2]string
	kana := 0
	for i, c := range rest {
		if _, ok := katakanaOf(c); !ok || kana == 4 {
			break
		}
		kana++
		end := i + utf8.RuneLen(c)
		words = append(words, [2]string{r.Base + rest[:end], r.Reading + rest[:end]})
	}
	slices.Reverse(words)
	return words
}
