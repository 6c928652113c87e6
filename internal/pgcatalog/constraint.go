package pgcatalog

// checksSQL reads checks of tables. One that is valid belongs into its CREATE TABLE. Inherited ones come with those of the
// parents, but a partition must have them before it is attached; and a new child's are valid although the parent's are not.
const checksSQL = `SELECT k.oid::int8, n.nspname AS schema, k.conname AS name, c.relname AS table, 'check' AS kind, NOT k.conislocal AS inherited,
	CASE WHEN k.convalidated THEN 'before data' ELSE 'after data' END AS section,
	CASE WHEN k.convalidated AND (k.conislocal OR c.relispartition) THEN format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)) END AS element,
	ARRAY[CASE WHEN k.conislocal THEN format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))
		WHEN k.convalidated AND NOT parents.validated THEN format('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', n.nspname, c.relname, k.conname) END] AS statements,
	parents.oids AS parents
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (SELECT array_agg(p.oid::int8) AS oids, bool_and(p.convalidated) AS validated
	FROM pg_inherits AS i JOIN pg_constraint AS p ON p.conrelid = i.inhparent AND p.conname = k.conname AND p.contype = 'c' AND NOT p.connoinherit
	WHERE i.inhrelid = c.oid) AS parents ON k.coninhcount > 0
WHERE k.contype = 'c'`

// nonnullsSQL reads not-null constraints that are not valid, which servers have from version 18 on.
const nonnullsSQL = `SELECT k.oid::int8, n.nspname AS schema, k.conname AS name, c.relname AS table, 'not null' AS kind, 'after data' AS section,
	ARRAY[format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))] AS statements
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'n' AND NOT k.convalidated AND k.conislocal`

// domainChecksSQL reads checks of domains. One that is valid belongs into its CREATE DOMAIN: the server adds none to a domain
// that a column of a composite uses.
const domainChecksSQL = `SELECT k.oid::int8, n.nspname AS schema, k.conname AS name, 'domain check' AS kind,
	CASE WHEN k.convalidated THEN 'before data' ELSE 'after data' END AS section,
	CASE WHEN k.convalidated THEN format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)) END AS element,
	ARRAY[format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I %s', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid))] AS statements
FROM pg_constraint AS k
JOIN pg_type AS t ON t.oid = k.contypid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE k.contype = 'c'`

// keysSQL reads primary keys, unique and exclusion constraints, with what belongs to their indexes. That of a partition is
// attached to that of its parent.
const keysSQL = `SELECT k.oid::int8, n.nspname AS schema, k.conname AS name, c.relname AS table, 'indexes' AS section,
	CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' ELSE 'exclusion constraint' END AS kind,
	ARRAY[format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))]
	|| ` + indexExtrasSQL + ` AS statements
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_index AS x ON x.indexrelid = k.conindid
JOIN pg_class AS i ON i.oid = x.indexrelid
WHERE k.contype IN ('p', 'u', 'x')`

// indexesSQL reads indexes that are no constraints. One that is not valid is not made again, unless it is that of a
// partitioned table, which waits for its partitions.
const indexesSQL = `SELECT i.oid::int8, n.nspname AS schema, i.relname AS name, c.relname AS table, 'indexes' AS section,
	NOT x.indisvalid AND i.relkind = 'i' AS invalid,
	ARRAY[pg_get_indexdef(i.oid)] || ` + indexExtrasSQL + ` AS statements
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_class AS c ON c.oid = x.indrelid AND c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm')
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))`

// indexExtrasSQL is what an index has besides its definition.
const indexExtrasSQL = `ARRAY[
		(SELECT format('ALTER INDEX %s ATTACH PARTITION %s', inhparent::regclass, i.oid::regclass) FROM pg_inherits WHERE inhrelid = i.oid),
		CASE WHEN x.indisclustered THEN format('ALTER %s %I.%I CLUSTER ON %I', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
			n.nspname, c.relname, i.relname) END,
		CASE WHEN x.indisreplident THEN format('ALTER TABLE ONLY %I.%I REPLICA IDENTITY USING INDEX %I', n.nspname, c.relname, i.relname) END]
	|| (SELECT array_agg(format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.oid::regclass, a.attnum, a.attstattarget) ORDER BY a.attnum)
		FROM pg_attribute AS a WHERE a.attrelid = i.oid AND a.attstattarget >= 0)`

