package unidic

import "fmt"

// unknowns packs the categories of characters and the entries of unknown words.
func (p *packer) unknowns() error {
	p.to.classes = p.from.CharCategory
	for i, name := range p.from.CharClass {
		k := kind{}
		if i < len(p.from.InvokeList) && p.from.InvokeList[i] {
			k.invoke = 1
		}
		if i < len(p.from.GroupList) && p.from.GroupList[i] {
			k.group = 1
		}
		switch name { // kagome-dict leaves out char.def's column LENGTH
		case "KANJI", "HIRAGANA", "KATAKANA", "KANJINUMERIC":
			k.length = 2
		}
		p.to.kinds = append(p.to.kinds, k)
		first := int(p.from.UnkDict.Index[int32(i)])
		g := group{first: uint32(len(p.to.entries)), size: uint16(1 + p.from.UnkDict.IndexDup[int32(i)])}
		g.paths = g.size
		for id := first; id < first+int(g.size); id++ {
			if id >= len(p.from.UnkDict.Morphs) || id >= len(p.from.UnkDict.Contents) {
				return fmt.Errorf("unidic: category %s has no unknown words", name)
			}
			key := grammarKey{}
			if copy(key.pos[:], p.from.UnkDict.Contents[id]); name == "SYMBOL" { // a noun in kagome-dict, of which MeCab's UniDic says
				key.pos = [4]string{"補助記号", "一般"}
			}
			e, err := p.entry(p.from.UnkDict.Morphs[id], key)
			if err != nil {
				return err
			}
			p.to.entries = append(p.to.entries, e)
		}
		p.to.groups = append(p.to.groups, g)
	}
	for _, class := range p.to.classes {
		if int(class) >= len(p.to.kinds) {
			return fmt.Errorf("unidic: category %d of %d", class, len(p.to.kinds))
		}
	}
	return p.short
}
