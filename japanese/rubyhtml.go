package japanese

import "strings"

// rubyElement reads an element ruby of HTML. Its words and its readings are each put together: a reading may be of the whole only (今日).
func rubyElement(text string, at int) (Ruby, bool) {
	r := Ruby{Notation: RubyHTML}
	var base, reading strings.Builder
	inside := ""
	limit := min(len(text), at+16*mostRuby)
	for i := at; i < limit; {
		if text[i] != '<' {
			next := strings.IndexByte(text[i:limit], '<')
			if next < 0 {
				return Ruby{}, false
			}
			switch piece := text[i : i+next]; inside {
			case "rt":
				reading.WriteString(piece)
				r.Given = Span{rubyFirst(r.Given, i), i + next}
			case "ruby", "rb":
				base.WriteString(piece)
				if strings.TrimSpace(piece) != "" {
					r.BaseAt = Span{rubyFirst(r.BaseAt, i), i + next}
				}
			}
			i += next
			continue
		}
		name, end := tagAt(text[i:limit])
		if end < 0 {
			return Ruby{}, false
		}
		i += end
		switch name {
		case "/ruby":
			r.Base, r.Reading = strings.TrimSpace(base.String()), strings.TrimSpace(reading.String())
			r.At = Span{at, i}
			return r, r.Base != "" && r.Reading != "" && len(r.Reading) <= mostRuby
		case "rt", "rp", "rb":
			inside = name
		case "ruby":
			if inside != "" {
				return Ruby{}, false
			}
			inside = name
		case "/rt", "/rp", "/rb":
			inside = "ruby"
		}
	}
	return Ruby{}, false
}

// rubyFirst returns where a span begins, or a place when there is none yet.
func rubyFirst(s Span, at int) int {
	if s == (Span{}) {
		return at
	}
	return s.Start
}

// tagAt returns the name of the tag that a text begins with, in lower case, and where it ends; -1 when it does not.
func tagAt(text string) (name string, end int) {
	end = strings.IndexByte(text, '>')
	if end < 0 || strings.IndexByte(text[1:end], '<') >= 0 {
		return "", -1
	}
	name = text[1:end]
	if i := strings.IndexFunc(name[min(1, len(name)):], func(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '/' }); i >= 0 {
		name = name[:i+1]
	}
	return strings.ToLower(name), end + 1
}
