package neosource

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// census counts and digests the state of a graph: what a restored graph is compared by. It keeps 32 bytes of each governed
// entity, so that what the journal supersedes can be taken away again.
type census struct {
	nodes, relationships register
	loose                []loose
}

// register is the part of a census for nodes or for relationships.
type register struct {
	numbers  map[string]uint32
	classes  []class
	governed []entry
	others   int64 // how many are not governed
}

// class is what there is of one combination of labels, or of one type.
type class struct {
	name  string
	count int64
	sum   graphimage.Sum
}

// entry is a governed entity.
type entry struct {
	key   graphimage.Print // of its stable id
	sum   graphimage.Sum
	class uint32
}

// loose is a relationship that is not governed. It goes with its ends.
type loose struct {
	from, to graphimage.Print
	sum      graphimage.Sum
	class    uint32
}

func newCensus() *census {
	return &census{nodes: register{numbers: map[string]uint32{}}, relationships: register{numbers: map[string]uint32{}}}
}

// labelSeparator stands between labels in the name of a class: no label has it.
const labelSeparator = "\x00"

// className returns the name of a node's class.
func className(labels []string) string {
	if !slices.IsSorted(labels) {
		labels = slices.Sorted(slices.Values(labels))
	}
	return strings.Join(labels, labelSeparator)
}

// addNode counts a node and returns its print; empty gid: it is not governed.
func (c *census) addNode(gid string, labels []string, sum graphimage.Sum) graphimage.Print {
	n := c.nodes.add(className(labels), sum)
	if gid == "" {
		c.nodes.others++
		return sum.Print()
	}
	key := graphimage.PrintOf(gid)
	c.nodes.governed = append(c.nodes.governed, entry{key: key, sum: sum, class: n})
	return key
}

// addRelationship counts a relationship; empty gid: it is not governed.
func (c *census) addRelationship(gid, name string, from, to graphimage.Print, sum graphimage.Sum) {
	n := c.relationships.add(name, sum)
	if gid == "" {
		c.relationships.others++
		c.loose = append(c.loose, loose{from: from, to: to, sum: sum, class: n})
		return
	}
	c.relationships.governed = append(c.relationships.governed, entry{key: graphimage.PrintOf(gid), sum: sum, class: n})
}

// add counts an entity of a class and returns the number of the class.
func (r *register) add(name string, sum graphimage.Sum) uint32 {
	n, known := r.numbers[name]
	if !known {
		n = uint32(len(r.classes))
		r.numbers[name], r.classes = n, append(r.classes, class{name: name})
	}
	r.classes[n].count++
	r.classes[n].sum = r.classes[n].sum.Add(sum)
	return n
}

func (r *register) take(e entry) {
	r.classes[e.class].count--
	r.classes[e.class].sum = r.classes[e.class].sum.Sub(e.sum)
}

// merge adds what another census counted.
func (c *census) merge(from *census) {
	nodes, relationships := c.nodes.merge(&from.nodes), c.relationships.merge(&from.relationships)
	for _, e := range from.nodes.governed {
		e.class = nodes[e.class]
		c.nodes.governed = append(c.nodes.governed, e)
	}
	for _, e := range from.relationships.governed {
		e.class = relationships[e.class]
		c.relationships.governed = append(c.relationships.governed, e)
	}
	for _, l := range from.loose {
		l.class = relationships[l.class]
		c.loose = append(c.loose, l)
	}
}

// merge adds the classes of another register and returns what their numbers are here.
func (r *register) merge(from *register) []uint32 {
	numbers := make([]uint32, len(from.classes))
	for i, c := range from.classes {
		n, known := r.numbers[c.name]
		if !known {
			n = uint32(len(r.classes))
			r.numbers[c.name], r.classes = n, append(r.classes, class{name: c.name})
		}
		r.classes[n].count += c.count
		r.classes[n].sum = r.classes[n].sum.Add(c.sum)
		numbers[i] = n
	}
	r.others += from.others
	return numbers
}

// supersede takes away the entities that changed, and what goes with nodes that are gone.
func (c *census) supersede(by *changed) {
	take := func(r *register, keys map[graphimage.Print]bool) {
		r.governed = slices.DeleteFunc(r.governed, func(e entry) bool {
			if keys[e.key] {
				r.take(e)
			}
			return keys[e.key]
		})
	}
	take(&c.nodes, by.nodes)
	take(&c.relationships, by.relationships)
	c.loose = slices.DeleteFunc(c.loose, func(l loose) bool {
		goes := by.gone[l.from] || by.gone[l.to]
		if goes {
			c.relationships.take(entry{sum: l.sum, class: l.class})
			c.relationships.others--
		}
		return goes
	})
}

// changed has the prints of what the journal says otherwise of.
type changed struct {
	nodes, relationships map[graphimage.Print]bool
	gone                 map[graphimage.Print]bool // of the nodes, those that were deleted
}

func newChanged() *changed {
	return &changed{nodes: map[graphimage.Print]bool{}, relationships: map[graphimage.Print]bool{}, gone: map[graphimage.Print]bool{}}
}

// facts returns the census as a source and a restored graph show it.
func (c *census) facts(elements []element) []backup.Fact {
	labels := map[string]int64{}
	var nodes, relationships class
	for _, of := range c.nodes.classes {
		nodes.count, nodes.sum = nodes.count+of.count, nodes.sum.Add(of.sum)
		for label := range strings.SplitSeq(of.name, labelSeparator) {
			labels["label "+label] += of.count
		}
	}
	delete(labels, "label ") // of nodes that have none
	for _, of := range c.relationships.classes {
		relationships.count, relationships.sum = relationships.count+of.count, relationships.sum.Add(of.sum)
		labels["type "+of.name] += of.count
	}
	facts := []backup.Fact{
		{Name: "nodes", Value: fmt.Sprintf("%d, digest %s", nodes.count, nodes.sum)},
		{Name: "relationships", Value: fmt.Sprintf("%d, digest %s", relationships.count, relationships.sum)},
		schemaFact(elements),
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != 0 {
			facts = append(facts, backup.Fact{Name: name, Value: fmt.Sprintf("%d", labels[name])})
		}
	}
	slices.SortFunc(facts, func(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) })
	return facts
}
