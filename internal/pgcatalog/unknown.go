package pgcatalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// catalogsSQL reads which catalogs of the database hold objects: those with an oid, on this server. Labels of enumerations are
// part of their type without saying so; large objects go by the name of another catalog. Who is no superuser cannot read that
// of user mappings, but what is in it.
const catalogsSQL = `SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared AND c.relname NOT IN ('pg_enum', 'pg_largeobject_metadata')
	AND has_table_privilege(c.oid, 'SELECT')
	AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'oid' AND NOT a.attisdropped)
ORDER BY c.relname COLLATE "C"`

// objectsSQL reads what a catalog holds that initdb did not make, nor a session for itself.
const objectsSQL = `SELECT o.tableoid::int8, o.oid::int8, concat_ws(' ', i.type, i.identity), d.deptype::text
FROM pg_catalog./*catalog*/ AS o
CROSS JOIN LATERAL pg_identify_object(o.tableoid, o.oid, 0) AS i
LEFT JOIN LATERAL (SELECT deptype FROM pg_depend WHERE classid = o.tableoid AND objid = o.oid AND deptype IN ('e', 'i', 'P', 'S')
	ORDER BY deptype LIMIT 1) AS d ON true
WHERE o.oid >= 16384 AND concat_ws(' ', i.schema, i.identity) !~ '(^| |"|\m)pg_(toast_)?temp_\d+' AND COALESCE(i.schema, '') <> 'pg_toast'
	AND NOT (i.type = 'schema' AND i.identity ~ '^pg_toast')`

// readUnknown returns what the database holds that is neither a node nor part of one. It looks at every catalog of the server
// that holds objects, so that a kind that came with a new version is found.
func readUnknown(ctx context.Context, db Executor, g *graph) ([]string, error) {
	rows, err := db.Query(ctx, catalogsSQL)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read which catalogs there are", err)
	}
	catalogs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read which catalogs there are", err)
	}
	unknown, err := readSubscriptions(ctx, db, g)
	if err != nil {
		return nil, err
	}
	for _, catalog := range catalogs {
		rows, err := db.Query(ctx, strings.Replace(objectsSQL, "/*catalog*/", pgx.Identifier{catalog}.Sanitize(), 1))
		if err != nil {
			return nil, pgerror.Wrap("pgcatalog: read "+catalog, err)
		}
		var k key
		var text string
		var part *string
		if _, err := pgx.ForEachRow(rows, []any{&k.class, &k.oid, &text, &part}, func() error {
			if !g.knows(k, catalog, part != nil) {
				unknown = append(unknown, fmt.Sprintf("%s: %s", catalog, text))
			}
			return nil
		}); err != nil {
			return nil, pgerror.Wrap("pgcatalog: read "+catalog, err)
		}
	}
	return unknown, nil
}

// readSubscriptions returns those that are no nodes. Their catalog is shared by all databases.
func readSubscriptions(ctx context.Context, db Executor, g *graph) ([]string, error) {
	rows, err := db.Query(ctx, `SELECT 'pg_subscription'::regclass::oid::int8, oid::int8, subname FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read which subscriptions there are", err)
	}
	var unknown []string
	var k key
	var name string
	_, err = pgx.ForEachRow(rows, []any{&k.class, &k.oid, &name}, func() error {
		if g.nodes[k] == nil {
			unknown = append(unknown, "pg_subscription: subscription "+pgx.Identifier{name}.Sanitize()+", which only a superuser can read")
		}
		return nil
	})
	return unknown, pgerror.Wrap("pgcatalog: read which subscriptions there are", err)
}

// hiddenOptions returns user mappings whose options a reader who is no superuser may not have seen: it cannot know.
func hiddenOptions(nodes map[key]*node) []string {
	var hidden []string
	for _, n := range nodes {
		if n.Kind == "user mapping" && !strings.Contains(*n.Statements[0], " OPTIONS (") {
			hidden = append(hidden, "pg_user_mapping: options of "+n.Identity+", which only a superuser can read")
		}
	}
	return hidden
}

// knows reports whether an object is a node or part of one. Most objects that only go with another are nodes of their own:
// that they go with a node is not enough. part says that it is made with the other.
func (g *graph) knows(k key, catalog string, part bool) bool {
	if g.nodes[k] != nil {
		return true
	}
	if of := g.resolve(k); of != nil && of.Kind == "extension" {
		return true
	}
	if !part {
		switch catalog {
		case "pg_attrdef", "pg_constraint", "pg_amop", "pg_amproc": // generated columns, inherited checks, members of families
		default:
			return false
		}
	}
	return g.resolve(k) != nil
}
