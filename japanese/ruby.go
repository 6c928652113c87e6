package japanese

import (
	"strings"
	"unicode/utf8"
)

// Ruby is a reading that a text gives for a word: furigana.
type Ruby struct {
	Base     string       // the word, as written, without marks
	Reading  string       // the reading, as written
	At       Span         // all of it in the text, with its marks
	BaseAt   Span         // the word in the text; with marks within when the notation puts some there
	Given    Span         // the reading in the text
	Notation RubyNotation // how it is written
}

// RubyNotation is a way of writing ruby in a text.
type RubyNotation string

// The notations.
const (
	RubyAozora      RubyNotation = "aozora"      // 漢字《かんじ》 and ｜漢字《かんじ》, as in Aozora Bunko
	RubyParentheses RubyNotation = "parentheses" // 漢字(かんじ) with hiragana only, half or full width: it may be a gloss
	RubyHTML        RubyNotation = "html"        // <ruby>漢字<rt>かんじ</rt></ruby>, with rb, rp and several rt
)

// mostRuby is how many bytes a reading, or a word before it, may have.
const mostRuby = 256

// mostRubyEnd is how many bytes the end of a run of kanji may have that a reading in parentheses is of.
const mostRubyEnd = 30

// ParseRuby returns the ruby in a text, in order. What is not well-formed is text. It takes time in proportion to the text.
func ParseRuby(text string) []Ruby {
	var found []Ruby
	for at := 0; at < len(text); {
		ruby, ok := Ruby{}, false
		switch rest := text[at:]; {
		case strings.HasPrefix(rest, "《"):
			ruby, ok = rubyAfter(text, at, "《", "》")
		case strings.HasPrefix(rest, "（"):
			ruby, ok = rubyAfter(text, at, "（", "）")
		case rest[0] == '(':
			ruby, ok = rubyAfter(text, at, "(", ")")
		case rest[0] == '<' && len(rest) >= len("<ruby") && strings.EqualFold(rest[:len("<ruby")], "<ruby"):
			ruby, ok = rubyElement(text, at)
		}
		if ok && (len(found) == 0 || ruby.At.Start >= found[len(found)-1].At.End) {
			found = append(found, ruby)
			at = ruby.At.End
			continue
		}
		at++
	}
	return found
}

// rubyAfter reads a reading in brackets that follows its word.
func rubyAfter(text string, at int, opening, closing string) (Ruby, bool) {
	from := at + len(opening)
	length := strings.Index(text[from:min(len(text), from+mostRuby)], closing)
	if length <= 0 {
		return Ruby{}, false
	}
	r := Ruby{Reading: text[from : from+length], Given: Span{from, from + length}, Notation: RubyAozora}
	if opening != "《" {
		r.Notation = RubyParentheses
		if strings.ContainsFunc(r.Reading, func(c rune) bool { return (c < 'ぁ' || c > 'ゖ') && c != 'ー' }) {
			return Ruby{}, false
		}
	}
	start, marked := rubyBase(text[:at], r.Notation)
	if start == at {
		return Ruby{}, false
	}
	r.At, r.BaseAt = Span{start - marked, from + length + len(closing)}, Span{start, at}
	r.Base = text[start:at]
	return r, true
}

// rubyBase returns where the word begins that a text ends with, and how many bytes its mark has: after ｜ in the notation of Aozora Bunko,
// else the last kanji, and in parentheses the kana after them: 食べる(たべる).
func rubyBase(text string, notation RubyNotation) (start, marked int) {
	window := max(0, len(text)-mostRuby)
	if notation == RubyAozora {
		for _, bar := range []string{"｜", "|"} {
			if i := strings.LastIndex(text[window:], bar); i >= 0 && !strings.ContainsAny(text[window+i:], "》\n。") && window+i+len(bar) < len(text) {
				return window + i + len(bar), len(bar)
			}
		}
	}
	at := len(text)
	back := func(accepted func(rune) bool) {
		for at > window {
			c, size := utf8.DecodeLastRuneInString(text[:at])
			if !accepted(c) {
				return
			}
			at -= size
		}
	}
	if notation == RubyParentheses {
		back(func(c rune) bool { return c >= 'ぁ' && c <= 'ゖ' })
	}
	kana := at
	back(func(c rune) bool { return kanjiRune(c) || c == 'ヶ' || c == 'ヵ' || asciiDigit(c) >= 0 })
	if at == kana {
		return len(text), 0
	}
	return at, 0
}
