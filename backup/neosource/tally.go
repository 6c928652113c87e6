package neosource

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// tally counts and digests a state of a graph: what a restored graph is compared by.
type tally struct {
	Nodes            int64            `json:"nodes"`
	Relationships    int64            `json:"relationships"`
	Labels           map[string]int64 `json:"labels"`
	Types            map[string]int64 `json:"types"`
	NodesSum         graphimage.Sum   `json:"nodes_sum"`
	RelationshipsSum graphimage.Sum   `json:"relationships_sum"`
}

func newTally() tally { return tally{Labels: map[string]int64{}, Types: map[string]int64{}} }

// classSeparator stands between labels: no label has it.
const classSeparator = "\x00"

// classOf returns what an image counts as: the joined labels of a node, with that of governed nodes, or the type of a
// relationship.
func classOf(i graphimage.Image, governed string) string {
	if i.Kind == graphimage.Relationship {
		return i.Type
	}
	labels := i.Labels
	if governed != "" {
		labels = append(slices.Clone(labels), governed)
		slices.Sort(labels)
	}
	return strings.Join(labels, classSeparator)
}

// add adds n entities of a class with the sum of their digests; a negative n takes them away.
func (t *tally) add(kind graphimage.Kind, class string, sum graphimage.Sum, n int64) {
	if n < 0 {
		sum = graphimage.Sum{}.Sub(sum)
	}
	if kind == graphimage.Relationship {
		t.Relationships += n
		t.Types[class] += n
		t.RelationshipsSum = t.RelationshipsSum.Add(sum)
		return
	}
	t.Nodes += n
	t.NodesSum = t.NodesSum.Add(sum)
	if class == "" {
		return
	}
	for label := range strings.SplitSeq(class, classSeparator) {
		t.Labels[label] += n
	}
}

// facts returns the tally as a source and a restored graph show it.
func (t *tally) facts() []backup.Fact {
	facts := []backup.Fact{
		{Name: "nodes", Value: fmt.Sprintf("%d, digest %s", t.Nodes, t.NodesSum)},
		{Name: "relationships", Value: fmt.Sprintf("%d, digest %s", t.Relationships, t.RelationshipsSum)},
	}
	for what, counts := range map[string]map[string]int64{"label ": t.Labels, "type ": t.Types} {
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			if counts[name] != 0 {
				facts = append(facts, backup.Fact{Name: what + name, Value: fmt.Sprintf("%d", counts[name])})
			}
		}
	}
	slices.SortFunc(facts, func(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) })
	return facts
}
