package japanese

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/shugo-data/shugo/quality"
)

// checkNames finds names of the host's list that only one of the texts has.
func (c TranslationConfig) checkNames(p Pair) []Finding {
	ja := c.namesIn(p.Japanese.Text)
	var found []Finding
	for i, n := range c.Names {
		english := slices.ContainsFunc(n.English, func(spelling string) bool { return len(wordAt(p.English, spelling, true)) > 0 })
		for _, span := range ja[i] {
			if !english {
				found = append(found, Finding{Severity: quality.High, At: p.Japanese.Position(span), Text: "the translation lacks this name",
					Evidence: []Evidence{{Kind: "name", At: span, Note: "no spelling of the list is in the translation"}}})
			}
		}
		if len(ja[i]) > 0 || c.sharesSpelling(i, ja) {
			continue
		}
		for _, spelling := range n.English {
			for _, span := range wordAt(p.English, spelling, false) {
				found = append(found, Finding{Severity: quality.High, At: p.whole(), Text: "the translation has a name that is not here",
					Evidence: []Evidence{inEnglish(span, "a name of the list, whose Japanese form is missing")}})
			}
		}
	}
	return found
}

// sharesSpelling says whether a name that the Japanese has is spelled in English as another is: 佐藤 and 左藤.
func (c TranslationConfig) sharesSpelling(i int, ja map[int][]Span) bool {
	for k := range ja {
		for _, spelling := range c.Names[k].English {
			for _, other := range c.Names[i].English {
				if len(wordAt(spelling, other, true)) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// namesIn returns where the names of the list are in a Japanese text. Of two that overlap the longer counts, and a name in katakana
// is not part of a longer word in katakana.
func (c TranslationConfig) namesIn(text string) map[int][]Span {
	order := make([]int, len(c.Names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(c.Names[b].Japanese) - len(c.Names[a].Japanese) })
	found, taken := map[int][]Span{}, make([]bool, len(text))
	for _, i := range order {
		name := c.Names[i].Japanese
		for from := 0; ; {
			at := strings.Index(text[from:], name)
			if at < 0 {
				break
			}
			span := Span{from + at, from + at + len(name)}
			from = span.End
			if inKatakana(text, span) || slices.Contains(taken[span.Start:span.End], true) {
				continue
			}
			found[i] = append(found[i], span)
			for k := span.Start; k < span.End; k++ {
				taken[k] = true
			}
		}
	}
	return found
}

// inKatakana says whether a piece that begins or ends in katakana goes on there.
func inKatakana(text string, s Span) bool {
	katakana := func(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }
	before, _ := utf8.DecodeLastRuneInString(text[:s.Start])
	first, _ := utf8.DecodeRuneInString(text[s.Start:])
	last, _ := utf8.DecodeLastRuneInString(text[:s.End])
	after, _ := utf8.DecodeRuneInString(text[s.End:])
	return katakana(before) && katakana(first) || katakana(last) && katakana(after)
}

// wordAt returns where a word or words stand in an English text, in any case of letters or exactly.
func wordAt(text, word string, anyCase bool) []Span {
	if anyCase {
		text, word = strings.ToLower(text), strings.ToLower(word)
	}
	var spans []Span
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 || word == "" {
			return spans
		}
		span := Span{from + at, from + at + len(word)}
		before, _ := utf8.DecodeLastRuneInString(text[:span.Start])
		after, _ := utf8.DecodeRuneInString(text[span.End:])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			spans = append(spans, span)
		}
		from = span.End
	}
}

// checkCopied finds names in Latin letters in the Japanese that the translation has not: a capital and at least two letters. Digits of
// a name count. Abbreviations that are Japanese words, such as OL, and units are not names.
func checkCopied(p Pair) []Finding {
	english := map[string]bool{}
	for _, span := range latinRuns(p.English) {
		word := foldedName(p.English[span.Start:span.End])
		english[word], english[strings.TrimSuffix(word, "s")] = true, true
	}
	var found []Finding
	for _, span := range latinRuns(p.Japanese.Text) {
		if name := p.Japanese.In(span); isCopied(name) && !english[foldedName(name)] {
			found = append(found, Finding{Severity: quality.Medium, At: p.Japanese.Position(span), Text: "the translation lacks this name in Latin letters"})
		}
	}
	return found
}

func foldedName(s string) string { return strings.ToLower(width.Fold.String(s)) }

// isCopied says whether a word in Latin letters is a name that a translation copies.
func isCopied(name string) bool {
	letters, capital := 0, false
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
		}
		capital = capital || unicode.IsUpper(r)
	}
	return letters >= 2 && capital && !isJapaneseAbbreviation(width.Fold.String(name))
}

// latinRuns returns the words in Latin letters of a text: a letter and the letters and digits after it. A letter after a digit begins
// a unit, as in 5GB, and no word.
func latinRuns(text string) []Span {
	var spans []Span
	start, last := -1, scriptOther
	end := func(at int) {
		if start >= 0 {
			spans = append(spans, Span{start, at})
		}
		start = -1
	}
	for i, r := range text {
		kind := scriptOf(r, scriptOther)
		switch {
		case kind == scriptLatin && start < 0 && last != scriptDigit:
			start = i
		case kind == scriptLatin && start < 0:
			kind = scriptDigit // the rest of the unit
		case kind != scriptLatin && kind != scriptDigit:
			end(i)
		}
		last = kind
	}
	end(len(text))
	return spans
}

// isJapaneseAbbreviation says whether letters are a word of Japanese that English says otherwise.
func isJapaneseAbbreviation(s string) bool {
	switch s {
	case "TV", "OK", "CM", "PC", "SNS", "OL", "OB", "OG", "NG", "PR", "DK", "LDK", "IC", "GW", "JR", "BGM", "PTA", "CD", "SF", "UFO", "IT", "AM", "PM", "ID", "AI", "VIP", "DVD", "UP", "QOL", "HP", "SP", "Tシャツ":
		return true
	}
	return false
}
