package neosource

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/neoerror"
)

const (
	batchRows  = 5000    // entities that one transaction makes
	batchBytes = 4 << 20 // of their images
	batchTries = 20      // of a transaction that met another's lock
)

// batch collects entities of a kind and makes them together. It is used by one goroutine.
type batch struct {
	*loader
	kind    graphimage.Kind
	session neo4j.SessionWithContext
	decoder graphimage.Decoder

	nodes         map[string][]node // by what they are created as
	relationships map[string][]any  // rows, by type
	rows, bytes   int
}

// node is a node that is about to be made.
type node struct {
	gid        string
	old        []int64 // its ids in the snapshot
	properties map[string]any
}

// item adds the entities of an item.
func (b *batch) item(ctx context.Context, item backup.Item) error {
	for n := range item.Chunks {
		bytes := 0
		for r, err := range records(ctx, b.reader, item.Name, n) {
			if err != nil {
				return err
			}
			bytes += len(r.Image)
			if r.Kind != b.kind || r.ID < 0 {
				return corrupt(item.Name, fmt.Sprintf("a %s with the id %d, expected a %s with one that is not negative", r.Kind, r.ID, b.kind), nil)
			}
			if r.GID != "" && b.later[b.kind][r.GID] != 0 {
				b.supersede(r)
				continue
			}
			if err := b.add(ctx, r, item.Name); err != nil {
				return err
			}
		}
		b.meter.Add(item.Kind, int64(bytes))
	}
	return nil
}

// supersede notes the id of a node that is made from the changes: relationships of the snapshot end at it.
func (b *batch) supersede(r graphimage.Record) {
	if r.Kind == graphimage.Node {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.stale[r.GID] = append(b.stale[r.GID], r.ID)
	}
}

// add adds an entity, and makes those that were added where there are enough.
func (b *batch) add(ctx context.Context, r graphimage.Record, item string) error {
	i, err := b.decoder.Decode(r.Kind, r.Image)
	if err != nil {
		return corrupt(item, "a "+r.Kind.String(), err)
	}
	if r.GID != "" {
		i.Properties[b.names.GID] = r.GID
		if r.Version != noVersion {
			i.Properties[b.names.Version] = r.Version
		}
	}
	if r.Kind == graphimage.Node {
		b.addNode(r, i)
	} else if err := b.addRelationship(r, i, item); err != nil {
		return err
	}
	b.rows, b.bytes = b.rows+1, b.bytes+len(r.Image)
	if b.rows < batchRows && b.bytes < batchBytes {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch) addNode(r graphimage.Record, i graphimage.Image) {
	n := node{gid: r.GID, properties: i.Properties}
	if r.GID != "" {
		i.Labels = append(i.Labels, b.names.Label)
	}
	if _, changed := b.later[graphimage.Node][r.GID]; changed && r.GID != "" {
		n.old = b.stale[r.GID] // complete: all items were read
	} else {
		n.old = []int64{r.ID}
	}
	var as strings.Builder
	for _, label := range i.Labels {
		as.WriteString(":" + cypher.Quote(label))
	}
	if b.nodes == nil {
		b.nodes = map[string][]node{}
	}
	b.nodes[as.String()] = append(b.nodes[as.String()], n)
}

// addRelationship adds a relationship whose ends are there. One that is not governed goes with its ends.
func (b *batch) addRelationship(r graphimage.Record, i graphimage.Image, item string) error {
	from, to := b.id(i.From), b.id(i.To)
	if from == 0 || to == 0 {
		if r.GID == "" {
			return nil
		}
		return corrupt(item, "a governed relationship has no node at an end", nil)
	}
	if b.relationships == nil {
		b.relationships = map[string][]any{}
	}
	b.relationships[i.Type] = append(b.relationships[i.Type], []any{from - 1, to - 1, i.Properties})
	return nil
}

// flush makes what was added.
func (b *batch) flush(ctx context.Context) error {
	const makeNodes = `UNWIND $rows AS row CREATE (n{labels}) SET n = row[1] RETURN row[0], id(n)`
	const makeRelationships = `UNWIND $rows AS row MATCH (a) WHERE id(a) = row[0] MATCH (b) WHERE id(b) = row[1]
		CREATE (a)-[r:{type}]->(b) SET r = row[2] RETURN count(r)`
	for _, labels := range slices.Sorted(maps.Keys(b.nodes)) {
		nodes := b.nodes[labels]
		rows := make([]any, len(nodes))
		for i, n := range nodes {
			rows[i] = []any{int64(i), n.properties}
		}
		made, err := b.make(ctx, strings.ReplaceAll(makeNodes, "{labels}", labels), rows)
		if err != nil {
			return err
		}
		if err := b.created(nodes, made); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.relationships)) {
		rows := b.relationships[name]
		made, err := b.make(ctx, strings.ReplaceAll(makeRelationships, "{type}", cypher.Quote(name)), rows)
		if err != nil {
			return err
		}
		if n, is := made[0].Values[0].(int64); !is || n != int64(len(rows)) {
			return fmt.Errorf("neosource: the server made %d of %d relationships: somebody else writes to the database", n, len(rows))
		}
	}
	b.nodes, b.relationships, b.rows, b.bytes = nil, nil, 0, 0
	return nil
}

// created notes the new ids of nodes.
func (b *batch) created(nodes []node, made []*neo4j.Record) error {
	if len(made) != len(nodes) {
		return fmt.Errorf("neosource: the server made %d of %d nodes", len(made), len(nodes))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range made {
		i, is := r.Values[0].(int64)
		id, isID := r.Values[1].(int64)
		if !is || !isID || i < 0 || i >= int64(len(nodes)) {
			return fmt.Errorf("neosource: the server's answer is not the ids of %d nodes", len(nodes))
		}
		b.note(nodes[i], id)
	}
	return nil
}

// make runs a statement in a transaction of its own, again where it met another's lock.
func (b *batch) make(ctx context.Context, statement string, rows []any) ([]*neo4j.Record, error) {
	if b.session == nil {
		b.session = b.server.session(ctx, neo4j.AccessModeWrite)
	}
	for try := 1; ; try++ {
		result, err := b.session.Run(ctx, statement, map[string]any{"rows": rows})
		var made []*neo4j.Record
		if err == nil {
			made, err = result.Collect(ctx)
		}
		if err == nil || try == batchTries || !neoerror.Passing(err) || neoerror.Lost(err) {
			return made, neoerror.Within(ctx, "neosource: restore", err)
		}
		timer := time.NewTimer(time.Duration(try) * 10 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

func (b *batch) close(ctx context.Context) {
	if b.session != nil {
		_ = b.session.Close(context.WithoutCancel(ctx))
	}
}
