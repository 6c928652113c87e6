package pgcatalog

// privilegesSQL reads privileges that are not those with which an object is made: by the server, by initdb or by its
// extension, for whom its owner is. A privilege that was granted by another than the owner is granted by that role again.
const privilegesSQL = `WITH object (class, oid, subid, acl, type, owner, prefix) AS (
	SELECT 'pg_class'::regclass::oid, oid, 0, relacl, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner, CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END
		FROM pg_class WHERE relpersistence <> 't'
	UNION ALL SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, 'c', c.relowner, 'TABLE '
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE NOT a.attisdropped AND a.attacl IS NOT NULL AND c.relpersistence <> 't'
	UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl, 'f', proowner, 'ROUTINE ' FROM pg_proc
	UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl, 'T', typowner, 'TYPE ' FROM pg_type
	UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, nspacl, 'n', nspowner, 'SCHEMA ' FROM pg_namespace
	UNION ALL SELECT 'pg_language'::regclass, oid, 0, lanacl, 'l', lanowner, 'LANGUAGE ' FROM pg_language
	UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl, 'F', fdwowner, 'FOREIGN DATA WRAPPER ' FROM pg_foreign_data_wrapper
	UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl, 'S', srvowner, 'FOREIGN SERVER ' FROM pg_foreign_server
	UNION ALL SELECT 'pg_largeobject'::regclass, oid, 0, lomacl, 'L', lomowner, 'LARGE OBJECT ' FROM pg_largeobject_metadata
), changed AS (
	SELECT o.class, o.oid, o.subid, o.owner, o.prefix, COALESCE(o.acl, d.acl) AS acl, COALESCE(i.initprivs, d.acl) AS base
	FROM object AS o
	LEFT JOIN pg_init_privs AS i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.subid
	CROSS JOIN LATERAL (SELECT CASE WHEN o.type <> 'c' THEN acldefault(o.type, o.owner) END AS acl) AS d
	WHERE COALESCE(o.acl, d.acl) IS DISTINCT FROM COALESCE(i.initprivs, d.acl)
), given AS (
	SELECT c.*, set.acl = 'new' AS new, x.grantor, x.grantee, x.privilege_type, x.is_grantable, x.place
	FROM changed AS c
	CROSS JOIN LATERAL (VALUES ('new', c.acl), ('old', c.base)) AS set (acl, items)
	CROSS JOIN LATERAL ROWS FROM (aclexplode(set.items)) WITH ORDINALITY AS x (grantor, grantee, privilege_type, is_grantable, place)
), owned AS (
	SELECT class, oid, subid, new, privilege_type, is_grantable, place, prefix, owner,
		CASE WHEN NOT new AND grantee = grantor THEN owner ELSE grantee END AS grantee,
		CASE WHEN NOT new THEN owner ELSE grantor END AS grantor
	FROM given
), different AS (
	SELECT class, oid, subid FROM (
		SELECT class, oid, subid, new, array_agg((grantor, grantee, privilege_type, is_grantable)::text ORDER BY grantor, grantee, privilege_type) AS items
		FROM owned GROUP BY class, oid, subid, new
	) AS sets
	GROUP BY class, oid, subid
	HAVING count(*) = 1 OR min(items) <> max(items)
), grouped AS (
	SELECT class, oid, subid, new, prefix, owner, grantor, grantee, is_grantable, min(place) AS place, array_agg(privilege_type ORDER BY privilege_type) AS privileges
	FROM owned JOIN different USING (class, oid, subid)
	GROUP BY class, oid, subid, new, prefix, owner, grantor, grantee, is_grantable
)
SELECT g.class::int8, g.oid::int8, g.subid::int8, i.identity,
	CASE WHEN g.new THEN
		CASE WHEN g.grantor <> g.owner THEN format('SET ROLE %I; ', pg_get_userbyid(g.grantor)) ELSE '' END
		|| format('GRANT %s ON %s%s TO %s%s', (SELECT string_agg(p || columns, ', ') FROM unnest(g.privileges) AS p), g.prefix, whole.identity, who,
			CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
		|| CASE WHEN g.grantor <> g.owner THEN '; RESET ROLE' ELSE '' END
	ELSE format('REVOKE ALL%s ON %s%s FROM %s', columns, g.prefix, whole.identity, who) END AS statement,
	array_remove(ARRAY[CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END, CASE WHEN g.grantor <> g.owner THEN pg_get_userbyid(g.grantor) END], NULL)::text[] AS roles
FROM grouped AS g
CROSS JOIN LATERAL (SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS who) AS w
CROSS JOIN LATERAL pg_identify_object(g.class, g.oid, g.subid::int4) AS i
CROSS JOIN LATERAL pg_identify_object(g.class, g.oid, 0) AS whole
CROSS JOIN LATERAL (SELECT COALESCE(format(' (%I)', (SELECT attname FROM pg_attribute WHERE attrelid = g.oid AND attnum = g.subid AND g.subid > 0
	AND g.class = 'pg_class'::regclass)), '') AS col) AS named
CROSS JOIN LATERAL (SELECT CASE WHEN g.subid > 0 THEN col ELSE '' END AS columns) AS list
WHERE COALESCE(i.schema, i.identity) <> 'information_schema' -- initdb makes it after it has noted what privileges there are
ORDER BY i.identity COLLATE "C", g.class, g.subid, g.new, g.grantor <> g.owner, CASE WHEN g.grantor = g.owner THEN 0 ELSE g.place END,
	who COLLATE "C", g.is_grantable`

