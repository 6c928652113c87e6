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
	if traitsOfText(text)&suspicious == 0 {
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
	if traitsOfText(line)&suspicious == 0 {
		return nil
	}
	var found []Mojibake
	for _, detect := range []func(string) []Mojibake{detectRawJIS, detectByUndoing, detectUTF8AsLatin, detectInWords, detectLoss} {
		if found = detect(line); len(found) > 0 {
			break
		}
	}
	for i := range found {
		found[i].At.Start += offset
		found[i].At.End += offset
	}
	return found
}

// misreading is a mistake that can be undone: a text written in one charset, read in another.
type misreading struct{ written, read Charset }

func misreadings() [12]misreading {
	return [12]misreading{
		{UTF8, Windows1252}, {UTF8, Macintosh}, {UTF8, ShiftJIS}, {UTF8, GBK}, {UTF8, EUCJP}, {EUCJP, ShiftJIS}, {ShiftJIS, EUCJP}, {ShiftJIS, Windows1252}, {EUCJP, Windows1252},
		{ShiftJIS, GBK}, {ShiftJIS, UTF8}, {EUCJP, UTF8},
	}
}

// detectByUndoing tries to undo each mistake on a whole line.
func detectByUndoing(line string) []Mojibake {
	if m, ok := undo(strings.TrimRight(line, "\r\n")); ok {
		return []Mojibake{m}
	}
	return nil
}

// mostWords are the words of a line that are tried one by one, so that time stays in proportion to the text.
const mostWords = 1000

// detectInWords tries to undo each mistake on what stands between white space.
func detectInWords(line string) []Mojibake {
	var found []Mojibake
	at, tried := 0, 0
	for word := range strings.FieldsSeq(line) {
		if tried++; tried > mostWords {
			break
		}
		at += strings.Index(line[at:], word)
		if m, ok := undo(word); ok {
			m.At = Span{at, at + len(word)}
			found = append(found, m)
		}
		at += len(word)
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
		if before.odd&m.leaves() == 0 {
			continue
		}
		for _, raw := range m.read.bytesOf(text) {
			if m.written == UTF8 && !utf8.ValidString(raw) {
				continue
			}
			meant := m.written.read(raw)
			if after := plausible(meant); after.score() > most && m.believable(text, meant, before, after) {
				most = after.score()
				best = Mojibake{At: Span{0, len(text)}, Written: m.written, Read: m.read, Exact: true, Meant: meant}
			}
		}
	}
	return best, best.Exact
}

// leaves returns the traits of which a text has one at least after a mistake.
func (m misreading) leaves() traits {
	switch m.read {
	case UTF8:
		return replacement
	case Windows1252:
		return latin | replacement
	case Macintosh:
		return latin | foreign | replacement
	}
	return halfKana | rareKanji | foreign | replacement
}

// believable says whether what a mistake makes of a text is more than a coincidence.
func (m misreading) believable(text, meant string, before, after plausibility) bool {
	switch {
	case after.odd&(replacement|control) != 0, after.runes >= before.runes && m.read != GBK:
		return false
	case m == misreading{EUCJP, ShiftJIS} && before.odd == halfKana && unnaturalHalfKana(text) == 0: // any two half-width kana make a kanji
		return after.kana > 1 && after.kana*4 >= after.weighs || strings.IndexFunc(meant, hiragana) >= 0 && after.weighs > 3 && after.sum == 4*after.weighs
	case m == misreading{EUCJP, ShiftJIS}:
		return after.kana > 0 || after.joyo > 2
	}
	return after.kana > 0 || after.joyo > 1
}
