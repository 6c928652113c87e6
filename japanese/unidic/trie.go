package unidic

// trie finds the number of a string: a double array over bytes (Aoe 1989), as kagome-dict builds it. No string in it has a zero byte,
// which stands for the end of one.
type trie []trieNode

// trieNode is a node. One without children has a number, negated, as its base.
type trieNode struct{ base, check int32 }

// find returns the number of a string.
func (t trie) find(s string) (int, bool) {
	at := int32(0)
	for i := range len(s) {
		next, ok := t.child(at, s[i])
		if !ok {
			return 0, false
		}
		at = next
	}
	return t.number(at)
}

// child returns the node behind a byte. The root is node 0.
func (t trie) child(at int32, b byte) (int32, bool) {
	if uint(at) >= uint(len(t)) {
		return 0, false
	}
	next := t[at].base + int32(b)
	if b == 0 || uint(next) >= uint(len(t)) || t[next].check != at {
		return 0, false
	}
	return next, true
}

// number returns the number of the string that ends at a node.
func (t trie) number(at int32) (int, bool) {
	if uint(at) >= uint(len(t)) {
		return 0, false
	}
	leaf := t[at].base
	if leaf <= 0 || int(leaf) >= len(t) || t[leaf].check != at || t[leaf].base > 0 {
		return 0, false
	}
	return int(-t[leaf].base), true
}
