package pgquality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// table is what the catalog says about a dataset, as the snapshot sees it.
type table struct {
	OID         uint32       `json:"oid"`
	Schema      string       `json:"schema"`
	Name        string       `json:"name"`
	Kind        string       `json:"kind"`      // of pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign
	Inherited   bool         `json:"inherited"` // a scan reads what its constraints may not hold of: tables that inherit, foreign partitions
	Permanent   bool         `json:"permanent"` // written to the WAL
	Filtered    bool         `json:"filtered"`  // row security hides rows from this role
	Readable    bool         `json:"readable"`  // the role may read every column
	Bytes       int64        `json:"bytes"`     // of the heap, partitions included; 0: surely empty
	Estimate    int64        `json:"estimate"`  // of rows, by the last ANALYZE; -1: never analysed
	Pages       int64        `json:"pages"`     // of the heap
	Columns     []column     `json:"columns"`
	Indexes     []index      `json:"indexes"`
	Constraints []constraint `json:"constraints"`

	source string // what a statement reads instead of the table, when the rows are made of several tables
}

// column is what the catalog says about one column.
type column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`     // as format_type names it
	Base     string `json:"base"`     // pg_type.typname, of a domain that of what it is made of
	Category string `json:"category"` // pg_type.typcategory, likewise
	Typmod   int32  `json:"typmod"`
	NotNull  bool   `json:"not_null"` // of every row that a scan of the table sees
	Readable bool   `json:"readable"` // by the current role
	Loose    bool   `json:"loose"`    // its collation takes different bytes for equal
}

// index is what the catalog says about one index that may prove uniqueness.
type index struct {
	Name         string   `json:"name"`
	Columns      []string `json:"columns"`
	Primary      bool     `json:"primary"`
	NullsOneness bool     `json:"nulls_oneness"` // NULLS NOT DISTINCT
}

// constraint is a foreign key that may prove a reference, or a CHECK.
type constraint struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"` // c CHECK, f foreign key
	Columns    []string `json:"columns"`
	Target     uint32   `json:"target"`      // of a foreign key: the table that it refers to
	TargetName string   `json:"target_name"` // of a foreign key: the name of that table
	Targets    []string `json:"targets"`     // of a foreign key: its columns there
}

