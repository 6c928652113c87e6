package japanese

import (
	"slices"
	"strings"

	"github.com/shugo-data/shugo/quality"
)

// MixtureConfig says which register each part of a text should be in; empty: the one that most of its sentences are in, です・ます of equals.
type MixtureConfig struct {
	Body     Register // empty: Document.Register
	Headings Register // of Markdown
	Lists    Register // items of lists in Markdown
	Captions Register // of pictures in Markdown
}

// MixedRegister finds sentences in です・ます among those in だ・である, and the other way round. It looks at the predicate that ends a
// sentence: what stands in a subordinate clause is no mixture. Headings, lists, captions, each speaker of a dialogue and each
// quotation are kept apart; a quotation in Markdown and a host that says [Casual] are let be. A line that ends without a mark within a
// paragraph ends no sentence.
func MixedRegister(config MixtureConfig) Rule {
	return Rule{
		ID: "mixed_register", Title: "敬体と常体の混在", Dimension: quality.Consistency, Severity: quality.Medium, Needs: Words,
		Wrong:  "今日は晴れです。明日も晴れです。明後日は雨である。",
		Right:  "今日は晴れです。父は「明日は雨だ」と言いました。雨が降るので行きません。",
		Source: "文化審議会 公用文作成の考え方 (2022); textlint-rule-no-mix-dearu-desumasu", Check: config.check,
	}
}

// predicate is what ends a sentence.
type predicate struct {
	register Register
	words    []Token
	fix      string // polite or plain in the other register; empty: not known
	at       Span   // that the fix replaces
}

// partOfText is what has one register: its kind, its speaker, its quotation.
type partOfText struct {
	kind      string
	speaker   string
	quotation int
}

func (c MixtureConfig) check(d *Document) []Finding {
	if d.Register == Casual && c.Body == "" {
		return nil
	}
	parts := map[partOfText][]predicate{}
	var order []partOfText
	for _, e := range predicates(d) {
		if _, seen := parts[e.part]; !seen {
			order = append(order, e.part)
		}
		parts[e.part] = append(parts[e.part], e.predicate)
	}
	var found []Finding
	for _, part := range order {
		found = append(found, c.mixture(d, part, parts[part])...)
	}
	return found
}

// mixture returns the predicates of a part that are not in its register.
func (c MixtureConfig) mixture(d *Document, part partOfText, all []predicate) []Finding {
	right := c.wanted(d, part)
	text := "another register than the host says"
	if right == "" {
		count := map[Register]int{}
		for _, p := range all {
			count[p.register]++
		}
		right, text = Polite, "another register than most sentences of this part"
		if count[Plain] > count[Polite] {
			right = Plain
		}
	}
	var found []Finding
	for _, p := range all {
		if p.register == right {
			continue
		}
		f := remark(d, spanOf(p.words), .97, text, wordEvidence(p.words[len(p.words)-1], "the predicate ends in "+string(p.register)))
		if p.fix != "" {
			f = f.mending(p.at, p.fix, false)
		}
		found = append(found, f)
	}
	return found
}

// wanted returns the register that the host wants of a part, or nothing.
func (c MixtureConfig) wanted(d *Document, part partOfText) Register {
	switch part.kind {
	case "heading":
		return c.Headings
	case "list":
		return c.Lists
	case "caption":
		return c.Captions
	}
	if c.Body != "" || part.quotation > 0 || part.speaker != "" {
		return c.Body
	}
	return d.Register
}

type placedPredicate struct {
	part partOfText
	predicate
}

// predicates returns the predicates that end sentences, in order.
func predicates(d *Document) []placedPredicate {
	var found []placedPredicate
	blocks := textBlocks(d.Text)
	markup := slices.DeleteFunc(inlineMarkup(d.Text), func(m markupSpan) bool { return m.kind == emphasisMarkup })
	quotes := quotationsOf(d)
	next := 0
	for _, s := range d.Sentences {
		block, ok := blockAt(blocks, s.Span.Start)
		if !ok || block.kind == quoteBlock {
			continue
		}
		for next < len(markup) && markup[next].End <= s.Span.Start {
			next++
		}
		words, captions := seenWords(d.TokensOf(s), markup[next:])
		for _, caption := range captions {
			if p, ok := predicateOf(caption); ok {
				found = append(found, placedPredicate{partOfText{kind: "caption"}, p})
			}
		}
		if block.kind == bodyBlock && !endsHere(d, s, block) {
			continue
		}
		if p, ok := predicateOf(words); ok {
			part := partOfText{kind: [...]string{"body", "heading", "list"}[block.kind], speaker: block.speaker}
			part.quotation = quotes.at(p.words[0].Span.Start)
			found = append(found, placedPredicate{part, p})
		}
	}
	return found
}

