package pgsink

import (
	"fmt"

	"github.com/shugo-data/shugo/internal/leaf"
)

// insertOne adds the effect of a write, in the transaction of the write.
const insertOne = `INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject") VALUES ($1, $2, $3)`

// insertMany adds the effects of several writes, in their order.
const insertMany = `
INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject")
SELECT "leaf", "actor", "subject"
FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) WITH ORDINALITY AS event ("leaf", "actor", "subject", "place")
ORDER BY "place"`

// insertOnce adds events that are not on record yet. No two of them may be the same.
const insertOnce = `
WITH event AS (
	SELECT "id"::uuid, "kind", "leaf", "actor", "subject"
	FROM unnest($1::text[], $2::smallint[], $3::bytea[], $4::bytea[], $5::bytea[]) AS event ("id", "kind", "leaf", "actor", "subject")
), new AS (
	INSERT INTO %[1]s."audit_once" ("id", "kind") SELECT "id", "kind" FROM event
	ON CONFLICT DO NOTHING RETURNING "id", "kind"
)
INSERT INTO %[1]s."audit_record" ("leaf", "actor", "subject")
SELECT "leaf", "actor", "subject" FROM event JOIN new USING ("id", "kind")`

// statements are the inserts into one schema.
type statements struct{ one, many, once string }

func newStatements(schema string) statements {
	name := quote(schema)
	return statements{
		one: fmt.Sprintf(insertOne, name), many: fmt.Sprintf(insertMany, name), once: fmt.Sprintf(insertOnce, name),
	}
}

// insert returns the statement that adds the effects of writes, at least one, and its arguments.
func (s statements) insert(rows []row) (sql string, args []any) {
	if len(rows) == 1 {
		e := &rows[0].Entry
		return s.one, []any{e.Leaf, e.Actor, e.Subject}
	}
	leaves, actors, subjects := columns(rows)
	return s.many, []any{leaves, actors, subjects}
}

// insertOnce returns the statement that adds those events which are not on record yet, and its arguments.
func (s statements) insertOnce(rows []row) (sql string, args []any) {
	seen := make(map[key]bool, len(rows))
	var ids []string
	var kinds []int16
	var first []row
	for _, r := range rows {
		if !seen[r.key] {
			seen[r.key] = true
			ids, kinds, first = append(ids, r.id.String()), append(kinds, int16(r.kind)), append(first, r)
		}
	}
	leaves, actors, subjects := columns(first)
	return s.once, []any{ids, kinds, leaves, actors, subjects}
}

func columns(rows []row) (leaves, actors, subjects [][]byte) {
	column := func(of func(*leaf.Entry) []byte) [][]byte {
		values := make([][]byte, len(rows))
		for i := range rows {
			values[i] = of(&rows[i].Entry)
		}
		return values
	}
	return column(func(e *leaf.Entry) []byte { return e.Leaf }), column(func(e *leaf.Entry) []byte { return e.Actor }),
		column(func(e *leaf.Entry) []byte { return e.Subject })
}
