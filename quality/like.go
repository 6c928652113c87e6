package quality

import (
	"strings"
	"unicode/utf8"
)

// Like: the text matches a pattern of SQL's LIKE as a whole: % stands for any text, _ for one character, a backslash takes the next
// character literally. NULL is not judged.
type Like struct {
	Field   string // of text
	Pattern string // of LIKE
}

// Kind returns "like".
func (Like) Kind() Kind { return "like" }

// Columns returns the field.
func (t Like) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (Like) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t Like) Judge(row Row) Truth { return t.prepare().Judge(row) }

func (t Like) problems() []string {
	found := one(t.Field)
	if strings.HasSuffix(strings.ReplaceAll(t.Pattern, `\\`, ""), `\`) {
		found = append(found, "pattern: it ends in a lone backslash")
	}
	if !utf8.ValidString(t.Pattern) {
		found = append(found, "pattern: it is not UTF-8")
	}
	return found
}

func (t Like) prepare() RowTest {
	return matched{Test: t, field: t.Field, match: segmentsOf(t.Pattern).match}
}

// segments are the parts of a pattern of LIKE between its %, at least one. The first and the last are anchored at the ends of a text.
type segments [][]likeChar

// likeChar is a character, or any character.
type likeChar struct {
	char rune
	any  bool
}

func segmentsOf(pattern string) segments {
	all := segments{nil}
	literal := false
	for _, r := range pattern {
		last := &all[len(all)-1]
		switch {
		case literal || r != '%' && r != '_' && r != '\\':
			*last = append(*last, likeChar{char: r})
			literal = false
		case r == '\\':
			literal = true
		case r == '_':
			*last = append(*last, likeChar{any: true})
		default:
			all = append(all, nil)
		}
	}
	return all
}

// match says whether a whole text matches. Each segment takes the first place where it fits, which leaves the most for those that follow:
// nothing is tried twice, and the time is at most the product of the lengths.
func (s segments) match(text string) bool {
	rest, ok := cut(text, s[0])
	if !ok || len(s) == 1 {
		return ok && rest == ""
	}
	for _, segment := range s[1 : len(s)-1] {
		if rest, ok = find(rest, segment); !ok {
			return false
		}
	}
	last := s[len(s)-1]
	spare := utf8.RuneCountInString(rest) - len(last)
	for ; spare > 0; spare-- {
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
	}
	rest, ok = cut(rest, last)
	return ok && rest == ""
}

// find returns what follows the first place where a segment fits.
func find(text string, segment []likeChar) (string, bool) {
	for {
		if rest, ok := cut(text, segment); ok {
			return rest, true
		}
		if text == "" {
			return "", false
		}
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
}

// cut returns what follows a segment at the beginning of a text. A byte that is not UTF-8 is a character that no pattern names.
func cut(text string, segment []likeChar) (string, bool) {
	for _, c := range segment {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || !c.any && (r != c.char || r == utf8.RuneError && size == 1) {
			return "", false
		}
		text = text[size:]
	}
	return text, true
}
