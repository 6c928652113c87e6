package pgcatalog

// languagesSQL reads procedural languages that no extension brought.
const languagesSQL = `SELECT l.oid::int8, l.lanowner::int8 AS owner, l.lanname AS name, 'before data' AS section,
	ARRAY[format('CREATE %sLANGUAGE %I', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END, l.lanname)
		|| COALESCE(' HANDLER ' || NULLIF(l.lanplcallfoid, 0)::regproc, '')
		|| COALESCE(' INLINE ' || NULLIF(l.laninline, 0)::regproc, '')
		|| COALESCE(' VALIDATOR ' || NULLIF(l.lanvalidator, 0)::regproc, '')] AS statements
FROM pg_language AS l`

// functionsSQL reads functions and procedures. One whose body is parsed may depend on a constraint that comes after the data:
// then it comes later. One that calls itself there must be before its body is: it is made twice, first with an empty one.
const functionsSQL = `SELECT p.oid::int8, p.proowner::int8 AS owner, n.nspname AS schema, p.proname AS name, 'before data' AS section,
	ARRAY[CASE WHEN p.prosqlbody IS NOT NULL AND EXISTS (SELECT FROM pg_depend AS d
			WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = d.classid AND d.refobjid = d.objid)
		THEN replace(definition.text, pg_get_function_sqlbody(p.oid), 'AS ''''') END, definition.text] AS statements
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT rtrim(pg_get_functiondef(p.oid), E'\n') AS text OFFSET 0) AS definition
WHERE p.prokind IN ('f', 'p', 'w')`

// aggregatesSQL reads aggregates, which have no function of the server's that prints them.
const aggregatesSQL = `SELECT p.oid::int8, p.proowner::int8 AS owner, n.nspname AS schema, p.proname AS name, 'before data' AS section,
	ARRAY[format('CREATE AGGREGATE %I.%I(%s) (%s)', n.nspname, p.proname,
		CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_arguments(p.oid) END, concat_ws(E', ',
		'SFUNC = ' || a.aggtransfn::regproc,
		'STYPE = ' || format_type(a.aggtranstype, -1),
		'SSPACE = ' || NULLIF(a.aggtransspace, 0),
		'INITCOND = ' || quote_literal(a.agginitval),
		'FINALFUNC = ' || NULLIF(a.aggfinalfn::oid, 0)::regproc,
		CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
		CASE WHEN a.aggfinalfn::oid <> 0 AND a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
			THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
		'COMBINEFUNC = ' || NULLIF(a.aggcombinefn::oid, 0)::regproc,
		'SERIALFUNC = ' || NULLIF(a.aggserialfn::oid, 0)::regproc,
		'DESERIALFUNC = ' || NULLIF(a.aggdeserialfn::oid, 0)::regproc,
		'MSFUNC = ' || NULLIF(a.aggmtransfn::oid, 0)::regproc,
		'MINVFUNC = ' || NULLIF(a.aggminvtransfn::oid, 0)::regproc,
		'MSTYPE = ' || format_type(NULLIF(a.aggmtranstype, 0), -1),
		'MSSPACE = ' || NULLIF(a.aggmtransspace, 0),
		'MINITCOND = ' || quote_literal(a.aggminitval),
		'MFINALFUNC = ' || NULLIF(a.aggmfinalfn::oid, 0)::regproc,
		CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
		CASE WHEN a.aggmfinalfn::oid <> 0 AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
			THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
		'SORTOP = ' || (SELECT format('OPERATOR(%I.%s)', sn.nspname, o.oprname) FROM pg_operator AS o JOIN pg_namespace AS sn ON sn.oid = o.oprnamespace
			WHERE o.oid = a.aggsortop),
		CASE p.proparallel WHEN 's' THEN 'PARALLEL = safe' WHEN 'r' THEN 'PARALLEL = restricted' END,
		CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END))] AS statements
FROM pg_aggregate AS a
JOIN pg_proc AS p ON p.oid = a.aggfnoid
JOIN pg_namespace AS n ON n.oid = p.pronamespace`

// operatorsSQL reads operators. A commutator or negator that is not there yet is filled in when it comes.
const operatorsSQL = `SELECT o.oid::int8, o.oprowner::int8 AS owner, n.nspname AS schema, o.oprname AS name, 'before data' AS section,
	ARRAY[format('CREATE OPERATOR %I.%s (%s)', n.nspname, o.oprname, concat_ws(', ',
		'FUNCTION = ' || o.oprcode,
		'LEFTARG = ' || format_type(NULLIF(o.oprleft, 0), -1),
		'RIGHTARG = ' || format_type(NULLIF(o.oprright, 0), -1),
		'COMMUTATOR = ' || (SELECT format('OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator AS c JOIN pg_namespace AS cn ON cn.oid = c.oprnamespace
			WHERE c.oid = o.oprcom),
		'NEGATOR = ' || (SELECT format('OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator AS c JOIN pg_namespace AS cn ON cn.oid = c.oprnamespace
			WHERE c.oid = o.oprnegate),
		CASE WHEN o.oprcanmerge THEN 'MERGES' END,
		CASE WHEN o.oprcanhash THEN 'HASHES' END,
		'RESTRICT = ' || NULLIF(o.oprrest::oid, 0)::regproc,
		'JOIN = ' || NULLIF(o.oprjoin::oid, 0)::regproc))] AS statements
FROM pg_operator AS o
JOIN pg_namespace AS n ON n.oid = o.oprnamespace
WHERE o.oprcode::oid <> 0`

