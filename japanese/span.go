package japanese

import "unicode/utf8"

// Span is a piece of a text, half open, in bytes.
type Span struct {
	Start int `json:"start"` // of the first byte
	End   int `json:"end"`   // after the last byte
}

// Position is where a span lies, in the three ways in which callers count.
type Position struct {
	Bytes Span `json:"bytes"` // of UTF-8
	Runes Span `json:"runes"` // Unicode code points
	UTF16 Span `json:"utf16"` // code units, as JavaScript and Java count
}

// index finds positions of ascending and descending offsets in a text: it remembers one place in every few hundred bytes.
type index struct {
	text  string
	marks []mark
}

type mark struct{ bytes, runes, units int }

// markEvery is the distance between two marks, in bytes.
const markEvery = 256

func newIndex(text string) index {
	x := index{text: text, marks: []mark{{}}}
	at := mark{}
	for at.bytes < len(text) {
		r, size := utf8.DecodeRuneInString(text[at.bytes:])
		at = mark{at.bytes + size, at.runes + 1, at.units + units(r)}
		if at.bytes-x.marks[len(x.marks)-1].bytes >= markEvery {
			x.marks = append(x.marks, at)
		}
	}
	return x
}

func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// position returns where a span lies.
func (x index) position(s Span) Position {
	start, end := x.at(s.Start), x.at(s.End)
	return Position{Bytes: s, Runes: Span{start.runes, end.runes}, UTF16: Span{start.units, end.units}}
}

func (x index) at(offset int) mark {
	low, high := 0, len(x.marks)
	for high-low > 1 {
		if middle := (low + high) / 2; x.marks[middle].bytes <= offset {
			low = middle
		} else {
			high = middle
		}
	}
	at := x.marks[low]
	for at.bytes < offset && at.bytes < len(x.text) {
		r, size := utf8.DecodeRuneInString(x.text[at.bytes:])
		at = mark{at.bytes + size, at.runes + 1, at.units + units(r)}
	}
	return at
}
