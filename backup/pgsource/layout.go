package pgsource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/floatplane"
	"github.com/shugo-data/shugo/internal/pgcatalog"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// column is how the values of a column are in a backup.
type column struct {
	Name  string           `json:"name"`            // unquoted
	Type  string           `json:"type"`            // as SQL
	Base  string           `json:"base"`            // the type without domains and modifier
	Text  bool             `json:"text,omitempty"`  // as the server prints it: there is no binary form, or it holds oids
	Width floatplane.Width `json:"width,omitempty"` // of the numbers of a vector
}

// layout is how the rows of a table are in a backup.
type layout struct {
	Schema  string   `json:"schema"`          // unquoted
	Name    string   `json:"name"`            // unquoted
	Columns []column `json:"columns"`         // that are copied, in order
	Blocks  int64    `json:"blocks"`          // of the heap to a chunk
	Links   []link   `json:"links,omitempty"` // by which a person's rows are found

	table pgcatalog.Table
}

// link is a way from a person to rows: a column with the person's id, or a reference to rows that are the person's.
type link struct {
	Columns []string       `json:"columns"`         // of the table, whose values are indexed
	Target  pgcatalog.Name `json:"target,omitzero"` // table referred to; none: the column is the subject
	Keys    []string       `json:"keys,omitempty"`  // columns of Target, one for each of Columns
}

func (l layout) sql() string { return pgx.Identifier{l.Schema, l.Name}.Sanitize() }

func (l layout) widths() []floatplane.Width {
	var widths []floatplane.Width
	for _, c := range l.Columns {
		widths = append(widths, c.Width)
	}
	return widths
}

