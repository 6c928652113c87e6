package pgcatalog

// tablesSQL reads ordinary, partitioned and foreign tables. Its elements stand between the parentheses of CREATE TABLE:
// columns here, and the checks that Read adds. A partition is made alone, with all of its columns in their own order, and
// attached; a child of another table inherits those that it did not declare.
//
// Version differences: a not-null constraint has a name from version 18 on; before, a child cannot say again how a column is
// generated that its parent generates (version 16). Minor releases of 2026 stamp columns with an option of the server's own,
// pg_attver, which changes with each ALTER TABLE.
const tablesSQL = `SELECT c.oid::int8, c.relowner::int8 AS owner, n.nspname AS schema, c.relname AS name, c.relname AS table, 'before data' AS section,
	format('CREATE %s %I.%I', CASE WHEN c.relkind = 'f' THEN 'FOREIGN TABLE' WHEN c.relpersistence = 'u' THEN 'UNLOGGED TABLE' ELSE 'TABLE' END,
		n.nspname, c.relname) || CASE WHEN c.reloftype <> 0 THEN ' OF ' || format_type(c.reloftype, -1) ELSE '' END AS head,
	true AS braces, c.reloftype <> 0 AS typed, array_remove(columns.defs, NULL) AS elements,
	concat(
		' INHERITS (' || parents.names || ')',
		' PARTITION BY ' || CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
		' USING ' || quote_ident((SELECT amname FROM pg_am AS a WHERE a.oid = c.relam AND a.amname <> 'heap' AND c.relkind = 'r')),
		' SERVER ' || quote_ident(server.srvname),
		CASE WHEN server.srvname IS NOT NULL THEN ' OPTIONS (' || (SELECT string_agg(format('%I %L', option_name, option_value), ', ')
			FROM pg_options_to_table(ft.ftoptions)) || ')' END,
		' WITH (' || NULLIF(concat_ws(', ', options.own, options.toast), '') || ')') AS tail,
	ARRAY[CASE WHEN c.relispartition THEN format('ALTER TABLE ONLY %s ATTACH PARTITION %I.%I %s',
		(SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = c.oid), n.nspname, c.relname, pg_get_expr(c.relpartbound, c.oid)) END]
	|| columns.after
	|| ARRAY[CASE WHEN c.relkind <> 'f' AND c.relreplident IN ('f', 'n') THEN format('ALTER TABLE ONLY %I.%I REPLICA IDENTITY %s', n.nspname, c.relname,
		CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END) END] AS statements,
	ARRAY[CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', n.nspname, c.relname) END,
		CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE ONLY %I.%I FORCE ROW LEVEL SECURITY', n.nspname, c.relname) END] AS security
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_foreign_table AS ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server AS server ON server.oid = ft.ftserver
CROSS JOIN LATERAL (SELECT
	(SELECT string_agg(format('%s=%s', quote_ident(option_name), quote_literal(option_value)), ', ') FROM pg_options_to_table(c.reloptions)) AS own,
	(SELECT string_agg(format('toast.%s=%s', quote_ident(option_name), quote_literal(option_value)), ', ') FROM pg_options_to_table(toast.reloptions)) AS toast
) AS options
CROSS JOIN LATERAL (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS names
	FROM pg_inherits WHERE inhrelid = c.oid AND NOT c.relispartition) AS parents
CROSS JOIN LATERAL (
	SELECT array_agg(CASE
			WHEN NOT a.attislocal AND NOT c.relispartition THEN CASE WHEN named.convalidated AND (named.conislocal OR parent.unproven) THEN format('CONSTRAINT %I NOT NULL %I%s',
				named.conname, a.attname, CASE WHEN named.connoinherit THEN ' NO INHERIT' ELSE '' END) END
			WHEN c.reloftype <> 0 THEN NULLIF(concat(format('%I WITH OPTIONS', a.attname), parts.generated, nonnull), format('%I WITH OPTIONS', a.attname))
			ELSE concat(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), collated, parts.generated, nonnull) END ORDER BY a.attnum)
			FILTER (WHERE later.n = 1) AS defs,
		array_agg(format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I ', n.nspname, c.relname, a.attname) || later.what ORDER BY a.attnum, later.n)
			FILTER (WHERE later.what IS NOT NULL) AS after
	FROM pg_attribute AS a
	JOIN pg_type AS t ON t.oid = a.atttypid
	LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	LEFT JOIN LATERAL (SELECT bool_or(p.attnotnull) AS attnotnull, bool_or(p.attgenerated <> '') AS generated, bool_or(p.atthasdef) AS atthasdef,
			bool_or(p.attstorage <> a.attstorage) AS stored_otherwise, bool_or(p.attcompression <> a.attcompression) AS compressed_otherwise,
			bool_or(NOT pn.convalidated) AS unproven,
			bool_or(pg_get_expr(pd.adbin, pd.adrelid) IS NOT DISTINCT FROM pg_get_expr(d.adbin, d.adrelid)) AS same
		FROM pg_inherits AS i JOIN pg_attribute AS p ON p.attrelid = i.inhparent AND p.attname = a.attname AND NOT p.attisdropped
		LEFT JOIN pg_attrdef AS pd ON pd.adrelid = p.attrelid AND pd.adnum = p.attnum
		LEFT JOIN pg_constraint AS pn ON pn.conrelid = p.attrelid AND pn.contype = 'n' AND pn.conkey = ARRAY[p.attnum]
		WHERE i.inhrelid = c.oid AND NOT c.relispartition) AS parent ON true
	LEFT JOIN LATERAL (SELECT k.conname, k.connoinherit, k.convalidated, k.conislocal FROM pg_constraint AS k
		WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]) AS named ON true
	CROSS JOIN LATERAL (SELECT
		CASE WHEN a.attcollation NOT IN (0, t.typcollation) THEN ' COLLATE ' || a.attcollation::regcollation END AS collated,
		CASE WHEN a.attgenerated <> '' AND NOT (COALESCE(parent.generated, false) AND (current_setting('server_version_num')::int4 < 160000 OR parent.same))
			THEN format(' GENERATED ALWAYS AS (%s)%s', pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attgenerated = 's' THEN ' STORED' ELSE '' END) END AS generated,
		CASE WHEN named.conname IS NOT NULL THEN CASE WHEN named.convalidated AND (named.conislocal OR c.relispartition)
				THEN format(' CONSTRAINT %I NOT NULL%s', named.conname, CASE WHEN named.connoinherit THEN ' NO INHERIT' ELSE '' END) END
			WHEN a.attnotnull THEN ' NOT NULL' END AS nonnull
	) AS parts
	CROSS JOIN LATERAL (VALUES
		(1, CASE WHEN a.attnotnull AND NOT a.attislocal AND NOT c.relispartition AND NOT COALESCE(parent.attnotnull, false) AND named.conname IS NULL
			THEN 'SET NOT NULL' WHEN NOT a.attnotnull AND parent.attnotnull THEN 'DROP NOT NULL' END),
		(2, CASE WHEN NOT a.atthasdef AND parent.atthasdef THEN 'DROP DEFAULT' END),
		(3, CASE WHEN a.attstorage <> t.typstorage OR parent.stored_otherwise THEN 'SET STORAGE ' || CASE a.attstorage
			WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
		(4, CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4'
			ELSE CASE WHEN parent.compressed_otherwise THEN 'SET COMPRESSION default' END END),
		(5, 'SET STATISTICS ' || NULLIF(a.attstattarget, -1)),
		(6, 'SET (' || (SELECT string_agg(format('%I=%L', option_name, option_value), ', ') FROM pg_options_to_table(a.attoptions) WHERE option_name <> 'pg_attver') || ')'),
		(7, 'OPTIONS (' || (SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(a.attfdwoptions)) || ')')
	) AS later (n, what)
	WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS columns
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'`

