package pgsource

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgdigest"
)

// The names and kinds of items.
const (
	definitionItem = "definition"
	largeItem      = "large objects"
	rowsItem       = "rows"
	indexItem      = "index"
)

// formatVersion is of the items of a snapshot as a whole.
const formatVersion = 1

// definitionMeta is what the item with the definition says of itself.
type definitionMeta struct {
	Format  int      `json:"format"`  // formatVersion
	Binding Binding  `json:"binding"` // how the cut was bound
	Schemas []string `json:"schemas"` // only these; none: all
	Layouts []layout `json:"layouts"` // of the tables that have rows
}

// rowsMeta is what an item of rows says of itself.
type rowsMeta struct {
	Schema string `json:"schema"` // unquoted
	Name   string `json:"name"`   // unquoted
	Part   int    `json:"part"`   // of the table, from 0
	Rows   int64  `json:"rows"`   // how many
}

// Backup implements backup.Source. Besides those of the server and of the writer, errors are backup.ErrVersion for a server
// that is not supported, and backup.ErrChanged where a table was changed or dropped, or somebody waits to.
func (s *Source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	m, err := s.open(ctx)
	if err != nil {
		return backup.Cut{}, err
	}
	defer m.close()
	if err := s.hold(ctx, m); err != nil {
		return backup.Cut{}, err
	}
	catalog, err := pgcatalog.Read(ctx, m.lead, pgcatalog.Filter{Schemas: s.config.Schemas})
	if err != nil {
		return backup.Cut{}, err
	}
	if len(catalog.Unsupported) > 0 && !s.config.Incomplete {
		return backup.Cut{}, fmt.Errorf("pgsource: the database holds what cannot be made again: %q", catalog.Unsupported)
	}
	layouts, err := s.layouts(ctx, m.lead, catalog, previousBlocks(ctx, w.Previous()))
	if err != nil {
		return backup.Cut{}, err
	}
	if err := writeDefinition(ctx, w, catalog, definitionMeta{Format: formatVersion, Binding: m.binding, Schemas: s.config.Schemas, Layouts: layouts}); err != nil {
		return backup.Cut{}, err
	}
	b := &backupRun{source: s, writer: w, progress: meter.New("backup "+s.config.Name, 0, s.config.Progress)}
	for _, l := range layouts {
		b.progress.Expect(l.table.Pages*8192 + l.table.ToastBytes)
	}
	if err := run(ctx, m.workers, b.tasks(layouts, catalog)); err != nil {
		return backup.Cut{}, err
	}
	b.facts = append(b.facts, pgdigest.Definition(catalog))
	slices.SortFunc(b.facts, compareFacts)
	return m.cut, backup.WriteFacts(ctx, w, b.facts)
}

func compareFacts(a, b backup.Fact) int { return strings.Compare(a.Name, b.Name) }

// backupRun is one backup.
type backupRun struct {
	source   *Source
	writer   backup.Writer
	progress *meter.Meter

	mu    sync.Mutex
	facts []backup.Fact
}

// task is a piece of work on one connection.
type task struct {
	size int64 // larger ones are begun first
	do   func(ctx context.Context, conn *pgx.Conn) error
}

// tasks returns all that is to be done: for each table its digest, and its rows in parts.
func (b *backupRun) tasks(layouts []layout, catalog pgcatalog.Catalog) []task {
	var tasks []task
	for _, l := range layouts {
		size := l.table.Pages*8192 + l.table.ToastBytes
		tasks = append(tasks, task{size: size, do: func(ctx context.Context, conn *pgx.Conn) error {
			content, err := pgdigest.Table(ctx, conn, l.table)
			if err != nil {
				return changed("pgsource: digest table "+l.sql(), err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.facts = append(b.facts, content.Fact())
			return nil
		}})
		parts := l.parts(b.source.config.Jobs)
		for n, p := range parts {
			tasks = append(tasks, task{size: size / int64(len(parts)), do: func(ctx context.Context, conn *pgx.Conn) error {
				return b.copyPart(ctx, conn, l, n, p)
			}})
		}
	}
	if len(catalog.LargeOIDs) > 0 {
		tasks = append(tasks, task{size: 1 << 62, do: func(ctx context.Context, conn *pgx.Conn) error {
			return b.copyLarge(ctx, conn, catalog.LargeOIDs)
		}})
	}
	slices.SortStableFunc(tasks, func(a, b task) int {
		switch {
		case a.size > b.size:
			return -1
		case a.size < b.size:
			return 1
		}
		return 0
	})
	return tasks
}

// run does tasks, in order, each on one of the connections, and returns the first error.
func run(ctx context.Context, conns []*pgx.Conn, tasks []task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan task, len(tasks))
	for _, t := range tasks {
		queue <- t
	}
	close(queue)
	var group sync.WaitGroup
	for _, conn := range conns {
		group.Go(func() {
			for t := range queue {
				if ctx.Err() != nil {
					return
				}
				if err := t.do(ctx, conn); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// writeDefinition adds the definition to the snapshot.
func writeDefinition(ctx context.Context, w backup.Writer, catalog pgcatalog.Catalog, meta definitionMeta) error {
	text, err := json.Marshal(definition{meta, catalog})
	if err != nil {
		return err
	}
	item, err := w.Create(ctx, definitionItem, definitionItem)
	if err != nil {
		return err
	}
	for piece := range slices.Chunk(text, usualChunk) {
		if err := item.Append(ctx, backup.Chunk{Data: piece}); err != nil {
			return err
		}
	}
	return item.Commit(ctx, nil)
}

// definition is what the item with the definition holds.
type definition struct {
	definitionMeta
	Catalog pgcatalog.Catalog `json:"catalog"`
}

// readDefinition returns the definition of a snapshot.
func readDefinition(ctx context.Context, r backup.Reader) (definition, error) {
	var d definition
	var text []byte
	for _, item := range r.Items() {
		for n := 0; item.Name == definitionItem && n < item.Chunks; n++ {
			piece, err := r.Chunk(ctx, definitionItem, n)
			if err != nil {
				return d, err
			}
			text = append(text, piece...)
		}
	}
	if text == nil {
		return d, fmt.Errorf("pgsource: snapshot %s has no definition of a database: %w", r.Snapshot().ID, backup.ErrNotFound)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, corrupt(definitionItem, 0, "it cannot be read")
	}
	if d.Format != formatVersion {
		return d, fmt.Errorf("pgsource: snapshot of format %d, expected %d: %w", d.Format, formatVersion, backup.ErrVersion)
	}
	return d, nil
}

// previousBlocks returns how many blocks of each table were a chunk in the snapshot before.
func previousBlocks(ctx context.Context, r backup.Reader) map[pgcatalog.Name]int64 {
	blocks := map[pgcatalog.Name]int64{}
	if r == nil {
		return blocks
	}
	// A snapshot that cannot be read is no reason not to write another.
	d, err := readDefinition(ctx, r)
	if err != nil {
		return blocks
	}
	for _, l := range d.Layouts {
		blocks[pgcatalog.Name{Schema: l.Schema, Name: l.Name}] = l.Blocks
	}
	return blocks
}
