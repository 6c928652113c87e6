package pgsource

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// restore is one restore.
type restore struct {
	database   *Database
	reader     backup.Reader
	definition definition
	lead       *pgx.Conn
	progress   *meter.Meter
}

// all restores everything.
func (l *restore) all(ctx context.Context) error {
	workers, err := l.connect(ctx)
	defer func() {
		for _, w := range workers {
			hangUp(w)
		}
	}()
	if err != nil {
		return err
	}
	if err := l.make(ctx, l.lead, pgcatalog.BeforeData); err != nil {
		return err
	}
	for _, item := range l.reader.Items() {
		if item.Kind == rowsItem || item.Kind == largeItem {
			l.progress.Expect(item.Size)
		}
	}
	tasks, err := l.loads()
	if err != nil {
		return err
	}
	if err := run(ctx, workers, tasks); err != nil {
		return err
	}
	for _, section := range []pgcatalog.Section{pgcatalog.Data, pgcatalog.AfterData} {
		if err := l.make(ctx, l.lead, section); err != nil {
			return err
		}
	}
	l.progress.Say("serving exactly")
	if err := l.indexes(ctx, workers); err != nil {
		return err
	}
	l.progress.Say("statistics")
	if _, err := l.lead.Exec(ctx, "ANALYZE"); err != nil {
		return pgerror.Wrap("pgsource: compute statistics", err)
	}
	if err := l.make(ctx, l.lead, pgcatalog.AfterIndexes); err != nil {
		return err
	}
	return unmark(ctx, l.lead)
}

// connect opens the connections that load.
func (l *restore) connect(ctx context.Context) ([]*pgx.Conn, error) {
	var workers []*pgx.Conn
	for range l.database.config.Jobs {
		w, err := l.database.open(ctx)
		if err != nil {
			return workers, err
		}
		workers = append(workers, w)
	}
	return workers, nil
}

// section returns the objects of a section.
func (l *restore) section(section pgcatalog.Section) []pgcatalog.Object {
	var objects []pgcatalog.Object
	for _, o := range l.definition.Catalog.Objects {
		if o.Section == section {
			objects = append(objects, o)
		}
	}
	return objects
}

// make makes the objects of a section. The first one finds out which roles are missing, for all of them.
func (l *restore) make(ctx context.Context, conn *pgx.Conn, section pgcatalog.Section) error {
	l.progress.Say(string(section))
	if section == pgcatalog.BeforeData && l.database.config.MissingRoles == RefuseMissing {
		if err := l.roles(ctx); err != nil {
			return err
		}
	}
	return l.apply(ctx, conn, l.section(section))
}

// apply makes objects.
func (l *restore) apply(ctx context.Context, conn *pgx.Conn, objects []pgcatalog.Object) error {
	_, err := pgcatalog.Apply(ctx, conn, objects, pgcatalog.ApplyConfig{
		MissingRoles: pgcatalog.MissingRoles(l.database.config.MissingRoles),
		Done:         func(_, _ int, o pgcatalog.Object) { l.progress.Add(o.ID, 0) },
	})
	return err
}

// roles refuses to begin where roles are missing that a later section needs.
func (l *restore) roles(ctx context.Context) error {
	rows, err := l.lead.Query(ctx, `SELECT r FROM pg_catalog.unnest($1::pg_catalog.text[]) AS r
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) ORDER BY r COLLATE "C"`, l.definition.Catalog.Roles)
	if err != nil {
		return pgerror.Wrap("pgsource: look for roles", err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(missing) > 0 {
		return fmt.Errorf("%w: %q", ErrRoles, missing)
	}
	return pgerror.Wrap("pgsource: look for roles", err)
}

// loads returns what loads the items of rows, the largest first.
func (l *restore) loads() ([]task, error) {
	layouts := map[pgcatalog.Name]layout{}
	for _, t := range l.definition.Layouts {
		layouts[pgcatalog.Name{Schema: t.Schema, Name: t.Name}] = t
	}
	var tasks []task
	for _, item := range l.reader.Items() {
		switch item.Kind {
		case rowsItem:
			meta, err := readRowsMeta(item)
			if err != nil {
				return nil, err
			}
			to, known := layouts[pgcatalog.Name{Schema: meta.Schema, Name: meta.Name}]
			if !known {
				return nil, corrupt(item.Name, 0, "its table is not in the definition")
			}
			tasks = append(tasks, task{size: item.Size, do: func(ctx context.Context, conn *pgx.Conn) error {
				return l.load(ctx, conn, item, meta, to)
			}})
		case largeItem:
			tasks = append(tasks, task{size: item.Size, do: func(ctx context.Context, conn *pgx.Conn) error {
				return l.loadLarge(ctx, conn, item)
			}})
		}
	}
	slices.SortStableFunc(tasks, func(a, b task) int { return int(min(1, max(-1, b.size-a.size))) })
	return tasks, nil
}

func readRowsMeta(item backup.Item) (rowsMeta, error) {
	var meta rowsMeta
	if err := json.Unmarshal(item.Meta, &meta); err != nil {
		return meta, corrupt(item.Name, 0, "what it says of itself cannot be read")
	}
	return meta, nil
}

// load loads one item of rows in one transaction.
func (l *restore) load(ctx context.Context, conn *pgx.Conn, item backup.Item, meta rowsMeta, to layout) error {
	what := "pgsource: load table " + to.sql()
	source := &rowSource{ctx: ctx, reader: l.reader, item: item, progress: l.progress}
	loaded, err := loadInto(ctx, conn, conn, source, to, to.sql())
	if err = unlessFailed(source.close(), pgerror.Wrap(what, err)); err != nil {
		return err
	}
	if loaded != meta.Rows {
		return fmt.Errorf("%s: %d rows, expected %d: %w", what, loaded, meta.Rows, backup.ErrCorrupt)
	}
	return nil
}

// loadInto copies rows into a table, which has the columns of a layout, in one transaction of the connection or within one
// that it is in. Columns that are kept as text go through a table of texts, whose values the server reads.
func loadInto(ctx context.Context, conn *pgx.Conn, begin beginner, rows io.Reader, to layout, table string) (int64, error) {
	staged := slices.ContainsFunc(to.Columns, func(c column) bool { return c.Text })
	if !staged {
		return copyInto(ctx, conn, rows, table, to.Columns)
	}
	var columns, names, values []string
	for _, c := range to.Columns {
		name := pgx.Identifier{c.Name}.Sanitize()
		names = append(names, name)
		if c.Text {
			columns, values = append(columns, name+" pg_catalog.text"), append(values, name+"::"+c.Type)
		} else {
			columns, values = append(columns, name+" "+c.Type), append(values, name)
		}
	}
	tx, err := begin.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	const stage = "pg_temp.shugo_stage"
	if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE shugo_stage ("+strings.Join(columns, ", ")+") ON COMMIT DROP"); err != nil {
		return 0, err
	}
	loaded, err := copyInto(ctx, conn, rows, stage, to.Columns)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") OVERRIDING SYSTEM VALUE SELECT "+
		strings.Join(values, ", ")+" FROM "+stage); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "DROP TABLE "+stage); err != nil {
		return 0, err
	}
	return loaded, tx.Commit(ctx)
}

