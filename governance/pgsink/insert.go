package pgsink

import (
	"fmt"
	"slices"
)

// insertOne adds one record. It travels with a write, so it does no more than it has to.
const insertOne = `INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject") VALUES ($1, $2, $3)`

// insertMany adds any number of records, in their order.
const insertMany = `
INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject")
SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])`

// insertOnce adds those records whose events were not handed over before. Identifiers travel as text, so that the
// statement works in every query mode of pgx, those for connection poolers included.
const insertOnce = `
WITH "handed" AS (
	SELECT "id"::uuid, "kind", "leaf", "actor", "subject"
	FROM unnest($1::text[], $2::smallint[], $3::bytea[], $4::bytea[], $5::bytea[])
		AS "row" ("id", "kind", "leaf", "actor", "subject")
), "fresh" AS (
	INSERT INTO %[1]s."audit_once" ("id", "kind") SELECT "id", "kind" FROM "handed"
	ON CONFLICT ("id", "kind") DO NOTHING RETURNING "id", "kind"
)
INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject")
SELECT "leaf", "actor", "subject" FROM "handed" JOIN "fresh" USING ("id", "kind")`

// statements are the inserts into one schema.
type statements struct{ one, many, once string }

func newStatements(schema string) statements {
	name := quote(schema)
	return statements{
		one: fmt.Sprintf(insertOne, name), many: fmt.Sprintf(insertMany, name), once: fmt.Sprintf(insertOnce, name),
	}
}

// have reports whether an insert is one of these.
func (s *statements) have(sql string) bool { return sql == s.one || sql == s.many || sql == s.once }

// insert returns the statement that adds the rows, at least one, and its arguments.
func (s *statements) insert(rows []row) (sql string, args []any) {
	if len(rows) == 1 {
		return s.one, []any{rows[0].Leaf, rows[0].Actor, rows[0].Subject}
	}
	return s.many, entries(rows)
}

// insertOnce returns the statement that adds those of the rows, at least one, that were not handed over before.
func (s *statements) insertOnce(rows []row) (sql string, args []any) {
	rows = distinct(rows)
	ids := column(rows, func(r *row) string { return r.id.String() })
	kinds := column(rows, func(r *row) int16 { return r.kind })
	return s.once, append([]any{ids, kinds}, entries(rows)...)
}

// distinct returns the first row of each event: the statement would insert all that are new to it.
func distinct(rows []row) []row {
	if len(rows) == 1 {
		return rows
	}
	seen := make(map[key]struct{}, len(rows))
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		_, again := seen[r.key]
		seen[r.key] = struct{}{}
		return again
	})
}

func entries(rows []row) []any {
	return []any{
		column(rows, func(r *row) []byte { return r.Leaf }),
		column(rows, func(r *row) []byte { return r.Actor }),
		column(rows, func(r *row) []byte { return r.Subject }),
	}
}

func column[T any](rows []row, of func(*row) T) []T {
	values := make([]T, len(rows))
	for i := range rows {
		values[i] = of(&rows[i])
	}
	return values
}
