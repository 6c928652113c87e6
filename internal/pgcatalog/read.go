package pgcatalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Read reads the definition of the database that db is connected to. db sees one moment: a transaction that is at least
// REPEATABLE READ. Functions of the server that print definitions see the newest moment nevertheless, so that tables should be
// locked in ACCESS SHARE MODE before, and read once more after. It calls Prepare. Errors are ErrVersion of package backup, and
// those of the server.
func Read(ctx context.Context, db Executor, filter Filter) (Catalog, error) {
	if err := Prepare(ctx, db); err != nil {
		return Catalog{}, err
	}
	var c Catalog
	superuser, err := readDatabase(ctx, db, &c)
	if err != nil {
		return Catalog{}, err
	}
	nodes, err := readNodes(ctx, db, c.Version, superuser)
	if err != nil {
		return Catalog{}, err
	}
	g, err := readGraph(ctx, db, nodes)
	if err != nil {
		return Catalog{}, err
	}
	if c.Unsupported, err = readUnknown(ctx, db, g); err != nil {
		return Catalog{}, err
	}
	if !superuser {
		c.Unsupported = append(c.Unsupported, hiddenOptions(nodes)...)
	}
	for _, read := range []func(context.Context, Executor, *graph) error{readRemarks, readPrivileges, readSettings} {
		if err := read(ctx, db, g); err != nil {
			return Catalog{}, err
		}
	}
	c.assemble(g, filter)
	if c.Tables, err = readTables(ctx, db, filter); err != nil {
		return Catalog{}, err
	}
	if c.Sequences, err = readSequences(ctx, db, filter); err != nil {
		return Catalog{}, err
	}
	c.position()
	return c, nil
}

// readDatabase reads what is said of the database as a whole, and whether the reader may read everything.
func readDatabase(ctx context.Context, db Executor, c *Catalog) (superuser bool, err error) {
	rows, err := db.Query(ctx, `SELECT current_setting('server_version_num')::int4, current_database(), pg_encoding_to_char(encoding),
	(SELECT array_agg(oid::int8 ORDER BY oid) FROM pg_largeobject_metadata), current_setting('is_superuser')::bool
FROM pg_database WHERE datname = current_database()`)
	if err != nil {
		return false, pgerror.Wrap("pgcatalog: read the database", err)
	}
	_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (int, error) {
		var large []int64
		err := row.Scan(&c.Version, &c.Database, &c.Encoding, &large, &superuser)
		for _, oid := range large {
			c.LargeOIDs = append(c.LargeOIDs, uint32(oid))
		}
		return 0, err
	})
	if err == nil && (c.Version < 140000 || c.Version >= 190000) {
		return false, fmt.Errorf("pgcatalog: PostgreSQL %d, expected 14 to 18: %w", c.Version/10000, backup.ErrVersion)
	}
	return superuser, pgerror.Wrap("pgcatalog: read the database", err)
}

// assemble makes the objects of the nodes.
func (c *Catalog) assemble(g *graph, filter Filter) {
	for k, n := range g.nodes {
		if n.Invalid {
			c.Invalid = append(c.Invalid, n.Kind+" "+n.Identity)
			delete(g.nodes, k)
		}
		if n.Last {
			n.phase = 4
		}
	}
	slices.Sort(c.Invalid)
	g.dropInvalid()
	g.shape()
	ordered, cycles := g.order()
	c.Unsupported = append(c.Unsupported, cycles...)
	slices.Sort(c.Unsupported)
	if !g.has("schema", "public") && len(filter.Schemas) == 0 {
		c.Objects = append(c.Objects, Object{ID: "schema public", Section: BeforeData, Kind: "schema", Name: "public",
			Statements: []Statement{{SQL: "DROP SCHEMA IF EXISTS public"}}})
	}
	for _, n := range ordered {
		if !filter.takes(n.Kind, n.Schema, n.Name) {
			continue
		}
		o := n.object()
		for _, s := range o.Statements {
			c.Roles = append(c.Roles, s.Roles...)
		}
		c.Objects = append(c.Objects, o)
	}
	slices.Sort(c.Roles)
	c.Roles = slices.Compact(c.Roles)
	slices.SortStableFunc(c.Objects, func(a, b Object) int { return a.Section.place() - b.Section.place() })
}

// dropInvalid forgets dependencies on nodes that were removed.
func (g *graph) dropInvalid() {
	for _, n := range g.nodes {
		for d := range n.deps {
			if d.Invalid {
				delete(n.deps, d)
			}
		}
	}
}

func (g *graph) has(kind, name string) bool {
	for _, n := range g.nodes {
		if n.Kind == kind && n.Name == name {
			return true
		}
	}
	return false
}

// object returns what a node became.
func (n *node) object() Object {
	o := Object{ID: n.objectID(), Section: n.Section, Kind: n.Kind, Schema: n.Schema, Name: n.Name, Table: n.Table}
	for _, s := range compact(n.Statements) {
		o.Statements = append(o.Statements, Statement{SQL: s, Roles: n.Roles})
	}
	if n.Owner != "" {
		o.Statements = append(o.Statements, Statement{SQL: "ALTER " + n.Handle + " OWNER TO " + pgx.Identifier{n.Owner}.Sanitize(), Roles: []string{n.Owner}})
	}
	if n.Owned != nil {
		o.Statements = append(o.Statements, Statement{SQL: *n.Owned})
	}
	o.Statements = append(o.Statements, n.remarks...)
	for d := range n.deps {
		o.DependsOn = append(o.DependsOn, d.objectID())
	}
	slices.Sort(o.DependsOn)
	return o
}

func (n *node) objectID() string { return n.Kind + " " + n.Identity }

// takes reports whether the filter takes an object.
func (f Filter) takes(kind, schema, name string) bool {
	if len(f.Schemas) == 0 {
		return true
	}
	if kind == "schema" {
		schema = name
	}
	return slices.Contains(f.Schemas, schema)
}

// position adds the positions of sequences, where the rows are loaded.
func (c *Catalog) position() {
	at := slices.IndexFunc(c.Objects, func(o Object) bool { return o.Section.place() > Data.place() })
	if at < 0 {
		at = len(c.Objects)
	}
	var values []Object
	for _, v := range c.Sequences {
		name := pgx.Identifier{v.Schema, v.Name.Name}.Sanitize()
		values = append(values, Object{ID: "sequence value " + name, Section: Data, Kind: "sequence value", Schema: v.Schema, Name: v.Name.Name,
			Statements: []Statement{{SQL: fmt.Sprintf("SELECT pg_catalog.setval('%s', %d, %t)", strings.ReplaceAll(name, "'", "''"), v.Last, v.Called)}}})
	}
	c.Objects = slices.Insert(c.Objects, at, values...)
}