// describeSQL reads all that planning needs, in one statement. Only indexes and constraints that prove something come back: unique,
// valid, ready, immediate, on the whole table, on plain columns with the default operators; validated, enforced, immediate foreign keys
// of values that are equal, not of periods, whose triggers are enabled in every partition; validated CHECKs, which the planner is asked about. Newer catalogs have columns that older ones lack: they
// are read through to_jsonb.
const describeSQL = `
SELECT jsonb_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'inherited', c.relkind = 'r' AND c.relhassubclass OR c.relkind = 'p' AND EXISTS (SELECT FROM pg_partition_tree(c.oid) i
    JOIN pg_class f ON f.oid = i.relid WHERE f.relkind = 'f'),
  'permanent', c.relpersistence = 'p',
  'filtered', row_security_active(c.oid),
  'readable', has_table_privilege(c.oid, 'SELECT'),
  'pages', CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint ELSE 0 END,
  'bytes', CASE WHEN c.relkind IN ('r', 'm') AND NOT c.relhassubclass THEN pg_relation_size(c.oid)
                WHEN c.relkind IN ('r', 'p') THEN (SELECT sum(pg_relation_size(i.relid)) FROM pg_partition_tree(c.oid) i)
                ELSE 1 END,
  'estimate', c.reltuples::bigint,
  'columns', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', b.typname, 'category', b.typcategory, 'typmod', a.atttypmod,
      'not_null', a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'n'
        AND a.attnum = ANY (k.conkey) AND NOT k.convalidated),
      'readable', has_column_privilege(c.oid, a.attnum, 'SELECT'),
      'loose', coalesce((SELECT NOT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), false)
    ) ORDER BY a.attnum), '[]')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN (WITH RECURSIVE up(oid, base) AS (
        SELECT t.oid, t.typbasetype UNION ALL SELECT d.oid, d.typbasetype FROM pg_type d JOIN up ON d.oid = up.base)
      SELECT up.oid FROM up WHERE up.base = 0) ELSE t.oid END
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'indexes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', i.indexrelid::regclass::text, 'primary', i.indisprimary,
      'nulls_oneness', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
      'columns', (SELECT jsonb_agg(a.attname ORDER BY k.i) FROM generate_series(0, i.indnkeyatts - 1) k(i)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k.i])
    ) ORDER BY i.indisprimary DESC, i.indexrelid), '[]')
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indisready AND i.indislive AND i.indimmediate
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) k(i) JOIN pg_opclass o ON o.oid = i.indclass[k.i]
        WHERE NOT o.opcdefault)),
  'constraints', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname, 'kind', k.contype, 'target', k.confrelid::bigint,
      'target_name', (SELECT r.relname FROM pg_class r WHERE r.oid = k.confrelid),
      'columns', (SELECT jsonb_agg(a.attname ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n),
      'targets', (SELECT jsonb_agg(a.attname ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n)
    ) ORDER BY k.conname), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
      AND (k.contype = 'c' AND NOT k.connoinherit
        OR k.contype = 'f' AND NOT k.condeferrable AND NOT coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) AND NOT EXISTS (
          WITH RECURSIVE parts(oid) AS (SELECT k.oid UNION ALL SELECT d.oid FROM pg_constraint d JOIN parts ON d.conparentid = parts.oid)
          SELECT FROM pg_trigger t JOIN parts ON t.tgconstraint = parts.oid WHERE t.tgenabled NOT IN ('O', 'A'))))
)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass($1)`

// describe reads what the catalog says about a dataset. Without a schema, the search path finds it.
func describe(ctx context.Context, tx pgx.Tx, schema, name string) (*table, error) {
	identifier := pgx.Identifier{name}
	if schema != "" {
		identifier = pgx.Identifier{schema, name}
	}
	var text []byte
	err := tx.QueryRow(ctx, describeSQL, identifier.Sanitize()).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrDataset, identifier.Sanitize())
	}
	if err != nil {
		return nil, stripped(ctx, "reading the catalog", err)
	}
	t := new(table)
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("pgquality: reading the catalog: %w", err)
	}
	if !slices.Contains([]string{"r", "p", "v", "m", "f"}, t.Kind) {
		return nil, fmt.Errorf("%w: %s is neither a table nor a view", ErrDataset, identifier.Sanitize())
	}
	for i := range t.Columns {
		t.Columns[i].NotNull = t.Columns[i].NotNull && t.enforced()
	}
	return t, nil
}

// from returns the table as it is written in a statement.
func (t *table) from() string {
	if t.source != "" {
		return t.source
	}
	return pgx.Identifier{t.Schema, t.Name}.Sanitize()
}

// column returns a column, or why it cannot be read.
func (t *table) column(name string) (column, error) {
	i := slices.IndexFunc(t.Columns, func(c column) bool { return c.Name == name })
	if i < 0 {
		return column{}, unable("column %s does not exist", quoted(name))
	}
	if !t.Columns[i].Readable {
		return column{}, unable("the role may not read column %s", quoted(name))
	}
	return t.Columns[i], nil
}

// primary returns the columns of the primary key, or nil.
func (t *table) primary() []string {
	for _, i := range t.Indexes {
		if i.Primary {
			return i.Columns
		}
	}
	return nil
}

// quoted returns an identifier as SQL writes it.
func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// unableError says why a check cannot be asked. It is the reason of a result that is not assessed.
type unableError struct{ reason string }

func (e *unableError) Error() string { return e.reason }

func unable(format string, args ...any) error {
	return &unableError{reason: fmt.Sprintf(format, args...)}
}
