package pgsource

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// part is a run of blocks of a table's heap, or all rows of it.
type part struct {
	from, to int64 // blocks; to is not included
	last     bool  // it has what follows too
	all      bool  // it is not divided by blocks
}

// parts divides a table for a number of connections. Where chunks end does not depend on it.
func (l layout) parts(jobs int) []part {
	if l.table.Condition != "" {
		return []part{{all: true}}
	}
	const most = 256 // chunks: the index of a part is kept in memory
	chunks := max(1, (l.table.Pages+l.Blocks-1)/l.Blocks)
	each := min(most, (chunks+int64(4*jobs)-1)/int64(4*jobs))
	var parts []part
	for at := int64(0); at < chunks; at += each {
		parts = append(parts, part{from: at * l.Blocks, to: min(at+each, chunks) * l.Blocks, last: at+each >= chunks})
	}
	return parts
}

// conditions yields the WHERE clause of each chunk of a part.
func (p part) conditions(l layout) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if p.all {
			yield(l.table.Condition)
			return
		}
		for at := p.from; at < p.to; at += l.Blocks {
			clause := fmt.Sprintf("WHERE t.ctid >= '(%d,0)'::pg_catalog.tid", at)
			if !p.last || at+l.Blocks < p.to {
				clause += fmt.Sprintf(" AND t.ctid < '(%d,0)'::pg_catalog.tid", at+l.Blocks)
			}
			if !yield(clause) {
				return
			}
		}
	}
}

// copyPart copies a part of a table into an item of its own, and writes the indexes of its links.
func (b *backupRun) copyPart(ctx context.Context, conn *pgx.Conn, l layout, number int, p part) error {
	name := fmt.Sprintf("%s %s %06d", rowsItem, l.sql(), number)
	item, err := b.writer.Create(ctx, name, rowsItem)
	if err != nil {
		return err
	}
	c := rowCopy{run: b, item: item, layout: l, name: name}
	if c.coder, err = newChunkCoder(l.widths(), &b.source.buffers); err != nil {
		return err
	}
	c.coder.emit = func(data []byte, release func()) error {
		c.chunk++
		for _, x := range c.indexes {
			clear(x.inChunk)
		}
		return item.Append(ctx, backup.Chunk{Data: data, Encoded: true, Release: release})
	}
	for n := range l.Links {
		c.indexes = append(c.indexes, &indexer{link: n, inChunk: map[uint64]bool{}})
	}
	f := framing{fields: len(l.Columns), take: c.take}
	for clause := range p.conditions(l) {
		f.reset()
		sql := "COPY (SELECT " + l.selection() + " FROM ONLY " + l.sql() + " AS t " + clause + ") TO STDOUT (FORMAT binary)"
		if _, err := conn.PgConn().CopyTo(ctx, &f, sql); err != nil {
			return unlessFailed(f.failed, changed("pgsource: copy table "+l.sql(), err))
		}
		if err := f.finish(); err != nil {
			return err
		}
		if err := c.coder.flush(); err != nil {
			return err
		}
	}
	return c.commit(ctx, number)
}

// unlessFailed returns what went wrong on our side, of which the text may be shown, or else what the driver says.
func unlessFailed(failed, err error) error {
	if failed != nil {
		return failed
	}
	return err
}

// rowCopy takes the rows of one item.
type rowCopy struct {
	run     *backupRun
	item    backup.ItemWriter
	name    string
	layout  layout
	coder   *chunkCoder
	chunk   int // number of the chunk at hand
	rows    int64
	bytes   int64
	indexes []*indexer
	fields  [][]byte
}

// take adds a row to the chunk at hand.
func (c *rowCopy) take(row []byte) error {
	if err := c.coder.room(len(row)); err != nil {
		return err
	}
	first := c.chunk
	if len(c.indexes) > 0 {
		c.fields = fieldsOf(c.fields[:0], row)
	}
	for n, x := range c.indexes {
		if key, whole := c.layout.key(c.layout.Links[n], c.fields); whole {
			x.add(key, first)
		}
	}
	c.rows++
	if c.bytes += int64(len(row)); c.bytes > 1<<20 {
		c.run.progress.Add("table "+c.layout.sql(), c.bytes)
		c.bytes = 0
	}
	return c.coder.add(row)
}