// foreignKeysSQL reads foreign keys. Those of partitions come with those of their parents, under names that the server makes
// up: the ones that a partition has of its own come before, so that their names are not taken. One that says the same as its
// parent's comes after, because it would be taken for it.
const foreignKeysSQL = `SELECT k.oid::int8, n.nspname AS schema, k.conname AS name, c.relname AS table, 'foreign key' AS kind, 'after indexes' AS section,
	CASE WHEN EXISTS (SELECT FROM pg_partition_ancestors(c.oid) AS p JOIN pg_constraint AS pk ON pk.conrelid = p.relid
			WHERE pk.oid <> k.oid AND pk.contype = 'f' AND pk.conparentid = 0 AND pg_get_constraintdef(pk.oid) = pg_get_constraintdef(k.oid))
		THEN -1 ELSE (SELECT count(*) FROM pg_partition_ancestors(c.oid)) END AS depth,
	ARRAY[format('ALTER TABLE %s%I.%I ADD CONSTRAINT %I %s', CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, n.nspname, c.relname, k.conname,
		pg_get_constraintdef(k.oid))] AS statements
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0`

// statisticsSQL reads extended statistics.
const statisticsSQL = `SELECT s.oid::int8, s.stxowner::int8 AS owner, n.nspname AS schema, s.stxname AS name, c.relname AS table, 'after data' AS section,
	ARRAY[pg_get_statisticsobjdef(s.oid), CASE WHEN s.stxstattarget >= 0 THEN
		format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget) END] AS statements
FROM pg_statistic_ext AS s
JOIN pg_class AS c ON c.oid = s.stxrelid
JOIN pg_namespace AS n ON n.oid = s.stxnamespace`

// rulesSQL reads rules, but those that make a view what it is.
const rulesSQL = `SELECT r.oid::int8, n.nspname AS schema, r.rulename AS name, c.relname AS table, 'after indexes' AS section,
	ARRAY[rtrim(pg_get_ruledef(r.oid), ';'), CASE WHEN r.ev_enabled <> 'O' THEN format('ALTER TABLE %I.%I %s RULE %I', n.nspname, c.relname,
		CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, r.rulename) END] AS statements
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' OR c.relkind NOT IN ('v', 'm')`

// triggersSQL reads triggers, and the state of those that partitions have of their parents where it is another.
const triggersSQL = `SELECT t.oid::int8, n.nspname AS schema, t.tgname AS name, c.relname AS table, 'trigger' AS kind, 'after indexes' AS section,
	ARRAY[CASE WHEN t.tgparentid = 0 THEN pg_get_triggerdef(t.oid) END,
		CASE WHEN t.tgenabled <> COALESCE(p.tgenabled, 'O') THEN format('ALTER TABLE %s%I.%I %s TRIGGER %I', CASE WHEN t.tgparentid <> 0 THEN 'ONLY ' ELSE '' END,
		n.nspname, c.relname, CASE t.tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' END,
		t.tgname) END] AS statements
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger AS p ON p.oid = t.tgparentid
WHERE NOT t.tgisinternal AND (t.tgparentid = 0 OR t.tgenabled <> p.tgenabled)
	OR t.tgisinternal AND t.tgparentid <> 0 AND t.tgconstraint = 0 AND t.tgenabled <> p.tgenabled`

// policiesSQL reads the policies of row security.
const policiesSQL = `SELECT p.oid::int8, n.nspname AS schema, p.polname AS name, c.relname AS table, 'after indexes' AS section,
	ARRAY[format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s', p.polname, n.nspname, c.relname,
		CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
		CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
		CASE WHEN p.polroles = '{0}' THEN 'PUBLIC' ELSE (SELECT string_agg(quote_ident(rolname), ', ' ORDER BY rolname COLLATE "C")
			FROM pg_roles WHERE oid = ANY (p.polroles)) END)
		|| COALESCE(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
		|| COALESCE(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')] AS statements,
	(SELECT array_agg(rolname ORDER BY rolname COLLATE "C") FROM pg_roles WHERE oid = ANY (p.polroles)) AS roles
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace`
