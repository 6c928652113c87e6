package pgdigest

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/pgcatalog"
)

// How a value is brought into a form whose hash is the same on every server, and of no other value.
const (
	byValue  = "value"  // its own hash sees all of it
	bySend   = "send"   // the binary form that COPY sends, as bytes
	byOutput = "output" // the text that the server prints: where the binary form holds oids, or there is none
)

// typesSQL returns for each type the base that domains stand on, the way to its form, and its function that sends.
//
// Values that hash by themselves are those whose equality is identity and whose hash sees all bits: that of int8, and of times, folds
// the halves so that small numbers hash like int4. Arrays, records and ranges of types that the database
// made hold oids in their binary form; aliases of oids are oids.
const typesSQL = `WITH RECURSIVE base (oid, typ) AS (
	SELECT t, t FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS t
	UNION ALL
	SELECT b.oid, d.typbasetype FROM base AS b JOIN pg_catalog.pg_type AS d ON d.oid = b.typ WHERE d.typtype = 'd'
), alias AS (
	SELECT oid FROM pg_catalog.pg_type WHERE typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND typname LIKE 'reg%'
)
SELECT b.oid, pg_catalog.format_type(t.oid, -1),
	CASE
	WHEN t.oid = ANY ('{bool,int2,int4,date,uuid,text,varchar,bytea,oid}'::pg_catalog.regtype[]) THEN 'value'
	WHEN t.typsend = 0 OR t.oid IN (SELECT oid FROM alias) OR e.oid IN (SELECT oid FROM alias) THEN 'output'
	WHEN s.proname IN ('record_send', 'array_send', 'range_send', 'multirange_send') AND s.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
		AND t.oid >= 16384 THEN 'output'
	ELSE 'send' END,
	COALESCE(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(s.proname), '')
FROM base AS b
JOIN pg_catalog.pg_type AS t ON t.oid = b.typ AND t.typtype <> 'd'
LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typlen = -1
LEFT JOIN pg_catalog.pg_proc AS s ON s.oid = t.typsend
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pronamespace`

// formsOf returns an expression for each column of a table.
func formsOf(ctx context.Context, db pgcatalog.Executor, t pgcatalog.Table) ([]string, error) {
	types := make([]uint32, len(t.Columns))
	for n, c := range t.Columns {
		types[n] = c.TypeOID
	}
	rows, err := db.Query(ctx, typesSQL, types)
	if err != nil {
		return nil, err
	}
	byType := map[uint32]form{}
	var oid uint32
	var f form
	if _, err := pgx.ForEachRow(rows, []any{&oid, &f.base, &f.way, &f.send}, func() error {
		byType[oid] = f
		return nil
	}); err != nil {
		return nil, err
	}
	forms := make([]string, len(t.Columns))
	for n, c := range t.Columns {
		f, known := byType[c.TypeOID]
		if !known {
			return nil, fmt.Errorf("pgdigest: column %d has a type that the database does not", n+1)
		}
		forms[n] = f.of(pgx.Identifier{c.Name}.Sanitize())
	}
	return forms, nil
}

// form is how the values of a type are hashed.
type form struct {
	base string // the type, without domains, as SQL
	way  string // byValue, bySend or byOutput
	send string // its function, as SQL
}

// of returns an expression for a column. Functions that print do not tell NULL from empty, and IS NULL does not tell a
// composite of NULLs from NULL: num_nulls tells.
func (f form) of(column string) string {
	column = "t." + column
	switch f.way {
	case byValue:
		return fmt.Sprintf("%s::%s", column, f.base)
	case bySend:
		return fmt.Sprintf("%s(%s::%s)", f.send, column, f.base)
	}
	return fmt.Sprintf("CASE WHEN pg_catalog.num_nulls(%s) = 0 THEN pg_catalog.concat(%s) END", column, column)
}
