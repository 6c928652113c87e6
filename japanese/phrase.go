package japanese

import (
	"slices"
	"strings"
)

// phrase is words in a row, and what is better.
type phrase struct {
	words  string // between spaces; "a|b" is either; "a?" may be missing. A word is its lemma, its base or its surface
	better string // in words
	swap   string // "得>射": the text of which the first becomes the second; empty: a human decides
}

// phraseWord is one word of a phrase.
type phraseWord struct {
	forms   []string
	missing bool // it may be missing
}

// phraseBook finds phrases by the word that they begin with.
type phraseBook map[string][]bookedPhrase

type bookedPhrase struct {
	phrase
	words []phraseWord
}

func newPhraseBook(phrases []phrase) phraseBook {
	book := phraseBook{}
	for _, p := range phrases {
		booked := bookedPhrase{phrase: p}
		for _, word := range strings.Fields(p.words) {
			form, missing := strings.CutSuffix(word, "?")
			booked.words = append(booked.words, phraseWord{strings.Split(form, "|"), missing})
		}
		for _, form := range booked.words[0].forms {
			book[form] = append(book[form], booked)
		}
	}
	return book
}

// phraseMatch is a phrase in a text.
type phraseMatch struct {
	phrase
	words []Token
}

// in returns the phrases in a document, at most one that begins at each word.
func (book phraseBook) in(d *Document) []phraseMatch {
	var found []phraseMatch
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if m, ok := book.at(d.Tokens, i, t.Lemma); ok {
			found = append(found, m)
		} else if m, ok := book.at(d.Tokens, i, t.Base); ok && t.Base != t.Lemma {
			found = append(found, m)
		} else if m, ok := book.at(d.Tokens, i, t.Surface); ok && t.Surface != t.Base {
			found = append(found, m)
		}
	}
	return found
}

func (book phraseBook) at(words []Token, i int, form string) (phraseMatch, bool) {
	for _, p := range book[form] {
		if end := p.match(words, i); end > i {
			return phraseMatch{p.phrase, words[i:end]}, true
		}
	}
	return phraseMatch{}, false
}

// match returns the place after the phrase that begins at i, or 0. A comma between two words does not part them.
func (p bookedPhrase) match(words []Token, i int) int {
	for n, word := range p.words {
		if n > 0 && i < len(words) && words[i].isComma() && !slices.Contains(word.forms, words[i].Surface) {
			i++
		}
		switch {
		case i < len(words) && word.is(words[i]):
			i++
		case !word.missing:
			return 0
		}
	}
	return i
}

func (w phraseWord) is(t Token) bool {
	return slices.Contains(w.forms, t.Surface) || t.Lemma != "" && slices.Contains(w.forms, t.Lemma) || t.Base != "" && slices.Contains(w.forms, t.Base)
}

// phraseCheck makes the check of a rule that finds phrases.
func phraseCheck(book phraseBook, confidence float64, text string) func(*Document) []Finding {
	return func(d *Document) []Finding {
		var found []Finding
		for _, m := range book.in(d) {
			f := remark(d, spanOf(m.words), confidence, text+": "+m.better, wordEvidence(m.words[0], "the phrase begins here"))
			found = append(found, m.mended(d, f))
		}
		return found
	}
}

// mended adds the fix of a phrase, where it has one.
func (m phraseMatch) mended(d *Document, f Finding) Finding {
	from, to, ok := strings.Cut(m.swap, ">")
	span := spanOf(m.words)
	at := strings.Index(d.In(span), from)
	if !ok || at < 0 {
		return f
	}
	return f.mending(Span{span.Start + at, span.Start + at + len(from)}, to, true)
}