// viewsSQL reads views. The list of columns is that of the query: it has their names. What a view defaults to, its rules and
// triggers are objects of their own.
const viewsSQL = `SELECT c.oid::int8, c.relowner::int8 AS owner, n.nspname AS schema, c.relname AS name, c.relname AS table,
	'before data' AS section,
	ARRAY[format('CREATE %s %I.%I', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, n.nspname, c.relname)
		|| CASE WHEN c.relkind = 'm' AND a.amname <> 'heap' THEN ' USING ' || quote_ident(a.amname) ELSE '' END
		|| COALESCE(' WITH (' || (SELECT string_agg(format('%I=%L', option_name, option_value), ', ')
			FROM pg_options_to_table(c.reloptions) WHERE option_name <> 'check_option') || ')', '')
		|| E' AS\n' || rtrim(pg_get_viewdef(c.oid), ';')
		|| CASE WHEN c.relkind = 'm' THEN E'\nWITH NO DATA' ELSE '' END
		|| COALESCE((SELECT format(E'\nWITH %s CHECK OPTION', upper(option_value)) FROM pg_options_to_table(c.reloptions) WHERE option_name = 'check_option'), '')]
	|| (SELECT array_agg(format('ALTER %s %I.%I ALTER COLUMN %I %s', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END,
			n.nspname, c.relname, t.attname, l.what) ORDER BY t.attnum, l.n)
		FROM pg_attribute AS t JOIN pg_type AS y ON y.oid = t.atttypid
		CROSS JOIN LATERAL (VALUES
			(1, CASE WHEN t.attstorage <> y.typstorage THEN 'SET STORAGE ' || CASE t.attstorage
				WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
			(2, CASE t.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END),
			(3, 'SET STATISTICS ' || NULLIF(t.attstattarget, -1)),
			(4, 'SET (' || (SELECT string_agg(format('%I=%L', option_name, option_value), ', ') FROM pg_options_to_table(t.attoptions) WHERE option_name <> 'pg_attver') || ')')
		) AS l (n, what)
		WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped AND c.relkind = 'm' AND l.what IS NOT NULL) AS statements,
	CASE WHEN c.relkind = 'v' THEN format('CREATE VIEW %I.%I AS SELECT %s', n.nspname, c.relname, (SELECT string_agg(
		format('NULL::%s%s AS %I', format_type(t.atttypid, t.atttypmod),
			CASE WHEN t.attcollation NOT IN (0, y.typcollation) THEN ' COLLATE ' || t.attcollation::regcollation ELSE '' END, t.attname), ', ' ORDER BY t.attnum)
		FROM pg_attribute AS t JOIN pg_type AS y ON y.oid = t.atttypid WHERE t.attrelid = c.oid AND t.attnum > 0)) END AS dummy,
	CASE WHEN c.relkind = 'm' AND c.relispopulated THEN format('REFRESH MATERIALIZED VIEW %I.%I', n.nspname, c.relname) END AS refresh
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS a ON a.oid = c.relam
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'`

