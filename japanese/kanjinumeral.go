package japanese

import (
	"math"
	"strconv"
	"strings"
)

// runesOf is a text as characters of normal width, with the byte where each starts.
type runesOf struct {
	runes  []rune
	starts []int // one more than runes
}

func newRunesOf(text string) runesOf {
	x := runesOf{runes: make([]rune, 0, len(text)/3+1), starts: make([]int, 0, len(text)/3+2)}
	for i, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		x.runes, x.starts = append(x.runes, r), append(x.starts, i)
	}
	x.starts = append(x.starts, len(text))
	return x
}

func (x runesOf) span(from, to int) Span { return Span{x.starts[from], x.starts[to]} }

func (x runesOf) at(i int) rune {
	if i < 0 || i >= len(x.runes) {
		return 0
	}
	return x.runes[i]
}

// has says whether a word stands at a place.
func (x runesOf) has(i int, word string) bool {
	if i < 0 {
		return false
	}
	for _, r := range word {
		if x.at(i) != r {
			return false
		}
		i++
	}
	return true
}

// hasAny returns the characters of the first word that stands at a place, or 0.
func (x runesOf) hasAny(i int, words ...string) int {
	for _, w := range words {
		if x.has(i, w) {
			return len([]rune(w))
		}
	}
	return 0
}

// kanjiNumeral is a number as Japanese writes it: 12, 1,234.5, 百二十三, 二〇二四, 1億2千万.
type kanjiNumeral struct {
	value  float64
	digits int  // Arabic ones
	kanji  int  // characters
	units  bool // 十 百 千 万 億 兆
	pair   bool // two digits in order, 二三: two or three as well
}

// numeral reads the number at a place and returns where it ends; the place itself when there is none.
func (x runesOf) numeral(from int) (kanjiNumeral, int) {
	var n kanjiNumeral
	total, section, current := 0.0, 0.0, -1.0
	lastUnit, lastMyriad := math.Inf(1), math.Inf(1)
	i := from
	for i < len(x.runes) {
		r := x.runes[i]
		if unit := kanjiUnit(r); unit > 0 {
			if unit < 1e4 && unit >= lastUnit || unit >= 1e4 && unit >= lastMyriad {
				break
			}
			n.units, n.kanji = true, n.kanji+1
			if unit < 1e4 {
				section, lastUnit = section+math.Abs(current)*unit, unit
			} else {
				total += max(section+max(current, 0), boolAs(section == 0 && current < 0)) * unit
				section, lastUnit, lastMyriad = 0, math.Inf(1), unit
			}
			current = -1
			i++
			continue
		}
		value, end, arabic := x.digits(i)
		if end == i || current >= 0 {
			break
		}
		if arabic {
			n.digits += end - i
		} else {
			n.kanji += end - i
			n.pair = end-i == 2 && kanjiDigit(x.runes[i+1]) == kanjiDigit(r)+1
		}
		current, i = value, end
	}
	n.value = total + section + max(current, 0)
	n.pair = n.pair && !n.units
	return n, i
}

func boolAs(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// digits reads Arabic digits, or a run of kanji digits by place.
func (x runesOf) digits(from int) (value float64, end int, arabic bool) {
	i := from
	if r := x.at(i); r < '0' || r > '9' {
		for ; kanjiDigit(x.at(i)) >= 0; i++ {
			value = value*10 + float64(kanjiDigit(x.runes[i]))
		}
		return value, i, false
	}
	var b strings.Builder
	point := false
	for ; i < len(x.runes); i++ {
		r := x.runes[i]
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case (r == ',' || r == '、') && x.group(i) && !point:
		case r == '.' && isDigit(x.at(i+1)) && !point:
			point = true
			b.WriteRune(r)
		default:
			value, _ = strconv.ParseFloat(b.String(), 64)
			return value, i, true
		}
	}
	value, _ = strconv.ParseFloat(b.String(), 64)
	return value, i, true
}

// group says whether exactly three digits follow a comma.
func (x runesOf) group(i int) bool {
	return isDigit(x.at(i+1)) && isDigit(x.at(i+2)) && isDigit(x.at(i+3)) && !isDigit(x.at(i+4))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func kanjiDigit(r rune) int {
	switch r {
	case '〇', '零':
		return 0
	case '一':
		return 1
	case '二':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

func kanjiUnit(r rune) float64 {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	case '万', '萬':
		return 1e4
	case '億':
		return 1e8
	case '兆':
		return 1e12
	}
	return 0
}
