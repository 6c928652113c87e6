package japanese

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"
)

// WriteText writes a report for people: each sentence in which something was found, with the place underlined, and why. It shows text of
// the document, which reports themselves do not hold: it is for who may read it.
func (r Report) WriteText(w io.Writer, d *Document) error {
	var b strings.Builder
	for _, f := range r.Findings {
		line := d.around(f.At.Bytes)
		fmt.Fprintf(&b, "  %s\n  %s\n", visible(d.In(line)), underline(d.In(line), Span{f.At.Bytes.Start - line.Start, f.At.Bytes.End - line.Start}))
		fmt.Fprintf(&b, "    %s (%s): %s", f.Rule, f.Severity, f.Text)
		if f.Fix != nil {
			fmt.Fprintf(&b, "; %s", f.Fix.words(d))
		}
		b.WriteByte('\n')
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "  %s was not asked: %s\n", s.Rule, s.Because)
	}
	if len(r.Findings)+len(r.Skipped) == 0 {
		fmt.Fprintf(&b, "  %d rules find nothing\n", len(r.Checked))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// words says a fix.
func (f Fix) words(d *Document) string {
	switch {
	case f.With == "":
		return "leave it out"
	case f.At.Start == f.At.End:
		return "put in " + visible(f.With)
	}
	return "better: " + visible(f.With)
}

// around returns the sentence that a span begins in, or the span itself, and never less than the span.
func (d *Document) around(s Span) Span {
	line := s
	for _, sentence := range d.Sentences {
		if sentence.Span.Start <= s.Start && s.Start <= sentence.Span.End {
			line = Span{min(line.Start, sentence.Span.Start), max(line.End, sentence.Span.End)}
			break
		}
	}
	return line
}

// visible returns a text in one line, with controls replaced.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 {
			return '�'
		}
		return r
	}, text)
}

// underline returns a line that underlines a span of a text in a terminal, where wide characters take two columns.
func underline(text string, s Span) string {
	before, marked := columns(text[:s.Start]), columns(text[s.Start:s.End])
	return strings.Repeat(" ", before) + strings.Repeat("~", max(marked, 1))
}

// columns returns how many columns a text takes in a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
