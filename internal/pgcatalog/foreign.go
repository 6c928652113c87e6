package pgcatalog

// wrappersSQL reads foreign-data wrappers.
const wrappersSQL = `SELECT w.oid::int8, w.fdwowner::int8 AS owner, w.fdwname AS name, 'before data' AS section,
	ARRAY['CREATE FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)
		|| COALESCE(' HANDLER ' || NULLIF(w.fdwhandler, 0)::regproc, '')
		|| COALESCE(' VALIDATOR ' || NULLIF(w.fdwvalidator, 0)::regproc, '')
		|| COALESCE(' OPTIONS (' || (SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(w.fdwoptions)) || ')', '')] AS statements
FROM pg_foreign_data_wrapper AS w`

// serversSQL reads foreign servers.
const serversSQL = `SELECT s.oid::int8, s.srvowner::int8 AS owner, s.srvname AS name, 'before data' AS section,
	ARRAY['CREATE SERVER ' || quote_ident(s.srvname)
		|| COALESCE(' TYPE ' || quote_literal(s.srvtype), '')
		|| COALESCE(' VERSION ' || quote_literal(s.srvversion), '')
		|| ' FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)
		|| COALESCE(' OPTIONS (' || (SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(s.srvoptions)) || ')', '')] AS statements
FROM pg_foreign_server AS s JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw`

// mappingsSQL reads user mappings, with the options that the reader may see: they may hold passwords.
const mappingsSQL = `SELECT u.umid::int8 AS oid, u.usename || ' on ' || u.srvname AS name, 'before data' AS section,
	ARRAY[format('CREATE USER MAPPING FOR %s SERVER %I', CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname)
		|| COALESCE(' OPTIONS (' || (SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(u.umoptions)) || ')', '')] AS statements,
	CASE WHEN u.umuser <> 0 THEN ARRAY[u.usename] END AS roles
FROM pg_user_mappings AS u`

// publicationsSQL reads publications. What they do and their tables and schemas differ between versions and are read by name.
const publicationsSQL = `SELECT p.oid::int8, p.pubowner::int8 AS owner, p.pubname AS name, 'after indexes' AS section,
	ARRAY[format('CREATE PUBLICATION %I%s WITH (%s)', p.pubname, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END, concat_ws(', ',
		format('publish = %L', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
			CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
		CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END,
		CASE to_jsonb(p)->>'pubgencols' WHEN 's' THEN 'publish_generated_columns = stored' END))] AS statements
FROM pg_publication AS p`

// publishedTablesSQL reads which tables publications are for; columns and rows come in its two places from version 15 on.
const publishedTablesSQL = `SELECT r.oid::int8, n.nspname AS schema, c.relname AS table, p.pubname AS name, 'after indexes' AS section, 'published table' AS kind,
	ARRAY[format('ALTER PUBLICATION %I ADD TABLE ONLY %I.%I', p.pubname, n.nspname, c.relname)/*columns*//*rows*/] AS statements
FROM pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid
JOIN pg_class AS c ON c.oid = r.prrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace`

// publishedColumnsSQL is the list of columns of a published table.
const publishedColumnsSQL = `
		|| COALESCE(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
			WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)) || ')', '')`

// publishedRowsSQL is the condition on rows of a published table.
const publishedRowsSQL = `
		|| COALESCE(' WHERE (' || pg_get_expr(r.prqual, c.oid) || ')', '')`

// publishedSchemasSQL reads which schemas publications are for, from version 15 on.
const publishedSchemasSQL = `SELECT r.oid::int8, n.nspname AS schema, p.pubname AS name, 'after indexes' AS section, 'published schema' AS kind,
	ARRAY[format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', p.pubname, n.nspname)] AS statements
FROM pg_publication_namespace AS r JOIN pg_publication AS p ON p.oid = r.pnpubid
JOIN pg_namespace AS n ON n.oid = r.pnnspid`

// subscriptionsSQL reads subscriptions, made so that they neither connect nor are enabled: two servers must not take the
// changes of one slot. The connection string may hold a password, and only a superuser can read it.
const subscriptionsSQL = `SELECT s.oid::int8, s.subowner::int8 AS owner, s.subname AS name, 'after indexes' AS section,
	ARRAY[format('CREATE SUBSCRIPTION %I CONNECTION %L PUBLICATION %s WITH (%s)', s.subname, s.subconninfo,
		(SELECT string_agg(quote_ident(pub), ', ' ORDER BY n) FROM unnest(s.subpublications) WITH ORDINALITY AS p (pub, n)), concat_ws(', ',
		'connect = false',
		'slot_name = ' || COALESCE(quote_literal(s.subslotname), 'NONE'),
		CASE WHEN s.subbinary THEN 'binary = true' END,
		CASE WHEN j->>'substream' IN ('t', 'true') THEN 'streaming = on' WHEN j->>'substream' = 'p' THEN 'streaming = parallel'
			WHEN j->>'substream' IN ('f', 'false') AND current_setting('server_version_num')::int4 >= 180000 THEN 'streaming = off' END,
		CASE WHEN j->>'subtwophasestate' <> 'd' THEN 'two_phase = on' END,
		CASE WHEN (j->>'subdisableonerr')::bool THEN 'disable_on_error = true' END,
		CASE WHEN NOT (j->>'subpasswordrequired')::bool THEN 'password_required = false' END,
		CASE WHEN (j->>'subrunasowner')::bool THEN 'run_as_owner = true' END,
		CASE WHEN j->>'suborigin' <> 'any' THEN 'origin = ' || quote_literal(j->>'suborigin') END,
		CASE WHEN (j->>'subfailover')::bool THEN 'failover = true' END,
		CASE WHEN s.subsynccommit <> 'off' THEN 'synchronous_commit = ' || quote_literal(s.subsynccommit) END))] AS statements
FROM pg_subscription AS s CROSS JOIN LATERAL to_jsonb(s) AS j
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`
