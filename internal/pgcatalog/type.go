package pgcatalog

// schemasSQL reads schemas. Every new database has public, so that a database without it says so.
const schemasSQL = `SELECT n.oid::int8, n.nspowner::int8 AS owner, n.nspname AS name, 'before data' AS section,
	ARRAY['CREATE SCHEMA ' || CASE n.nspname WHEN 'public' THEN 'IF NOT EXISTS ' ELSE '' END || quote_ident(n.nspname)] AS statements
FROM pg_namespace AS n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

// extensionsSQL reads extensions. The version is that of the source where the destination has it, and otherwise its default.
const extensionsSQL = `SELECT e.oid::int8, e.extname AS name, 'before data' AS section,
	ARRAY[format('DO %L', format(E'BEGIN\n\tIF EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions WHERE name = %L AND version = %L) THEN\n'
		'\t\tCREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I VERSION %L;\n\tELSE\n\t\tCREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I;\n\tEND IF;\nEND',
		e.extname, e.extversion, e.extname, n.nspname, e.extversion, e.extname, n.nspname))] AS statements
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace`

// typesSQL reads enumerations, composites, domains and ranges. A range whose functions take it needs a shell before them.
const typesSQL = `SELECT t.oid::int8, t.typowner::int8 AS owner, n.nspname AS schema, t.typname AS name, 'before data' AS section,
	CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite type' WHEN 'd' THEN 'domain' ELSE 'range' END AS kind,
	CASE WHEN r.rngcanonical <> 0 THEN format('CREATE TYPE %I.%I', n.nspname, t.typname) END AS shell,
	ARRAY[CASE t.typtype
	WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
		(SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
	WHEN 'c' THEN format(E'CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
		(SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
			|| CASE WHEN a.attcollation NOT IN (0, y.typcollation) THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END, ', ' ORDER BY a.attnum)
		FROM pg_attribute AS a JOIN pg_type AS y ON y.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
	WHEN 'd' THEN concat(format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)),
		CASE WHEN t.typcollation NOT IN (0, b.typcollation) THEN ' COLLATE ' || t.typcollation::regcollation END,
		CASE WHEN t.typnotnull THEN COALESCE((SELECT format(' CONSTRAINT %I', k.conname) FROM pg_constraint AS k
			WHERE k.contypid = t.oid AND k.contype = 'n'), '') || ' NOT NULL' END)
	ELSE format('CREATE TYPE %I.%I AS RANGE (%s)', n.nspname, t.typname, concat_ws(', ',
		'SUBTYPE = ' || format_type(r.rngsubtype, -1),
		'SUBTYPE_OPCLASS = ' || (SELECT format('%I.%I', cn.nspname, o.opcname) FROM pg_opclass AS o JOIN pg_namespace AS cn ON cn.oid = o.opcnamespace
			WHERE o.oid = r.rngsubopc),
		'COLLATION = ' || NULLIF(r.rngcollation, 0)::regcollation,
		'CANONICAL = ' || NULLIF(r.rngcanonical::oid, 0)::regproc,
		'SUBTYPE_DIFF = ' || NULLIF(r.rngsubdiff::oid, 0)::regproc,
		'MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype))
	END] AS statements,
	CASE WHEN t.typtype = 'd' THEN COALESCE(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), quote_literal(t.typdefault)) END AS default
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_class AS c ON c.oid = t.typrelid
LEFT JOIN pg_type AS b ON b.oid = t.typbasetype
LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
WHERE t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c'`

// collationsSQL reads collations. What differs between versions is read by name.
const collationsSQL = `SELECT k.oid::int8, k.collowner::int8 AS owner, n.nspname AS schema, k.collname AS name, 'before data' AS section,
	ARRAY[format('CREATE COLLATION %I.%I (%s)', n.nspname, k.collname, concat_ws(', ',
		'provider = ' || CASE k.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'default' END,
		CASE WHEN NOT k.collisdeterministic THEN 'deterministic = false' END,
		CASE WHEN k.collprovider <> 'c' OR k.collcollate = k.collctype THEN
			'locale = ' || quote_literal(COALESCE(j->>'colllocale', j->>'colliculocale', j->>'collcollate')) END,
		CASE WHEN k.collprovider = 'c' AND k.collcollate <> k.collctype THEN format('lc_collate = %L, lc_ctype = %L', k.collcollate, k.collctype) END,
		'rules = ' || quote_literal(j->>'collicurules')))] AS statements
FROM pg_collation AS k
JOIN pg_namespace AS n ON n.oid = k.collnamespace
CROSS JOIN LATERAL to_jsonb(k) AS j
WHERE k.collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))`

// conversionsSQL reads conversions between encodings.
const conversionsSQL = `SELECT k.oid::int8, k.conowner::int8 AS owner, n.nspname AS schema, k.conname AS name, 'before data' AS section,
	ARRAY[format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', CASE WHEN k.condefault THEN 'DEFAULT ' ELSE '' END, n.nspname, k.conname,
		pg_encoding_to_char(k.conforencoding), pg_encoding_to_char(k.contoencoding), k.conproc)] AS statements
FROM pg_conversion AS k
JOIN pg_namespace AS n ON n.oid = k.connamespace`
