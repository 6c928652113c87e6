package unidic

import (
	"fmt"
	"math"
	"strings"

	"github.com/ikawaha/kagome-dict/dict"
)

// surfaces copies the trie, and numbers its surfaces in the order of their entries.
func (p *packer) surfaces() error {
	words := len(p.from.Morphs)
	numbers := make([]int32, words)
	p.to.groups = make([]group, 0, words)
	for first := 0; first < words; {
		size := 1 + int(p.from.Index.Dup[int32(first)])
		if first+size > words || size > math.MaxUint16 {
			return fmt.Errorf("unidic: %d words from %d share a surface, of %d", size, first, words)
		}
		numbers[first] = int32(len(p.to.groups))
		p.to.groups = append(p.to.groups, group{first: uint32(first), size: uint16(size)})
		first += size
	}
	p.to.trie = make(trie, len(p.from.Index.Da))
	for i, n := range p.from.Index.Da {
		if n.Check >= 0 && n.Base <= 0 {
			if int(-n.Base) >= words {
				return fmt.Errorf("unidic: the index names word %d of %d", -n.Base, words)
			}
			n.Base = -numbers[-n.Base]
		}
		p.to.trie[i] = trieNode{n.Base, n.Check}
	}
	return nil
}

// lexicon packs the words. Those that can be on a path come first in their group.
func (p *packer) lexicon() error {
	p.to.entries = make([]entry, 0, len(p.from.Morphs)+len(p.from.UnkDict.Morphs))
	p.to.words = make([]word, 0, len(p.from.Morphs))
	var rest []int
	for i := range p.to.groups {
		g := &p.to.groups[i]
		rest = rest[:0]
		for id := int(g.first); id < int(g.first)+int(g.size); id++ {
			if p.beaten(id, int(g.first), int(g.size)) {
				rest = append(rest, id)
				continue
			}
			if err := p.add(id); err != nil {
				return err
			}
			g.paths++
		}
		for _, id := range rest {
			if err := p.add(id); err != nil {
				return err
			}
		}
		if alphanumeric(p.from.Contents[g.first][columnOrth]) {
			g.paths = 0
		}
	}
	return nil
}

// beaten reports whether another word of the group is always at least as good: never worse, and earlier when equal.
func (p *packer) beaten(id, first, size int) bool {
	own := p.from.Morphs[id]
	for other := first; other < first+size; other++ {
		m := p.from.Morphs[other]
		if m.LeftID == own.LeftID && m.RightID == own.RightID && (m.Weight < own.Weight || m.Weight == own.Weight && other < id) {
			return true
		}
	}
	return false
}

// add packs a word of the dictionary.
func (p *packer) add(id int) error {
	content := p.from.Contents[id]
	if len(content) <= columnOrigin {
		return fmt.Errorf("unidic: word %d has %d features, of at least %d", id, len(content), columnOrigin+1)
	}
	key := grammarKey{kind: content[columnType], form: content[columnForm], origin: content[columnOrigin]}
	for i, pos := range p.from.POSTable.POSs[id][:min(4, len(p.from.POSTable.POSs[id]))] {
		key.pos[i] = p.from.POSTable.NameList[pos]
	}
	e, err := p.entry(p.from.Morphs[id], key)
	if err != nil {
		return err
	}
	p.to.entries = append(p.to.entries, e)
	lemmaReading, pronunciation := content[columnLForm], content[columnPron]
	w := word{lemma: p.place(content[columnLemma]), lemmaReading: p.place(lemmaReading)}
	if w.base = w.lemma; content[columnBase] != content[columnLemma] {
		w.base = p.place(content[columnBase])
	}
	if w.pronunciation = w.lemmaReading; pronunciation != lemmaReading {
		w.pronunciation = p.place(pronunciation)
	}
	switch reading := spell(content[columnOrth], lemmaReading, pronunciation); reading {
	case lemmaReading:
		w.reading = w.lemmaReading
	case pronunciation:
		w.reading = w.pronunciation
	default:
		w.reading = p.place(reading)
	}
	p.to.words = append(p.to.words, w)
	return p.short
}

// entry packs what the lattice needs.
func (p *packer) entry(m dict.Morph, key grammarKey) (entry, error) {
	if m.LeftID < 0 || int(m.LeftID) >= len(p.lefts) || m.RightID < 0 || int(m.RightID) >= len(p.rights) {
		return entry{}, fmt.Errorf("unidic: contexts %d and %d of %d and %d", m.LeftID, m.RightID, len(p.lefts), len(p.rights))
	}
	number, ok := p.grammars[key]
	if !ok {
		number = uint16(len(p.to.grammar))
		g := grammar{conjugationType: p.place(key.kind), conjugationForm: p.place(key.form), origin: p.place(key.origin)}
		for i, pos := range key.pos {
			g.pos[i] = p.place(pos)
		}
		p.grammars[key] = number
		p.to.grammar = append(p.to.grammar, g)
		if len(p.to.grammar) > math.MaxUint16 {
			return entry{}, fmt.Errorf("unidic: more than %d grammars", math.MaxUint16)
		}
	}
	return entry{left: p.lefts[m.LeftID], right: p.rights[m.RightID], cost: m.Weight, grammar: number}, nil
}

// place stores a string once. UniDic's asterisk, for what a word has not, becomes the empty string.
func (p *packer) place(s string) uint32 {
	if s == "*" {
		s = ""
	}
	at, ok := p.texts[s]
	if ok {
		return at
	}
	if len(s) > math.MaxUint8 && p.short == nil {
		p.short = fmt.Errorf("unidic: a feature of %d bytes, of at most %d", len(s), math.MaxUint8)
		return 0
	}
	at = uint32(len(p.to.text))
	p.to.text = append(append(p.to.text, byte(len(s))), s...)
	p.texts[s] = at
	return at
}

// alphanumeric reports whether a surface has a letter or digit that MeCab's UniDic, unlike kagome-dict's, leaves to unknown words.
func alphanumeric(surface string) bool {
	return strings.ContainsFunc(surface, func(r rune) bool {
		return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '０' <= r && r <= '９'
	})
}
