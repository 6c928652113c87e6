package japanese

import (
	"unicode"
	"unicode/utf8"
)

// detectUTF8AsLatin finds UTF-8 read as Windows-1252, ISO-8859-1 or Macintosh, character by character: what else is in the line stays.
func detectUTF8AsLatin(line string) []Mojibake {
	if found := detectUTF8As(line, Windows1252); len(found) > 0 {
		return found
	}
	return detectUTF8As(line, Macintosh)
}

// latinPiece is a run of characters that are the bytes of characters.
type latinPiece struct {
	at    Span
	meant []byte
	long  bool // a character of three or four bytes is among them: no coincidence
}

func detectUTF8As(line string, read Charset) []Mojibake {
	var pieces []latinPiece
	long := false
	for i := 0; i < len(line); {
		if line[i] < utf8.RuneSelf {
			i++
			continue
		}
		p := latinRun(line[i:], read)
		if p.at.End == 0 {
			_, size := utf8.DecodeRuneInString(line[i:])
			i += size
			continue
		}
		p.at = Span{i, i + p.at.End}
		pieces, long, i = append(pieces, p), long || p.long, p.at.End
	}
	var found []Mojibake
	for _, p := range pieces {
		if long || read == Windows1252 && unlikelyPair(line, p) {
			found = append(found, Mojibake{At: p.at, Written: UTF8, Read: read, Exact: true, Meant: string(p.meant)})
		}
	}
	return found
}

// latinRun reads as many characters as it can from the beginning of a text of which each character is a byte.
func latinRun(text string, read Charset) latinPiece {
	var p latinPiece
	for {
		r, used := latinCharacter(text[p.at.End:], read)
		if used == 0 {
			return p
		}
		p.at.End += used
		p.meant = utf8.AppendRune(p.meant, r)
		p.long = p.long || r >= 0x800
	}
}

// latinCharacter reads one character, and returns how many bytes of the text it took; none when there is no such character.
func latinCharacter(text string, read Charset) (rune, int) {
	var raw [utf8.UTFMax]byte
	used := 0
	for n := range raw {
		r, size := utf8.DecodeRuneInString(text[used:])
		b, ok := latinByte(r, size, read)
		if n == 2 && r == ' ' && raw[0]&0xF0 == 0xE0 {
			b, ok = 0xA0, true // a no-break space that became a space
		}
		if !ok {
			return 0, 0
		}
		raw[n], used = b, used+size
		if n == 0 && (b < 0xC2 || b > 0xF4) {
			return 0, 0
		}
		if n > 0 && b&0xC0 != 0x80 {
			return 0, 0
		}
		if utf8.FullRune(raw[:n+1]) {
			meant, _ := utf8.DecodeRune(raw[:n+1])
			if meant == utf8.RuneError || !sensible(meant) {
				return 0, 0
			}
			return meant, used
		}
	}
	return 0, 0
}

func latinByte(r rune, size int, read Charset) (byte, bool) {
	switch {
	case r == utf8.RuneError && size < 2 || r < 0x80:
		return 0, false
	case read == Macintosh:
		b, ok := macintosh(r)
		return b, ok
	case r < 0x100:
		return byte(r), true
	}
	b := windows(r)
	return b, b != 0
}

// sensible says whether a character is one that somebody writes.
func sensible(r rune) bool {
	return unicode.IsGraphic(r) || r >= 0x80 && r < 0xA0 || r == 0xAD || r == 0x200B || r == 0x200D || r == 0xFEFF || r == 0xFFFD
}

// unlikelyPair says whether a piece of two-byte characters is no coincidence: there are three, or there is an
// accented capital A before a sign, not after a capital.
func unlikelyPair(line string, p latinPiece) bool {
	if utf8.RuneCount(p.meant) > 2 {
		return true
	}
	lead, size := utf8.DecodeRuneInString(line[p.at.Start:])
	sign, _ := utf8.DecodeRuneInString(line[p.at.Start+size:])
	before, _ := utf8.DecodeLastRuneInString(line[:p.at.Start])
	return (lead == 'Â' || lead == 'Ã') && !unicode.IsLetter(sign) && !unicode.IsUpper(before)
}
