package unidic

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/ikawaha/kagome-dict/uni"
)

// Columns of kagome-dict's contents: UniDic's features without the part of speech.
const (
	columnType   = uni.CType - uni.POSHierarchy
	columnForm   = uni.CForm - uni.POSHierarchy
	columnLForm  = uni.LForm - uni.POSHierarchy
	columnLemma  = uni.Lemma - uni.POSHierarchy
	columnOrth   = uni.Orth - uni.POSHierarchy
	columnPron   = uni.Pron - uni.POSHierarchy
	columnBase   = uni.OrthBase - uni.POSHierarchy
	columnOrigin = uni.Goshu - uni.POSHierarchy
)

// packer makes tables of a dictionary.
type packer struct {
	from     *dict.Dict
	to       *tables
	lefts    []uint16 // class by identifier, as the right word of a pair
	rights   []uint16 // and as the left word
	texts    map[string]uint32
	grammars map[grammarKey]uint16
	short    error // first string that is too long
}

type grammarKey struct {
	pos                [4]string
	kind, form, origin string
}

// pack makes tables of a dictionary. It ends early, with the context's error, when the context ends.
func pack(ctx context.Context, from *dict.Dict) (*tables, error) {
	p := &packer{from: from, to: &tables{}, texts: make(map[string]uint32, len(from.Morphs)), grammars: map[grammarKey]uint16{}}
	if n := len(from.Morphs); n != len(from.Contents) || n != len(from.POSTable.POSs) || n == 0 {
		return nil, fmt.Errorf("unidic: dictionary with %d words, %d contents and %d parts of speech", n, len(from.Contents), len(from.POSTable.POSs))
	}
	p.place("")
	for _, step := range []func() error{p.connections, p.surfaces, p.lexicon, p.unknowns} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p.to, nil
}

// connections merges the identifiers whose costs are the same everywhere: a fifth of the rows and of the columns.
func (p *packer) connections() error {
	rows, columns, costs := int(p.from.Connection.Row), int(p.from.Connection.Col), p.from.Connection.Vec
	if rows <= 0 || columns <= 0 || rows > math.MaxInt16 || columns > math.MaxInt16 || len(costs) != rows*columns {
		return fmt.Errorf("unidic: connection costs of %d rows and %d columns", rows, columns)
	}
	sums, left := make([]uint64, rows), make([]uint64, columns)
	for c := range columns {
		row := costs[c*rows : (c+1)*rows]
		sum := uint64(fnvOffset)
		for r, cost := range row {
			v := uint64(uint16(cost))
			sum = (sum ^ v) * fnvPrime
			sums[r] = (sums[r] ^ v) * fnvPrime
		}
		left[c] = sum
	}
	var keptLefts, keptRights []int
	p.lefts, keptLefts = merge(left)
	p.rights, keptRights = merge(sums)
	p.to.rights = len(keptRights)
	p.to.matrix = make([]int16, 0, len(keptLefts)*len(keptRights))
	for _, c := range keptLefts {
		row := costs[c*rows : (c+1)*rows]
		for _, r := range keptRights {
			p.to.matrix = append(p.to.matrix, row[r])
		}
	}
	p.to.edge = entry{left: p.lefts[0], right: p.rights[0]}
	return nil
}

// The hash of Fowler, Noll and Vo, over costs instead of bytes.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// merge numbers equal sums, and returns the first of each.
func merge(sums []uint64) (classes []uint16, kept []int) {
	known := map[uint64]uint16{}
	for i, sum := range sums {
		class, ok := known[sum]
		if !ok {
			class = uint16(len(kept))
			known[sum] = class
			kept = append(kept, i)
		}
		classes = append(classes, class)
	}
	return classes, kept
}

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

// alphanumeric reports whether a surface has a letter or digit that MeCab's UniDic, unlike kagome-dict's, leaves to unknown words.
func alphanumeric(surface string) bool {
	return strings.ContainsFunc(surface, func(r rune) bool {
		return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '０' <= r && r <= '９'
	})
}
