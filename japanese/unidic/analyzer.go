package unidic

import (
	"context"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

// A text is cut in windows, so that memory does not grow with it. The words of the last bytes of a window are found again in the next
// one, which starts behind a word: what follows further away does not change how that word is cut. A text of one window is cut exactly
// as MeCab cuts it.
const (
	window    = 12 << 10
	lookahead = 1 << 10
)

// Analyzer cuts text into words of UniDic. It does not change, and is safe for concurrent use.
type Analyzer struct {
	tables   *tables
	words    *hostWords
	storage  Storage
	grammars []grammarStrings
	pool     sync.Pool // of *lattice
}

var _ japanese.Analyzer = (*Analyzer)(nil)

// grammarStrings is a grammar with its strings.
type grammarStrings struct {
	pos                                      [4]string
	conjugationType, conjugationForm, origin string
}

// newAnalyzer makes an analyzer of tables, without words of a host.
func newAnalyzer(t *tables) *Analyzer {
	a := &Analyzer{tables: t, words: &hostWords{}, grammars: make([]grammarStrings, len(t.grammar))}
	for i, g := range t.grammar {
		s := &a.grammars[i]
		for j, at := range g.pos {
			s.pos[j] = t.string(at)
		}
		s.conjugationType, s.conjugationForm, s.origin = t.string(g.conjugationType), t.string(g.conjugationForm), t.string(g.origin)
	}
	a.pool.New = func() any { return newLattice(a.tables, a.words) }
	return a
}

// Storage says where the tables of the analyzer are.
func (a *Analyzer) Storage() Storage { return a.storage }

// Analyze returns the words of a text in order. It takes any bytes, and time in proportion to them; it returns early, with the
// context's error, when the context ends, which it looks at every few thousand characters. Of a run of letters or digits the last 25
// are one word at most, and those before them a word each, as MeCab has it.
//
// A word that is not in the dictionary has a surface and a part of speech alone. The strings of the tokens are parts of the text and
// of the dictionary, not copies.
func (a *Analyzer) Analyze(ctx context.Context, text string) ([]japanese.Token, error) {
	l := a.pool.Get().(*lattice)
	defer a.release(l)
	right := a.tables.edge.right
	l.found = l.found[:0]
	for start := 0; start < len(text); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := boundary(text, start+window)
		words := l.cut(text[start:end], right, end == len(text))
		if end < len(text) {
			words = settled(words, end-start-lookahead)
		}
		if len(words) == 0 { // white space
			start = end
			continue
		}
		for _, w := range words {
			l.found = append(l.found, found{start + int(w.start), start + int(w.end), int(w.entry)})
		}
		last := words[len(words)-1]
		start, right = start+int(last.end), last.right
	}
	tokens := make([]japanese.Token, len(l.found))
	for i, w := range l.found {
		if i%window == window-1 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		tokens[i] = a.token(text, w)
	}
	return tokens, nil
}

// found is a word in a text, by its entry.
type found struct{ start, end, entry int }

// mostKept is the number of words for which a pooled lattice keeps room: more than a page has, far less than a book.
const mostKept = 1 << 14

// release puts a lattice back, without a text.
func (a *Analyzer) release(l *lattice) {
	if l.text = ""; cap(l.found) > mostKept {
		l.found = nil
	}
	a.pool.Put(l)
}

// boundary returns the start of a character at a place or a little before it, or the end of the text.
func boundary(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	for i := at; i > at-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return i
		}
	}
	return at
}

// settled returns the words that end before a place, and at least one.
func settled(words []node, before int) []node {
	n, _ := slices.BinarySearchFunc(words, int32(before), func(w node, place int32) int { return int(w.end - place) })
	return words[:max(n, min(1, len(words)))]
}

// token makes a token of a word of a text.
func (a *Analyzer) token(text string, n found) japanese.Token {
	t := japanese.Token{Span: japanese.Span{Start: n.start, End: n.end}, Surface: text[n.start:n.end]}
	if host := n.entry - len(a.tables.entries); host >= 0 {
		return a.words.token(host, t)
	}
	a.describe(a.tables.entries[n.entry].grammar, &t)
	if n.entry < len(a.tables.words) {
		w := &a.tables.words[n.entry]
		t.Known = true
		t.Lemma, t.LemmaReading = a.tables.string(w.lemma), a.tables.string(w.lemmaReading)
		t.Base, t.Reading, t.Pronunciation = a.tables.string(w.base), a.tables.string(w.reading), a.tables.string(w.pronunciation)
	}
	return t
}

// describe fills in what a token has of its grammar.
func (a *Analyzer) describe(number uint16, t *japanese.Token) {
	g := &a.grammars[number]
	t.POS, t.ConjugationType, t.ConjugationForm, t.Origin = g.pos, g.conjugationType, g.conjugationForm, g.origin
}

// Readings returns the readings in katakana that the dictionary and the host's words have for a written form, each once.
func (a *Analyzer) Readings(surface string) []string {
	readings := a.words.readings(surface)
	g, ok := a.tables.find(surface)
	if !ok {
		return readings
	}
	for _, w := range a.tables.words[g.first : g.first+uint32(g.size)] {
		if r := a.tables.string(w.reading); r != "" && !slices.Contains(readings, r) {
			readings = append(readings, r)
		}
	}
	return readings
}
