package unidic

import (
	"slices"
	"strings"

	"github.com/ikawaha/kagome-dict/dict"
)

// tinyWords are the words of the dictionary of tiny, sorted; some share a surface.
func tinyWords() []string {
	return []string{"1", "あ", "あい", "あい", "い", "い", "い", "いう", "う", "ア", "漢字", "漢字"}
}

// tiny returns a dictionary like UniDic's with few words. The costs are what the given function says next.
func tiny(cost func() int16) *dict.Dict {
	const contexts = 6
	words := tinyWords()
	d := &dict.Dict{
		CharClass:    dict.CharClass{"DEFAULT", "SPACE", "KANJI", "SYMBOL", "NUMERIC", "ALPHA", "HIRAGANA", "KATAKANA"},
		CharCategory: make(dict.CharCategory, 1<<16),
		InvokeList:   dict.InvokeList{false, false, false, true, true, true, false, true},
		GroupList:    dict.GroupList{true, true, false, true, true, true, true, true},
		POSTable:     dict.POSTable{NameList: []string{"", "名詞", "固有名詞", "一般", "*"}},
		Connection:   dict.ConnectionTable{Row: contexts, Col: contexts},
		UnkDict:      dict.UnkDict{Index: map[int32]int32{}, IndexDup: map[int32]int32{2: 1}},
	}
	d.Index, _ = dict.BuildIndexTable(words)
	for i, w := range words {
		context := int16(1 + i%(contexts-1))
		d.Morphs = append(d.Morphs, dict.Morph{LeftID: context, RightID: context, Weight: cost()})
		d.POSTable.POSs = append(d.POSTable.POSs, dict.POS{1, 2, 3, 4})
		d.Contents = append(d.Contents, []string{"*", "*", "ヨミ", w, w, "ヨミ", w, "ヨミ", "和", "*", "*", "*", "*"})
	}
	for range contexts * contexts {
		d.Connection.Vec = append(d.Connection.Vec, cost())
	}
	copy(d.Connection.Vec[4*contexts:], d.Connection.Vec[3*contexts:4*contexts]) // contexts 3 and 4 are the same on one side
	for i := range d.CharClass {
		d.UnkDict.Index[int32(i)] = int32(len(d.UnkDict.Morphs))
		for range 1 + d.UnkDict.IndexDup[int32(i)] {
			d.UnkDict.Morphs = append(d.UnkDict.Morphs, dict.Morph{LeftID: int16(i % contexts), RightID: int16(i % contexts), Weight: cost() + 300})
			d.UnkDict.Contents = append(d.UnkDict.Contents, []string{"名詞", "普通名詞", "一般", "*"})
		}
	}
	for class, characters := range []string{1: " \t\n\v", 2: "漢字", 3: "、。！　", 4: "123", 5: "abc", 6: "あいうえお", 7: "アイウー"} {
		for _, r := range characters {
			d.CharCategory[r] = byte(class)
		}
	}
	return d
}

// reference finds the cost of the best path through a text by what MeCab's sources say, over the dictionary as it is, by trying all.
type reference struct {
	dict *dict.Dict
	text string
	best map[[2]int]int // by place and right context
}

func (r *reference) cost(at, right int) int {
	if c, ok := r.best[[2]int{at, right}]; ok {
		return c
	}
	start := at + len(r.text[at:]) - len(strings.TrimLeft(r.text[at:], " \t\n\v\f\r"))
	if start == len(r.text) {
		return int(r.dict.Connection.At(right, 0))
	}
	best := 1 << 40
	try := func(m dict.Morph, length int) {
		c := int(r.dict.Connection.At(right, int(m.LeftID))) + int(m.Weight) + r.cost(start+length, int(m.RightID))
		best = min(best, c)
	}
	found := false
	lengths, numbers := r.dict.Index.CommonPrefixSearch(r.text[start:])
	for i, ids := range numbers {
		if alphanumeric(r.text[start : start+lengths[i]]) {
			continue
		}
		for _, id := range ids {
			found = true
			try(r.dict.Morphs[id], lengths[i])
		}
	}
	category := r.dict.CharacterCategory([]rune(r.text[start:])[0])
	if !found || r.dict.InvokeList[category] {
		for _, length := range r.unknown(start, category, found) {
			first := r.dict.UnkDict.Index[int32(category)]
			for _, m := range r.dict.UnkDict.Morphs[first : first+1+r.dict.UnkDict.IndexDup[int32(category)]] {
				try(m, length)
			}
		}
	}
	r.best[[2]int{at, right}] = best
	return best
}

// unknown returns the lengths of unknown words at a place.
func (r *reference) unknown(start int, category byte, found bool) []int {
	run := []rune{}
	for _, c := range r.text[start:] {
		if r.dict.CharacterCategory(c) != category {
			break
		}
		run = append(run, c)
	}
	var lengths []int
	if r.dict.GroupList[category] && len(run) <= 25 {
		lengths = append(lengths, len(string(run)))
	}
	if slices.Contains([]string{"KANJI", "HIRAGANA", "KATAKANA", "KANJINUMERIC"}, r.dict.CharClass[category]) {
		for n := 1; n <= min(2, len(run)); n++ {
			lengths = append(lengths, len(string(run[:n])))
		}
	}
	if len(lengths) == 0 && !found {
		lengths = append(lengths, len(string(run[:1])))
	}
	return lengths
}
