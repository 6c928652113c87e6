package japanese

import (
	"strings"
)

// detectLoss finds what cannot be undone, because characters are lost.
func detectLoss(line string) []Mojibake {
	line = strings.TrimRight(line, "\r\n")
	whole := Span{0, len(line)}
	switch p := plausible(withoutSurrogates(line)); {
	case p.lost > 0 && p.lost*3 >= p.weighs, p.lost > 0 && p.odd&^replacement != 0:
		written, read := lossKind(line)
		return []Mojibake{{At: whole, Written: written, Read: read}}
	case signs(line, "縺繧繝") >= 2 && (p.odd&halfKana != 0 || p.score() < .3):
		return []Mojibake{{At: whole, Written: UTF8, Read: ShiftJIS}}
	case signs(line, "銇銈銉") >= 1:
		return []Mojibake{{At: whole, Written: UTF8, Read: GBK}}
	case signs(line, "ã") >= 2 && signs(line, "ã")*6 >= p.weighs && p.score() < 0:
		return []Mojibake{{At: whole, Written: UTF8, Read: Windows1252}}
	case p.unknown >= 2 && p.unknown*10 >= p.weighs*3:
		return []Mojibake{{At: whole, Written: UTF8, Read: GBK}}
	case p.score() <= -.25 && mixed(p.odd) && (p.weighs >= 4 || p.odd&(halfKana|rareKanji) == halfKana|rareKanji),
		p.pairs > 1, unnaturalHalfKana(line) > 1 && unnaturalHalfKana(line)*5 >= p.weighs+4:
		return []Mojibake{{At: whole}}
	}
	return nil
}

// withoutSurrogates returns a line without halves of UTF-16 pairs that were written as UTF-8: that is a mistake of its own.
func withoutSurrogates(line string) string {
	if !strings.Contains(line, "\xED") {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if i+2 < len(line) && line[i] == 0xED && line[i+1] >= 0xA0 && line[i+1] < 0xC0 && line[i+2]&0xC0 == 0x80 {
			i += 2
			continue
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

// lossKind guesses the mistake from the characters that it is known for.
func lossKind(line string) (written, read Charset) {
	switch {
	case signs(line, "縺繧繝") > 0:
		return UTF8, ShiftJIS
	case signs(line, "銇銈銉") > 0:
		return UTF8, GBK
	case signs(line, "ã") > 0:
		return UTF8, Windows1252
	}
	return "", ""
}

// signs counts the characters of a text that are among others.
func signs(text, among string) int {
	n := 0
	for _, r := range text {
		if strings.ContainsRune(among, r) {
			n++
		}
	}
	return n
}

// mixed says whether a text is odd in two ways at once, one of which no other language has.
func mixed(odd traits) bool {
	return odd&(odd-1) != 0 && odd&(halfKana|rareKanji|replacement|control) != 0
}
