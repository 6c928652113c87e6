package unidic

import "unicode/utf8"

// longestGroup is the number of characters that MeCab puts into one unknown word at most (max-grouping-size, behind the first).
const longestGroup = 1 + 24

// add adds the words that start at a place.
func (l *lattice) add(start int) {
	found := l.words.add(l, start)
	at := int32(0)
	for i := start; i < len(l.text); i++ {
		next, ok := l.tables.trie.child(at, l.text[i])
		if !ok {
			break
		}
		at = next
		if n, ok := l.tables.trie.number(at); ok && l.tables.groups[n].paths > 0 {
			found = true
			l.push(start, i+1, l.tables.groups[n])
		}
	}
	if kind := l.kinds[start]; !found || l.tables.kinds[kind].invoke == 1 {
		l.addUnknown(start, kind, found)
	}
}

// addUnknown adds the unknown words that start at a place, as MeCab does in tokenizer.cpp.
func (l *lattice) addUnknown(start int, category byte, found bool) {
	k, g := l.tables.kinds[category], l.tables.unknown(category)
	grouped := -1
	if k.group == 1 {
		grouped = int(l.until[start])
		if l.runs[start] <= longestGroup {
			found = true
			l.push(start, grouped, g)
		}
	}
	_, size := utf8.DecodeRuneInString(l.text[start:])
	end := start + size
	for i := byte(0); i < k.length && end != grouped; i++ {
		found = true
		l.push(start, end, g)
		if end == len(l.text) || l.kinds[end] != category {
			break
		}
		_, size := utf8.DecodeRuneInString(l.text[end:])
		end += size
	}
	if !found {
		l.push(start, start+size, g)
	}
}

// push adds the words of a group.
func (l *lattice) push(start, end int, g group) {
	for i := g.first; i < g.first+uint32(g.paths); i++ {
		l.pushEntry(start, end, int32(i), l.tables.entries[i])
	}
}

// pushEntry adds a word.
func (l *lattice) pushEntry(start, end int, number int32, e entry) {
	cost, before := l.cheapest(e.left, true)
	l.nodes = append(l.nodes, node{
		start: int32(start), end: int32(end), entry: number, cost: cost + int32(e.cost), before: before, next: l.ends[end], right: e.right,
	})
	l.ends[end] = int32(len(l.nodes) - 1)
}

// measure finds the runs of characters of one category.
func (l *lattice) measure() {
	next := len(l.text)
	for i := len(l.text) - 1; i >= 0; i-- {
		_, size := utf8.DecodeLastRuneInString(l.text[:next])
		i = next - size
		if next < len(l.text) && l.kinds[next] == l.kinds[i] {
			l.until[i], l.runs[i] = l.until[next], min(l.runs[next]+1, longestGroup+1)
		} else {
			l.until[i], l.runs[i] = int32(next), 1
		}
		next = i
	}
}