// defaultPrivilegesSQL reads the privileges with which roles make objects. Those that hold in every schema stand instead of
// the server's own, those of one schema are added.
const defaultPrivilegesSQL = `SELECT d.oid::int8, concat_ws(' ', pg_get_userbyid(d.defaclrole), kind.name, n.nspname) AS name, n.nspname AS schema,
	'after indexes' AS section, true AS last,
	ARRAY[CASE WHEN n.oid IS NULL THEN format('ALTER DEFAULT PRIVILEGES FOR ROLE %1$I REVOKE ALL ON %2$s FROM PUBLIC, %1$I', pg_get_userbyid(d.defaclrole), kind.name) END]
	|| (SELECT array_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s', pg_get_userbyid(d.defaclrole),
			' IN SCHEMA ' || quote_ident(n.nspname), g.privileges, kind.name, g.who, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
			ORDER BY g.who COLLATE "C", g.is_grantable)
		FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS who, x.is_grantable,
				string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges
			FROM aclexplode(d.defaclacl) AS x GROUP BY x.grantee, x.is_grantable) AS g) AS statements,
	(SELECT array_agg(DISTINCT r ORDER BY r) FROM (SELECT pg_get_userbyid(d.defaclrole)::text COLLATE "C" UNION
		SELECT pg_get_userbyid(x.grantee)::text COLLATE "C" FROM aclexplode(d.defaclacl) AS x WHERE x.grantee <> 0) AS named (r)) AS roles
FROM pg_default_acl AS d
LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES'
	WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS name) AS kind`

// settingsSQL reads the settings that sessions in the database begin with. Lists are kept as SQL reads them. The database is
// named when the statement runs: a restored one may have another name.
const settingsSQL = `SELECT COALESCE(pg_get_userbyid(NULLIF(s.setrole, 0))::text, '') AS role, split_part(c.setting, '=', 1) AS name,
	format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.current_database()); END',
		replace(CASE s.setrole WHEN 0 THEN '' ELSE 'ALTER ROLE ' || quote_ident(pg_get_userbyid(s.setrole)) || ' IN DATABASE ' END, '%', '%%')
		|| CASE s.setrole WHEN 0 THEN 'ALTER DATABASE ' ELSE '' END || '%I'
		|| replace(format(' SET %s TO %s', (SELECT string_agg(quote_ident(part), '.' ORDER BY n)
				FROM unnest(string_to_array(split_part(c.setting, '=', 1), '.')) WITH ORDINALITY AS p (part, n)),
			CASE WHEN split_part(c.setting, '=', 1) IN ('local_preload_libraries', 'search_path', 'session_preload_libraries',
				'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories')
			THEN COALESCE(NULLIF(substr(c.setting, strpos(c.setting, '=') + 1), ''), '''''')
			ELSE quote_literal(substr(c.setting, strpos(c.setting, '=') + 1)) END), '%', '%%'))) AS statement
FROM pg_db_role_setting AS s
CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1, 2`

// databaseSQL reads what is said of the database itself, and who may connect to it. It has no owner of its own: whoever made
// the database that it is restored into.
const databaseSQL = `WITH this AS (SELECT * FROM pg_database WHERE datname = current_database())
SELECT d.role, d.name, format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.current_database()); END', d.text)) AS statement
FROM (
	SELECT 1 AS place, '' AS role, 'comment' AS name, 'COMMENT ON DATABASE %I IS ' || quote_literal(replace(description, '%', '%%')) AS text
	FROM pg_shdescription, this WHERE classoid = 'pg_database'::regclass AND objoid = this.oid
	UNION ALL SELECT 2, '', 'privileges', 'REVOKE ALL ON DATABASE %I FROM PUBLIC' FROM this WHERE this.datacl IS NOT NULL
	UNION ALL SELECT 3, COALESCE(pg_get_userbyid(NULLIF(x.grantee, 0))::text, ''), 'privileges', 'GRANT ' || x.privileges || ' ON DATABASE %I TO '
		|| CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE replace(quote_ident(pg_get_userbyid(x.grantee)), '%', '%%') END
		|| CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
	FROM this CROSS JOIN LATERAL (SELECT grantee, is_grantable, string_agg(privilege_type, ', ' ORDER BY privilege_type) AS privileges
		FROM aclexplode(this.datacl) GROUP BY grantee, is_grantable) AS x
) AS d
ORDER BY d.place, d.role COLLATE "C", d.text COLLATE "C"`
