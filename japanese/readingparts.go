package japanese

import (
	"slices"
	"strings"
)

// mostPart is how many characters a part of a word may have.
const mostPart = 8

// partReader takes a written word apart, so that the readings of its parts give a sound. Whether it can go on from a place in the word and a
// place in the sound depends on nothing else, so each pair of places is tried once.
type partReader struct {
	source ReadingSource
	word   []rune
	sound  []rune
	failed map[[2]int]bool
	parts  map[[2]int][]string // readings of word[from:to]
}

func newPartReader(source ReadingSource, word string, sound []rune) *partReader {
	return &partReader{source: source, word: []rune(word), sound: sound, failed: map[[2]int]bool{}, parts: map[[2]int][]string{}}
}

// reads says whether the word from a place on can be read as the sound from a place on.
func (w *partReader) reads(at, from int) bool {
	if at == len(w.word) || from == len(w.sound) {
		return at == len(w.word) && from == len(w.sound)
	}
	if w.failed[[2]int{at, from}] {
		return false
	}
	for end := at + 1; end <= min(len(w.word), at+mostPart); end++ {
		for _, reading := range w.readings(at, end) {
			for _, heard := range w.heard(at, end, from, []rune(reading)) {
				if to := w.follow(from, heard); to >= 0 && w.joins(end, to) && w.reads(end, to) {
					return true
				}
			}
		}
	}
	w.failed[[2]int{at, from}] = true
	return false
}

// readings returns the readings of a part.
func (w *partReader) readings(at, end int) []string {
	if end == at+1 {
		if own := kanaReadings(w.word[at]); own != nil {
			return own
		}
	}
	key := [2]int{at, end}
	found, ok := w.parts[key]
	if !ok && slices.ContainsFunc(w.word[at:end], kanjiRune) {
		found = w.source.Readings(string(w.word[at:end]))
		if end == at+1 {
			found = append(slices.Clone(found), numeralReadings(w.word[at])...)
		}
		w.parts[key] = found
	}
	return found
}

// kanaReadings returns how a kana is read in a word: は and へ may be particles, and ヶ stands for several syllables.
func kanaReadings(r rune) []string {
	k, ok := katakanaOf(r)
	switch {
	case !ok:
		return nil
	case k == 'ハ':
		return []string{"ハ", "ワ"}
	case k == 'ヘ':
		return []string{"ヘ", "エ"}
	case k == 'ヶ' || k == 'ヵ':
		return []string{"カ", "ガ", "コ", "ケ"}
	}
	return []string{string(k)}
}

// heard returns the forms in which a reading of the part word[at:end] may be heard from a place of the sound on.
func (w *partReader) heard(at, end, from int, reading []rune) [][]rune {
	if len(reading) == 0 || !kanjiRune(w.word[at]) && len(reading) == 1 {
		return [][]rune{reading}
	}
	var forms [][]rune
	for _, begun := range w.begun(at, from, reading) {
		forms = append(forms, begun)
		if end < len(w.word) {
			forms = append(forms, jointEndings(begun)...)
		}
	}
	return forms
}

// begun returns a reading with the changes that its first sound may take after what was heard before.
func (w *partReader) begun(at, from int, reading []rune) [][]rune {
	if at == 0 || from == 0 {
		return [][]rune{reading}
	}
	before := w.sound[from-1]
	var forms [][]rune
	if !mustChange(w.word[at-1], w.word[at], before) {
		forms = append(forms, reading)
	}
	change := func(k rune) {
		if k != 0 {
			changed := slices.Clone(reading)
			changed[0] = k
			forms = append(forms, changed)
		}
	}
	great := w.word[at] == '百' || w.word[at] == '千'
	if before == 'ッ' || before == 'ン' && !great {
		change(plosiveOf(reading[0]))
	}
	switch {
	case voicedInside(reading):
	case isNumeral(w.word[at-1]) && before != 'ン', great && w.word[at-1] != '三' && w.word[at-1] != '何':
	default:
		change(voicedOf(reading[0]))
	}
	if i := strings.IndexRune("アイウエオ", reading[0]); before == 'ン' && i >= 0 {
		change([]rune("ナニヌネノ")[i/len("ア")])
	}
	return forms
}

// mustChange says whether a counter in ハ行, 百 or 千 cannot keep its first sound after a number: いっぱい, さんぼん, さんびゃく.
func mustChange(number, counter, before rune) bool {
	switch number {
	case '三', '何':
		return before == 'ン' && strings.ContainsRune("百千杯本匹泊分発拍票歩", counter)
	case '一', '十':
		return strings.ContainsRune("百杯本匹泊分発拍票歩", counter) && (number == '一' || counter != '百')
	}
	return before == 'ッ' && counter == '百'
}

// voicedInside says whether a voiced sound follows the first: then there is no 連濁 (Lyman's law, 1894). はしご is its exception.
func voicedInside(reading []rune) bool {
	if string(reading) == "ハシゴ" {
		return false
	}
	return slices.ContainsFunc(reading[1:], func(k rune) bool { return unvoicedOf(k) != k })
}

// jointEndings returns a reading with the changes that its last sound may take before a next part: 学 ガク to ガッ, 雨 アメ to アマ, 十 ジュウ to ジュッ.
func jointEndings(reading []rune) [][]rune {
	last := len(reading) - 1
	var forms [][]rune
	change := func(k rune) {
		changed := slices.Clone(reading)
		changed[last] = k
		forms = append(forms, changed)
	}
	if last > 0 && strings.ContainsRune("ツチクキフ", reading[last]) {
		change('ッ')
	}
	if last > 0 && string(reading) == "ニチ" {
		return append(forms, []rune("ニ"))
	}
	if i := strings.IndexRune("エケセテネヘメレゲゼデベ", reading[last]); i >= 0 {
		change([]rune("ワカサタナハマラガザダバ")[i/len("エ")])
	}
	return forms
}

// follow returns the place in the sound after a reading that is heard from a place on, or -1.
func (w *partReader) follow(from int, reading []rune) int {
	sound := slices.Clip(w.sound[:from])
	for _, k := range reading {
		sound = appendSound(sound, k)
		if len(sound) > len(w.sound) || sound[len(sound)-1] != w.sound[len(sound)-1] {
			return -1
		}
	}
	return len(sound)
}

// joins says whether a part may end where a place in the sound is: a ッ needs a sound that it can double.
func (w *partReader) joins(end, to int) bool {
	if w.sound[to-1] != 'ッ' {
		return true
	}
	if end == len(w.word) {
		return to == len(w.sound)
	}
	return to < len(w.sound) && strings.ContainsRune("カキクケコサシスセソタチツテトパピプペポ", w.sound[to])
}

// covered says whether the dictionary knows all parts of the word from a place on, whatever their readings.
func (w *partReader) covered(at int) bool {
	for at < len(w.word) {
		if hasReading(w.word[at]) && len(w.readings(at, at+1)) == 0 {
			longer := 0
			for end := at + 2; end <= min(len(w.word), at+mostPart); end++ {
				if len(w.readings(at, end)) > 0 {
					longer = end
				}
			}
			if longer == 0 {
				return false
			}
			at = longer - 1
		}
		at++
	}
	return true
}

// okurigana returns the kana at the end of the word, in katakana.
func (w *partReader) okurigana() []rune {
	from := len(w.word)
	for from > 0 {
		if _, kana := katakanaOf(w.word[from-1]); !kana {
			break
		}
		from--
	}
	if from == 0 {
		return nil
	}
	var kana []rune
	for _, r := range w.word[from:] {
		k, _ := katakanaOf(r)
		kana = append(kana, k)
	}
	return kana
}
