package unidic

// tables are the dictionary, packed. All fields are read only; they may lie in a mapped file.
type tables struct {
	trie    trie      // of surfaces; its numbers are those of groups
	groups  []group   // entries by surface; after those of the surfaces, those of unknown words by category
	entries []entry   // what the lattice needs of a word
	words   []word    // what a token says of a word; none for unknown words, which come last in entries
	matrix  []int16   // connection costs: of class right of the left word to class left of the right word, by the latter
	text    []byte    // strings of words and grammars, each behind its length
	classes []byte    // category of each character of the basic plane
	kinds   []kind    // what makes an unknown word, by category
	grammar []grammar // what words share
	rights  int       // number of classes of left words: the length of a row of the matrix
	edge    entry     // beginning and end of a text
}

// group is the entries of one surface. Among entries that connect alike only the cheapest can be on the best path: those come first.
type group struct {
	first       uint32
	paths, size uint16 // entries that can be on a path; all entries
}

// entry is what the lattice needs of a word. Identifiers of contexts that have the same costs everywhere are one class.
type entry struct {
	left, right uint16
	cost        int16
	grammar     uint16
}

// word has the places of a word's strings in tables.text.
type word struct{ lemma, lemmaReading, base, reading, pronunciation uint32 }

// grammar has the places of the strings that many words share.
type grammar struct {
	pos                                      [4]uint32
	conjugationType, conjugationForm, origin uint32
}

// kind says how unknown words of a category are made (char.def of MeCab).
type kind struct {
	invoke byte // 1: also where the dictionary has a word
	group  byte // 1: all characters of the category together
	length byte // and the first so many
	_      byte
}

// string returns a string at its place.
func (t *tables) string(at uint32) string {
	n := uint32(t.text[at])
	return viewString(t.text[at+1 : at+1+n])
}

// kindOf returns the category of a character.
func (t *tables) kindOf(r rune) byte {
	if r >= 0 && int(r) < len(t.classes) {
		return t.classes[r]
	}
	return 0
}

// unknown returns the entries of unknown words of a category.
func (t *tables) unknown(category byte) group {
	return t.groups[len(t.groups)-len(t.kinds)+int(category)]
}

// find returns the entries of a surface.
func (t *tables) find(surface string) (group, bool) {
	n, ok := t.trie.find(surface)
	if !ok {
		return group{}, false
	}
	return t.groups[n], true
}

// connection returns what it costs that a word comes before another.
func (t *tables) connection(left, right entry) int32 {
	return int32(t.matrix[int(right.left)*t.rights+int(left.right)])
}
