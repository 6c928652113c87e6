package pgcatalog

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// key identifies an object in the database that is read.
type key struct{ class, oid int64 }

// node is an object on its way to become an Object. The queries fill what stands first.
type node struct {
	Class      int64     `json:"class"`
	OID        int64     `json:"oid"`
	Identity   string    `json:"identity"` // of pg_identify_object
	Handle     string    `json:"handle"`   // by which ALTER, COMMENT and SECURITY LABEL name it
	Kind       string    `json:"kind"`
	Schema     string    `json:"schema"`
	Name       string    `json:"name"`
	Table      string    `json:"table"`
	Section    Section   `json:"section"`
	Owner      string    `json:"owner"`      // role; empty: none of its own
	Roles      []string  `json:"roles"`      // that Statements name
	Head       string    `json:"head"`       // of CREATE TABLE
	Braces     bool      `json:"braces"`     // it is a CREATE TABLE
	Typed      bool      `json:"typed"`      // OF a type: no empty parentheses
	Elements   []string  `json:"elements"`   // columns, and checks that could be put inside
	Tail       string    `json:"tail"`       // of CREATE TABLE
	Statements []*string `json:"statements"` // nil ones are none
	Security   []*string `json:"security"`   // that switch row security on, after the data
	Dummy      *string   `json:"dummy"`      // makes a view with the same columns that depends on nothing
	Refresh    *string   `json:"refresh"`    // fills a materialized view
	Shell      *string   `json:"shell"`      // declares a type
	Element    *string   `json:"element"`    // of CREATE TABLE that could stand instead of Statements
	Inherited  bool      `json:"inherited"`  // a check that its table has only because the parents have it
	Parents    []int64   `json:"parents"`    // OIDs of the checks of the parents that a check is inherited from
	Default    *string   `json:"default"`    // of a domain
	Loose      *string   `json:"loose"`      // members of a family of operators
	Owned      *string   `json:"owned"`      // gives a sequence to its column
	Invalid    bool      `json:"invalid"`    // an index that is not to be made
	Depth      int       `json:"depth"`      // of a partition whose foreign key it is: the deepest come first
	Last       bool      `json:"last"`       // after everything else of its section

	phase   int // within the section
	source  int // place of its kind
	deps    map[*node]bool
	self    map[*node]bool // those of deps that it needs by itself, not for a part of it: a view for its columns, not its query
	reads   map[*node]bool // views and parsed functions that a view or function reads: it needs more of them than a type
	remarks []Statement    // comments, labels
	columns *node          // the view without what it reads, if it was split
}

// nodeSQL is around the query of a source: it leaves out what initdb, an extension or a type made, and adds the
// names by which other catalogs and statements know the object. OFFSET 0 has each definition printed once.
const nodeSQL = `SELECT q.fields || jsonb_build_object('class', cls.oid::int8, 'identity', i.identity, 'handle', handle.text,
	'kind', COALESCE(q.fields->>'kind', i.type), 'owner', (SELECT rolname FROM pg_roles WHERE oid::int8 = (q.fields->>'owner')::int8))
FROM (SELECT to_jsonb(o) AS fields, o.oid FROM (/*source*/) AS o OFFSET 0) AS q
CROSS JOIN LATERAL (SELECT $1::text::regclass::oid) AS cls (oid)
CROSS JOIN LATERAL pg_identify_object(cls.oid, q.oid::oid, 0) AS i
CROSS JOIN LATERAL (SELECT ` + handleSQL + ` AS text) AS handle
WHERE (q.oid >= 16384 OR $1 IN ('pg_namespace', 'pg_largeobject'))
	AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = cls.oid AND d.objid = q.oid::oid AND d.objsubid = 0
		AND (d.deptype = 'e' OR d.deptype = 'i' AND $1 IN ('pg_proc', 'pg_cast')))`

// handleSQL is how statements name what pg_identify_object describes as i.
const handleSQL = `CASE
	WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE ' || i.identity
	WHEN i.type = 'composite type' THEN 'TYPE ' || i.identity
	WHEN i.type LIKE '% column' THEN 'COLUMN ' || i.identity
	WHEN i.type = 'table constraint' THEN 'CONSTRAINT ' || i.identity
	WHEN i.type = 'domain constraint' THEN (SELECT format('CONSTRAINT %I ON DOMAIN %I.%I', k.conname, n.nspname, t.typname)
		FROM pg_constraint AS k JOIN pg_type AS t ON t.oid = k.contypid JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE k.oid = q.oid::oid)
	WHEN i.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER ' || i.identity
	WHEN i.type = 'statistics object' THEN 'STATISTICS ' || i.identity
	ELSE upper(i.type) || ' ' || i.identity END`

// readNodes reads the objects of all sources.
func readNodes(ctx context.Context, db Executor, version int, superuser bool) (map[key]*node, error) {
	nodes := map[key]*node{}
	for place, s := range sources(version, superuser) {
		rows, err := db.Query(ctx, strings.Replace(nodeSQL, "/*source*/", s.sql, 1), s.class)
		if err != nil {
			return nil, pgerror.Wrap("pgcatalog: read "+s.class, err)
		}
		var text []byte
		if _, err := pgx.ForEachRow(rows, []any{&text}, func() error {
			n := &node{deps: map[*node]bool{}, self: map[*node]bool{}, reads: map[*node]bool{}, source: place}
			if err := json.Unmarshal(text, n); err != nil {
				return err
			}
			nodes[key{n.Class, n.OID}] = n
			return nil
		}); err != nil {
			return nil, pgerror.Wrap("pgcatalog: read "+s.class, err)
		}
	}
	return nodes, nil
}
