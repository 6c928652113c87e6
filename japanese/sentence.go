package japanese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// split cuts a text into sentences, strictly: after 。．？！ and their half-width forms (a full stop only when no letter or digit
// follows), with the closing brackets that follow; and at line breaks. An end mark within 「」 or 『』 ends a sentence of the quotation.
func split(text string) []Sentence {
	var sentences []Sentence
	start, depth, opened := 0, 0, 0
	add := func(end int) {
		piece := text[start:end]
		trimmed := strings.TrimSpace(piece)
		if trimmed != "" {
			from := start + strings.Index(piece, trimmed)
			sentences = append(sentences, Sentence{Span: Span{from, from + len(trimmed)}, Quoted: opened})
		}
		start, opened = end, depth
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '「' || r == '『':
			depth++
		case r == '」' || r == '』':
			depth = max(depth-1, 0)
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			add(i)
		case ends(r, text[i:]):
			i = closing(text, i, &depth)
			add(i)
		}
	}
	add(len(text))
	return sentences
}

// ends says whether a character ends a sentence, given what follows.
func ends(r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '。', '．', '？', '！', '｡':
		return next != '？' && next != '！' && next != '。' && next != '!' && next != '?'
	case '?', '!':
		return next != '?' && next != '!'
	case '.':
		return rest == "" || !unicode.IsLetter(next) && !unicode.IsDigit(next) && next != '.'
	}
	return false
}

// closing returns the place after closing brackets that follow an end mark.
func closing(text string, i int, depth *int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch r {
		case '」', '』':
			*depth = max(*depth-1, 0)
		case '）', ')', '】', '"', '”':
		default:
			return i
		}
		i += size
	}
	return i
}
