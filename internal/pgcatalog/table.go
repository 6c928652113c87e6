package pgcatalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// relationsSQL reads what is to be known of tables to copy their rows. A table of an extension has rows that belong to a
// backup if the extension says so.
const relationsSQL = `SELECT c.oid::int8, jsonb_build_object('schema', n.nspname, 'name', c.relname, 'partitioned', c.relkind = 'p',
	'foreign', c.relkind = 'f', 'unlogged', c.relpersistence = 'u', 'rows', c.relkind = 'r' AND (e.oid IS NULL OR config.place IS NOT NULL),
	'extension', COALESCE(e.extname, ''), 'condition', COALESCE(e.extcondition[config.place], ''),
	'parents', (SELECT jsonb_agg(jsonb_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
		FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhparent JOIN pg_namespace AS pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid),
	'partition', c.relispartition,
	'columns', COALESCE((SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'typmod', a.atttypmod,
			'oid', a.atttypid::int8, 'not_null', a.attnotnull, 'generated', a.attgenerated <> '',
			'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' ELSE '' END) ORDER BY a.attnum)
		FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
	'key', (SELECT jsonb_agg(a.attname ORDER BY u.place) FROM pg_constraint AS k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
		JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum WHERE k.conrelid = c.oid AND k.contype = 'p'),
	'foreign_keys', (SELECT jsonb_agg(jsonb_build_object('name', k.conname, 'valid', k.convalidated,
			'columns', (SELECT jsonb_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
				JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
			'target', jsonb_build_object('schema', tn.nspname, 'name', t.relname),
			'keys', (SELECT jsonb_agg(a.attname ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
				JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.attnum)) ORDER BY k.conname COLLATE "C", t.oid)
		FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.confrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
		WHERE k.conrelid = c.oid AND k.contype = 'f' AND (k.conparentid = 0 OR c.relispartition)),
	'row_security', c.relrowsecurity, 'forced', c.relforcerowsecurity, 'row_estimate', c.reltuples::int8,
	'pages', CASE c.relkind WHEN 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::int8 ELSE 0 END,
	'toast_bytes', CASE WHEN c.reltoastrelid <> 0 THEN pg_relation_size(c.reltoastrelid) ELSE 0 END)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
LEFT JOIN pg_extension AS e ON e.oid = d.refobjid
LEFT JOIN LATERAL (SELECT array_position(e.extconfig, c.oid) AS place) AS config ON true
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND ($1::text[] IS NULL OR n.nspname = ANY ($1))
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

// columnOID is what a column has besides its fields in JSON.
type columnOID struct {
	Columns []struct {
		OID uint32 `json:"oid"`
	} `json:"columns"`
}

func readTables(ctx context.Context, db Executor, filter Filter) ([]Table, error) {
	rows, err := db.Query(ctx, relationsSQL, filter.Schemas)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read tables", err)
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Table, error) {
		var t Table
		var oid int64
		var text []byte
		if err := row.Scan(&oid, &text); err != nil {
			return t, err
		}
		var types columnOID
		if err := json.Unmarshal(text, &types); err != nil {
			return t, err
		}
		if err := json.Unmarshal(text, &t); err != nil {
			return t, err
		}
		t.OID = uint32(oid)
		for n := range t.Columns {
			t.Columns[n].TypeOID = types.Columns[n].OID
		}
		return t, nil
	})
	return tables, pgerror.Wrap("pgcatalog: read tables", err)
}

// sequenceNamesSQL reads which sequences there are.
const sequenceNamesSQL = `SELECT n.nspname, c.relname
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE ($1::text[] IS NULL OR n.nspname = ANY ($1)) AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
		WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' AND (c.oid = ANY (e.extconfig)) IS NOT TRUE)
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

// readSequences reads the positions of sequences, which are in no catalog: each is read like a table.
func readSequences(ctx context.Context, db Executor, filter Filter) ([]Value, error) {
	rows, err := db.Query(ctx, sequenceNamesSQL, filter.Schemas)
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read which sequences there are", err)
	}
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Value, err error) {
		err = row.Scan(&v.Schema, &v.Name.Name)
		return v, err
	})
	if err != nil {
		return nil, pgerror.Wrap("pgcatalog: read which sequences there are", err)
	}
	for some := range slices.Chunk(values, 500) {
		if err := readValues(ctx, db, some); err != nil {
			return nil, pgerror.Wrap("pgcatalog: read positions of sequences", err)
		}
	}
	return values, nil
}

// readValues reads positions in one query.
func readValues(ctx context.Context, db Executor, values []Value) error {
	var parts []string
	for n, v := range values {
		parts = append(parts, fmt.Sprintf("SELECT %d, last_value, is_called FROM %s", n, pgx.Identifier{v.Schema, v.Name.Name}.Sanitize()))
	}
	rows, err := db.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return err
	}
	var n int
	var last int64
	var called bool
	_, err = pgx.ForEachRow(rows, []any{&n, &last, &called}, func() error {
		values[n].Last, values[n].Called = last, called
		return nil
	})
	return err
}
