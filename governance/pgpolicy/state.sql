-- What a database has of the governed tables, and of what this package makes. $1: schemas of the tables, $2: their names,
-- $3: schema of the functions and views, $4: application, $5: schema and name of the standing relation, or NULL.
WITH governed AS (
    SELECT n.nspname AS schema, c.relname AS name, c.oid, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
    FROM unnest($1::text[], $2::text[]) AS t(schema, name)
    JOIN pg_namespace n ON n.nspname = t.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.name AND c.relkind IN ('r', 'p')
), columns AS (
    SELECT a.attrelid, json_agg(json_build_object(
        'name', a.attname, 'type', format_type(a.atttypid, -1), 'generated', a.attgenerated <> '',
        'identity', a.attidentity = 'a', 'nullable', NOT a.attnotnull, 'comment', coalesce(col_description(a.attrelid, a.attnum), ''),
        'blurred', EXISTS (SELECT FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic),
        'sequence', (SELECT json_build_array(sn.nspname, s.relname) FROM pg_depend d
            JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
                AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum LIMIT 1),
        'usage', (SELECT bool_or(has_sequence_privilege(r.oid, d.objid, 'USAGE')) FROM pg_depend d
            JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
                AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum),
        'grants', ARRAY(SELECT x.privilege_type FROM aclexplode(a.attacl) x WHERE x.grantee = r.oid),
        'others', EXISTS (SELECT FROM aclexplode(a.attacl) x WHERE x.grantee = 0)
        ) ORDER BY a.attnum) AS list
    FROM governed g
    JOIN pg_attribute a ON a.attrelid = g.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_roles r ON r.rolname = $4
    GROUP BY a.attrelid
), policies AS (
    SELECT p.polrelid, json_agg(json_build_object(
        'name', p.polname, 'permissive', p.polpermissive,
        'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
            ELSE 'ALL' END,
        'roles', ARRAY(SELECT coalesce(r.rolname, 'public') FROM unnest(p.polroles) x LEFT JOIN pg_roles r ON r.oid = x),
        'using', coalesce(pg_get_expr(p.polqual, p.polrelid), ''),
        'check', coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')) ORDER BY p.polname) AS list
    FROM governed g JOIN pg_policy p ON p.polrelid = g.oid
    GROUP BY p.polrelid
), partitions AS (
    SELECT g.oid, json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
        'secured', c.relrowsecurity, 'forced', c.relforcerowsecurity) ORDER BY n.nspname, c.relname) AS list
    FROM governed g
    JOIN pg_partition_tree(g.oid) t ON t.relid <> g.oid
    JOIN pg_class c ON c.oid = t.relid AND c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE g.relkind = 'p'
    GROUP BY g.oid
), tables AS (
    SELECT json_agg(json_build_object(
        'schema', g.schema, 'name', g.name, 'owner', pg_get_userbyid(g.relowner),
        'secured', g.relrowsecurity, 'forced', g.relforcerowsecurity,
        'comment', coalesce(obj_description(g.oid, 'pg_class'), ''),
        'grants', ARRAY(SELECT x.privilege_type FROM aclexplode(g.relacl) x JOIN pg_roles r ON r.oid = x.grantee
            WHERE r.rolname = $4),
        'others', EXISTS (SELECT FROM aclexplode(g.relacl) x WHERE x.grantee = 0),
        'indexed', ARRAY(SELECT DISTINCT a.attname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
            JOIN pg_am m ON m.oid = ic.relam AND m.amname = 'btree'
            JOIN pg_attribute a ON a.attrelid = g.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = g.oid AND i.indisvalid AND i.indpred IS NULL),
        'columns', c.list, 'policies', p.list, 'partitions', t.list)) AS list
    FROM governed g
    LEFT JOIN columns c ON c.attrelid = g.oid LEFT JOIN policies p ON p.polrelid = g.oid LEFT JOIN partitions t ON t.oid = g.oid
), functions AS (
    SELECT json_agg(json_build_object(
        'name', p.proname, 'arguments', pg_get_function_identity_arguments(p.oid), 'result', pg_get_function_result(p.oid),
        'language', l.lanname, 'body', p.prosrc, 'definer', p.prosecdef, 'volatile', p.provolatile, 'parallel', p.proparallel,
        'config', coalesce(array_to_string(p.proconfig, ';'), ''), 'owner', pg_get_userbyid(p.proowner),
        'comment', coalesce(obj_description(p.oid, 'pg_proc'), ''),
        'public', EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0),
        'application', EXISTS (SELECT FROM aclexplode(p.proacl) x JOIN pg_roles r ON r.oid = x.grantee WHERE r.rolname = $4)
        )) AS list
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE n.nspname = $3
), views AS (
    SELECT json_agg(json_build_object(
        'name', c.relname, 'definition', pg_get_viewdef(c.oid), 'options', coalesce(c.reloptions, '{}'),
        'owner', pg_get_userbyid(c.relowner), 'comment', coalesce(obj_description(c.oid, 'pg_class'), ''),
        'public', EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee = 0),
        'grants', ARRAY(SELECT x.privilege_type FROM aclexplode(c.relacl) x JOIN pg_roles r ON r.oid = x.grantee
            WHERE r.rolname = $4))) AS list
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $3 AND c.relkind = 'v'
), schemas AS (
    SELECT json_agg(json_build_object(
        'name', n.nspname, 'owner', pg_get_userbyid(n.nspowner),
        'create', EXISTS (SELECT FROM aclexplode(n.nspacl) x WHERE x.grantee = 0 AND x.privilege_type = 'CREATE'),
        'usage', EXISTS (SELECT FROM aclexplode(n.nspacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
            WHERE (x.grantee = 0 OR r.rolname = $4) AND x.privilege_type = 'USAGE'))) AS list
    FROM pg_namespace n WHERE n.nspname = $3 OR n.nspname = ANY ($1)
)
SELECT json_build_object(
    'user', current_user,
    'roles', (SELECT coalesce(json_agg(json_build_object('name', r.rolname, 'super', r.rolsuper, 'bypass', r.rolbypassrls)), '[]')
        FROM pg_roles r WHERE r.rolname IN ($4, $6)),
    'standing', (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, -1)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE ARRAY[n.nspname::text, c.relname::text] = $5::text[] AND NOT a.attisdropped),
    'shielded', EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE ARRAY[n.nspname::text, c.relname::text] = $5::text[]
            AND (c.relforcerowsecurity OR c.relrowsecurity AND pg_get_userbyid(c.relowner) <> $6)),
    'tables', tables.list, 'functions', functions.list, 'views', views.list, 'schemas', schemas.list)
FROM tables, functions, views, schemas
