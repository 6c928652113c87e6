package japanese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The orders of chrF: the longest n-grams of characters and, in chrF++, of words.
const (
	chrfCharacters = 6
	chrfWords      = 2
)

// ChrF returns chrF2 of a hypothesis against a reference, 0 to 100: the F-score, recall weighed twice, of n-grams of one to six
// characters without white space. Popović, chrF: character n-gram F-score for automatic MT evaluation (WMT 2015). It equals
// sacrebleu 2 with its defaults, and takes texts of any language.
func ChrF(hypothesis, reference string) float64 {
	var f chrfMean
	f.characters(hypothesis, reference)
	return f.score()
}

// ChrFPlusPlus returns chrF++: chrF with n-grams of one and two words too. Popović, chrF++: words helping character n-grams (WMT
// 2017). Words are told apart by white space and punctuation of ASCII, so it is for English, not for Japanese.
func ChrFPlusPlus(hypothesis, reference string) float64 {
	var f chrfMean
	f.characters(hypothesis, reference)
	f.words(hypothesis, reference)
	return f.score()
}

// chrfMean averages precision and recall over the orders that both texts have.
type chrfMean struct {
	precision, recall float64
	orders            int
}

func (f *chrfMean) add(hypothesis, reference, matches int) {
	if hypothesis > 0 && reference > 0 {
		f.precision += float64(matches) / float64(hypothesis)
		f.recall += float64(matches) / float64(reference)
		f.orders++
	}
}

func (f *chrfMean) score() float64 {
	if f.precision+f.recall == 0 {
		return 0
	}
	const beta = 2
	p, r := f.precision/float64(f.orders), f.recall/float64(f.orders)
	return 100 * (1 + beta*beta) * p * r / (beta*beta*p + r)
}

func (f *chrfMean) characters(hypothesis, reference string) {
	h, r := strings.Join(fieldsAsPython(hypothesis), ""), strings.Join(fieldsAsPython(reference), "")
	hs, rs := runeStarts(h), runeStarts(r)
	counts := make(map[string]int, len(rs))
	for n := 1; n <= chrfCharacters; n++ {
		clear(counts)
		for i := 0; i+n < len(rs); i++ {
			counts[r[rs[i]:rs[i+n]]]++
		}
		matches := 0
		for i := 0; i+n < len(hs); i++ {
			if gram := h[hs[i]:hs[i+n]]; counts[gram] > 0 {
				counts[gram]--
				matches++
			}
		}
		f.add(len(hs)-n, len(rs)-n, matches)
	}
}

func (f *chrfMean) words(hypothesis, reference string) {
	h, r := chrfWordsOf(hypothesis), chrfWordsOf(reference)
	for n := 1; n <= chrfWords; n++ {
		counts := make(map[[chrfWords]string]int, len(r))
		gram := func(words []string, i int) (g [chrfWords]string) {
			copy(g[:], words[i:i+n])
			return g
		}
		for i := 0; i+n <= len(r); i++ {
			counts[gram(r, i)]++
		}
		matches := 0
		for i := 0; i+n <= len(h); i++ {
			if g := gram(h, i); counts[g] > 0 {
				counts[g]--
				matches++
			}
		}
		f.add(len(h)-n+1, len(r)-n+1, matches)
	}
}

// runeStarts returns where the characters of a text start, and its end.
func runeStarts(s string) []int {
	starts := make([]int, 0, utf8.RuneCountInString(s)+1)
	for i := range s {
		starts = append(starts, i)
	}
	return append(starts, len(s))
}

// chrfWordsOf cuts a text into words: one mark of punctuation is cut off from a word's end or, if there is none, from its beginning.
func chrfWordsOf(s string) []string {
	var words []string
	for _, w := range fieldsAsPython(s) {
		switch {
		case utf8.RuneCountInString(w) == 1:
			words = append(words, w)
		case isASCIIPunctuation(w[len(w)-1]):
			words = append(words, w[:len(w)-1], w[len(w)-1:])
		case isASCIIPunctuation(w[0]):
			words = append(words, w[:1], w[1:])
		default:
			words = append(words, w)
		}
	}
	return words
}

// fieldsAsPython is str.split of Python, which takes the four separators of ASCII for white space too.
func fieldsAsPython(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1C && r <= 0x1F })
}

func isASCIIPunctuation(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