// defaultsSQL reads what columns default to. What generates a column is part of its table.
const defaultsSQL = `SELECT d.oid::int8, n.nspname AS schema, a.attname AS name, c.relname AS table, 'before data' AS section,
	ARRAY[format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid))] AS statements
FROM pg_attrdef AS d
JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated = ''
JOIN pg_class AS c ON c.oid = d.adrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace`

// sequencesSQL reads sequences, and the identity of columns, which is a sequence that its column owns.
const sequencesSQL = `SELECT c.oid::int8, CASE WHEN dep.deptype = 'i' THEN 0 ELSE c.relowner::int8 END AS owner, n.nspname AS schema, c.relname AS name,
	t.relname AS table, 'before data' AS section, CASE WHEN dep.deptype = 'i' THEN 'identity' ELSE 'sequence' END AS kind,
	CASE WHEN dep.deptype = 'i' THEN ARRAY[
		format(E'ALTER TABLE %I.%I ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I %s)', tn.nspname, t.relname, a.attname,
			CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, n.nspname, c.relname, parameters)]
	ELSE ARRAY[
		format('CREATE %sSEQUENCE %I.%I AS %s %s', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, n.nspname, c.relname, format_type(s.seqtypid, -1), parameters)]
	END AS statements,
	CASE WHEN dep.deptype = 'a' THEN format('ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I', n.nspname, c.relname, tn.nspname, t.relname, a.attname) END AS owned
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS dep ON dep.classid = 'pg_class'::regclass AND dep.objid = c.oid AND dep.refclassid = 'pg_class'::regclass
	AND dep.refobjsubid > 0 AND dep.deptype IN ('a', 'i')
LEFT JOIN pg_class AS t ON t.oid = dep.refobjid
LEFT JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = dep.refobjsubid
CROSS JOIN LATERAL (SELECT format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
	s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END) AS parameters) AS p`
