package japanese

import (
	"slices"
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

// rubyElement reads an element ruby of HTML. Its words and its readings are each put together: a reading may be of the whole only (今日).
func rubyElement(text string, at int) (Ruby, bool) {
	r := Ruby{Notation: RubyHTML}
	var base, reading strings.Builder
	inside := ""
	limit := min(len(text), at+16*mostRuby)
	for i := at; i < limit; {
		if text[i] != '<' {
			next := strings.IndexByte(text[i:limit], '<')
			if next < 0 {
				return Ruby{}, false
			}
			switch piece := text[i : i+next]; inside {
			case "rt":
				reading.WriteString(piece)
				r.Given = Span{rubyFirst(r.Given, i), i + next}
			case "ruby", "rb":
				base.WriteString(piece)
				if strings.TrimSpace(piece) != "" {
					r.BaseAt = Span{rubyFirst(r.BaseAt, i), i + next}
				}
			}
			i += next
			continue
		}
		name, end := tagAt(text[i:limit])
		if end < 0 {
			return Ruby{}, false
		}
		i += end
		switch name {
		case "/ruby":
			r.Base, r.Reading = strings.TrimSpace(base.String()), strings.TrimSpace(reading.String())
			r.At = Span{at, i}
			return r, r.Base != "" && r.Reading != "" && len(r.Reading) <= mostRuby
		case "rt", "rp", "rb":
			inside = name
		case "ruby":
			if inside != "" {
				return Ruby{}, false
			}
			inside = name
		case "/rt", "/rp", "/rb":
			inside = "ruby"
		}
	}
	return Ruby{}, false
}

// rubyFirst returns where a span begins, or a place when there is none yet.
func rubyFirst(s Span, at int) int {
	if s == (Span{}) {
		return at
	}
	return s.Start
}

// tagAt returns the name of the tag that a text begins with, in lower case, and where it ends; -1 when it does not.
func tagAt(text string) (name string, end int) {
	end = strings.IndexByte(text, '>')
	if end < 0 {
		return "", -1
	}
	name = text[1:end]
	if i := strings.IndexFunc(name[min(1, len(name)):], func(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '/' }); i >= 0 {
		name = name[:i+1]
	}
	return strings.ToLower(name), end + 1
}

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
		last, _ := utf8.DecodeLastRuneInString(r.Base[:i])
		if i > 0 && kanjiRune(c) && (!kanjiRune(last) || r.Notation == RubyParentheses) {
			words = append(words, [2]string{r.Base[i:], r.Reading}, [2]string{r.Base[i:], withoutSoundMark(r.Reading)})
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
