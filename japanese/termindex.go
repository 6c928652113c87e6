package japanese

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/quality"
)

// termIndex finds terms by how they are written, by their readings in hiragana, and by lemma. Most words of a text begin no term, which the
// first two characters say.
type termIndex struct {
	written, read, lemma map[string][]*Term
	first                map[rune]bool    // characters that terms begin with, in hiragana
	pair                 map[[2]rune]bool // two characters that terms begin with; a term of one has 0 for the second
}

func newTermIndex(terms []Term) *termIndex {
	x := &termIndex{written: map[string][]*Term{}, read: map[string][]*Term{}, lemma: map[string][]*Term{}, first: map[rune]bool{}, pair: map[[2]rune]bool{}}
	for i := range terms {
		t := &terms[i]
		for _, s := range append([]string{t.Text}, t.Variants...) {
			x.written[s] = append(x.written[s], t)
			x.lemma[s] = append(x.lemma[s], t)
			x.begin(s)
		}
		if t.Reading != "" {
			x.begin(t.Reading)
			x.read[hiraganaOf(t.Reading)] = append(x.read[hiraganaOf(t.Reading)], t)
		}
	}
	return x
}

// begin remembers what a spelling begins with.
func (x *termIndex) begin(spelling string) {
	pair := firstTwo(spelling)
	x.first[pair[0]], x.pair[pair] = true, true
}

// mayBegin says whether a term may begin at a word. The second character of an inflected word may be another one in the dictionary form.
func (x *termIndex) mayBegin(text string, t Token) bool {
	pair := firstTwo(text[t.Span.Start:])
	return x.first[pair[0]] && (x.pair[pair] || x.pair[[2]rune{pair[0]}] || t.Base != "" && t.Base != t.Surface)
}

// firstTwo returns the first two characters of a text, in hiragana where they are kana.
func firstTwo(text string) (pair [2]rune) {
	for i := range pair {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 {
			break
		}
		if r >= 'ァ' && r <= 'ヶ' {
			r += 'ぁ' - 'ァ'
		}
		pair[i], text = r, text[size:]
	}
	return pair
}

// find returns the terms in a sentence, the longest at each place.
func (x *termIndex) find(d *Document, s Sentence) []Finding {
	var found []Finding
	tokens := d.TokensOf(s)
	spoken, asked := false, false
	quotes := quotationDepth{text: d.Text, at: s.Span.Start, depth: s.Quoted}
	for i := 0; i < len(tokens); i++ {
		term, count := x.at(d.Text, tokens, i)
		if term == nil {
			continue
		}
		span := wordSpan(tokens, i, i+count-1)
		if !asked {
			spoken, asked = aboutWords(d.In(s.Span)), true
		}
		if !spoken && !term.allows(d.Text, span) && !quotedAlone(d.Text, span) {
			found = append(found, x.finding(d, tokens[i:i+count], term, quotes.inside(span.Start)))
		}
		i += count - 1
	}
	return found
}

// at returns the longest term that begins at a word, and how many words it has.
func (x *termIndex) at(text string, tokens []Token, i int) (*Term, int) {
	var best *Term
	words := 0
	for n := 1; x.mayBegin(text, tokens[i]) && n <= mostTermWords && i+n <= len(tokens); n++ {
		last := tokens[i+n-1]
		spellings := []string{text[tokens[i].Span.Start:last.Span.End]}
		if last.Base != "" && last.Base != last.Surface {
			spellings = append(spellings, text[tokens[i].Span.Start:last.Span.Start]+last.Base)
		}
		for _, spelling := range spellings {
			if t := x.spelt(spelling, tokens[i:i+n]); t != nil {
				best, words = t, n
			}
		}
	}
	if words > 0 || tokens[i].Lemma == tokens[i].Base || !x.first[firstTwo(tokens[i].Lemma)[0]] {
		return best, words
	}
	lemma, _, _ := strings.Cut(tokens[i].Lemma, "-")
	for _, t := range x.lemma[lemma] {
		if t.Reading == "" || tokens[i].LemmaReading == t.Reading {
			return t, 1
		}
	}
	return nil, 0
}

