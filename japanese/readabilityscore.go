package japanese

import "math"

// wordCounts are the counts that JReadability is computed from.
type wordCounts struct{ tokens, kango, wago, verbs, particles int }

// sentenceCounts are the counts of one sentence.
type sentenceCounts struct {
	span Span
	wordCounts
}

// jreadabilityBase is the score of nothing: what all sentences take away from.
const jreadabilityBase = 11.724

// measureWords is MeasureReadability of words. Lee and Hasebe, Readability measurement of Japanese texts based on levelled corpora
// (2016), as computed by the Python package jreadability 1.1.5.
func measureWords(d *Document, config ReadabilityConfig) (Readability, error) {
	sentences := countTokens(d)
	if config.Boundary == StrictBoundary {
		sentences = countSentences(d)
	}
	var all wordCounts
	for _, s := range sentences {
		all.add(s.wordCounts, 1)
	}
	if all.tokens == 0 {
		return Readability{}, ErrEmpty
	}
	n := len(sentences)
	r := Readability{Formula: JReadability, Boundary: config.Boundary, Tokens: all.tokens, Shares: all.shares(n), least: config.Least}
	r.Score = r.Shares.score()
	for _, s := range sentences {
		one := SentenceReadability{Span: s.span, Tokens: s.tokens, Points: s.points(all.tokens, n)}
		if n > 1 {
			rest := all
			rest.add(s.wordCounts, -1)
			one.Effect = r.Score - rest.shares(n-1).score()
		}
		r.Sentences = append(r.Sentences, one)
	}
	r.Interval = jackknife(r.Score, r.Sentences)
	return r, nil
}

// countTokens counts by sentences that end with a token that is one of the four full-width marks.
func countTokens(d *Document) []sentenceCounts {
	var sentences []sentenceCounts
	var s sentenceCounts
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if s.tokens == 0 {
			s.span.Start = t.Span.Start
		}
		s.span.End = t.Span.End
		s.count(t)
		switch t.Surface {
		case "。", "？", "！", "．":
			sentences, s = append(sentences, s), sentenceCounts{}
		}
	}
	if s.tokens > 0 {
		sentences = append(sentences, s)
	}
	return sentences
}

// countSentences counts by the sentences of the document.
func countSentences(d *Document) []sentenceCounts {
	var sentences []sentenceCounts
	for _, sentence := range d.Sentences {
		s := sentenceCounts{span: sentence.Span}
		tokens := d.TokensOf(sentence)
		for i := range tokens {
			s.count(&tokens[i])
		}
		if s.tokens > 0 {
			sentences = append(sentences, s)
		}
	}
	return sentences
}

func (c *wordCounts) count(t *Token) {
	c.tokens++
	switch t.Origin {
	case "漢":
		c.kango++
	case "和":
		c.wago++
	}
	switch {
	case t.POS[0] == "動詞" && t.POS[1] != "非自立可能":
		c.verbs++
	case t.POS[0] == "助詞":
		c.particles++
	}
}

func (c *wordCounts) add(o wordCounts, times int) {
	c.tokens += times * o.tokens
	c.kango += times * o.kango
	c.wago += times * o.wago
	c.verbs += times * o.verbs
	c.particles += times * o.particles
}

func (c wordCounts) shares(sentences int) Shares {
	n := float64(c.tokens)
	return Shares{
		Words: n / float64(sentences),
		Kango: 100 * float64(c.kango) / n, Wago: 100 * float64(c.wago) / n,
		Verbs: 100 * float64(c.verbs) / n, Particles: 100 * float64(c.particles) / n,
	}
}

func (s Shares) score() float64 {
	return jreadabilityBase - .056*s.Words - .126*s.Kango - .042*s.Wago - .145*s.Verbs - .044*s.Particles
}

// points is the part that a sentence has in the score of a text: the formula is linear in the counts once the totals are fixed.
func (c wordCounts) points(tokens, sentences int) float64 {
	n := float64(tokens)
	return -.056*float64(c.tokens)/float64(sentences) - (12.6*float64(c.kango)+4.2*float64(c.wago)+14.5*float64(c.verbs)+4.4*float64(c.particles))/n
}

// jackknife returns the interval that holds the score with 95 % confidence, from the scores without each sentence.
func jackknife(score float64, sentences []SentenceReadability) *Interval {
	n := float64(len(sentences))
	if n < 2 {
		return nil
	}
	mean, squares := 0.0, 0.0
	for _, s := range sentences {
		mean += s.Effect / n
	}
	for _, s := range sentences {
		squares += (s.Effect - mean) * (s.Effect - mean)
	}
	half := student(len(sentences)-1) * math.Sqrt((n-1)/n*squares)
	return &Interval{Low: score - half, High: score + half}
}

// student returns the 97.5 % point of Student's t: a table, and beyond it the expansion of Abramowitz and Stegun (1964) 26.7.5.
func student(freedom int) float64 {
	table := [...]float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228}
	if freedom <= len(table) {
		return table[freedom-1]
	}
	n := float64(freedom)
	return 1.959964 + 2.372271/n + 2.822503/(n*n) + 2.555852/(n*n*n)
}
