package unidic

import (
	"math"
	"slices"
	"unicode/utf8"
)

// lattice finds the best path through the words of a window (Viterbi 1967). It is used again and again, by one goroutine at a time.
type lattice struct {
	tables *tables
	words  *hostWords
	text   string // the window

	nodes  []node
	ends   []int32     // last node that ends at each byte; 0: none
	kinds  []byte      // category of the character at each byte
	until  []int32     // where the run of characters of its category ends
	runs   []byte      // number of characters of it, at most longestGroup + 1
	left   []candidate // nodes that end where words are being added, the cheapest of each class
	places []int32     // place in left of a class, plus one
	best   []best      // cheapest candidate for each class of right words, at the place where words are being added
	stamp  uint32      // of that place
	path   []int32
	cost   int32   // of the path
	found  []found // words of the windows so far
}

// node is a word in a window, on the cheapest path to it.
type node struct {
	start, end int32 // bytes of its surface
	entry      int32
	cost       int32 // of the path
	before     int32 // node on the path
	next       int32 // another node that ends at the same byte
	right      uint16
}

type candidate struct {
	cost, node int32
	right      uint16
}

type best struct {
	stamp      uint32
	cost, node int32
}

// origin is the node before the first word.
const origin = 1

func newLattice(t *tables, words *hostWords) *lattice {
	return &lattice{
		tables: t, words: words, places: make([]int32, t.rights), best: make([]best, len(t.matrix)/t.rights),
	}
}

// cut returns the words of a window in order, valid until the next call. The word before it has the class right; the window is the
// end of its text, or more follows.
func (l *lattice) cut(text string, right uint16, last bool) []node {
	l.reset(text, right)
	bestEnd, bestCost := int32(0), int32(math.MaxInt32)
	for at := range len(text) + 1 {
		if l.ends[at] == 0 {
			continue
		}
		start := at
		for start < len(text) && space(text[start]) {
			start++
		}
		l.gather(int32(at))
		if start < len(text) {
			l.add(start)
			continue
		}
		end := entry{}
		if last {
			end = l.tables.edge
		}
		if c, n := l.cheapest(end.left, last); c < bestCost {
			bestEnd, bestCost = n, c
		}
	}
	l.cost, l.path = bestCost, l.path[:0]
	for n := bestEnd; n > origin; n = l.nodes[n].before {
		l.path = append(l.path, n)
	}
	slices.Reverse(l.path)
	words := l.nodes[:0]
	for _, n := range l.path { // nodes of a path are in the order of their making, so none is overwritten before it is read
		words = append(words, l.nodes[n])
	}
	return words
}

// space reports whether a byte is white space of ASCII.
func space(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

// reset prepares for a window.
func (l *lattice) reset(text string, right uint16) {
	l.text = text
	n := len(text)
	l.ends = slices.Grow(l.ends[:0], n+1)[:n+1]
	clear(l.ends)
	l.kinds = slices.Grow(l.kinds[:0], n)[:n]
	l.runs = slices.Grow(l.runs[:0], n)[:n]
	l.until = slices.Grow(l.until[:0], n)[:n]
	for i := 0; i < n; {
		r, size := utf8.DecodeRuneInString(text[i:])
		l.kinds[i] = l.tables.kindOf(r)
		l.runs[i] = byte(size)
		i += size
	}
	l.nodes = append(l.nodes[:0], node{}, node{right: right})
	l.ends[0] = origin
	l.measure()
}

// gather collects the nodes that end at a place. Of those with the same class only the cheapest can be on the best path.
func (l *lattice) gather(at int32) {
	l.left = l.left[:0]
	for n := l.ends[at]; n != 0; n = l.nodes[n].next {
		c := candidate{l.nodes[n].cost, n, l.nodes[n].right}
		if place := l.places[c.right]; place == 0 {
			l.left = append(l.left, c)
			l.places[c.right] = int32(len(l.left))
		} else if c.cost < l.left[place-1].cost {
			l.left[place-1] = c
		}
	}
	for _, c := range l.left {
		l.places[c.right] = 0
	}
	l.stamp++
	if l.stamp == 0 { // after four billion places
		clear(l.best)
		l.stamp = 1
	}
}

// cheapest returns the cheapest way to a word of a class, with its connection or, at the end of a window that is not the last, without.
func (l *lattice) cheapest(class uint16, connected bool) (cost, before int32) {
	known := &l.best[class]
	if known.stamp == l.stamp {
		return known.cost, known.node
	}
	cost = math.MaxInt32
	row := l.tables.matrix[int(class)*l.tables.rights : (int(class)+1)*l.tables.rights]
	for _, c := range l.left {
		total := c.cost
		if connected {
			total += int32(row[c.right])
		}
		if total < cost {
			cost, before = total, c.node
		}
	}
	*known = best{l.stamp, cost, before}
	return cost, before
}