// membersSQL are operators and functions of a class or family: those that depend on it.
const membersSQL = `(SELECT string_agg(text, ', ' ORDER BY kind, number, text COLLATE "C") FROM (
		SELECT 1 AS kind, a.amopstrategy AS number, format('OPERATOR %s %s%s', a.amopstrategy, a.amopopr::regoperator,
			COALESCE(' FOR ORDER BY ' || (SELECT format('%I.%I', fn.nspname, f.opfname) FROM pg_opfamily AS f JOIN pg_namespace AS fn ON fn.oid = f.opfnamespace
				WHERE f.oid = a.amopsortfamily), '')) AS text
		FROM pg_depend AS d JOIN pg_amop AS a ON d.classid = 'pg_amop'::regclass AND a.oid = d.objid
		WHERE d.refclassid = owner.class AND d.refobjid = owner.oid AND d.deptype = owner.deptype
		UNION ALL
		SELECT 2, a.amprocnum, format('FUNCTION %s (%s, %s) %s', a.amprocnum, format_type(a.amproclefttype, -1), format_type(a.amprocrighttype, -1),
			a.amproc::regprocedure)
		FROM pg_depend AS d JOIN pg_amproc AS a ON d.classid = 'pg_amproc'::regclass AND a.oid = d.objid
		WHERE d.refclassid = owner.class AND d.refobjid = owner.oid AND d.deptype = owner.deptype
	) AS members)`

// familiesSQL reads families of operators. What belongs to the family and to no class is added when all classes are there.
const familiesSQL = `SELECT f.oid::int8, f.opfowner::int8 AS owner, n.nspname AS schema, f.opfname AS name, 'before data' AS section,
	ARRAY[format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname)] AS statements,
	format('ALTER OPERATOR FAMILY %I.%I USING %I ADD ', n.nspname, f.opfname, a.amname) || ` + membersSQL + ` AS loose
FROM pg_opfamily AS f
JOIN pg_namespace AS n ON n.oid = f.opfnamespace
JOIN pg_am AS a ON a.oid = f.opfmethod
CROSS JOIN LATERAL (SELECT 'pg_opfamily'::regclass AS class, f.oid, 'a'::"char" AS deptype) AS owner`

// classesSQL reads classes of operators.
const classesSQL = `SELECT o.oid::int8, o.opcowner::int8 AS owner, n.nspname AS schema, o.opcname AS name, 'before data' AS section,
	ARRAY[format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS %s', n.nspname, o.opcname,
		CASE WHEN o.opcdefault THEN ' DEFAULT' ELSE '' END, format_type(o.opcintype, -1), a.amname, fn.nspname, f.opfname,
		concat_ws(', ', 'STORAGE ' || format_type(COALESCE(NULLIF(o.opckeytype, 0),
			CASE WHEN NOT EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_opclass'::regclass AND refobjid = o.oid AND deptype = 'i') THEN o.opcintype END), -1),
			` + membersSQL + `))] AS statements
FROM pg_opclass AS o
JOIN pg_namespace AS n ON n.oid = o.opcnamespace
JOIN pg_am AS a ON a.oid = o.opcmethod
JOIN pg_opfamily AS f ON f.oid = o.opcfamily
JOIN pg_namespace AS fn ON fn.oid = f.opfnamespace
CROSS JOIN LATERAL (SELECT 'pg_opclass'::regclass AS class, o.oid, 'i'::"char" AS deptype) AS owner`

// castsSQL reads casts.
const castsSQL = `SELECT c.oid::int8, format('(%s AS %s)', format_type(c.castsource, -1), format_type(c.casttarget, -1)) AS name, 'before data' AS section,
	ARRAY[format('CREATE CAST (%s AS %s) %s%s', format_type(c.castsource, -1), format_type(c.casttarget, -1),
		CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
		CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END)] AS statements
FROM pg_cast AS c`

// transformsSQL reads transforms.
const transformsSQL = `SELECT t.oid::int8, format_type(t.trftype, -1) AS name, 'before data' AS section,
	ARRAY[format('CREATE TRANSFORM FOR %s LANGUAGE %I (%s)', format_type(t.trftype, -1), l.lanname, concat_ws(', ',
		'FROM SQL WITH FUNCTION ' || NULLIF(t.trffromsql::oid, 0)::regprocedure,
		'TO SQL WITH FUNCTION ' || NULLIF(t.trftosql::oid, 0)::regprocedure))] AS statements
FROM pg_transform AS t
JOIN pg_language AS l ON l.oid = t.trflang`

// accessMethodsSQL reads access methods.
const accessMethodsSQL = `SELECT a.oid::int8, a.amname AS name, 'before data' AS section,
	ARRAY[format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname, CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler)] AS statements
FROM pg_am AS a`

// eventTriggersSQL reads event triggers.
const eventTriggersSQL = `SELECT e.oid::int8, e.evtowner::int8 AS owner, e.evtname AS name, 'after indexes' AS section, true AS last,
	ARRAY[format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', e.evtname, quote_ident(e.evtevent),
		COALESCE(' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ' ORDER BY n) FROM unnest(e.evttags) WITH ORDINALITY AS t (tag, n)) || ')', ''),
		e.evtfoid::regproc)] || ARRAY[
		CASE WHEN e.evtenabled <> 'O' THEN format('ALTER EVENT TRIGGER %I %s', e.evtname,
		CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END) END] AS statements
FROM pg_event_trigger AS e`
