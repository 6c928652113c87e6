package pgcatalog

// parsersSQL reads parsers of text search.
const parsersSQL = `SELECT p.oid::int8, n.nspname AS schema, p.prsname AS name, 'before data' AS section,
	ARRAY[format('CREATE TEXT SEARCH PARSER %I.%I (%s)', n.nspname, p.prsname, concat_ws(', ',
		'START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend,
		'HEADLINE = ' || NULLIF(p.prsheadline::oid, 0)::regproc, 'LEXTYPES = ' || p.prslextype))] AS statements
FROM pg_ts_parser AS p JOIN pg_namespace AS n ON n.oid = p.prsnamespace`

// templatesSQL reads templates of dictionaries.
const templatesSQL = `SELECT t.oid::int8, n.nspname AS schema, t.tmplname AS name, 'before data' AS section,
	ARRAY[format('CREATE TEXT SEARCH TEMPLATE %I.%I (%s)', n.nspname, t.tmplname, concat_ws(', ',
		'INIT = ' || NULLIF(t.tmplinit::oid, 0)::regproc, 'LEXIZE = ' || t.tmpllexize))] AS statements
FROM pg_ts_template AS t JOIN pg_namespace AS n ON n.oid = t.tmplnamespace`

// dictionariesSQL reads dictionaries of text search. Their options are kept as a list that SQL can read.
const dictionariesSQL = `SELECT d.oid::int8, d.dictowner::int8 AS owner, n.nspname AS schema, d.dictname AS name, 'before data' AS section,
	ARRAY[format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s)', n.nspname, d.dictname, tn.nspname, t.tmplname,
		COALESCE(', ' || d.dictinitoption, ''))] AS statements
FROM pg_ts_dict AS d JOIN pg_namespace AS n ON n.oid = d.dictnamespace
JOIN pg_ts_template AS t ON t.oid = d.dicttemplate JOIN pg_namespace AS tn ON tn.oid = t.tmplnamespace`

// configurationsSQL reads configurations of text search, and which dictionaries they ask for which sort of token.
const configurationsSQL = `SELECT c.oid::int8, c.cfgowner::int8 AS owner, n.nspname AS schema, c.cfgname AS name, 'before data' AS section,
	ARRAY[format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname, pn.nspname, p.prsname)]
	|| (SELECT array_agg(format('ALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s', n.nspname, c.cfgname, token.alias, dictionaries)
			ORDER BY token.tokid)
		FROM ts_token_type(c.cfgparser) AS token
		JOIN (SELECT m.maptokentype, string_agg(format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries
			FROM pg_ts_config_map AS m JOIN pg_ts_dict AS d ON d.oid = m.mapdict JOIN pg_namespace AS dn ON dn.oid = d.dictnamespace
			WHERE m.mapcfg = c.oid GROUP BY m.maptokentype) AS map ON map.maptokentype = token.tokid) AS statements
FROM pg_ts_config AS c JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser AS p ON p.oid = c.cfgparser JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace`