func (c *rowCopy) commit(ctx context.Context, number int) error {
	c.run.progress.Add("table "+c.layout.sql(), c.bytes)
	meta, err := json.Marshal(rowsMeta{Schema: c.layout.Schema, Name: c.layout.Name, Part: number, Rows: c.rows})
	if err != nil {
		return err
	}
	if err := c.item.Commit(ctx, meta); err != nil {
		return err
	}
	for _, x := range c.indexes {
		if err := x.write(ctx, c.run.writer, c.name); err != nil {
			return err
		}
	}
	return nil
}

// largeSQL reads large objects in rows of at most a mebibyte. An empty one has a row too.
const largeSQL = `SELECT s.oid::pg_catalog.int8 AS oid, n * 1048576 AS place, pg_catalog.lo_get(s.oid, n * 1048576, 1048576) AS data
FROM (SELECT o AS oid, pg_catalog.lo_lseek64(pg_catalog.lo_open(o, 262144), 0, 2) AS size FROM pg_catalog.unnest(%s::pg_catalog.oid[]) AS o) AS s
CROSS JOIN LATERAL pg_catalog.generate_series(0, (GREATEST(s.size, 1) - 1) / 1048576) AS n
ORDER BY 1, 2`

// largeFactSQL identifies the content of all large objects.
const largeFactSQL = `SELECT pg_catalog.count(DISTINCT oid), COALESCE(pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', oid, place, pg_catalog.md5(data)), ',' ORDER BY oid, place)), '')
FROM (%s) AS pieces`

// largeObjects returns an array of oids as SQL.
func largeObjects(oids []uint32) string {
	text := "'{"
	for n, oid := range oids {
		if n > 0 {
			text += ","
		}
		text += fmt.Sprint(oid)
	}
	return text + "}'"
}

// largeFact observes the large objects.
func largeFact(ctx context.Context, db *pgx.Conn, oids []uint32) (backup.Fact, error) {
	var count int64
	var digest string
	err := db.QueryRow(ctx, fmt.Sprintf(largeFactSQL, fmt.Sprintf(largeSQL, largeObjects(oids)))).Scan(&count, &digest)
	return backup.Fact{Name: "large objects", Value: fmt.Sprintf("%d objects, digest %s", count, digest)},
		pgerror.Wrap("pgsource: digest large objects", err)
}

// copyLarge copies all large objects, as rows of an oid, a place and bytes.
func (b *backupRun) copyLarge(ctx context.Context, conn *pgx.Conn, oids []uint32) error {
	fact, err := largeFact(ctx, conn, oids)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.facts = append(b.facts, fact)
	b.mu.Unlock()
	item, err := b.writer.Create(ctx, largeItem, largeItem)
	if err != nil {
		return err
	}
	coder, err := newChunkCoder(largeLayout().widths(), &b.source.buffers)
	if err != nil {
		return err
	}
	coder.emit = func(data []byte, release func()) error {
		return item.Append(ctx, backup.Chunk{Data: data, Encoded: true, Release: release})
	}
	f := framing{fields: 3, take: func(row []byte) error {
		b.progress.Add(largeItem, int64(len(row)))
		return coder.add(row)
	}}
	if _, err := conn.PgConn().CopyTo(ctx, &f, "COPY ("+fmt.Sprintf(largeSQL, largeObjects(oids))+") TO STDOUT (FORMAT binary)"); err != nil {
		return unlessFailed(f.failed, pgerror.Wrap("pgsource: copy large objects", err))
	}
	if err := f.finish(); err != nil {
		return err
	}
	if err := coder.flush(); err != nil {
		return err
	}
	return item.Commit(ctx, nil)
}

// largeLayout is the form of the rows of large objects.
func largeLayout() layout {
	return layout{Columns: []column{{Name: "oid"}, {Name: "place"}, {Name: "data"}}}
}
