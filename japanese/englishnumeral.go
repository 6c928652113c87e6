package japanese

// englishNumber is a number in words or digits.
type englishNumber struct {
	value   float64
	parts   []float64 // two numbers that stand side by side: six thirty, nineteen ninety-five
	ordinal bool
	words   bool // it was written in words
	plain   bool // it could be an hour: an integer without commas
	weak    bool
}

// cardinal reads a number: digits with "million" and the like, or words.
func (r *englishReader) cardinal() (englishNumber, bool) {
	t := r.token(0)
	if t.number {
		n := englishNumber{value: t.value, plain: !t.commas && !t.point}
		n.weak = r.at > 0 && t.joined && r.token(-1).word != ""
		r.at++
		r.suffix(&n)
		return n, true
	}
	if r.word(0, "a", "an", "one") && scaleOf(r.token(1).word) > 0 {
		if r.word(1, "hundred", "thousand", "million", "dozen", "billion", "trillion") {
			n := englishNumber{words: true}
			n.weak = !r.word(0, "one") && r.word(2, "times") // "a thousand times" says "often"
			r.at++
			r.scales(&n, 1)
			return n, true
		}
	}
	return r.words()
}

// suffix reads what follows digits: an ordinal's ending, a scale.
func (r *englishReader) suffix(n *englishNumber) {
	t := r.token(0)
	if t.joined {
		switch t.word {
		case "st", "nd", "rd", "th":
			n.ordinal = true
			r.at++
			return
		case "k":
			n.value *= 1e3
			r.at++
			return
		case "bn", "b":
			n.value *= 1e9
			r.at++
			return
		case "mn":
			n.value *= 1e6
			r.at++
			return
		case "tn":
			n.value *= 1e12
			r.at++
			return
		}
		n.weak = n.weak || t.word != "" && !isEnglishUnit(t.word)
	}
	r.scales(n, n.value)
}

func isEnglishUnit(word string) bool {
	switch word {
	case "km", "kg", "cm", "mm", "ml", "mg", "kw", "gb", "mb", "tb", "m", "g", "t", "l", "am", "pm", "a", "p", "s", "yen", "h", "min":
		return true
	}
	return false
}

// scales reads "hundred thousand", and what is added after it, onto a number that was read.
func (r *englishReader) scales(n *englishNumber, first float64) {
	total, section := 0.0, first
	scaled := false
	for {
		at := 0
		if t := r.token(0); t.mark == '-' && t.joined && r.token(1).joined {
			at = 1
		}
		scale := scaleOf(r.token(at).word)
		if scale == 0 {
			break
		}
		scaled, n.plain = true, false
		r.at += at + 1
		if scale <= 100 {
			section *= scale
		} else {
			total, section = total+section*scale, 0
		}
		if added, ok := r.below(scale); ok {
			section += added
		}
	}
	if scaled {
		n.value = total + section
	}
}

// below reads the number that is added after a scale: "and five" after "hundred", "five" of "five hundred" after "thousand".
func (r *englishReader) below(scale float64) (float64, bool) {
	from := r.at
	if r.word(0, "and") {
		r.at++
	}
	t := r.token(0)
	if t.number && r.at == from && t.value < scale && scale > 100 && scaleOf(r.token(1).word) > 0 { // 2 million 500 thousand
		r.at++
		return t.value, true
	}
	value, ok := r.tens()
	if ok && scale > 12 && value < scale {
		return value, true
	}
	r.at = from
	return 0, false
}

// tens reads one to ninety-nine.
func (r *englishReader) tens() (float64, bool) {
	value := unitOf(r.token(0).word)
	if value <= 0 {
		return 0, false
	}
	r.at++
	if value < 20 || value == 100 {
		return value, true
	}
	at := 0
	if t := r.token(0); t.mark == '-' && t.joined {
		at = 1
	}
	if unit := unitOf(r.token(at).word); unit > 0 && unit < 10 {
		r.at += at + 1
		return value + unit, true
	}
	return value, true
}

// words reads a number in words, with an ordinal at its end.
func (r *englishReader) words() (englishNumber, bool) {
	n := englishNumber{words: true, plain: true}
	if value := ordinalOf(r.token(0).word); value > 3 {
		r.at++
		return englishNumber{value: value, ordinal: true, words: true}, true
	}
	from := r.at
	value, ok := r.tens()
	if !ok {
		return englishNumber{}, false
	}
	if r.ordinalEnd(&value) {
		return englishNumber{value: value, ordinal: true, words: true}, true
	}
	if r.at == from+1 && value == 1 && scaleOf(r.token(0).word) == 0 && !r.oneCounts() {
		return englishNumber{value: 1, words: true, plain: true, weak: true}, true
	}
	n.value = value
	if r.word(0, "point") {
		r.decimals(&n)
		return n, true
	}
	if scaleOf(r.token(0).word) > 0 || r.token(0).mark == '-' && scaleOf(r.token(1).word) > 0 {
		r.scales(&n, value)
		return n, true
	}
	r.beside(&n)
	return n, true
}

// oneCounts says whether "one" before this place is a number, and no pronoun or article.
func (r *englishReader) oneCounts() bool {
	at := 0
	if r.token(0).mark == '-' {
		at = 1
	}
	return fractionOf(r.token(at).word) > 0 || r.word(0, "o'clock", "percent", "point") || r.dayHalf() != ""
}

// ordinalEnd reads "first" of "twenty-first".
func (r *englishReader) ordinalEnd(value *float64) bool {
	at := 0
	if t := r.token(0); t.mark == '-' && t.joined {
		at = 1
	}
	end := ordinalOf(r.token(at).word)
	if *value < 20 || end == 0 || end >= 10 {
		return false
	}
	*value += end
	r.at += at + 1
	return true
}

// decimals reads the digits after "point".
func (r *englishReader) decimals(n *englishNumber) {
	from, place := r.at, .1
	r.at++
	for unit := unitOf(r.token(0).word); unit > 0 && unit < 10 || r.word(0, "zero", "oh"); unit = unitOf(r.token(0).word) {
		n.value += max(unit, 0) * place
		place /= 10
		r.at++
	}
	if place == .1 {
		r.at = from
		return
	}
	n.plain = false
}

// beside reads a second number that stands beside the first: a year in words, or an hour and its minutes.
func (r *englishReader) beside(n *englishNumber) {
	from := r.at
	second, ok := r.tens()
	if !ok || n.value > 20 || second < 10 {
		r.at = from
		return
	}
	n.parts = []float64{n.value, second}
	n.value, n.plain = n.value*100+second, false
}

// unitOf returns the value of a word below a hundred, or 0.
func unitOf(word string) float64 {
	for i, w := range [...]string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
		"fifteen", "sixteen", "seventeen", "eighteen", "nineteen"} {
		if w == word {
			return float64(i + 1)
		}
	}
	for i, w := range [...]string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"} {
		if w == word {
			return float64(10 * (i + 2))
		}
	}
	return 0
}

func scaleOf(word string) float64 {
	switch word {
	case "dozen":
		return 12
	case "hundred":
		return 100
	case "thousand":
		return 1e3
	case "million":
		return 1e6
	case "billion":
		return 1e9
	case "trillion":
		return 1e12
	}
	return 0
}

// ordinalOf returns the value of "first" to "ninetieth", or 0.
func ordinalOf(word string) float64 {
	for i, w := range [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
		"fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"} {
		if w == word {
			return float64(i + 1)
		}
	}
	for i, w := range [...]string{"twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth", "hundredth"} {
		if w == word {
			return float64(10 * (i + 2))
		}
	}
	return 0
}
