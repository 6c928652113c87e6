package japanese

import (
	"strings"
	"unicode/utf8"
)

// Mojibake is a piece of text that was written in one charset and read in another (文字化け).
type Mojibake struct {
	At      Span    // in the text
	Written Charset // in which it was written; empty: not known, because too much is lost
	Read    Charset // in which it was read; empty: not known
	Exact   bool    // nothing was lost: Meant, written and read the same way, is the text again
	Meant   string  // what was written, where Exact
}

// DetectMojibake returns the pieces of a text that were read in a wrong charset, in order. Each is found in one of three ways: undoing the
// mistake gives Japanese that is far more plausible than the text (then it is Exact); what was lost left its mark, U+FFFD or bytes that are
// no UTF-8; or the characters that a mistake is known for stand together. The kinds are UTF-8 read as Windows-1252 or ISO-8859-1 (once or
// several times), Macintosh, Shift_JIS, GBK and EUC-JP; Shift_JIS and EUC-JP read as each other, as UTF-8, as Windows-1252 and as GBK; and
// ISO-2022-JP not read at all, with and without its escape characters.
func DetectMojibake(text string) []Mojibake {
	all := traitsOfText(text)
	if all&suspicious == 0 && !strings.Contains(text, "$B") {
		return nil
	}
	var found []Mojibake
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		found = append(found, detectInLine(text[start:end], start)...)
		start = end
	}
	return found
}

// RepairMojibake returns the text with all pieces put right that can be put right exactly, however often they were misread. It gives a
// text that has none back as it is, and repairing twice is repairing once.
func RepairMojibake(text string) string {
	for {
		var b strings.Builder
		done := 0
		for _, m := range DetectMojibake(text) {
			if m.Exact {
				b.WriteString(text[done:m.At.Start])
				b.WriteString(m.Meant)
				done = m.At.End
			}
		}
		if done == 0 {
			return text
		}
		b.WriteString(text[done:])
		text = b.String() // shorter: each piece lost characters
	}
}

// detectInLine looks at a line that begins at an offset.
func detectInLine(line string, offset int) []Mojibake {
	if traitsOfText(line)&suspicious == 0 && !strings.Contains(line, "$B") {
		return nil
	}
	found := detectUTF8AsLatin(line)
	if len(found) == 0 {
		found = detectRawJIS(line)
	}
	if len(found) == 0 {
		found = detectByUndoing(line)
	}
	if len(found) == 0 {
		found = detectLoss(line)
	}
	for i := range found {
		found[i].At.Start += offset
		found[i].At.End += offset
	}
	return found
}

// misreading is a mistake that can be undone: a text written in one charset, read in another.
type misreading struct{ written, read Charset }

func misreadings() [8]misreading {
	return [8]misreading{
		{UTF8, ShiftJIS}, {UTF8, GBK}, {UTF8, EUCJP}, {EUCJP, ShiftJIS}, {ShiftJIS, EUCJP}, {ShiftJIS, Windows1252}, {EUCJP, Windows1252},
		{ShiftJIS, GBK},
	}
}

// detectByUndoing tries to undo each mistake, on the line, and then on its words.
func detectByUndoing(line string) []Mojibake {
	trimmed := strings.TrimRight(line, "\r\n")
	if m, ok := undo(trimmed); ok {
		return []Mojibake{m}
	}
	var found []Mojibake
	for at := 0; at < len(trimmed); {
		end := at + strings.IndexAny(trimmed[at:]+" ", " \t")
		if m, ok := undo(trimmed[at:end]); ok && (at > 0 || end < len(trimmed)) {
			m.At.Start += at
			m.At.End += at
			found = append(found, m)
		}
		at = end + 1
	}
	return found
}

// undo returns the most plausible of the texts that could have been meant, if it is far more plausible than the text.
func undo(text string) (Mojibake, bool) {
	before := plausible(text)
	if before.odd == 0 || before.score() > .5 {
		return Mojibake{}, false
	}
	var best Mojibake
	most := max(before.score()+.5, .6)
	for _, m := range misreadings() {
		raw, ok := m.read.bytesOf(text)
		if !ok || m.written == UTF8 && !utf8.ValidString(raw) {
			continue
		}
		meant := m.written.read(raw)
		after := plausible(meant)
		if after.odd&(replacement|control) != 0 || after.runes >= before.runes && m.read != GBK || after.kana == 0 && (after.joyo < 2 || m == misreading{EUCJP, ShiftJIS}) {
			continue
		}
		if after.score() > most {
			most = after.score()
			best = Mojibake{At: Span{0, len(text)}, Written: m.written, Read: m.read, Exact: true, Meant: meant}
		}
	}
	return best, best.Exact
}
