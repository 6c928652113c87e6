package neosource

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// survey reads a whole graph.
type survey struct {
	*server
	names   journal.Names
	workers int

	// keep is given the records of a window, in pieces of about chunkSize, which it may keep; nil: nobody wants them.
	keep func(ctx context.Context, kind graphimage.Kind, window int64, pieces [][]byte) error

	prints prints // of the nodes, by the server's id

	mu      sync.Mutex
	dropped dropped
}

// dropped are relationships whose ends were not read.
type dropped struct {
	governed []graphimage.Print // of their stable ids
	others   int
}

// mostWindows is how many windows of ids are read: 137 billion ids, of which Community Edition has 34.
const mostWindows = 1 << 24

// noVersion is the version of an entity that has a stable id alone.
const noVersion = -1

// run reads all nodes, then all relationships.
func (s *survey) run(ctx context.Context) (*census, error) {
	last, err := s.count(ctx, "last node", lastNode, nil)
	if err != nil {
		return nil, err
	}
	if last/window > mostWindows {
		return nil, fmt.Errorf("neosource: the server numbers nodes up to %d, expected ids without wide gaps: %w", last, backup.ErrVersion)
	}
	s.prints = make(prints, last/window+1)
	all := make([]*encoder, s.workers)
	for i := range all {
		all[i] = &encoder{survey: s, census: newCensus()}
	}
	err = scan(ctx, s.server, s.workers, scanNodes, last, nodeID,
		func(ctx context.Context, worker int, window int64, nodes []neo4j.Node) error {
			return all[worker].nodes(ctx, window, nodes)
		})
	if err != nil {
		return nil, err
	}
	if last, err = s.count(ctx, "last relationship", lastRelationship, nil); err != nil {
		return nil, err
	}
	err = scan(ctx, s.server, s.workers, scanRelationships, last, relationshipID,
		func(ctx context.Context, worker int, window int64, relationships []neo4j.Relationship) error {
			return all[worker].relationships(ctx, window, relationships)
		})
	if err != nil {
		return nil, err
	}
	for _, e := range all[1:] {
		all[0].census.merge(e.census)
	}
	return all[0].census, nil
}

// prints are those of nodes by the server's ids. A window is filled by one goroutine.
type prints [][]graphimage.Print

func (p prints) set(id int64, print graphimage.Print) {
	if p[id/window] == nil {
		p[id/window] = make([]graphimage.Print, window)
	}
	p[id/window][id%window] = print
}

func (p prints) of(id int64) graphimage.Print {
	if id/window >= int64(len(p)) || p[id/window] == nil {
		return 0
	}
	return p[id/window][id%window]
}

// encoder turns entities into records. It is used by one goroutine.
type encoder struct {
	*survey
	census  *census
	records pieces // of the window at hand
	image   []byte
}

func (e *encoder) nodes(ctx context.Context, window int64, nodes []neo4j.Node) error {
	for _, n := range nodes {
		id := nodeID(n)
		r := graphimage.Record{Kind: graphimage.Node, ID: id}
		labels := n.Labels
		if slices.Contains(labels, e.names.Label) {
			if r.GID, _ = n.Props[e.names.GID].(string); r.GID != "" {
				labels = slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == e.names.Label })
			}
		}
		i := graphimage.Image{Kind: graphimage.Node, Labels: labels, Properties: n.Props}
		if err := e.encode(&r, i); err != nil {
			return err
		}
		e.prints.set(id, e.census.addNode(r.GID, n.Labels, graphimage.SumOfNode(r.GID, r.Version, r.Image)))
		if err := e.add(r); err != nil {
			return err
		}
	}
	return e.end(ctx, graphimage.Node, window)
}

func (e *encoder) relationships(ctx context.Context, window int64, relationships []neo4j.Relationship) error {
	for _, rel := range relationships {
		r := graphimage.Record{Kind: graphimage.Relationship}
		r.GID, _ = rel.Props[e.names.GID].(string)
		start, end := ends(rel)
		from, to := e.prints.of(start), e.prints.of(end)
		if from == 0 || to == 0 {
			e.drop(r.GID)
			continue
		}
		i := graphimage.Image{Kind: graphimage.Relationship, Type: rel.Type, From: graphimage.End{ID: start}, To: graphimage.End{ID: end},
			Properties: rel.Props}
		if err := e.encode(&r, i); err != nil {
			return err
		}
		sum, err := graphimage.SumOfRelationship(r.GID, r.Version, r.Image, from, to)
		if err != nil {
			return err
		}
		e.census.addRelationship(r.GID, rel.Type, from, to, sum)
		if err := e.add(r); err != nil {
			return err
		}
	}
	return e.end(ctx, graphimage.Relationship, window)
}

func (s *survey) drop(gid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if gid == "" {
		s.dropped.others++
		return
	}
	s.dropped.governed = append(s.dropped.governed, graphimage.PrintOf(gid))
}

// encode sets the version and the image of a record, which is good until the next call.
func (e *encoder) encode(r *graphimage.Record, i graphimage.Image) (err error) {
	e.image = e.image[:0]
	switch version, is := i.Properties[e.names.Version].(int64); {
	case r.GID == "":
		e.image, err = graphimage.Append(e.image, i)
	case !is:
		r.Version = noVersion
		e.image, err = graphimage.Append(e.image, i, e.names.GID)
	default:
		r.Version = version
		e.image, err = graphimage.Append(e.image, i, e.names.GID, e.names.Version)
	}
	if r.Image = e.image; err != nil {
		return fmt.Errorf("neosource: a %s: %w", r.Kind, err)
	}
	return nil
}

// add keeps a record, where somebody wants it.
func (e *encoder) add(r graphimage.Record) error {
	if e.keep == nil {
		return nil
	}
	return e.records.add(r)
}

// end gives the records of a window away.
func (e *encoder) end(ctx context.Context, kind graphimage.Kind, window int64) error {
	e.records.cut()
	if found := e.records.take(); len(found) > 0 {
		return e.keep(ctx, kind, window, found)
	}
	return nil
}
