package japanese

import "strings"

// englishReader reads the numbers of an English text.
type englishReader struct {
	tokens []englishToken
	at     int
}

// englishAmounts returns the numbers that an English text states, in order.
func englishAmounts(text string) []amount {
	r := englishReader{tokens: englishTokens(text)}
	var amounts []amount
	for r.at < len(r.tokens) {
		from := r.at
		a, ok := r.amount()
		if r.at == from {
			r.at++
		}
		if ok {
			amounts = append(amounts, a)
		}
	}
	return amounts
}

// token returns the token that is so many places ahead; the zero token beyond the text.
func (r *englishReader) token(ahead int) englishToken {
	if i := r.at + ahead; i >= 0 && i < len(r.tokens) {
		return r.tokens[i]
	}
	return englishToken{}
}

// word says whether the token so many places ahead is one of some words.
func (r *englishReader) word(ahead int, words ...string) bool {
	t := r.token(ahead)
	for _, w := range words {
		if t.word == w {
			return true
		}
	}
	return false
}

func (r *englishReader) span(from int) Span {
	return Span{r.tokens[from].span.Start, r.tokens[r.at-1].span.End}
}

// amount reads the number that begins here, if any, and moves behind it.
func (r *englishReader) amount() (amount, bool) {
	from := r.at
	if r.word(0, "ten") && r.word(1, "to") && r.word(2, "one") { // a bet
		r.at += 3
		return amount{}, false
	}
	if a, ok := r.halfPast(); ok {
		return a, true
	}
	if a, ok := r.month(); ok {
		return a, true
	}
	n, ok := r.cardinal()
	if !ok {
		return r.vagueWord()
	}
	if a, ok := r.clock(from, n); ok {
		return a, true
	}
	a := amount{ways: []float64{n.value}, parts: n.parts, weak: n.weak}
	if n.ordinal && n.words && from > 0 && (r.tokens[from-1].word == "a" || r.tokens[from-1].word == "an") {
		a.ways = append(a.ways, 1/n.value)
	}
	a = r.scaled(a, n)
	a.span = r.span(from)
	return a, true
}

// scaled reads what follows a number and changes it: "and a half", a share, a fraction, a decade.
func (r *englishReader) scaled(a amount, n englishNumber) amount {
	if r.word(0, "and") && r.word(1, "a", "one") && r.word(2, "half") {
		r.at += 3
		return amount{ways: []float64{n.value + .5}, parts: []float64{n.value, .5}}
	}
	if r.word(1, "and") && r.word(2, "a") && r.word(3, "half") { // two years and a half
		value := n.value + .5
		a = amount{ways: []float64{value, 12*n.value + 6, 60*n.value + 30}, parts: []float64{n.value, .5}}
		r.at += 4
		return a
	}
	if r.token(0).mark == '%' || r.word(0, "percent", "pct") {
		r.at++
		return amount{ways: []float64{n.value / 100}}
	}
	if r.word(0, "per") && r.word(1, "cent") {
		r.at += 2
		return amount{ways: []float64{n.value / 100}}
	}
	switch {
	case r.word(0, "decade", "decades"):
		a.ways = append(a.ways, 10*n.value)
	case r.word(0, "century", "centuries"):
		a.ways = append(a.ways, 100*n.value)
	}
	hyphen := 0
	if r.token(0).mark == '-' && r.token(0).joined {
		hyphen = 1
	}
	if parts := fractionOf(r.token(hyphen).word); parts > 0 && n.value < parts && !n.ordinal {
		r.at += hyphen + 1
		return amount{ways: []float64{n.value / parts}}
	}
	if m := r.token(1); r.token(0).mark == '/' && m.number && m.value != 0 && m.joined {
		r.at += 2
		return amount{ways: []float64{n.value / m.value}, parts: []float64{n.value, m.value}}
	}
	if t := r.token(0); t.joined && (t.word == "s") || t.mark == '\'' && r.word(1, "s") {
		if n.value >= 1000 {
			a.ways = append(a.ways, n.value-1900) // 1990s: 90年代
		}
		r.at++
	}
	return a
}

// fractionOf returns how many parts a word names: 3 of "thirds".
func fractionOf(word string) float64 {
	switch strings.TrimSuffix(word, "s") {
	case "half", "halve":
		return 2
	case "third":
		return 3
	case "quarter", "fourth":
		return 4
	case "fifth":
		return 5
	case "sixth":
		return 6
	case "seventh":
		return 7
	case "eighth":
		return 8
	case "ninth":
		return 9
	case "tenth":
		return 10
	case "hundredth":
		return 100
	case "thousandth":
		return 1000
	}
	return 0
}

// month reads the name of a month. "May" and "March" need a capital, or a number or "in" or the like beside them.
func (r *englishReader) month() (amount, bool) {
	t := r.token(0)
	value := monthOf(t.word)
	if value == 0 {
		return amount{}, false
	}
	before := r.token(-1)
	beside := t.proper && (before.number || before.word == "of") || ordinalOf(before.word) > 0 || r.word(-1, "in", "since", "until", "till", "early", "late", "mid") || r.token(1).number || ordinalOf(r.token(1).word) > 0
	a := amount{span: t.span, ways: []float64{value}, month: true}
	switch t.word {
	case "may", "march", "mar", "dec", "sep", "oct", "jan", "jun", "jul":
		if !beside {
			if !t.proper || r.at == 0 {
				return amount{}, false
			}
			a.weak = true
		}
	}
	r.at++
	return a, true
}

func monthOf(word string) float64 {
	for i, name := range [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if word == name || len(word) == 3 && i != 4 && word == name[:3] || word == "sept" && i == 8 {
			return float64(i + 1)
		}
	}
	return 0
}

// vagueWord reads words that name a number, and that Japanese may leave out: "both", "twice", "a dozen", "noon".
func (r *englishReader) vagueWord() (amount, bool) {
	t := r.token(0)
	a := amount{span: t.span, weak: true}
	switch t.word {
	case "half":
		a.ways = []float64{.5, 30, 6}
	case "quarter", "quarters":
		a.ways = []float64{.25, 15, 3, 4}
	case "third", "thirds":
		a.ways = []float64{1. / 3, 3}
	case "both", "twice", "double", "doubled", "doubles", "couple", "pair", "twins", "twin", "second", "either", "another", "bilingual", "upstairs":
		a.ways = []float64{2}
	case "triple", "tripled", "thrice", "triplets", "trio":
		a.ways = []float64{3}
	case "quadruple", "quadrupled":
		a.ways = []float64{4}
	case "first", "once", "one", "ones", "single", "only", "alone", "an", "each", "same":
		a.ways = []float64{1}
	case "a":
		a.ways = []float64{1}
	case "dozen", "dozens":
		a.ways = []float64{12}
	case "hundred", "hundreds":
		a.ways = []float64{100}
	case "thousand", "thousands":
		a.ways = []float64{1000, 1e4}
	case "million", "millions":
		a.ways = []float64{1e6}
	case "zero", "nil":
		a.ways = []float64{0}
	case "decade", "decades":
		a.ways = []float64{10}
	case "century", "centuries":
		a.ways = []float64{100}
	case "fortnight":
		a.ways = []float64{2, 14}
	case "week", "weekly":
		a.ways = []float64{7}
	case "noon", "midday":
		a.ways, a.times = []float64{12}, []int{720}
	case "midnight":
		a.ways, a.times = []float64{12, 0, 24}, []int{0}
	default:
		return amount{}, false
	}
	r.at++
	return a, true
}
