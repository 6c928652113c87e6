package pgsource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Restored is a table that a selective restore made.
type Restored struct {
	Schema string // where the rows come from, unquoted
	Name   string // of the table that they come from, unquoted
	Table  string // in the side schema, unquoted
	Rows   int64  // how many
}

// RestoreTable restores the rows of one table, or of all partitions of one, at the cut, into a schema that it makes. The
// database is one that is at work: it has the types of the columns. The new table has the columns that are not generated, and
// the primary key. All is one transaction. The error is backup.ErrNotFound where the snapshot has no such table, and
// backup.ErrNotEmpty where the schema exists.
func (d *Database) RestoreTable(ctx context.Context, r backup.Reader, schema, table, into string) (Restored, error) {
	def, err := readDefinition(ctx, r)
	if err != nil {
		return Restored{}, err
	}
	name := pgcatalog.Name{Schema: schema, Name: table}
	at := slices.IndexFunc(def.Catalog.Tables, func(t pgcatalog.Table) bool { return t.Schema == schema && t.Name == table && !t.Foreign })
	if at < 0 {
		return Restored{}, fmt.Errorf("pgsource: table %s is not in the snapshot: %w", pgx.Identifier{schema, table}.Sanitize(), backup.ErrNotFound)
	}
	var made Restored
	err = d.aside(ctx, into, func(conn *pgx.Conn, tx pgx.Tx) error {
		made, err = restoreAside(ctx, conn, tx, r, def, name, into, table)
		return err
	})
	return made, err
}

// RestoreSchema restores all tables of one schema, as RestoreTable does. Partitions are tables of their own.
func (d *Database) RestoreSchema(ctx context.Context, r backup.Reader, schema, into string) ([]Restored, error) {
	def, err := readDefinition(ctx, r)
	if err != nil {
		return nil, err
	}
	var all []Restored
	err = d.aside(ctx, into, func(conn *pgx.Conn, tx pgx.Tx) error {
		for _, l := range def.Layouts {
			if l.Schema != schema {
				continue
			}
			made, err := restoreAside(ctx, conn, tx, r, def, pgcatalog.Name{Schema: schema, Name: l.Name}, into, l.Name)
			if err != nil {
				return err
			}
			all = append(all, made)
		}
		if len(all) == 0 {
			return fmt.Errorf("pgsource: schema %s has no tables in the snapshot: %w", pgx.Identifier{schema}.Sanitize(), backup.ErrNotFound)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// aside calls a function in a transaction in which a schema was just made.
func (d *Database) aside(ctx context.Context, schema string, do func(*pgx.Conn, pgx.Tx) error) error {
	const what = "pgsource: restore into a schema"
	conn, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return pgerror.Wrap(what, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, "SET LOCAL synchronous_commit = on"); err != nil {
		return pgerror.Wrap(what, err)
	}
	if _, err := tx.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{schema}.Sanitize()); err != nil {
		if pgerror.State(err) == "42P06" {
			return pgerror.WrapAs(what, backup.ErrNotEmpty, err)
		}
		return pgerror.Wrap(what, err)
	}
	if err := do(conn, tx); err != nil {
		return err
	}
	return pgerror.Wrap(what, tx.Commit(ctx))
}

// restoreAside makes one table in the side schema and loads its rows, or those of its partitions.
func restoreAside(ctx context.Context, conn *pgx.Conn, tx pgx.Tx, r backup.Reader, def definition, name pgcatalog.Name, into, table string) (Restored, error) {
	made := Restored{Schema: name.Schema, Name: name.Name, Table: table}
	if err := makeAside(ctx, tx, def, name, into, table); err != nil {
		return made, err
	}
	to := pgx.Identifier{into, table}.Sanitize()
	progress := meter.New("", 0, nil)
	for _, item := range r.Items() {
		if item.Kind != rowsItem {
			continue
		}
		meta, err := readRowsMeta(item)
		if err != nil {
			return made, err
		}
		from := pgcatalog.Name{Schema: meta.Schema, Name: meta.Name}
		if from != name && !(def.partitioned(name) && slices.Contains(def.lineage(from), name)) {
			continue
		}
		l, known := def.layout(from)
		if !known {
			return made, corrupt(item.Name, 0, "its table is not in the definition")
		}
		source := &rowSource{ctx: ctx, reader: r, item: item, progress: progress}
		loaded, err := loadInto(ctx, conn, tx, source, l, to)
		if err = unlessFailed(source.close(), pgerror.Wrap("pgsource: load table "+to, err)); err != nil {
			return made, err
		}
		if loaded != meta.Rows {
			return made, fmt.Errorf("pgsource: load table %s: %d rows, expected %d: %w", to, loaded, meta.Rows, backup.ErrCorrupt)
		}
		made.Rows += loaded
	}
	return made, nil
}

// makeAside makes a table with the columns of another, and its primary key.
func makeAside(ctx context.Context, tx pgx.Tx, def definition, name pgcatalog.Name, into, table string) error {
	var parts []string
	for _, t := range def.Catalog.Tables {
		if t.Schema != name.Schema || t.Name != name.Name {
			continue
		}
		copied := map[string]bool{}
		for _, c := range t.Columns {
			if !c.Generated {
				copied[c.Name] = true
				parts = append(parts, pgx.Identifier{c.Name}.Sanitize()+" "+c.Type)
			}
		}
		var key []string
		for _, k := range t.Key {
			if copied[k] {
				key = append(key, pgx.Identifier{k}.Sanitize())
			}
		}
		if len(key) > 0 && len(key) == len(t.Key) {
			parts = append(parts, "PRIMARY KEY ("+strings.Join(key, ", ")+")")
		}
	}
	_, err := tx.Exec(ctx, "CREATE TABLE "+pgx.Identifier{into, table}.Sanitize()+" ("+strings.Join(parts, ", ")+")")
	return pgerror.Wrap("pgsource: make table "+pgx.Identifier{into, table}.Sanitize(), err)
}

// layout returns how the rows of a table are in the snapshot.
func (d definition) layout(name pgcatalog.Name) (layout, bool) {
	for _, l := range d.Layouts {
		if l.Schema == name.Schema && l.Name == name.Name {
			return l, true
		}
	}
	return layout{}, false
}

func (d definition) partitioned(name pgcatalog.Name) bool {
	return slices.ContainsFunc(d.Catalog.Tables, func(t pgcatalog.Table) bool {
		return t.Schema == name.Schema && t.Name == name.Name && t.Partitioned
	})
}

// lineage returns a table and those that it is a partition of, directly or not.
func (d definition) lineage(name pgcatalog.Name) []pgcatalog.Name {
	return lineage(d.Catalog.Tables, name)
}

func lineage(tables []pgcatalog.Table, name pgcatalog.Name) []pgcatalog.Name {
	all := []pgcatalog.Name{name}
	for n := 0; n < len(all); n++ {
		for _, t := range tables {
			if t.Schema == all[n].Schema && t.Name == all[n].Name && t.Partition && len(t.Parents) == 1 && !slices.Contains(all, t.Parents[0]) {
				all = append(all, t.Parents[0])
			}
		}
	}
	return all
}
