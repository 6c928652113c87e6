package unidic

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	kagome "github.com/ikawaha/kagome-dict/dict/trie"

	"github.com/shugo-data/shugo/japanese"
)

// Word is a word that a host adds to the dictionary: a name, a term, a neologism. One that inflects is added form by form.
type Word struct {
	Surface string    // as it is written, of 1 to 64 characters, without white space around it
	POS     [4]string // part of speech, one that UniDic has for words without conjugation; zero: 名詞, 固有名詞, 一般
	Reading string    // in katakana; empty: not known
	Lemma   string    // 語彙素; empty: Surface
	Origin  string    // 語種; empty: 固 of proper nouns, else not known
}

const (
	longestWord = 64   // characters
	advantage   = 1000 // by how much a host's word is cheaper than what the dictionary makes of its surface
)

// hostWords are the words that a host adds. Those of one surface are a group.
type hostWords struct {
	trie    trie
	groups  []group // first is an index into entries
	entries []entry
	words   []Word
}

// addWords gives an analyzer, before it is shared, the words of a host.
//
// A word costs as much as the median word of its part of speech, or so much less that it is cheaper than the cheapest path through the
// dictionary's words over its surface by itself. A word whose surface the dictionary has too costs the median: context decides.
func (a *Analyzer) addWords(words []Word) error {
	h, problems := &hostWords{words: slices.Clone(words)}, []error(nil)
	typical := a.typical(h.words)
	for i := range h.words {
		w := &h.words[i]
		if err := w.check(); err != nil {
			problems = append(problems, fmt.Errorf("unidic: Words[%d]: %w", i, err))
		} else if _, ok := typical[w.POS]; !ok {
			problems = append(problems, fmt.Errorf("unidic: Words[%d]: not a part of speech that UniDic has for words without conjugation", i))
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	slices.SortStableFunc(h.words, func(a, b Word) int { return cmp.Compare(a.Surface, b.Surface) })
	l := newLattice(a.tables, &hostWords{})
	var surfaces []string
	for i, w := range h.words {
		if i == 0 || w.Surface != h.words[i-1].Surface {
			surfaces = append(surfaces, w.Surface)
			h.groups = append(h.groups, group{first: uint32(i)})
		}
		g := &h.groups[len(h.groups)-1]
		if g.size == math.MaxUint16 {
			return fmt.Errorf("unidic: more than %d of Words share a surface", math.MaxUint16)
		}
		g.size++
		g.paths++
		h.entries = append(h.entries, a.price(l, w.Surface, typical[w.POS]))
	}
	return a.index(h, surfaces)
}

// index makes the trie of the host's surfaces.
func (a *Analyzer) index(h *hostWords, surfaces []string) error {
	numbers := make([]int, len(surfaces))
	for i := range numbers {
		numbers[i] = i
	}
	array, err := kagome.BuildWithIDs(surfaces, numbers)
	if err != nil {
		return fmt.Errorf("unidic: Words: %w", err)
	}
	for _, n := range array {
		h.trie = append(h.trie, trieNode{n.Base, n.Check})
	}
	a.words = h
	return nil
}

// check fills in what a word leaves empty, and reports what is wrong with it.
func (w *Word) check() error {
	n := utf8.RuneCountInString(w.Surface)
	switch {
	case n == 0 || n > longestWord:
		return fmt.Errorf("surface of %d characters, expected 1 to %d", n, longestWord)
	case !utf8.ValidString(w.Surface) || strings.ContainsRune(w.Surface, 0):
		return errors.New("surface with a zero byte or invalid UTF-8, expected characters")
	case space(w.Surface[0]) || space(w.Surface[len(w.Surface)-1]):
		return errors.New("surface with white space around it, expected none")
	}
	if written, ok := katakana(w.Reading); w.Reading != "" && (!ok || written != w.Reading) {
		return errors.New("reading with other characters, expected katakana")
	}
	w.Lemma = cmp.Or(w.Lemma, w.Surface)
	w.POS = w.partOfSpeech()
	if w.Origin == "" && w.POS[1] == "固有名詞" {
		w.Origin = "固"
	}
	return nil
}

// partOfSpeech returns the part of speech, or that of a word that names none.
func (w Word) partOfSpeech() [4]string {
	if w.POS == ([4]string{}) {
		return [4]string{"名詞", "固有名詞", "一般"}
	}
	return w.POS
}

// typical returns, for each part of speech of words, the contexts that most words of it have, at the median cost of those.
func (a *Analyzer) typical(words []Word) map[[4]string]entry {
	wanted := map[[4]string]bool{}
	for _, w := range words {
		wanted[w.partOfSpeech()] = true
	}
	costs := map[[4]string]map[entry][]int16{}
	for _, e := range a.tables.entries[:len(a.tables.words)] {
		g := &a.grammars[e.grammar]
		if g.conjugationType != "" || !wanted[g.pos] {
			continue
		}
		if costs[g.pos] == nil {
			costs[g.pos] = map[entry][]int16{}
		}
		context := entry{left: e.left, right: e.right}
		costs[g.pos][context] = append(costs[g.pos][context], e.cost)
	}
	typical := map[[4]string]entry{}
	for pos, contexts := range costs {
		most := 0
		for context, all := range contexts {
			if best := typical[pos]; len(all) < most || len(all) == most && context.left > best.left {
				continue
			}
			slices.Sort(all)
			context.cost, most = all[len(all)/2], len(all)
			typical[pos] = context
		}
	}
	return typical
}

// price returns the entry of a host's word of a surface.
func (a *Analyzer) price(l *lattice, surface string, e entry) entry {
	if _, known := a.tables.find(surface); known {
		return e
	}
	l.cut(surface, a.tables.edge.right, true)
	cost := l.cost - a.tables.connection(a.tables.edge, e) - a.tables.connection(e, a.tables.edge) - advantage
	e.cost = int16(max(min(cost, int32(e.cost)), math.MinInt16))
	return e
}

// add adds the host's words that start at a place to a lattice, and reports whether there are any.
func (h *hostWords) add(l *lattice, start int) bool {
	found, at := false, int32(0)
	for i := start; i < len(l.text); i++ {
		next, ok := h.trie.child(at, l.text[i])
		if !ok {
			break
		}
		at = next
		if n, ok := h.trie.number(at); ok {
			found = true
			for j := h.groups[n].first; j < h.groups[n].first+uint32(h.groups[n].paths); j++ {
				l.pushEntry(start, i+1, int32(len(l.tables.entries))+int32(j), h.entries[j])
			}
		}
	}
	return found
}

// token fills in what a token has of a host's word.
func (h *hostWords) token(number int, t japanese.Token) japanese.Token {
	w := &h.words[number]
	t.POS, t.Lemma, t.LemmaReading, t.Base, t.Origin, t.Known = w.POS, w.Lemma, w.Reading, w.Surface, w.Origin, true
	t.Reading, t.Pronunciation = w.Reading, w.Reading
	return t
}

// readings returns the readings of the host's words of a surface, each once.
func (h *hostWords) readings(surface string) []string {
	n, ok := h.trie.find(surface)
	if !ok {
		return nil
	}
	var readings []string
	for _, w := range h.words[h.groups[n].first : h.groups[n].first+uint32(h.groups[n].size)] {
		if w.Reading != "" && !slices.Contains(readings, w.Reading) {
			readings = append(readings, w.Reading)
		}
	}
	return readings
}
