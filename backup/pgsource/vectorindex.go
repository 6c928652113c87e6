package pgsource

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// indexes makes the indexes, in groups by table on several connections, and then those of vectors one after the other: each
// is built by several processes, and has the memory for itself.
func (l *restore) indexes(ctx context.Context, workers []*pgx.Conn) error {
	l.progress.Say(string(pgcatalog.Indexes))
	var plain, vectors []pgcatalog.Object
	for _, o := range l.section(pgcatalog.Indexes) {
		if isVectorIndex(o) {
			vectors = append(vectors, o)
		} else {
			plain = append(plain, o)
		}
	}
	if err := run(ctx, workers, l.groups(plain)); err != nil {
		return err
	}
	for _, o := range vectors {
		if err := l.vectorIndex(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// groups returns tasks that make objects: those of one table in order, and what depends on something of another table, such as an index of a
// partitioned one, in the same task as that.
func (l *restore) groups(objects []pgcatalog.Object) []task {
	group := map[string]int{} // by ID
	tables := map[string]int{}
	var groups [][]pgcatalog.Object
	for _, o := range objects {
		table := o.Schema + "\x00" + o.Table
		to, known := tables[table]
		if !known || o.Table == "" {
			to = len(groups)
			groups = append(groups, nil)
		}
		for _, d := range o.DependsOn {
			from, other := group[d]
			if !other || from == to {
				continue
			}
			for _, moved := range groups[to] {
				group[moved.ID] = from
			}
			groups[from] = append(groups[from], groups[to]...)
			groups[to] = nil
			for t, g := range tables {
				if g == to {
					tables[t] = from
				}
			}
			to = from
		}
		tables[table], group[o.ID] = to, to
		groups[to] = append(groups[to], o)
	}
	var tasks []task
	for _, g := range groups {
		if len(g) > 0 {
			tasks = append(tasks, task{do: func(ctx context.Context, conn *pgx.Conn) error { return l.apply(ctx, conn, g) }})
		}
	}
	return tasks
}

// isVectorIndex reports whether an object is an index of pgvector with rows of its own.
func isVectorIndex(o pgcatalog.Object) bool {
	for _, s := range o.Statements {
		if strings.HasPrefix(s.SQL, "CREATE ") && (strings.Contains(s.SQL, " USING hnsw (") || strings.Contains(s.SQL, " USING ivfflat (")) {
			return !strings.Contains(s.SQL, " ON ONLY ")
		}
	}
	return false
}

// vectorIndex builds an index of vectors. The planner counts workers by the main heap, which does not show vectors that are
// kept out of line, and an HNSW graph that does not fit its memory is built several times slower.
func (l *restore) vectorIndex(ctx context.Context, o pgcatalog.Object) error {
	l.progress.Say(o.ID)
	what := "pgsource: build " + o.ID
	memory, err := l.memory(ctx, o)
	if err != nil {
		return pgerror.Wrap(what, err)
	}
	table := pgx.Identifier{o.Schema, o.Table}.Sanitize()
	var before *string
	var workers int
	err = l.lead.QueryRow(ctx, `SELECT (SELECT option_value FROM pg_catalog.pg_options_to_table(c.reloptions) WHERE option_name = 'parallel_workers'),
	pg_catalog.current_setting('max_parallel_maintenance_workers')::pg_catalog.int4
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`, o.Schema, o.Table).Scan(&before, &workers)
	if err != nil {
		return pgerror.Wrap(what, err)
	}
	if asked := l.database.config.IndexWorkers; asked > 0 {
		workers = asked
	}
	after := "RESET (parallel_workers)"
	if before != nil {
		after = "SET (parallel_workers = " + *before + ")"
	}
	err = l.build(ctx, o, memory, workers)
	if class := pgerror.State(err); workers > 0 && (class == outOfDisk || class == outOfMemory) {
		err = l.build(ctx, o, memory, 0) // processes share memory through a file system that may be small
	}
	if err != nil {
		return err
	}
	_, err = l.lead.Exec(ctx, "RESET maintenance_work_mem; RESET max_parallel_maintenance_workers; ALTER TABLE "+table+" "+after, pgx.QueryExecModeSimpleProtocol)
	return pgerror.Wrap(what, err)
}

// SQLSTATEs of a server that cannot have memory.
const (
	outOfDisk   = "53100"
	outOfMemory = "53200"
)

// build builds an index with memory, in bytes, and with so many workers.
func (l *restore) build(ctx context.Context, o pgcatalog.Object, memory int64, workers int) error {
	settings := fmt.Sprintf("SET maintenance_work_mem = %d; SET max_parallel_maintenance_workers = %d; ALTER TABLE %s SET (parallel_workers = %d)",
		memory>>10, workers, pgx.Identifier{o.Schema, o.Table}.Sanitize(), workers)
	if _, err := l.lead.Exec(ctx, settings, pgx.QueryExecModeSimpleProtocol); err != nil {
		return pgerror.Wrap("pgsource: build "+o.ID, err)
	}
	return l.apply(ctx, l.lead, []pgcatalog.Object{o})
}

// memory returns how many bytes the build of an index of vectors needs, within what is allowed. An element of an HNSW graph
// has its vector, its neighbours, 2m on the lowest layer, and what it is managed with: 6,943 bytes were measured at 1,536 numbers
// of 4 bytes and m = 16, which is 800 more than the vector.
func (l *restore) memory(ctx context.Context, o pgcatalog.Object) (int64, error) {
	const least = 64 << 20
	dimensions, m := int64(0), int64(16)
	for _, t := range l.definition.Layouts {
		if t.Schema != o.Schema || t.Name != o.Table {
			continue
		}
		for _, c := range t.Columns {
			if c.Width > 0 {
				dimensions = max(dimensions, numberAfter(c.Type, "("))
			}
		}
	}
	for _, s := range o.Statements {
		if n := numberAfter(s.SQL, " WITH (m='"); n > 0 {
			m = n
		}
	}
	if dimensions == 0 {
		dimensions = 2000
	}
	var rows int64
	err := l.lead.QueryRow(ctx, "SELECT pg_catalog.count(*) FROM "+pgx.Identifier{o.Schema, o.Table}.Sanitize()).Scan(&rows)
	need := rows * (dimensions*4 + 800*m/16) * 11 / 10
	return max(least, min(need+least, l.database.config.IndexMemory)), err
}

// numberAfter returns the whole number that follows a text, or 0.
func numberAfter(text, before string) int64 {
	_, after, _ := strings.Cut(text, before)
	end := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(after)
	}
	n, err := strconv.ParseInt(after[:end], 10, 32)
	if err != nil {
		return 0
	}
	return n
}
