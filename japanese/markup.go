package japanese

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// markupKind is what a piece of Markdown is.
type markupKind int

const (
	codeMarkup     markupKind = 1 << iota // `x`, and fenced blocks
	linkMarkup                            // [x](y), [x][], [^x] and bare addresses
	imageMarkup                           // ![x](y)
	emphasisMarkup                        // *x*, **x**, _x_
)

// markupSpan is a piece of markup in a text.
type markupSpan struct {
	Span
	kind markupKind
	text Span // of a link, image or emphasis: what the reader sees
}

// inlineMarkup returns the inline markup of a text, in order; emphasis within a link is not told apart from the link.
func inlineMarkup(text string) []markupSpan {
	var found []markupSpan
	for i := 0; i < len(text); {
		skip := strings.IndexAny(text[i:], "`[*_h")
		if skip < 0 {
			break
		}
		i += skip
		m, ok := markupAt(text, i)
		if !ok {
			i += runOf(text[i:])
			continue
		}
		found = append(found, m)
		i = m.End
	}
	return found
}

// runOf returns for how long a text repeats its first byte.
func runOf(text string) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

// mostMarkup is the length in bytes to which a link or emphasis is looked for: text of nothing but marks takes time in proportion.
const mostMarkup = 2000

// lineFrom returns the line from a place on, cut where markup is no longer looked for.
func lineFrom(text string, i int) string {
	line, _, _ := strings.Cut(text[i:min(len(text), i+mostMarkup)], "\n")
	return line
}

// markupAt returns the markup that begins at a place.
func markupAt(text string, i int) (markupSpan, bool) {
	switch text[i] {
	case '`':
		return codeAt(text, i)
	case '[':
		return linkAt(text, i)
	case '*', '_':
		return emphasisAt(text, i)
	}
	if !strings.HasPrefix(text[i:], "http://") && !strings.HasPrefix(text[i:], "https://") {
		return markupSpan{}, false
	}
	end := i
	for end < len(text) && text[end] > ' ' && text[end] < utf8.RuneSelf {
		end++
	}
	return markupSpan{Span: Span{i, end}, kind: linkMarkup, text: Span{i, i}}, true
}

func codeAt(text string, i int) (markupSpan, bool) {
	ticks := runOf(text[i:])
	rest := text[i+ticks:]
	if ticks < 3 {
		rest = rest[:min(len(rest), mostMarkup)]
	}
	end := strings.Index(rest, text[i:i+ticks])
	if end < 0 || ticks < 3 && strings.Contains(rest[:end], "\n\n") {
		return markupSpan{}, false
	}
	return markupSpan{Span: Span{i, i + ticks + end + ticks}, kind: codeMarkup}, true
}

func linkAt(text string, i int) (markupSpan, bool) {
	line := lineFrom(text, i)
	end := strings.IndexByte(line, ']')
	if end < 0 {
		return markupSpan{}, false
	}
	m := markupSpan{kind: linkMarkup, text: Span{i + 1, i + end}}
	m.Start, m.End = i, i+end+1
	if i > 0 && text[i-1] == '!' {
		m.kind, m.Start = imageMarkup, i-1
	}
	after := line[end+1:]
	for _, pair := range []string{"()", "[]"} {
		if close := strings.IndexByte(after, pair[1]); strings.HasPrefix(after, pair[:1]) && close > 0 {
			m.End += close + 1
			return m, true
		}
	}
	return m, strings.HasPrefix(line, "[^")
}

func emphasisAt(text string, i int) (markupSpan, bool) {
	mark := text[i : i+1]
	if strings.HasPrefix(text[i+1:], mark) {
		mark = text[i : i+2]
	}
	line := lineFrom(text, i+len(mark))
	end := strings.Index(line, mark)
	if end <= 0 || line[0] == ' ' || line[end-1] == ' ' {
		return markupSpan{}, false
	}
	inner := Span{i + len(mark), i + len(mark) + end}
	return markupSpan{Span: Span{i, inner.End + len(mark)}, kind: emphasisMarkup, text: inner}, true
}

// withoutMarkup returns the text with the markup of some kinds blanked out by NUL, byte for byte; places stay what they were.
func withoutMarkup(text string, kinds markupKind) string {
	var blank []byte
	for _, m := range inlineMarkup(text) {
		if m.kind&kinds == 0 {
			continue
		}
		if blank == nil {
			blank = []byte(text)
		}
		for i := m.Start; i < m.End; i++ {
			blank[i] = 0
		}
	}
	if blank == nil {
		return text
	}
	return string(blank)
}

// blockKind is what a block of lines is.
type blockKind int

const (
	bodyBlock blockKind = iota
	headingBlock
	listBlock
	quoteBlock
)

// textBlock is a heading, an item of a list, a line of a quotation, or a paragraph.
type textBlock struct {
	Span
	kind    blockKind
	speaker string // of a turn of a dialogue: "田中：行きます"
}

// textBlocks returns the blocks of a text, in order. Lines of a paragraph are one block.
func textBlocks(text string) []textBlock {
	var blocks []textBlock
	open, start := false, 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		span := Span{start, start + len(line)}
		start += len(line)
		if trimmed == "" {
			open = false
			continue
		}
		kind, speaker := kindOfLine(trimmed), ""
		if kind == bodyBlock {
			speaker = speakerOf(trimmed)
		}
		last := len(blocks) - 1
		if open && kind == bodyBlock && speaker == "" && blocks[last].kind == bodyBlock {
			blocks[last].End = span.End
			continue
		}
		blocks, open = append(blocks, textBlock{Span: span, kind: kind, speaker: speaker}), true
	}
	return blocks
}

// kindOfLine says what a line is by its beginning.
func kindOfLine(line string) blockKind {
	digits := strings.TrimLeft(line, "0123456789")
	switch {
	case strings.HasPrefix(strings.TrimLeft(line, "#"), " ") && line[0] == '#':
		return headingBlock
	case line[0] == '>':
		return quoteBlock
	case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "), strings.HasPrefix(line, "+ "), strings.HasPrefix(line, "・"):
		return listBlock
	case len(digits) < len(line) && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") ")):
		return listBlock
	}
	return bodyBlock
}

// speakerOf returns the name before the colon with which a turn begins, or nothing.
func speakerOf(line string) string {
	at := strings.IndexAny(line[:min(len(line), 33)], ":：")
	if at <= 0 || strings.ContainsAny(line[:at], " 　、。「」『』()（）") || strings.HasPrefix(line[at:], "://") {
		return ""
	}
	return line[:at]
}

// blockAt returns the block in which a place lies.
func blockAt(blocks []textBlock, at int) (textBlock, bool) {
	i, _ := slices.BinarySearchFunc(blocks, at, func(b textBlock, at int) int {
		if b.End <= at {
			return -1
		}
		return 1
	})
	if i == len(blocks) || blocks[i].Start > at {
		return textBlock{}, false
	}
	return blocks[i], true
}
