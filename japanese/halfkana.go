package japanese

import "strings"

// unnaturalHalfKana counts the places in half-width kana where no word has them: a sound mark after a kana that takes none, a small ya
// after a kana that is not of the i row, a small kana or a long mark at the beginning.
func unnaturalHalfKana(text string) int {
	n := 0
	last := rune(0)
	for _, r := range text {
		switch {
		case r == 'ﾞ':
			n += outsideOf(last, "ｳｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ")
		case r == 'ﾟ':
			n += outsideOf(last, "ﾊﾋﾌﾍﾎ")
		case r >= 'ｬ' && r <= 'ｮ':
			n += outsideOf(last, "ｷｼﾁﾆﾋﾐﾘﾃﾌﾞﾟｳﾄ")
		case r == 'ｰ' || r >= 'ｧ' && r <= 'ｯ':
			if last < 'ｦ' || last > 'ﾟ' {
				n++
			}
		}
		last = r
	}
	return n
}

func outsideOf(r rune, among string) int {
	if r >= 0x3041 && r < 0x3100 || strings.ContainsRune(among, r) {
		return 0
	}
	return 1
}
