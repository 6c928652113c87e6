package japanese

import (
	"strings"
	"unicode/utf8"
)

// detectLoss finds what cannot be undone, because characters are lost.
func detectLoss(line string) []Mojibake {
	line = strings.TrimRight(line, "\r\n")
	whole := Span{0, len(line)}
	switch p := plausible(line); {
	case strings.ContainsRune(line, utf8.RuneError):
		written, read := lossKind(line)
		return []Mojibake{{At: whole, Written: written, Read: read}}
	case signs(line, "縺繧繝") >= 2 && (p.odd&halfKana != 0 || p.score() < .3):
		return []Mojibake{{At: whole, Written: UTF8, Read: ShiftJIS}}
	case signs(line, "銇銈銉") >= 2:
		return []Mojibake{{At: whole, Written: UTF8, Read: GBK}}
	case signs(line, "ã") >= 2 && signs(line, "ã")*6 >= p.weighs && p.score() < 0:
		return []Mojibake{{At: whole, Written: UTF8, Read: Windows1252}}
	case p.weighs >= 4 && p.score() <= -.25 && mixed(p.odd):
		return []Mojibake{{At: whole}}
	}
	return nil
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

// mixed says whether a text is odd in two ways at once.
func mixed(odd traits) bool { return odd&(odd-1) != 0 }
