package japanese

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ichidan adds the forms of 食べる.
func (p *paradigm) ichidan() bool {
	stem, fits := strings.CutSuffix(p.word, "る")
	if !fits || stem == "" {
		return false
	}
	imperatives := []string{stem + "ろ", stem + "よ"}
	if isGive(p.word) {
		imperatives = []string{stem}
	}
	p.verb(verbStems{
		negative: stem, polite: stem, te: stem + "て", past: stem + "た", ba: stem + "れば", volitional: stem + "よう", zu: stem,
		imperatives: imperatives, potentials: []string{stem + "られる"}, passives: []string{stem + "られる"},
		causatives: []string{stem + "させる", stem + "さす"},
	})
	return true
}

// isGive says whether a verb is くれる, alone or after a te-form: its imperative is くれ.
func isGive(word string) bool {
	return word == "くれる" || word == "呉れる" || strings.HasSuffix(word, "てくれる") || strings.HasSuffix(word, "でくれる")
}

// godanRow returns the five kana of the row of a final kana, in the order of the vowels a, i, u, e, o: those before ない, ます, of the
// dictionary form, before ば and before う.
func godanRow(final rune) ([5]string, bool) {
	switch final {
	case 'う':
		return [5]string{"わ", "い", "う", "え", "お"}, true
	case 'く':
		return [5]string{"か", "き", "く", "け", "こ"}, true
	case 'ぐ':
		return [5]string{"が", "ぎ", "ぐ", "げ", "ご"}, true
	case 'す':
		return [5]string{"さ", "し", "す", "せ", "そ"}, true
	case 'つ':
		return [5]string{"た", "ち", "つ", "て", "と"}, true
	case 'ぬ':
		return [5]string{"な", "に", "ぬ", "ね", "の"}, true
	case 'ぶ':
		return [5]string{"ば", "び", "ぶ", "べ", "ぼ"}, true
	case 'む':
		return [5]string{"ま", "み", "む", "め", "も"}, true
	case 'る':
		return [5]string{"ら", "り", "る", "れ", "ろ"}, true
	}
	return [5]string{}, false
}

// godan adds the forms of 書く.
func (p *paradigm) godan() bool {
	final, size := utf8.DecodeLastRuneInString(p.word)
	row, fits := godanRow(final)
	stem := p.word[:len(p.word)-size]
	if !fits || stem == "" {
		return false
	}
	te := godanTe(p.word, stem, final)
	s := verbStems{
		negative: stem + row[0], polite: stem + row[1], te: te, past: pastOf(te), ba: stem + row[3] + "ば", volitional: stem + row[4] + "う",
		zu: stem + row[0], imperatives: []string{stem + row[3]}, potentials: []string{stem + row[3] + "る"},
		passives: []string{stem + row[0] + "れる"}, causatives: []string{stem + row[0] + "せる", stem + row[0] + "す"},
	}
	if final != 'す' {
		s.shortCause = stem + row[0]
	}
	switch {
	case isExist(p.word):
		s.negative, s.zu, s.potentials, s.passives, s.causatives, s.shortCause = "", stem+"ら", nil, nil, nil, ""
		p.negatives(strings.TrimSuffix(stem, lastRune(stem)))
	case isHonorific(p.word):
		s.polite, s.imperatives = stem+"い", []string{stem + "い"}
	}
	p.verb(s)
	if isHonorific(p.word) {
		p.add(StemForm, stem+row[1])
	}
	return true
}

// pastOf returns the past of a te-form.
func pastOf(te string) string {
	if stem, voiced := strings.CutSuffix(te, "で"); voiced {
		return stem + "だ"
	}
	return strings.TrimSuffix(te, "て") + "た"
}

