package japanese_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// naive counts what is before an offset, from the beginning of the text.
func naive(text string, at int) (runes, units int) {
	for i, r := range text {
		if i >= at {
			break
		}
		runes++
		units += len(utf16.Encode([]rune{r}))
	}
	return runes, units
}

func naivePosition(text string, s japanese.Span) japanese.Position {
	fromRunes, fromUnits := naive(text, s.Start)
	toRunes, toUnits := naive(text, s.End)
	return japanese.Position{Bytes: s, Runes: japanese.Span{Start: fromRunes, End: toRunes}, UTF16: japanese.Span{Start: fromUnits, End: toUnits}}
}

// TestPosition holds positions against counting from the beginning, at each boundary of texts that are longer than what the index skips.
func TestPosition(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "ascii": strings.Repeat("a", 700), "kana": strings.Repeat("あ", 300), "beyond 16 bits": strings.Repeat("𠮷a", 200),
		"mixed": strings.Repeat("aあ𠮷\u3099葛\U000E0100", 60), "invalid": strings.Repeat("a\xff\xE3\x81あ\xED\xA0\x80", 60),
	} {
		d := documentOf(t, text)
		for start := 0; start <= len(text); {
			_, size := utf8.DecodeRuneInString(text[start:])
			for _, end := range []int{start, start + size, len(text)} {
				s := japanese.Span{Start: start, End: end}
				if diff := cmp.Diff(naivePosition(text, s), d.Position(s)); diff != "" {
					t.Fatalf("%s: %s", name, diff)
				}
			}
			start += max(size, 1)
		}
	}
}

func FuzzPosition(f *testing.F) {
	f.Add("aあ𠮷", 1, 4)
	f.Add(strings.Repeat("𠮷\xff", 200), 5, 900)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		boundary := func(i int) int {
			i = min(max(i, 0), len(text))
			for at := range text {
				if at >= i {
					return at
				}
			}
			return len(text)
		}
		s := japanese.Span{Start: boundary(start), End: boundary(end)}
		if diff := cmp.Diff(naivePosition(text, s), documentOf(t, text).Position(s)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