// spelt returns the term that words are which are spelt so, or nil.
func (x *termIndex) spelt(spelling string, tokens []Token) *Term {
	for _, t := range x.written[spelling] {
		if t.written(tokens) {
			return t
		}
	}
	for _, t := range x.read[hiraganaOf(spelling)] {
		if t.read(tokens) {
			return t
		}
	}
	return nil
}

// written says whether words that are written like a term are the term: one word in kanji may be read in another way.
func (t *Term) written(tokens []Token) bool {
	first := tokens[0]
	if len(tokens) > 1 || !first.Known || t.Reading == "" || !strings.ContainsFunc(first.Surface, kanjiRune) {
		return true
	}
	return first.LemmaReading == t.Reading || first.Reading == t.Reading || slices.Contains(t.Variants, first.Lemma)
}

// read says whether words in kana that sound like a term are the term. When the dictionary does not know it, it has cut it into pieces; but a
// particle at an end is a word of its own.
func (t *Term) read(tokens []Token) bool {
	first, last := tokens[0], tokens[len(tokens)-1]
	if len(tokens) > 1 || !first.Known {
		return !isBoundWord(first) && !isBoundWord(last)
	}
	return first.Lemma == t.Text || slices.Contains(t.Variants, first.Lemma)
}

// isBoundWord says whether a word is a particle or an auxiliary.
func isBoundWord(t Token) bool { return t.POS[0] == "助詞" || t.POS[0] == "助動詞" }

// allows says whether a place in a text is part of a longer expression that is allowed.
func (t *Term) allows(text string, s Span) bool {
	for _, a := range t.Allowed {
		from, to := max(0, s.Start-len(a)), min(len(text), s.End+len(a))
		for i := from; i+len(a) <= to; i++ {
			if text[i:i+len(a)] == a && i <= s.Start && i+len(a) >= s.End {
				return true
			}
		}
	}
	return false
}

// aboutWords says whether a sentence speaks about words, as teaching, dictionaries and history do.
func aboutWords(sentence string) bool {
	return slices.ContainsFunc([]string{"差別語", "差別用語", "差別表現", "差別的な", "蔑称", "不快語", "不快用語", "放送禁止用語", "旧称", "という語", "という言葉", "ということば",
		"という表現", "という用語", "という呼称", "という呼び方", "と呼ばれ", "と呼ん", "言い換え", "語源", "改称", "改められ", "名称変更", "死語"},
		func(s string) bool { return strings.Contains(sentence, s) })
}

// quotedAlone says whether a place in a text is all of a quotation.
func quotedAlone(text string, s Span) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:s.Start])
	after, _ := utf8.DecodeRuneInString(text[s.End:])
	return strings.ContainsRune("「『“\"‘'《〈", before) && strings.ContainsRune("」』”\"’'》〉", after)
}

// quotationDepth counts 「」 and 『』 up to places that ascend.
type quotationDepth struct {
	text      string
	at, depth int
}

// inside says whether a place is within a quotation.
func (q *quotationDepth) inside(at int) bool {
	for _, r := range q.text[q.at:at] {
		switch r {
		case '「', '『':
			q.depth++
		case '」', '』':
			q.depth = max(q.depth-1, 0)
		}
	}
	q.at = at
	return q.depth > 0
}

// finding returns the finding of a term.
func (x *termIndex) finding(d *Document, tokens []Token, t *Term, quoted bool) Finding {
	span, last := wordSpan(tokens, 0, len(tokens)-1), tokens[len(tokens)-1]
	f := Finding{At: d.Position(span), Severity: t.Severity, Text: "a term that is unsuitable of people (" + string(t.Category) + ")"}
	if f.Severity == "" {
		f.Severity = quality.Medium
	}
	if quoted {
		f.Severity, f.Text = quality.Low, f.Text+", in a quotation"
	}
	if t.Source != "" {
		f.Evidence = append(f.Evidence, Evidence{Kind: "token", At: span, Note: "advised against by " + t.Source})
	}
	if len(t.Instead) > 0 {
		f.Text += fmt.Sprintf("; better: %s", strings.Join(t.Instead, ", "))
		if last.Base == "" || last.Base == last.Surface {
			f.Fix = &Fix{At: span, With: t.Instead[0], Changes: true}
		}
	}
	return f
}
