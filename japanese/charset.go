package japanese

import (
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

// bytesOf returns the bytes that a charset was given when it read a text, and whether there are such.
func (c Charset) bytesOf(text string) (string, bool) {
	if c == Windows1252 {
		return windowsBytes(text)
	}
	coder := c.encoding()
	raw, err := coder.NewEncoder().String(text)
	if err != nil {
		return "", false
	}
	back, err := coder.NewDecoder().String(raw)
	return raw, err == nil && back == text
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

func windowsBytes(text string) (string, bool) {
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r < 0x100:
			raw = append(raw, byte(r))
		case windows(r) != 0:
			raw = append(raw, windows(r))
		default:
			return "", false
		}
	}
	return string(raw), true
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
