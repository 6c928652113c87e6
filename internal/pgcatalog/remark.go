package pgcatalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// remarksSQL reads comments, security labels and dependencies on extensions. Those of objects of the server and of extensions
// find no node.
const remarksSQL = `SELECT q.class::int8, q.oid::int8, CASE q.remark
	WHEN 'comment' THEN format('COMMENT ON %s IS %L', handle.text, q.text)
	WHEN 'label' THEN format('SECURITY LABEL FOR %I ON %s IS %L', q.provider, handle.text, q.text)
	ELSE format('ALTER %s DEPENDS ON EXTENSION %I', handle.text, q.text) END
FROM (
	SELECT 'comment' AS remark, classoid AS class, objoid AS oid, objsubid AS subid, description AS text, '' AS provider FROM pg_description
	WHERE objoid >= 16384 OR classoid IN ('pg_namespace'::regclass, 'pg_largeobject'::regclass)
	UNION ALL SELECT 'comment', classoid, objoid, 0, description, '' FROM pg_shdescription WHERE classoid = 'pg_subscription'::regclass
	UNION ALL SELECT 'label', classoid, objoid, objsubid, label, provider FROM pg_seclabel
	UNION ALL SELECT 'member', d.classid, d.objid, 0, e.extname, '' FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
	WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
) AS q
CROSS JOIN LATERAL pg_identify_object(q.class, q.oid, q.subid) AS i
CROSS JOIN LATERAL (SELECT ` + handleSQL + ` AS text) AS handle
WHERE i.identity IS NOT NULL
ORDER BY i.identity COLLATE "C", i.type COLLATE "C", q.remark, q.provider COLLATE "C", q.text COLLATE "C"`

// readRemarks adds what was said of objects to their nodes.
func readRemarks(ctx context.Context, db Executor, g *graph) error {
	rows, err := db.Query(ctx, remarksSQL)
	if err != nil {
		return pgerror.Wrap("pgcatalog: read comments", err)
	}
	var k key
	var sql string
	_, err = pgx.ForEachRow(rows, []any{&k.class, &k.oid, &sql}, func() error {
		if n := g.resolve(k); n != nil && n.Kind != "extension" || n != nil && n == g.nodes[k] {
			n.remarks = append(n.remarks, Statement{SQL: sql})
		}
		return nil
	})
	return pgerror.Wrap("pgcatalog: read comments", err)
}

// readPrivileges adds nodes for privileges.
func readPrivileges(ctx context.Context, db Executor, g *graph) error {
	rows, err := db.Query(ctx, privilegesSQL)
	if err != nil {
		return pgerror.Wrap("pgcatalog: read privileges", err)
	}
	var k key
	var subid int64
	var identity string
	var s Statement
	byIdentity := map[string]*node{}
	_, err = pgx.ForEachRow(rows, []any{&k.class, &k.oid, &subid, &identity, &s.SQL, &s.Roles}, func() error {
		n := byIdentity[identity]
		if n == nil {
			n = &node{Kind: "privileges", Identity: identity, Section: AfterIndexes, phase: 1, deps: map[*node]bool{}}
			if of := g.resolve(k); of != nil {
				n.Schema, n.Name, n.Table, n.source = of.Schema, of.Name, of.Table, of.source
				n.deps[of] = true
			}
			byIdentity[identity] = n
			g.put(n)
		}
		n.remarks = append(n.remarks, s)
		s.Roles = nil
		return nil
	})
	return pgerror.Wrap("pgcatalog: read privileges", err)
}

// readSettings adds nodes for the settings of the database, and for what is said of it.
func readSettings(ctx context.Context, db Executor, g *graph) error {
	for kind, sql := range map[string]string{"database setting": settingsSQL, "database": databaseSQL} {
		rows, err := db.Query(ctx, sql)
		if err != nil {
			return pgerror.Wrap("pgcatalog: read settings", err)
		}
		var role, name string
		var s Statement
		byIdentity := map[string]*node{}
		if _, err := pgx.ForEachRow(rows, []any{&role, &name, &s.SQL}, func() error {
			identity := name
			s.Roles = nil
			if role != "" {
				s.Roles = []string{role}
				if kind == "database setting" {
					identity = name + " of " + role
				}
			}
			n := byIdentity[identity]
			if n == nil {
				n = g.put(&node{Kind: kind, Name: name, Identity: identity, Section: AfterIndexes, phase: 2, deps: map[*node]bool{}})
				byIdentity[identity] = n
			}
			n.remarks = append(n.remarks, s)
			return nil
		}); err != nil {
			return pgerror.Wrap("pgcatalog: read settings", err)
		}
	}
	return nil
}
