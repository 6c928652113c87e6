package japanese

import "strings"

// detectRawJIS finds ISO-2022-JP that nobody decoded: ESC $ B ... ESC ( B, and the same after the escape characters were dropped.
func detectRawJIS(line string) []Mojibake {
	var found []Mojibake
	for i := 0; i < len(line); {
		start, text := rawJISStart(line[i:])
		if text < 0 {
			break
		}
		start, text = i+start, i+text
		length, after := rawJISEnd(line[text:])
		i = text
		if length == 0 {
			continue
		}
		meant := ISO2022JP.read("\x1b$B" + line[text:text+length] + "\x1b(B")
		p := plausible(meant)
		escaped := line[start] == 0x1B
		if p.odd&replacement != 0 || p.score() < .5 || p.kana == 0 && !escaped {
			continue
		}
		i = text + length + after
		found = append(found, Mojibake{At: Span{start, i}, Written: ISO2022JP, Read: UTF8, Exact: true, Meant: meant})
	}
	if len(found) == 0 && (strings.Contains(line, "\x1b$B") || strings.Contains(line, "\x1b$@")) {
		found = append(found, Mojibake{At: Span{0, len(line)}, Written: ISO2022JP, Read: UTF8})
	}
	return found
}

// rawJISStart returns where the sign for two-byte characters begins and ends; -1 when there is none.
func rawJISStart(line string) (start, end int) {
	for i := 0; i+1 < len(line); i++ {
		if line[i] == '$' && (line[i+1] == 'B' || line[i+1] == '@') {
			if i > 0 && line[i-1] == 0x1B {
				return i - 1, i + 2
			}
			if line[i+1] == 'B' {
				return i, i + 2
			}
		}
	}
	return -1, -1
}

// rawJISEnd returns how many bytes of pairs follow, and how many bytes the sign for ASCII after them has.
func rawJISEnd(line string) (length, after int) {
	for length+1 < len(line) {
		rest := line[length:]
		for _, sign := range []string{"\x1b(B", "\x1b(J", "(B", "(J"} {
			if strings.HasPrefix(rest, sign) {
				return length, len(sign)
			}
		}
		if rest[0] < 0x21 || rest[0] > 0x7E || rest[1] < 0x21 || rest[1] > 0x7E {
			break
		}
		length += 2
	}
	return length, 0
}
