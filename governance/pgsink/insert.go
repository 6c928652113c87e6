package pgsink

import (
	"fmt"
	"time"
)

// insertOne adds one event, unless it is on record already.
const insertOne = `
INSERT INTO %[1]s."audit_event" (` + columns + `)
VALUES ($1::text::uuid, $2::text::%[1]s."audit_kind", $3, $4, $5, $6, $7::text::text[], $8, $9,
	$10, $11, $12, $13, $14, $15::text::text[], $16::text::uuid, $17::text::uuid)
ON CONFLICT ("id", "kind") DO NOTHING`

// insertMany adds any number of events, one column of all of them in each parameter.
const insertMany = `
INSERT INTO %[1]s."audit_event" (` + columns + `)
SELECT "id"::uuid, "kind"::%[1]s."audit_kind", "decided_at", "operation", "store", "dataset", "categories"::text[],
	"action", "purpose", "version", "stage", "rule", "reason", "rows", "masked"::text[], "actor"::uuid, "subject"::uuid
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
	$9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::text[], $16::text[], $17::text[])
	AS event (` + columns + `)
ON CONFLICT ("id", "kind") DO NOTHING`

// statements are the inserts into one schema.
type statements struct{ one, many string }

func newStatements(schema string) statements {
	name := quote(schema)
	return statements{one: fmt.Sprintf(insertOne, name), many: fmt.Sprintf(insertMany, name)}
}

// insert returns the statement that adds the rows, at least one, and its arguments.
func (s statements) insert(rows []row) (sql string, args []any) {
	if len(rows) == 1 {
		return s.one, rows[0].args()
	}
	return s.many, []any{
		column(rows, func(r *row) string { return r.id }),
		column(rows, func(r *row) string { return r.kind }),
		column(rows, func(r *row) time.Time { return r.decidedAt }),
		column(rows, func(r *row) string { return r.operation }),
		column(rows, func(r *row) string { return r.store }),
		column(rows, func(r *row) string { return r.dataset }),
		column(rows, func(r *row) string { return r.categories }),
		column(rows, func(r *row) string { return r.action }),
		column(rows, func(r *row) string { return r.purpose }),
		column(rows, func(r *row) string { return r.version }),
		column(rows, func(r *row) string { return r.stage }),
		column(rows, func(r *row) string { return r.rule }),
		column(rows, func(r *row) string { return r.reason }),
		column(rows, func(r *row) *int64 { return r.rows }),
		column(rows, func(r *row) string { return r.masked }),
		column(rows, func(r *row) *string { return r.actor }),
		column(rows, func(r *row) *string { return r.subject }),
	}
}

func column[T any](rows []row, of func(*row) T) []T {
	values := make([]T, len(rows))
	for i := range rows {
		values[i] = of(&rows[i])
	}
	return values
}
