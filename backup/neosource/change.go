package neosource

import (
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// recordOf returns a change as a snapshot keeps it.
func recordOf(c journal.Change) graphimage.Record {
	r := graphimage.Record{Kind: graphimage.Relationship, GID: c.GID, Version: c.Version, Gone: c.Gone, Image: c.Image}
	if c.Node {
		r.Kind = graphimage.Node
	}
	return r
}

// addChange counts what the journal says of an entity, and notes that it changed. Governed nodes have a label of their own
// besides those in the image.
func (c *census) addChange(of journal.Change, governed string, by *changed) error {
	key := graphimage.PrintOf(of.GID)
	keys := by.relationships
	if of.Node {
		if keys = by.nodes; of.Gone {
			by.gone[key] = true
		}
	}
	keys[key] = true
	if of.Gone {
		return nil
	}
	r := recordOf(of)
	sum, class, err := sumOf(r, governed)
	if err != nil {
		return err
	}
	to := &c.relationships
	if of.Node {
		to = &c.nodes
	}
	to.governed = append(to.governed, entry{key: key, sum: sum, class: to.add(class, sum)})
	return nil
}

// sumOf returns the digest and the class of a governed entity whose image is of the journal.
func sumOf(r graphimage.Record, governed string) (graphimage.Sum, string, error) {
	if r.Kind == graphimage.Relationship {
		head, err := graphimage.DecodeHead(r.Image)
		if err != nil {
			return graphimage.Sum{}, "", err
		}
		sum, err := graphimage.SumOfRelationship(r.GID, r.Version, r.Image, graphimage.PrintOf(head.From.GID), graphimage.PrintOf(head.To.GID))
		return sum, head.Type, err
	}
	labels, err := graphimage.DecodeLabels(r.Image)
	if err != nil {
		return graphimage.Sum{}, "", err
	}
	return graphimage.SumOfNode(r.GID, r.Version, r.Image), className(append(labels, governed)), nil
}
