package japanese

import "strings"

// detectRawJIS finds ISO-2022-JP that nobody decoded: ESC $ B ... ESC ( B, and the same after the escape characters were dropped. What was
// dropped is believed only when all pieces of the line together read as Japanese, since $B may stand in any program.
func detectRawJIS(line string) []Mojibake {
	var found []Mojibake
	var all strings.Builder
	escaped, damaged := false, false
	for i := 0; i < len(line); {
		start, text := rawJISStart(line[i:])
		if text < 0 {
			break
		}
		start, text = i+start, i+text
		length, after := rawJISEnd(line[text:])
		i = text + length + after
		escaped = escaped || line[start] == 0x1B
		meant := ISO2022JP.read("\x1b$B" + line[text:text+length] + "\x1b(B")
		if length == 0 || plausible(meant).odd&replacement != 0 || after == 0 && strings.Trim(line[i:], "\r\n") != "" {
			damaged = true
			continue
		}
		all.WriteString(meant)
		found = append(found, Mojibake{At: Span{start, i}, Written: ISO2022JP, Read: UTF8, Exact: true, Meant: meant})
	}
	p := plausible(all.String())
	switch {
	case escaped && (damaged || len(found) == 0 || p.score() < .3):
		return []Mojibake{{At: Span{0, len(strings.TrimRight(line, "\r\n"))}, Written: ISO2022JP, Read: UTF8}}
	case escaped, p.score() >= .6 && (p.kana > 1 || p.kana+p.joyo > 1 && len(found) > 1 || p.kana+p.joyo > 3):
		return found
	}
	return nil
}

// rawJISStart returns where the sign for two-byte characters begins and ends; -1 when there is none.
func rawJISStart(line string) (start, end int) {
	for i := 0; i+1 < len(line); i++ {
		switch {
		case line[i] != '$' || line[i+1] != 'B' && line[i+1] != '@':
		case i > 0 && line[i-1] == 0x1B:
			return i - 1, i + 2
		case line[i+1] == 'B':
			return i, i + 2
		}
	}
	return -1, -1
}

// rawJISEnd returns how many bytes of pairs follow, and how many bytes the sign for ASCII after them has.
func rawJISEnd(line string) (length, after int) {
	for ; ; length += 2 {
		rest := line[length:]
		for _, sign := range []string{"\x1b(B", "\x1b(J", "(B", "(J"} {
			if strings.HasPrefix(rest, sign) {
				return length, len(sign)
			}
		}
		if len(rest) < 2 || rest[0] < 0x21 || rest[0] > 0x7E || rest[1] < 0x21 || rest[1] > 0x7E {
			return length, 0
		}
	}
}