// selection returns the columns as they are selected for COPY. Functions that print do not tell NULL from empty; num_nulls
// tells, also for a composite of NULLs.
func (l layout) selection() string {
	var all []string
	for _, c := range l.Columns {
		name := "t." + pgx.Identifier{c.Name}.Sanitize()
		if c.Text {
			name = fmt.Sprintf("CASE WHEN pg_catalog.num_nulls(%s) = 0 THEN pg_catalog.concat(%s) END", name, name)
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

// formsSQL returns for each type the base that domains stand on, whether its binary form cannot be read in another database,
// and the width of its numbers if it is a vector. Arrays, records and ranges of types that the database made hold oids; so do
// aliases of oids.
const formsSQL = `WITH RECURSIVE base (oid, typ) AS (
	SELECT t, t FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS t
	UNION ALL
	SELECT b.oid, d.typbasetype FROM base AS b JOIN pg_catalog.pg_type AS d ON d.oid = b.typ WHERE d.typtype = 'd'
), alias AS (
	SELECT oid FROM pg_catalog.pg_type WHERE typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND typname LIKE 'reg%'
)
SELECT b.oid, pg_catalog.format_type(t.oid, NULL),
	COALESCE(t.typsend = 0 OR t.typreceive = 0 OR t.oid IN (SELECT oid FROM alias) OR e.oid IN (SELECT oid FROM alias)
		OR s.proname IN ('record_send', 'array_send', 'range_send', 'multirange_send') AND s.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
			AND t.oid >= 16384, false),
	CASE WHEN x.extname IS NULL THEN 0 WHEN t.typname = 'vector' THEN 4 WHEN t.typname = 'halfvec' THEN 2 ELSE 0 END
FROM base AS b
JOIN pg_catalog.pg_type AS t ON t.oid = b.typ AND t.typtype <> 'd'
LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typlen = -1
LEFT JOIN pg_catalog.pg_proc AS s ON s.oid = t.typsend
LEFT JOIN (pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS x ON x.oid = d.refobjid AND x.extname = 'vector')
	ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'`

// layouts returns how the rows of all tables that have rows are to be in the backup.
func (s *Source) layouts(ctx context.Context, conn *pgx.Conn, catalog pgcatalog.Catalog, previous map[pgcatalog.Name]int64) ([]layout, error) {
	var oids []uint32
	for _, t := range catalog.Tables {
		for _, c := range t.Columns {
			oids = append(oids, c.TypeOID)
		}
	}
	slices.Sort(oids)
	rows, err := conn.Query(ctx, formsSQL, slices.Compact(oids))
	if err != nil {
		return nil, pgerror.Wrap("pgsource: read how types are sent", err)
	}
	forms := map[uint32]column{}
	var oid uint32
	var c column
	if _, err := pgx.ForEachRow(rows, []any{&oid, &c.Base, &c.Text, &c.Width}, func() error {
		forms[oid] = c
		return nil
	}); err != nil {
		return nil, pgerror.Wrap("pgsource: read how types are sent", err)
	}
	links, err := linksOf(catalog.Tables, s.config.Datasets)
	if err != nil {
		return nil, err
	}
	var all []layout
	for _, t := range catalog.Tables {
		if !t.Rows || t.Foreign || t.Partitioned {
			continue
		}
		l := layout{Schema: t.Schema, Name: t.Name, table: t, Links: links[pgcatalog.Name{Schema: t.Schema, Name: t.Name}]}
		for _, c := range t.Columns {
			if !c.Generated {
				form := forms[c.TypeOID]
				form.Name, form.Type = c.Name, c.Type
				l.Columns = append(l.Columns, form)
			}
		}
		l.Blocks = blocksOf(t, previous[pgcatalog.Name{Schema: t.Schema, Name: t.Name}])
		if err := l.check(); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// blocksOf returns how many blocks of the heap are to be a chunk: a power of two, so that boundaries remain when it changes,
// and what it was before as long as that is not far from it.
func blocksOf(t pgcatalog.Table, before int64) int64 {
	const most = 1024
	each := int64(8192)
	if t.Pages > 0 {
		each += t.ToastBytes / t.Pages
	}
	blocks := int64(1)
	for blocks < most && 2*blocks*each <= usualChunk {
		blocks *= 2
	}
	if before > 0 && before <= most && before <= 2*blocks && blocks <= 2*before {
		return before
	}
	return blocks
}

// check refuses what cannot be indexed.
func (l layout) check() error {
	for _, k := range l.Links {
		for _, name := range k.Columns {
			at := slices.IndexFunc(l.Columns, func(c column) bool { return c.Name == name })
			if at < 0 {
				return fmt.Errorf("pgsource: table %s has no column %q that is copied, by which a person's rows could be found", l.sql(), name)
			}
			if l.Columns[at].Text {
				return fmt.Errorf("pgsource: table %s: column %q has the type %s, by which no person's rows can be found", l.sql(), name, l.Columns[at].Type)
			}
		}
	}
	return nil
}

// linksOf returns by what a person's rows are found in each table of the datasets. A dataset with a subject has its column;
// one without is reached by its foreign keys to tables of other datasets.
func linksOf(tables []pgcatalog.Table, datasets []governance.Dataset) (map[pgcatalog.Name][]link, error) {
	of := map[pgcatalog.Name]governance.Dataset{}
	for _, d := range datasets {
		if d.Store != "" && d.Store != governance.PostgreSQL {
			continue // a manifest declares those of all stores
		}
		found := 0
		for _, t := range tables {
			if t.Name == d.Name || t.Schema+"."+t.Name == d.Name {
				of[pgcatalog.Name{Schema: t.Schema, Name: t.Name}] = d
				found++
			}
		}
		if found == 0 {
			return nil, fmt.Errorf("pgsource: dataset %q is no table of the database: %w", d.Name, backup.ErrNotFound)
		}
	}
	links := map[pgcatalog.Name][]link{}
	for _, t := range tables {
		name := pgcatalog.Name{Schema: t.Schema, Name: t.Name}
		var d governance.Dataset
		is := false
		for _, n := range lineage(tables, name) { // a partition is of the dataset of what it is a partition of
			if d, is = of[n]; is {
				break
			}
		}
		switch {
		case !is:
		case d.Subject != "":
			links[name] = []link{{Columns: []string{d.Subject}}}
		default:
			for _, k := range t.ForeignKeys {
				if _, personal := of[k.Target]; personal && k.Target != name {
					links[name] = append(links[name], link{Columns: k.Columns, Target: k.Target, Keys: k.Keys})
				}
			}
		}
	}
	return links, nil
}
