-- What decides who reaches the governed tables of a database. $1: schemas of the tables, $2: their names, $3: schema of
-- the functions and views, $4: schema of the audit trail, $5: application, $6: owner, $7: schema and name of the standing
-- relation, or NULL.
--
-- The search path is pg_catalog alone while the catalog's expressions are put into words, so that all other names come with
-- their schema, and is given back. CASE keeps the order: a condition comes before its result. Columns that not all versions
-- of PostgreSQL have are asked for by way of to_jsonb, which leaves out what there is not.
WITH RECURSIVE here AS MATERIALIZED (
    SELECT pg_catalog.current_setting('search_path') AS path
), wanted AS MATERIALIZED (
    SELECT c.oid FROM unnest($1::text[], $2::text[]) AS t(schema, name)
    JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.name
), spaces AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY ($1::text[]) OR n.nspname IN ($3, $4)
), children AS ( -- partitions and tables that inherit, at any depth
    SELECT oid FROM wanted
    UNION
    SELECT i.inhrelid FROM children c JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid
), readers AS ( -- views and materialised views over the tables, at any depth, unless by way of a masking view
    SELECT oid FROM children
    UNION
    SELECT w.ev_class FROM readers r
    JOIN pg_catalog.pg_class c ON c.oid = r.oid AND (c.relkind <> 'v' OR c.relnamespace IS DISTINCT FROM
        (SELECT s.oid FROM spaces s WHERE s.nspname = $3))
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = r.oid
        AND d.classid = 'pg_catalog.pg_rewrite'::regclass
    JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
), scope AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
        c.relispartition, c.relispopulated, c.relpersistence, c.relreplident, c.reloptions, c.relhastriggers,
        c.oid IN (SELECT oid FROM wanted) AS governed,
        c.oid IN (SELECT oid FROM children) AS family,
        c.oid IN (SELECT oid FROM readers) AND c.relkind IN ('v', 'm') AS reader,
        EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid
            AND e.deptype = 'e') AS extension,
        c.relkind = 'S' AND EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass
            AND e.objid = c.oid AND e.refobjsubid > 0 AND e.deptype IN ('a', 'i')) AS linked
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND (c.relnamespace IN (SELECT oid FROM spaces)
        OR c.oid IN (SELECT oid FROM readers) OR ARRAY[n.nspname::text, c.relname::text] = $7::text[])
), comments AS MATERIALIZED (
    SELECT d.objoid, d.objsubid, d.description FROM pg_catalog.pg_description d
    WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid IN (SELECT oid FROM scope)
), serials AS MATERIALIZED (
    SELECT d.refobjid, d.refobjsubid, json_build_array(n.nspname, s.relname) AS name
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'
        AND d.refobjid IN (SELECT oid FROM scope)
), columns AS (
    SELECT a.attrelid, json_agg(json_build_object(
        'name', a.attname, 'type', format_type(a.atttypid, -1), 'acl', a.attacl, 'comment', d.description,
        'notNull', CASE WHEN a.attnotnull THEN true END, 'generated', CASE WHEN a.attgenerated <> '' THEN true END,
        'identity', CASE WHEN a.attidentity = 'a' THEN true END,
        'blurred', CASE WHEN NOT l.collisdeterministic THEN true END, 'sequence', s.name) ORDER BY a.attnum) AS list
    FROM scope c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND NOT l.collisdeterministic
    LEFT JOIN comments d ON d.objoid = a.attrelid AND d.objsubid = a.attnum
    LEFT JOIN serials s ON s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
    WHERE c.relkind NOT IN ('S', 'v') OR c.relkind = 'v' AND a.attacl IS NOT NULL -- a view's columns follow from it
    GROUP BY a.attrelid
), policies AS (
    SELECT p.polrelid, json_agg(json_build_object(
        'name', p.polname, 'permissive', p.polpermissive,
        'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
            ELSE 'ALL' END,
        'roles', ARRAY(SELECT CASE x.role WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.role) END
            FROM unnest(p.polroles) WITH ORDINALITY x(role, place) ORDER BY x.place),
        'using', coalesce(pg_get_expr(p.polqual, p.polrelid), ''),
        'check', coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')) ORDER BY p.polname) AS list
    FROM pg_catalog.pg_policy p WHERE p.polrelid IN (SELECT oid FROM scope)
    GROUP BY p.polrelid
), parents AS (
    SELECT i.inhrelid, json_agg(json_build_object('name', json_build_array(n.nspname, c.relname),
        'partitioned', c.relkind = 'p', 'family', c.oid IN (SELECT oid FROM children)) ORDER BY i.inhseqno) AS list
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhparent JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE i.inhrelid IN (SELECT oid FROM children)
    GROUP BY i.inhrelid
), descent AS ( -- which governed tables a partition belongs to, at any depth
    SELECT w.oid AS root, w.oid AS oid FROM wanted w
    UNION
    SELECT r.root, i.inhrelid FROM descent r JOIN pg_catalog.pg_inherits i ON i.inhparent = r.oid
), roots AS (
    SELECT d.oid, json_agg(json_build_array(n.nspname, c.relname) ORDER BY n.nspname, c.relname) AS list
    FROM descent d
    JOIN pg_catalog.pg_class c ON c.oid = d.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE d.root <> d.oid
    GROUP BY d.oid
), indexes AS (
    SELECT i.indrelid, json_agg(json_build_object('name', json_build_array(n.nspname, c.relname), 'first', a.attname,
        'valid', i.indisvalid AND i.indisready, 'usable', m.amname = 'btree' AND i.indpred IS NULL)
        ORDER BY n.nspname, c.relname) AS list
    FROM wanted w
    JOIN pg_catalog.pg_index i ON i.indrelid = w.oid
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    GROUP BY i.indrelid
), triggers AS (
    SELECT t.tgrelid, json_agg(json_build_object('name', t.tgname, 'enabled', t.tgenabled, 'internal', t.tgisinternal,
        'events', t.tgtype, 'function', json_build_array(n.nspname, p.proname), 'owner', pg_get_userbyid(p.proowner))
        ORDER BY t.tgname) AS list
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE t.tgrelid IN (SELECT oid FROM scope WHERE relhastriggers) AND t.tgparentid = 0 AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
    GROUP BY t.tgrelid
), rules AS (
    SELECT w.ev_class, json_agg(w.rulename ORDER BY w.rulename) AS list
    FROM pg_catalog.pg_rewrite w WHERE w.ev_class IN (SELECT oid FROM scope) AND w.rulename <> '_RETURN'
    GROUP BY w.ev_class
), relations AS (
    SELECT json_agg(json_build_object(
        'name', json_build_array(s.nspname, s.relname), 'kind', s.relkind, 'owner', pg_get_userbyid(s.relowner),
        'acl', s.relacl, 'secured', s.relrowsecurity, 'forced', s.relforcerowsecurity, 'options', s.reloptions,
        'persistence', s.relpersistence, 'replicaIdentity', s.relreplident, 'governed', s.governed, 'family', s.family,
        'reader', s.reader, 'partition', s.relispartition, 'populated', s.relispopulated, 'extension', s.extension, 'linked', s.linked, 'comment', d.description,
        'definition', CASE WHEN s.relkind IN ('v', 'm') THEN pg_get_viewdef(s.oid) END,
        'roots', roots.list,
        'columns', columns.list, 'policies', policies.list, 'parents', parents.list, 'indexes', indexes.list,
        'triggers', triggers.list, 'rules', rules.list) ORDER BY s.nspname, s.relname) AS list
    FROM scope s
    LEFT JOIN comments d ON d.objoid = s.oid AND d.objsubid = 0
    LEFT JOIN columns ON columns.attrelid = s.oid LEFT JOIN policies ON policies.polrelid = s.oid
    LEFT JOIN roots ON roots.oid = s.oid LEFT JOIN parents ON parents.inhrelid = s.oid LEFT JOIN indexes ON indexes.indrelid = s.oid
    LEFT JOIN triggers ON triggers.tgrelid = s.oid LEFT JOIN rules ON rules.ev_class = s.oid
), asked AS MATERIALIZED ( -- functions that something asks which is neither a governed table's policy nor a masking view
    SELECT d.refobjid FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'n' AND d.refobjid IN (
            SELECT p.oid FROM pg_catalog.pg_proc p JOIN spaces s ON s.oid = p.pronamespace WHERE s.nspname = $3)
        AND NOT (d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid IN (
            SELECT o.oid FROM pg_catalog.pg_policy o WHERE o.polrelid IN (SELECT oid FROM children)))
        AND NOT (d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid IN (
            SELECT w.oid FROM pg_catalog.pg_rewrite w JOIN scope c ON c.oid = w.ev_class WHERE c.nspname = $3))
), functions AS (
    SELECT json_agg(json_build_object(
        'schema', n.nspname, 'name', p.proname, 'arguments', pg_get_function_identity_arguments(p.oid),
        'types', oidvectortypes(p.proargtypes), 'result', pg_get_function_result(p.oid), 'language', l.lanname,
        'trusted', l.lanpltrusted OR l.lanname = 'sql', 'kind', p.prokind,
        'body', CASE WHEN n.nspname = $3 THEN p.prosrc END,
        'definer', p.prosecdef, 'leakproof', p.proleakproof, 'strict', p.proisstrict, 'volatile', p.provolatile,
        'parallel', p.proparallel, 'config', p.proconfig, 'owner', pg_get_userbyid(p.proowner), 'acl', p.proacl,
        'open', p.proacl IS NULL, 'comment', CASE WHEN n.nspname = $3 THEN obj_description(p.oid, 'pg_proc') END,
        'extension', e.name, 'needed', CASE WHEN p.oid IN (SELECT refobjid FROM asked) THEN true END) ORDER BY n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS list
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    LEFT JOIN LATERAL (SELECT x.extname AS name FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') e
        ON n.nspname NOT IN ('pg_catalog', 'information_schema')
    WHERE n.nspname = $3
        OR n.nspname NOT IN ('pg_catalog', 'information_schema') AND (
            e.name IN ('dblink', 'adminpack', 'pageinspect', 'pg_walinspect', 'pg_surgery')
            OR e.name IS NULL AND (p.prosecdef OR p.proleakproof OR NOT l.lanpltrusted AND l.lanname <> 'sql'))
), privileged AS MATERIALIZED ( -- what PostgreSQL itself brings, with rights that it did not come with
    SELECT 'function' AS kind, p.proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments, NULL AS column,
        p.proacl AS acl, i.initprivs AS initial
    FROM pg_catalog.pg_proc p
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 'pg_catalog.pg_proc'::regclass AND i.objoid = p.oid
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'table', c.relname, NULL, NULL, c.relacl, i.initprivs
    FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'column', c.relname, NULL, a.attname, a.attacl, i.initprivs
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
    LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = c.oid
        AND i.objsubid = a.attnum
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND a.attacl IS DISTINCT FROM i.initprivs
), published AS (
    SELECT json_agg(to_jsonb(t) || jsonb_build_object('everything', b.puballtables, 'explicit', (
        SELECT json_build_array(xn.nspname, xc.relname) FROM pg_catalog.pg_publication_rel x
        JOIN pg_catalog.pg_class xc ON xc.oid = x.prrelid JOIN pg_catalog.pg_namespace xn ON xn.oid = xc.relnamespace
        WHERE x.prpubid = b.oid AND (x.prrelid = s.oid OR x.prrelid IN (SELECT pg_partition_ancestors(s.oid))) LIMIT 1))
        ORDER BY t.pubname, t.schemaname, t.tablename) AS list
    FROM pg_catalog.pg_publication_tables t
    JOIN pg_catalog.pg_publication b ON b.pubname = t.pubname
    JOIN scope s ON s.nspname = t.schemaname AND s.relname = t.tablename
    WHERE s.family
), subscribed AS (
    SELECT json_agg(json_build_object('name', b.subname, 'enabled', b.subenabled,
        'table', json_build_array(s.nspname, s.relname)) ORDER BY b.subname, s.nspname, s.relname) AS list
    FROM pg_catalog.pg_subscription b
    JOIN pg_catalog.pg_subscription_rel x ON x.srsubid = b.oid JOIN scope s ON s.oid = x.srrelid
    WHERE s.family
), members AS MATERIALIZED (
    SELECT m.roleid, m.member, pg_get_userbyid(m.roleid) AS role, pg_get_userbyid(m.member) AS name,
        pg_get_userbyid(m.grantor) AS grantor, m.grantor AS grantorid, m.admin_option,
        to_jsonb(m) -> 'inherit_option' AS inherit, to_jsonb(m) -> 'set_option' AS set
    FROM pg_catalog.pg_auth_members m
    WHERE m.member >= 16384 -- those of the predefined roles among each other came with PostgreSQL
), snapshot AS (
    SELECT json_build_object(
    'version', current_setting('server_version_num')::int, 'user', current_user, 'session', session_user,
    'largeObjectsOpen', current_setting('lo_compat_privileges')::bool,
    'database', (SELECT json_build_object('name', d.datname, 'owner', pg_get_userbyid(d.datdba), 'acl', d.datacl)
        FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
    'schemas', (SELECT json_agg(json_build_object('name', s.nspname, 'owner', pg_get_userbyid(s.nspowner), 'acl', s.nspacl)
        ORDER BY s.nspname) FROM spaces s),
    'relations', (SELECT list FROM relations), 'functions', (SELECT list FROM functions),
    'privileged', (SELECT json_agg(to_json(p) ORDER BY p.kind, p.name, p.arguments, p.column) FROM privileged p),
    'roles', (SELECT json_agg(json_build_object('name', r.rolname, 'bootstrap', r.oid = 10, 'predefined', r.oid < 16384 AND r.oid <> 10,
        'super', r.rolsuper, 'bypass', r.rolbypassrls, 'createRole', r.rolcreaterole, 'createDatabase', r.rolcreatedb,
        'replication', r.rolreplication, 'login', r.rolcanlogin, 'inherit', r.rolinherit) ORDER BY r.rolname)
        FROM pg_catalog.pg_roles r
        WHERE r.rolname IN ($5, $6) OR r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole
            OR r.oid IN (SELECT roleid FROM members) OR r.oid IN (SELECT member FROM members)),
    'members', (SELECT json_agg(json_build_object('role', m.role, 'member', m.name, 'grantor', m.grantor,
        'bootstrap', m.grantorid = 10, 'admin', m.admin_option, 'inherit', m.inherit, 'set', m.set)
        ORDER BY m.role, m.name, m.grantor) FROM members m),
    -- Values of other settings may be secret, and that of shugo.caller a person.
    'settings', (SELECT json_agg(json_build_object('role', coalesce(r.rolname, ''), 'database', s.setdatabase <> 0,
        'setting', CASE WHEN x.setting ILIKE 'shugo.%=_%' THEN split_part(x.setting, '=', 1) || '=(a value)' ELSE x.setting END)
        ORDER BY r.rolname, s.setdatabase, x.setting)
        FROM pg_catalog.pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS x(setting)
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
        WHERE (s.setdatabase = 0 OR s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))
            AND (x.setting ILIKE 'shugo.%' OR lower(split_part(x.setting, '=', 1)) IN ('session_replication_role', 'row_security',
                'search_path', 'lo_compat_privileges'))),
    -- 6243 is pg_parameter_acl, which version 15 brought
    'parameters', (SELECT json_agg(json_build_object('role', pg_get_userbyid(d.refobjid), 'name', o.identity)
        ORDER BY pg_get_userbyid(d.refobjid), o.identity)
        FROM pg_catalog.pg_shdepend d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
        WHERE d.classid = 6243 AND d.deptype = 'a'),
    'defaults', (SELECT json_agg(json_build_object('role', pg_get_userbyid(a.defaclrole), 'schema', coalesce(n.nspname, ''),
        'kind', a.defaclobjtype, 'acl', a.defaclacl) ORDER BY pg_get_userbyid(a.defaclrole), n.nspname, a.defaclobjtype)
        FROM pg_catalog.pg_default_acl a LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
        WHERE n.oid IS NULL OR n.oid IN (SELECT oid FROM spaces)),
    'publications', (SELECT list FROM published), 'subscriptions', (SELECT list FROM subscribed),
    'eventTriggers', (SELECT json_agg(json_build_object('name', t.evtname, 'enabled', t.evtenabled,
        'function', json_build_array(n.nspname, p.proname), 'owner', pg_get_userbyid(p.proowner)) ORDER BY t.evtname)
        FROM pg_catalog.pg_event_trigger t
        JOIN pg_catalog.pg_proc p ON p.oid = t.evtfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace),
    'extensions', (SELECT json_agg(json_build_object('name', e.extname, 'version', e.extversion) ORDER BY e.extname)
        FROM pg_catalog.pg_extension e),
    'wrappers', (SELECT json_agg(json_build_object('name', w.fdwname, 'owner', pg_get_userbyid(w.fdwowner), 'acl', w.fdwacl)
        ORDER BY w.fdwname) FROM pg_catalog.pg_foreign_data_wrapper w),
    'servers', (SELECT json_agg(json_build_object('name', s.srvname, 'owner', pg_get_userbyid(s.srvowner), 'acl', s.srvacl)
        ORDER BY s.srvname) FROM pg_catalog.pg_foreign_server s),
    'mappings', (SELECT json_agg(json_build_object('server', m.srvname, 'user', m.usename) ORDER BY m.srvname, m.usename)
        FROM pg_catalog.pg_user_mappings m),
    'largeObjects', (SELECT json_agg(json_build_object('id', o.oid::text, 'owner', pg_get_userbyid(o.lomowner), 'acl', o.lomacl)
        ORDER BY o.oid) FROM pg_catalog.pg_largeobject_metadata o WHERE o.lomacl IS NOT NULL)) AS text
)
SELECT CASE WHEN pg_catalog.set_config('search_path', 'pg_catalog', true) IS NOT NULL THEN (SELECT text FROM snapshot) END,
    pg_catalog.set_config('search_path', here.path, true)
FROM here
