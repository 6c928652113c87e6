package neosource

import (
	"hash/maphash"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// ledger is what one worker has read: sums, and 32 bytes of each governed entity, so that what the journal supersedes can be
// taken away again.
type ledger struct {
	nodes, relationships account
	loose                []loose
}

// account is the part of a ledger for nodes or for relationships.
type account struct {
	classes []string
	numbers map[string]uint32
	totals  []total // by class
	entries []entry
}

// total is what there is of a class.
type total struct {
	count int64
	sum   graphimage.Sum
}

// entry is a governed entity.
type entry struct {
	key   uint64
	sum   graphimage.Sum
	class uint32
}

// loose is a relationship that no journal knows, with an end that one does: it goes with the end.
type loose struct {
	from, to uint64
	sum      graphimage.Sum
	class    uint32
}

func newLedger() *ledger {
	return &ledger{nodes: account{numbers: map[string]uint32{}}, relationships: account{numbers: map[string]uint32{}}}
}

// add adds an entity of a class and returns the class's number.
func (a *account) add(class []byte, sum graphimage.Sum) uint32 {
	n, known := a.numbers[string(class)]
	if !known {
		n = uint32(len(a.classes))
		a.numbers[string(class)], a.classes, a.totals = n, append(a.classes, string(class)), append(a.totals, total{})
	}
	a.totals[n].count++
	a.totals[n].sum = a.totals[n].sum.Add(sum)
	return n
}

func (a *account) take(class uint32, sum graphimage.Sum) {
	a.totals[class].count--
	a.totals[class].sum = a.totals[class].sum.Sub(sum)
}

// supersede takes away the entities that the journal says otherwise of, and what goes with nodes that are gone.
func (l *ledger) supersede(by *superseded) {
	for _, e := range l.nodes.entries {
		if by.nodes[e.key] {
			l.nodes.take(e.class, e.sum)
		}
	}
	for _, e := range l.relationships.entries {
		if by.relationships[e.key] {
			l.relationships.take(e.class, e.sum)
		}
	}
	for _, r := range l.loose {
		if by.gone[r.from] || by.gone[r.to] {
			l.relationships.take(r.class, r.sum)
		}
	}
}

// superseded holds the keys of entities that the journal says otherwise of.
type superseded struct{ nodes, relationships, gone map[uint64]bool }

func newSuperseded() *superseded {
	return &superseded{nodes: map[uint64]bool{}, relationships: map[uint64]bool{}, gone: map[uint64]bool{}}
}

// tally adds what is in the ledger to a tally.
func (l *ledger) tally(to *tally) {
	for n, t := range l.nodes.totals {
		to.add(graphimage.Node, l.nodes.classes[n], t.sum, t.count)
	}
	for n, t := range l.relationships.totals {
		to.add(graphimage.Relationship, l.relationships.classes[n], t.sum, t.count)
	}
}

// hasher turns stable ids into keys of 64 bits, within one backup.
type hasher struct{ seed maphash.Seed }

func newHasher() hasher { return hasher{maphash.MakeSeed()} }

// key returns 0 for no stable id.
func (h hasher) key(gid string) uint64 {
	if gid == "" {
		return 0
	}
	return maphash.String(h.seed, gid)
}