// godanTe returns the te-form of a godan verb, with its sound change 音便.
func godanTe(word, stem string, final rune) string {
	switch {
	case isGo(word):
		return strings.TrimSuffix(stem, "ゆ") + strings.Repeat("い", strings.Count(lastRune(stem), "ゆ")) + "って"
	case isAsk(word):
		return word + "て"
	}
	switch final {
	case 'く':
		return stem + "いて"
	case 'ぐ':
		return stem + "いで"
	case 'す':
		return stem + "して"
	case 'ぬ', 'ぶ', 'む':
		return stem + "んで"
	}
	return stem + "って"
}

// isGo says whether a verb is 行く: its te-form is 行って. Of いく in kana, only what follows a te-form is a compound of it.
func isGo(word string) bool {
	if strings.HasSuffix(word, "行く") || strings.HasSuffix(word, "逝く") {
		return true
	}
	for _, kana := range []string{"いく", "ゆく"} {
		if before, found := strings.CutSuffix(word, kana); found && (before == "" || slices.Contains([]string{"て", "で"}, lastRune(before))) {
			return true
		}
	}
	return false
}

// isAsk says whether a verb in う keeps its う in the te-form: 問うて.
func isAsk(word string) bool {
	return slices.Contains([]string{"問う", "訪う", "請う", "乞う", "恋う", "宣う", "とう", "こう", "のたまう"}, word)
}

// isExist says whether a verb is ある, whose negative is ない.
func isExist(word string) bool {
	return word == "ある" || word == "有る" || word == "在る" || strings.HasSuffix(word, "てある") || strings.HasSuffix(word, "である")
}

// isHonorific says whether a verb is one of the five whose stem before ます ends in い.
func isHonorific(word string) bool {
	for _, verb := range []string{"くださる", "下さる", "なさる", "為さる", "いらっしゃる", "おっしゃる", "仰る", "仰しゃる", "仰有る", "ござる", "御座る"} {
		if strings.HasSuffix(word, verb) {
			return true
		}
	}
	return false
}

// suru adds the forms of する, and of what is made with it.
func (p *paradigm) suru() bool {
	noun := strings.TrimSuffix(strings.TrimSuffix(p.word, "する"), "為る")
	if p.word == "" {
		return false
	}
	p.word = noun + "する"
	s := verbStems{
		negative: noun + "し", polite: noun + "し", te: noun + "して", past: noun + "した", ba: noun + "すれば", volitional: noun + "しよう",
		zu: noun + "せ", imperatives: []string{noun + "しろ", noun + "せよ"}, potentials: []string{noun + "できる", noun + "出来る"},
		passives: []string{noun + "される"}, causatives: []string{noun + "させる", noun + "さす"},
	}
	// A verb of one kanji and する is half way to a godan verb in す: 愛さない, 愛せる.
	if r, size := utf8.DecodeRuneInString(noun); size == len(noun) && unicode.Is(unicode.Han, r) {
		s.potentials = []string{noun + "せる", noun + "しうる", noun + "し得る"}
		p.verb(s)
		p.negatives(noun + "さ")
		p.add(BaForm, noun+"せば")
		p.add(VolitionalForm, noun+"そう")
		return true
	}
	p.verb(s)
	return true
}

// kuru adds the forms of くる, whose stem changes its vowel where it is in kana.
func (p *paradigm) kuru() bool {
	stem, kanji := strings.CutSuffix(p.word, "来る")
	i, o, u := "来", "来", "来"
	if !kanji {
		var kana bool
		if stem, kana = strings.CutSuffix(p.word, "くる"); !kana {
			return false
		}
		i, o, u = "き", "こ", "く"
	}
	i, o, u = stem+i, stem+o, stem+u
	p.verb(verbStems{
		negative: o, polite: i, te: i + "て", past: i + "た", ba: u + "れば", volitional: o + "よう", zu: o, imperatives: []string{o + "い"},
		potentials: []string{o + "られる"}, passives: []string{o + "られる"}, causatives: []string{o + "させる", o + "さす"},
	})
	return true
}

// lastRune returns the last character of a text.
func lastRune(text string) string {
	_, size := utf8.DecodeLastRuneInString(text)
	return text[len(text)-size:]
}
