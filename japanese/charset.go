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
	var found []string
	for _, lone := range []string{"\uFFFD", "\u0080", "€"} {
		raw, ok := c.write(text, lone)
		if !ok || slices.Contains(found, raw) {
			continue
		}
		if c == ShiftJIS {
			found = append(found, secondCodes(raw)...)
			continue
		}
		found = append(found, raw)
	}
	return found
}

// write returns a text as bytes, the byte 0x80 for a character that charsets read of it but do not write again, and whether the bytes are
// read as the text.
func (c Charset) write(text, lone string) (string, bool) {
	var b strings.Builder
	for i, part := range strings.Split(text, lone) {
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

// secondCodes returns Shift_JIS in the two ways in which the same text is written: with the codes of NEC (0xED40 to 0xEEFC) and with those
// of IBM (from 0xFA40) for the 388 characters that have both.
func secondCodes(raw string) []string {
	if !slices.ContainsFunc([]byte(raw), func(c byte) bool { return c >= 0xED && c != 0xEF }) {
		return []string{raw}
	}
	nec, ibm := codesOf(0xED, 0xEE), codesOf(0xFA, 0xFC)
	decoder := japanese.ShiftJIS.NewDecoder()
	var asNEC, asIBM strings.Builder
	for i := 0; i < len(raw); i++ {
		code := raw[i : i+1]
		if c := raw[i]; (c >= 0x81 && c <= 0x9F || c >= 0xE0) && i+1 < len(raw) {
			code = raw[i : i+2]
			i++
		}
		text, err := decoder.String(code)
		if err != nil || nec[text] == "" || ibm[text] == "" {
			asNEC.WriteString(code)
			asIBM.WriteString(code)
			continue
		}
		asNEC.WriteString(nec[text])
		asIBM.WriteString(ibm[text])
	}
	return []string{asNEC.String(), asIBM.String()}
}

// codesOf returns the codes of Shift_JIS by their characters, for a range of first bytes.
func codesOf(first, last byte) map[string]string {
	codes := map[string]string{}
	decoder := japanese.ShiftJIS.NewDecoder()
	for lead := first; lead <= last; lead++ {
		for trail := byte(0x40); trail <= 0xFC; trail++ {
			code := string([]byte{lead, trail})
			if text, err := decoder.String(code); err == nil {
				codes[text] = code
			}
		}
	}
	return codes
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
