package japanese

import "unicode/utf8"

// TateisiScores are the two scores of Tateisi, Ono and Yamada, A Computer Readability Formula of Japanese Texts for Machine Scoring
// (COLING 1988). Both were scaled to mean 50 and standard deviation 10; higher is easier. They need no dictionary.
//
// They equal the Python package tateishi-readability 0.1.0, which departs from the paper: it takes shares of runs as fractions where
// the paper has percentages, and the mean length of a run where the paper has that of a sentence.
type TateisiScores struct {
	RS      float64 `json:"rs"`       // with the shares of the kinds of runs
	RSPrime float64 `json:"rs_prime"` // RS': without them

	runs scriptRuns
}

// Tateisi returns both scores of a text. It returns ErrEmpty when the text has no letter, kana, kanji or digit.
func Tateisi(text string) (TateisiScores, error) {
	r := runsOf(text)
	n := r.total()
	if n == 0 {
		return TateisiScores{}, ErrEmpty
	}
	share := func(scripts ...script) float64 {
		sum := 0
		for _, s := range scripts {
			sum += r.runs[s]
		}
		return float64(sum) / float64(n)
	}
	s := TateisiScores{runs: r}
	mean := r.meanOf(scriptHiragana, scriptKatakana, scriptKanji, scriptLatin, scriptDigit)
	latin, hiragana, kanji, katakana := r.meanOf(scriptLatin, scriptDigit), r.meanOf(scriptHiragana), r.meanOf(scriptKanji), r.meanOf(scriptKatakana)
	s.RS = .05*share(scriptLatin, scriptDigit) + .25*share(scriptHiragana) - .19*share(scriptKanji) - .61*share(scriptKatakana) -
		1.34*mean - 1.35*latin + 7.52*hiragana - 22.1*kanji - 5.3*katakana - 3.87*r.commas() + 109.1
	s.RSPrime = r.prime(mean)
	return s, nil
}

// paper returns RS' as the paper has it: letters per sentence.
func (s TateisiScores) paper(sentences int) float64 {
	letters := 0
	for _, n := range s.runs.letters {
		letters += n
	}
	return s.runs.prime(float64(letters) / float64(max(sentences, 1)))
}

// script is a kind of character.
type script int

const (
	scriptHiragana script = iota
	scriptKatakana
	scriptKanji
	scriptLatin
	scriptDigit
	scriptOther
)

// scriptRuns counts runs of one kind, and marks.
type scriptRuns struct {
	runs, letters  [scriptOther]int
	points, tooten int // runs of other characters that hold a full stop; a comma
}

func (r scriptRuns) total() int {
	n := 0
	for _, k := range r.runs {
		n += k
	}
	return n
}

func (r scriptRuns) meanOf(scripts ...script) float64 {
	runs, letters := 0, 0
	for _, s := range scripts {
		runs, letters = runs+r.runs[s], letters+r.letters[s]
	}
	return float64(letters) / float64(max(runs, 1))
}

// commas is the number of commas per full stop.
func (r scriptRuns) commas() float64 { return float64(r.tooten) / float64(max(r.points, 1)) }

func (r scriptRuns) prime(length float64) float64 {
	return -.12*length - 1.37*r.meanOf(scriptLatin, scriptDigit) + 7.4*r.meanOf(scriptHiragana) - 23.18*r.meanOf(scriptKanji) -
		5.4*r.meanOf(scriptKatakana) - 4.67*r.commas() + 115.79
}

// runsOf cuts a text into runs. A point or ampersand between two letters, or two digits, joins them; before kana or kanji it belongs
// to the run before it.
func runsOf(text string) scriptRuns {
	var r scriptRuns
	last, start, point, comma := scriptOther, 0, false, false
	marks := func() {
		if point {
			r.points++
		}
		if comma {
			r.tooten++
		}
		point, comma = false, false
	}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		kind := scriptOf(c, last)
		switch {
		case kind == scriptOther && (last == scriptLatin || last == scriptDigit) && (c == '.' || c == '&' || c == '．' || c == '＆'):
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			switch k := scriptOf(next, last); {
			case i+size == len(text):
				point = c == '.' || c == '．'
				marks()
			case k == scriptOther && c == '.' && abbreviated(text[start:i]), k <= scriptKanji:
				r.letters[last]++
				last = scriptOther
			case k == last:
				r.letters[last]++
			case k == scriptOther:
				point, last = c == '.' || c == '．', scriptOther
			default:
				point = c == '.' || c == '．'
				marks()
				last = scriptOther
			}
		case kind == scriptOther:
			point, comma = point || isPoint(c), comma || c == ',' || c == '，' || c == '、'
			last = scriptOther
		default:
			if kind != last {
				marks()
				r.runs[kind]++
				start = i
			}
			r.letters[kind]++
			last = kind
		}
		i += size
	}
	marks()
	return r
}

func abbreviated(run string) bool { return run == "e.g" || run == "u.s" || run == "u.s.a" }

func isPoint(c rune) bool {
	switch c {
	case '.', '．', '…', '。', '!', '?', '！', '？':
		return true
	}
	return false
}

// scriptOf returns the kind of a character. The long mark and the wave dash are of the kana before them.
func scriptOf(c rune, last script) script {
	switch {
	case c == 'ー' || c == '～':
		if last == scriptKatakana {
			return scriptKatakana
		}
		return scriptHiragana
	case last == scriptKatakana && (c == '-' || c == 'ｰ'):
		return scriptKatakana
	case c >= 'ぁ' && c <= 'ゖ':
		return scriptHiragana
	case c >= 'ァ' && c <= 'ヶ' || c >= 'ｦ' && c <= 'ｯ' || c >= 'ｱ' && c <= 'ﾝ':
		return scriptKatakana
	case c >= '一' && c <= '龠' || c == '々':
		return scriptKanji
	case c >= '0' && c <= '9' || c >= '０' && c <= '９':
		return scriptDigit
	case isLatinOrGreek(c):
		return scriptLatin
	}
	return scriptOther
}

func isLatinOrGreek(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 'ａ' && c <= 'ｚ' || c >= 'Ａ' && c <= 'Ｚ' ||
		c >= 'Α' && c <= 'Ω' || c >= 'α' && c <= 'ω' || c >= 'À' && c <= 'ÿ' && c != '×' && c != 'Ø' && c != '÷' && c != 'ø'
}