// endsHere says whether a sentence ends where its line does: by a mark, or with its paragraph.
func endsHere(d *Document, s Sentence, block textBlock) bool {
	text := strings.TrimRight(d.In(s.Span), "」』）)】\"” 　")
	for _, mark := range []string{"。", "．", "？", "！", "｡", "?", "!", ".", "…", "♪"} {
		if strings.HasSuffix(text, mark) {
			return true
		}
	}
	return strings.TrimSpace(d.Text[s.Span.End:max(s.Span.End, block.End)]) == ""
}

// seenWords parts the words of a sentence: those outside of code, links and pictures, and the captions of pictures.
func seenWords(words []Token, markup []markupSpan) (seen []Token, captions [][]Token) {
	if len(words) == 0 || len(markup) == 0 || markup[0].Start >= words[len(words)-1].Span.End {
		return words, nil
	}
	for i := 0; i < len(words); {
		for len(markup) > 0 && markup[0].End <= words[i].Span.Start {
			markup = markup[1:]
		}
		if len(markup) == 0 || words[i].Span.End <= markup[0].Start {
			seen = append(seen, words[i])
			i++
			continue
		}
		var caption []Token
		for m := markup[0]; i < len(words) && words[i].Span.Start < m.End; i++ {
			if m.kind == imageMarkup && words[i].Span.Start >= m.text.Start && words[i].Span.End <= m.text.End {
				caption = append(caption, words[i])
			}
		}
		if len(caption) > 0 {
			captions = append(captions, caption)
		}
	}
	return seen, captions
}

// quotations are the quotations of a text in order: where they begin and end.
type quotations []Span

func quotationsOf(d *Document) quotations {
	var found quotations
	depth := 0
	for g := range glyphs(d.Text) {
		switch g.is {
		case '「', '『':
			if depth == 0 {
				found = append(found, Span{g.Start, len(d.Text)})
			}
			depth++
		case '」', '』':
			if depth == 1 {
				found[len(found)-1].End = g.End
			}
			depth = max(depth-1, 0)
		}
	}
	return found
}

// at returns the number of the quotation, from 1, in which a place lies; 0 when in none.
func (q quotations) at(place int) int {
	low, high := 0, len(q)
	for low < high {
		if middle := (low + high) / 2; q[middle].End <= place {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(q) && q[low].Start <= place {
		return low + 1
	}
	return 0
}

// predicateOf returns the predicate that ends a sentence; false when it ends in something else: a noun, a particle, an order.
func predicateOf(words []Token) (predicate, bool) {
	words = trimmedEnd(words)
	for len(words) > 0 && words[len(words)-1].POS[1] == "終助詞" {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return predicate{}, false
	}
	last := len(words) - 1
	if p, ok := politeEnd(words); ok {
		return p, true
	}
	end := words[last]
	if !strings.HasPrefix(end.ConjugationForm, "終止形") && end.ConjugationForm != "意志推量形" && end.ConjugationForm != "連体形-一般" {
		return predicate{}, false
	}
	switch {
	case end.Lemma == "有る" && last > 0 && words[last-1].ConjugationType == "助動詞-ダ" && words[last-1].Surface == "で":
		p := predicate{register: Plain, words: words[last-1:]}
		if end.Surface == "ある" {
			p.fix, p.at = "です", spanOf(p.words)
		}
		return p, true
	case end.ConjugationType == "助動詞-ダ":
		p := predicate{register: Plain, words: words[last:]}
		if end.Surface == "だ" {
			p.fix, p.at = "です", end.Span
		}
		return p, true
	case end.POS[0] == "動詞", end.POS[0] == "形容詞", end.POS[0] == "助動詞":
		return predicate{register: Plain, words: words[last:]}, true
	}
	return predicate{}, false
}

// politeEnd returns the predicate when です or ます is among the auxiliaries that end a sentence.
func politeEnd(words []Token) (predicate, bool) {
	last := len(words) - 1
	first := -1
	for i := last; i >= 0 && (words[i].POS[0] == "助動詞" || i == last); i-- {
		if words[i].ConjugationType == "助動詞-デス" || words[i].ConjugationType == "助動詞-マス" {
			first = i
		}
	}
	if first < 0 {
		return predicate{}, false
	}
	p := predicate{register: Polite, words: words[first:]}
	if words[first].Surface == "です" && first == last && isCopulaHost(words, first) {
		p.fix, p.at = "である", words[first].Span
	}
	return p, true
}

// isCopulaHost says whether the word before a copula is a noun, so that である can take its place.
func isCopulaHost(words []Token, i int) bool {
	return i > 0 && (words[i-1].POS[0] == "名詞" || words[i-1].POS[0] == "代名詞" || words[i-1].POS[0] == "形状詞")
}
