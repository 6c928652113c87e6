package japanese

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Charset is a way of writing characters as bytes, by its name in the WHATWG Encoding Standard.
type Charset string

// The charsets.
const (
	UTF8        Charset = "UTF-8"
	Windows1252 Charset = "windows-1252" // with the control characters of ISO-8859-1 where it has none
	Macintosh   Charset = "macintosh"
	ShiftJIS    Charset = "Shift_JIS" // as Windows does: code page 932
	EUCJP       Charset = "EUC-JP"
	ISO2022JP   Charset = "ISO-2022-JP"
	GBK         Charset = "GBK"
)

// encoding returns the charset's coder; nil of UTF-8 and Windows-1252.
func (c Charset) encoding() encoding.Encoding {
	switch c {
	case Macintosh:
		return charmap.Macintosh
	case ShiftJIS:
		return japanese.ShiftJIS
	case EUCJP:
		return japanese.EUCJP
	case ISO2022JP:
		return japanese.ISO2022JP
	case GBK:
		return simplifiedchinese.GBK
	}
	return nil
}

// bytesOf returns the bytes that a charset may have been given when it read a text; none when there are no such.
func (c Charset) bytesOf(text string) []string {
	switch c {
	case Windows1252:
		return windowsBytes(text)
	case UTF8:
		if utf8.ValidString(text) {
			return nil
		}
		return []string{text}
	}
	if strings.Contains(text, "\uFFFD") || !utf8.ValidString(text) {
		return nil // what was lost has no bytes
	}
	var found []string
	for _, lone := range []string{"", "\u0080", "€"} {
		if lone != "" && !strings.Contains(text, lone) {
			continue
		}
		if raw, ok := c.write(text, lone); ok && !slices.Contains(found, raw) {
			found = append(found, raw)
		}
	}
	if c == ShiftJIS && len(found) > 0 {
		found = twins(found[0])
	}
	return found
}

// write returns a text as bytes, the byte 0x80 for a character (if one is given) that is read of it but not written again, and whether the bytes are
// read as the text.
func (c Charset) write(text, lone string) (string, bool) {
	var b strings.Builder
	parts := []string{text}
	if lone != "" {
		parts = strings.Split(text, lone)
	}
	for i, part := range parts {
		if i > 0 {
			b.WriteByte(0x80)
		}
		raw, err := c.encoding().NewEncoder().String(part)
		if err != nil {
			return "", false
		}
		b.WriteString(raw)
	}
	back, err := c.encoding().NewDecoder().String(b.String())
	return b.String(), err == nil && back == text
}

// mostTwins are the ways of writing a text that are tried.
const mostTwins = 16

// twins returns Shift_JIS in the ways in which the same text is written, since 374 characters have a code of NEC (0xED40 to 0xEEFC) and
// one of IBM (from 0xFA40). From the fifth of them on, the codes of NEC are taken.
func twins(raw string) []string {
	ways := [][]byte{make([]byte, 0, len(raw))}
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c < 0x81 || c > 0x9F && c < 0xE0 || i+1 == len(raw) {
			for n := range ways {
				ways[n] = append(ways[n], c)
			}
			continue
		}
		i++
		nec, ibm := twin(c, raw[i])
		for n := range ways {
			if nec != ibm && len(ways) < mostTwins {
				ways = append(ways, append(slices.Clone(ways[n]), ibm[:]...))
			}
			ways[n] = append(ways[n], nec[:]...)
		}
	}
	found := make([]string, len(ways))
	for n := range ways {
		found[n] = string(ways[n])
	}
	return found
}

// twin returns the code that NEC gave a character and the one that IBM gave it; twice the same when it has no two. Both count 188
// characters for each first byte; NEC has 360 kanji, a gap of two, and 14 signs; IBM the signs, others between them, then the kanji.
func twin(lead, trail byte) (nec, ibm [2]byte) {
	code := [2]byte{lead, trail}
	n := int(trail) - 0x40
	if trail > 0x7F {
		n--
	}
	switch lead {
	case 0xED, 0xEE:
		n += 188 * int(lead-0xED)
	case 0xFA, 0xFB, 0xFC:
		switch n += 188 * int(lead-0xFA); {
		case n < 10:
			n += 362
		case n >= 20 && n < 24:
			n += 352
		case n >= 28 && n < 388:
			n -= 28
		default:
			return code, code
		}
	default:
		return code, code
	}
	switch {
	case n < 360:
		return cell(0xED, n), cell(0xFA, n+28)
	case n >= 362 && n < 372:
		return cell(0xED, n), cell(0xFA, n-362)
	case n >= 372 && n < 376:
		return cell(0xED, n), cell(0xFA, n-352)
	}
	return code, code
}

// cell returns the code of a place, counted from the first of a first byte.
func cell(lead byte, n int) [2]byte {
	trail := byte(n%188) + 0x40
	if trail >= 0x7F {
		trail++
	}
	return [2]byte{lead + byte(n/188), trail}
}

// read returns what bytes mean in a charset. What they do not mean becomes U+FFFD.
func (c Charset) read(raw string) string {
	if c == UTF8 {
		return raw
	}
	text, err := c.encoding().NewDecoder().String(raw)
	if err != nil {
		return "\uFFFD"
	}
	return text
}

func windowsBytes(text string) []string {
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r < 0x100:
			raw = append(raw, byte(r))
		case windows(r) != 0:
			raw = append(raw, windows(r))
		default:
			return nil
		}
	}
	return []string{string(raw)}
}

// windows returns the byte of a character that Windows-1252 has and ISO-8859-1 has not; 0 of others.
func windows(r rune) byte {
	if r < 0x152 || r > 0x2122 {
		return 0
	}
	if b, ok := charmap.Windows1252.EncodeRune(r); ok && b >= 0x80 && b < 0xA0 {
		return b
	}
	return 0
}

func macintosh(r rune) (byte, bool) { return charmap.Macintosh.EncodeRune(r) }
