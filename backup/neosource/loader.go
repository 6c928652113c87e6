package neosource

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/meter"
)

// loader writes a snapshot, and what carries it on, into an empty database.
type loader struct {
	*server
	reader  backup.Reader
	names   journal.Names
	mark    *journal.Mark // of the snapshot
	view    *journal.View // that carries it on; nil: none
	workers int
	meter   *meter.Meter

	// later has the stable ids of what changed, and where: what the items of entities say of them does not count.
	later map[graphimage.Kind]map[string]supersession

	mu    sync.Mutex
	ids   map[int64]*[window]int64 // the server's new id, plus 1, of each node, by that in the snapshot
	gids  map[string]int64         // of nodes that relationships in changes end at
	stale map[string][]int64       // ids in the snapshot of nodes that are not taken from there
}

// supersession says where the state of an entity that changed is.
type supersession int8

const (
	inSnapshot supersession = iota + 1 // in the item of changes
	inJournal                          // in the journal of the restored database
)

// deleteMark ends a restore.
const deleteMark = `MATCH (n:` + UnfinishedLabel + `) DELETE n`

// begin refuses a database that has something, and marks it. It returns the constraints and indexes that it has by itself.
func (l *loader) begin(ctx context.Context) ([]element, error) {
	const mark = `OPTIONAL MATCH (n) WITH count(n) AS found CALL (found) { WITH found WHERE found = 0 CREATE (m:` + UnfinishedLabel + `) RETURN count(m) AS made }
		RETURN CASE WHEN made = 1 THEN 0 ELSE found END`
	elements, err := l.schema(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		if e.Type != lookup {
			return nil, fmt.Errorf("neosource: the database has a constraint or an index of type %s: %w", e.Type, backup.ErrNotEmpty)
		}
	}
	found, err := l.count(ctx, "begin the restore", mark, nil)
	if err != nil {
		return nil, err
	}
	if found > 0 {
		return nil, fmt.Errorf("neosource: the database has %d nodes: %w", found, backup.ErrNotEmpty)
	}
	return elements, nil
}

// load writes all.
func (l *loader) load(ctx context.Context, elements []element) error {
	l.ids, l.gids, l.stale = map[int64]*[window]int64{}, map[string]int64{}, map[string][]int64{}
	l.later = map[graphimage.Kind]map[string]supersession{graphimage.Node: {}, graphimage.Relationship: {}}
	for r, err := range l.changes(ctx) {
		if err != nil {
			return err
		}
		if r.Kind == graphimage.Relationship && !r.Gone {
			head, err := graphimage.DecodeHead(r.Image)
			if err != nil {
				return corrupt(changesItem, "a relationship", err)
			}
			l.gids[head.From.GID], l.gids[head.To.GID] = 0, 0
		}
	}
	for _, kind := range []graphimage.Kind{graphimage.Node, graphimage.Relationship} {
		if err := l.loadItems(ctx, kind); err != nil {
			return err
		}
		if err := l.loadChanges(ctx, kind); err != nil {
			return err
		}
	}
	l.meter.Say("constraints and indexes")
	if err := l.makeSchema(ctx, elements); err != nil {
		return err
	}
	_, err := l.ask(ctx, "end the restore", deleteMark, nil)
	return err
}

// changes yields what supersedes the items of entities: what the journal of the restored database has, and of the rest what the
// snapshot has. The first time it notes which is where.
func (l *loader) changes(ctx context.Context) func(func(graphimage.Record, error) bool) {
	return func(yield func(graphimage.Record, error) bool) {
		if l.view != nil {
			for c, err := range l.view.Changes(ctx, *l.mark) {
				if err != nil {
					yield(graphimage.Record{}, err)
					return
				}
				r := recordOf(c)
				if l.later[r.Kind][r.GID] = inJournal; !yield(r, nil) {
					return
				}
			}
		}
		for _, item := range l.reader.Items() {
			for n := 0; item.Name == changesItem && n < item.Chunks; n++ {
				for r, err := range records(ctx, l.reader, changesItem, n) {
					if err != nil {
						yield(graphimage.Record{}, err)
						return
					}
					if l.later[r.Kind][r.GID] == inJournal {
						continue
					}
					if l.later[r.Kind][r.GID] = inSnapshot; !yield(r, nil) {
						return
					}
				}
			}
		}
	}
}

// loadItems writes the entities of a kind that did not change after they were read.
func (l *loader) loadItems(ctx context.Context, kind graphimage.Kind) error {
	items := slices.DeleteFunc(l.reader.Items(), func(i backup.Item) bool { return i.Kind != kindOf(kind) })
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan backup.Item)
	var all sync.WaitGroup
	for range l.workers {
		all.Go(func() {
			b := batch{loader: l, kind: kind}
			defer b.close(ctx)
			for item := range next {
				if err := b.item(ctx, item); err != nil {
					cancel(err)
					return
				}
			}
			if err := b.flush(ctx); err != nil {
				cancel(err)
			}
		})
	}
	for _, item := range items {
		select {
		case next <- item:
		case <-ctx.Done():
		}
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}

// loadChanges writes the entities of a kind that changed.
func (l *loader) loadChanges(ctx context.Context, kind graphimage.Kind) error {
	b := batch{loader: l, kind: kind}
	defer b.close(ctx)
	for r, err := range l.changes(ctx) {
		if err != nil {
			return err
		}
		if r.Kind != kind || r.Gone {
			continue
		}
		if err := b.add(ctx, r, changesItem); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

// note notes the new id of a node.
func (l *loader) note(n node, id int64) {
	if n.gid != "" {
		if _, wanted := l.gids[n.gid]; wanted {
			l.gids[n.gid] = id + 1
		}
	}
	for _, old := range n.old {
		if l.ids[old/window] == nil {
			l.ids[old/window] = new([window]int64)
		}
		l.ids[old/window][old%window] = id + 1
	}
}

// id returns the new id of a relationship's end, plus 1; 0: there is no such node.
func (l *loader) id(e graphimage.End) int64 {
	if e.GID != "" {
		return l.gids[e.GID]
	}
	if of := l.ids[e.ID/window]; of != nil && e.ID >= 0 {
		return of[e.ID%window]
	}
	return 0
}
