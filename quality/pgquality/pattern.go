package pgquality

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// pattern is a regular expression of Go said in the advanced regular expressions of PostgreSQL, so that it means the same.
type pattern struct {
	are string // the whole

	// A pattern that is one class of ASCII characters from beginning to end is said cheaper, as measured by five times: the text has
	// between least and most bytes, and no character of outside.
	single      bool
	outside     string // matches a character that is not of the class
	least, most int    // bytes; most < 0: no upper bound
}

// mostRepeats is the greatest bound of a repetition in PostgreSQL.
const mostRepeats = 255

// translate says a pattern of Go in PostgreSQL's words. The parsed form is translated, not the text: by then \d, \w, \s and (?i) have
// become classes of characters, where PostgreSQL's own depend on the locale.
func translate(goPattern string) (pattern, error) {
	re, err := syntax.Parse(goPattern, syntax.Perl)
	if err != nil {
		return pattern{}, unable("the pattern does not compile: %v", err)
	}
	var b strings.Builder
	b.WriteString("***:") // what follows is an advanced regular expression, whatever the server's default
	write(&b, re)
	p := pattern{are: b.String()}
	p.simplify(re)
	return p, nil
}

// write writes one node. Greediness and groups do not matter to whether a text matches.
func write(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpNoMatch:
		b.WriteString(`(?!())`)
	case syntax.OpEmptyMatch:
		b.WriteString(`()`)
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				writeClass(b, folded(r), false)
			} else {
				writeRune(b, r)
			}
		}
	case syntax.OpCharClass:
		writeClass(b, re.Rune, false)
	case syntax.OpAnyCharNotNL:
		b.WriteString(`[^\u000A]`)
	case syntax.OpAnyChar:
		b.WriteString(`.`)
	case syntax.OpBeginLine:
		b.WriteString(`(?:\A|(?<=\u000A))`)
	case syntax.OpEndLine:
		b.WriteString(`(?:\Z|(?=\u000A))`)
	case syntax.OpBeginText:
		b.WriteString(`\A`)
	case syntax.OpEndText:
		b.WriteString(`\Z`)
	case syntax.OpWordBoundary:
		b.WriteString(`(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))`)
	case syntax.OpNoWordBoundary:
		b.WriteString(`(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))`)
	case syntax.OpCapture:
		writeGroup(b, re.Sub[0])
	case syntax.OpStar:
		writeGroup(b, re.Sub[0])
		b.WriteByte('*')
	case syntax.OpPlus:
		writeGroup(b, re.Sub[0])
		b.WriteByte('+')
	case syntax.OpQuest:
		writeGroup(b, re.Sub[0])
		b.WriteByte('?')
	case syntax.OpRepeat:
		writeRepeat(b, re)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op == syntax.OpAlternate {
				writeGroup(b, sub)
			} else {
				write(b, sub)
			}
		}
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			if i > 0 {
				b.WriteByte('|')
			}
			write(b, sub)
		}
	}
}

// writeGroup writes a node so that what follows applies to the whole of it.
func writeGroup(b *strings.Builder, re *syntax.Regexp) {
	b.WriteString("(?:")
	write(b, re)
	b.WriteByte(')')
}

// writeRepeat writes a repetition in portions that PostgreSQL allows.
func writeRepeat(b *strings.Builder, re *syntax.Regexp) {
	least, most := re.Min, re.Max
	for {
		low := min(least, mostRepeats)
		least -= low
		writeGroup(b, re.Sub[0])
		switch {
		case most < 0 && least == 0:
			fmt.Fprintf(b, "{%d,}", low)
			return
		case most < 0:
			fmt.Fprintf(b, "{%d}", low)
			continue
		}
		high := min(most, mostRepeats)
		most -= high
		fmt.Fprintf(b, "{%d,%d}", low, high)
		if most == 0 {
			return
		}
	}
}

// folded returns the class of a character and those that differ from it only in case.
func folded(r rune) []rune {
	class := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		class = append(class, f, f)
	}
	return class
}

// writeClass writes a class given as pairs of first and last characters, or its complement. A class that reaches to the last character
// of Unicode is written as the complement of what is missing, since that is how it was meant.
func writeClass(b *strings.Builder, pairs []rune, complement bool) {
	if len(pairs) > 0 && pairs[len(pairs)-1] == unicode.MaxRune {
		pairs, complement = missing(pairs), !complement
	}
	if len(pairs) == 0 {
		if complement {
			b.WriteByte('.')
		} else {
			b.WriteString(`(?!())`)
		}
		return
	}
	b.WriteByte('[')
	if complement {
		b.WriteByte('^')
	}
	for i := 0; i < len(pairs); i += 2 {
		writeRune(b, max(pairs[i], 1)) // no text of PostgreSQL holds NUL
		if pairs[i+1] > pairs[i] {
			b.WriteByte('-')
			writeRune(b, max(pairs[i+1], 1))
		}
	}
	b.WriteByte(']')
}

// missing returns the complement of a sorted class. NUL is in no text of PostgreSQL.
func missing(pairs []rune) []rune {
	var gaps []rune
	next := rune(1)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] > next {
			gaps = append(gaps, next, pairs[i]-1)
		}
		next = pairs[i+1] + 1
	}
	if next <= unicode.MaxRune {
		gaps = append(gaps, next, unicode.MaxRune)
	}
	return gaps
}

// writeRune writes a character: letters and digits as they are, all others by their number.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
		b.WriteRune(r)
	case r <= 0xFFFF:
		fmt.Fprintf(b, `\u%04X`, r)
	default:
		fmt.Fprintf(b, `\U%08X`, r)
	}
}

// simplify finds out whether the pattern is one class of ASCII characters from beginning to end.
func (p *pattern) simplify(re *syntax.Regexp) {
	if re.Op != syntax.OpConcat || len(re.Sub) != 3 || re.Sub[0].Op != syntax.OpBeginText || re.Sub[2].Op != syntax.OpEndText {
		return
	}
	body := re.Sub[1]
	for body.Op == syntax.OpCapture {
		body = body.Sub[0]
	}
	p.least, p.most = 1, 1
	switch body.Op {
	case syntax.OpStar:
		p.least, p.most = 0, -1
	case syntax.OpPlus:
		p.least, p.most = 1, -1
	case syntax.OpQuest:
		p.least, p.most = 0, 1
	case syntax.OpRepeat:
		p.least, p.most = body.Min, body.Max
	case syntax.OpCharClass:
		p.setSingle(body)
		return
	default:
		return
	}
	p.setSingle(body.Sub[0])
}

func (p *pattern) setSingle(class *syntax.Regexp) {
	if class.Op != syntax.OpCharClass || len(class.Rune) == 0 || class.Rune[len(class.Rune)-1] > unicode.MaxASCII {
		return
	}
	var b strings.Builder
	b.WriteString("***:")
	writeClass(&b, class.Rune, true)
	p.single, p.outside = true, b.String()
}