// beginner begins a transaction, or one within it.
type beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// copyInto is COPY FROM. A table without columns has no list of them.
func copyInto(ctx context.Context, conn *pgx.Conn, rows io.Reader, table string, columns []column) (int64, error) {
	var names []string
	for _, c := range columns {
		names = append(names, pgx.Identifier{c.Name}.Sanitize())
	}
	list := ""
	if len(names) > 0 {
		list = " (" + strings.Join(names, ", ") + ")"
	}
	tag, err := conn.PgConn().CopyFrom(ctx, rows, "COPY "+table+list+" FROM STDIN (FORMAT binary)")
	return tag.RowsAffected(), err
}

// rowSource is the rows of an item as a stream of COPY BINARY.
type rowSource struct {
	ctx      context.Context
	reader   backup.Reader
	item     backup.Item
	progress *meter.Meter

	mu      sync.Mutex // held by Read: the driver may still read when it has returned an error
	closed  bool
	decoder chunkDecoder
	next    int    // chunk to be read
	buffer  []byte // of a chunk
	rest    []byte // of buffer, to be given
	ended   bool
	failed  error // why the stream ended before its end, of which the server tells only that it did
}

// Read implements io.Reader.
func (s *rowSource) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	for len(s.rest) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		if s.failed = s.fill(); s.failed != nil {
			return 0, s.failed
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// close ends reading and returns why the stream ended before its end.
func (s *rowSource) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.failed
}

// fill decodes a chunk, after the header and before the mark at the end.
func (s *rowSource) fill() error {
	s.buffer = s.buffer[:0]
	if s.next == 0 {
		s.buffer = append(append(s.buffer, signature...), make([]byte, 8)...)
	}
	if s.next < s.item.Chunks {
		chunk, err := s.reader.Chunk(s.ctx, s.item.Name, s.next)
		if err != nil {
			return err
		}
		if s.buffer, err = s.decoder.decode(s.buffer, chunk); err != nil {
			return fmt.Errorf("pgsource: %s, chunk %d: %w", s.item.Name, s.next, err)
		}
		s.progress.Add(s.item.Name, int64(len(chunk)))
		s.next++
	}
	if s.next == s.item.Chunks {
		s.buffer, s.ended = append(s.buffer, 0xff, 0xff), true
	}
	s.rest = s.buffer
	return nil
}

// loadLarge loads the content of large objects, which exist, in one transaction.
func (l *restore) loadLarge(ctx context.Context, conn *pgx.Conn, item backup.Item) error {
	const what = "pgsource: load large objects"
	tx, err := conn.Begin(ctx)
	if err != nil {
		return pgerror.Wrap(what, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE shugo_large (oid pg_catalog.int8, place pg_catalog.int8, data pg_catalog.bytea) ON COMMIT DROP"); err != nil {
		return pgerror.Wrap(what, err)
	}
	source := &rowSource{ctx: ctx, reader: l.reader, item: item, progress: l.progress}
	_, err = copyInto(ctx, conn, source, "pg_temp.shugo_large", largeLayout().Columns)
	if err = unlessFailed(source.close(), pgerror.Wrap(what, err)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "SELECT pg_catalog.count(pg_catalog.lo_put(oid::pg_catalog.oid, place, data)::pg_catalog.text) FROM pg_temp.shugo_large"); err != nil {
		return pgerror.Wrap(what, err)
	}
	return pgerror.Wrap(what, tx.Commit(ctx))
}
