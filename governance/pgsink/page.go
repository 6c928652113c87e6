package pgsink

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// selectListed reads the entries of the records that a select of places in the index finds.
const selectListed = `
SELECT "leaf", "actor", "subject" FROM (%[2]s) AS "found" JOIN %[1]s."audit_record" USING ("era", "tx", "seq")`

// selectTail reads the part of the log that is not in the index yet.
const selectTail = `
SELECT "leaf", "actor", "subject" FROM %[1]s."audit_record"
WHERE ("era", "tx", "seq") > (SELECT "era", "tx", "seq" FROM %[1]s."audit_indexed" WHERE "one")`

// planByIndex is for a transaction that reads what is not in the index: the planner does not know how little that is, and
// takes it for a third of the log.
const planByIndex = `SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`

// page reads the next records, both parts from one snapshot.
func (s *Sink) page(ctx context.Context, q Query, size int) ([]governance.Record, error) {
	var listed, tail []governance.Record
	order := q.order()
	filter := s.filter(q)
	places, args := s.searchSQL(q, size)

	var batch pgx.Batch
	batch.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	batch.Queue(planByIndex)
	batch.Queue(fmt.Sprintf(selectListed, quote(s.schema), places), args...).Query(func(rows pgx.Rows) error {
		return eachEntry(rows, func(e leaf.Entry) error {
			r, err := read(e)
			listed = append(listed, r)
			return err
		})
	})
	batch.Queue(fmt.Sprintf(selectTail, quote(s.schema))).Query(func(rows pgx.Rows) error {
		return eachEntry(rows, func(e leaf.Entry) error {
			if r, err := read(e); err == nil && filter(&r) { // what cannot be read, Index puts aside
				tail = append(tail, r)
			}
			if len(tail) >= 4*size {
				tail = first(tail, order, size)
			}
			return nil
		})
	})
	batch.Queue("COMMIT")
	if err := s.pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, &failure{what: "search", class: missing(err), cause: err}
	}
	return first(append(listed, tail...), order, size), nil
}

// eachEntry calls do with each entry of the log that rows hold.
func eachEntry(rows pgx.Rows, do func(leaf.Entry) error) error {
	for rows.Next() {
		var e leaf.Entry
		if err := rows.Scan(&e.Leaf, &e.Actor, &e.Subject); err != nil {
			return err
		}
		if err := do(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// first returns the first size records in an order. Of several of one event it keeps one.
func first(records []governance.Record, order func(a, b governance.Record) int, size int) []governance.Record {
	slices.SortStableFunc(records, order)
	records = slices.CompactFunc(records, func(a, b governance.Record) bool { return order(a, b) == 0 })
	return records[:min(size, len(records))]
}

// order returns the order that q asks for: that of time, ID and kind, as PostgreSQL compares them.
func (q *Query) order() func(a, b governance.Record) int {
	sign := -1
	if q.OldestFirst {
		sign = 1
	}
	return func(a, b governance.Record) int {
		return sign * cmp.Or(a.Time.Compare(b.Time), bytes.Compare(a.ID[:], b.ID[:]),
			cmp.Compare(kindNumber(a.Kind), kindNumber(b.Kind)))
	}
}

// filter returns whether a record meets q, for records that are not in the index: see searchSQL.
func (s *Sink) filter(q Query) func(*governance.Record) bool {
	subject, actor := s.pseudonyms.Of(q.Subject), s.pseudonyms.Of(q.Actor)
	operation, action := leaf.Clean(q.Operation), governance.Action(leaf.Clean(string(q.Action)))
	category := governance.Category(leaf.Clean(string(q.Category)))
	order := q.order()
	q.After.Time = q.After.Time.Truncate(time.Microsecond)
	return func(r *governance.Record) bool {
		return (subject == "" || r.Subject == subject) &&
			(actor == "" || r.Actor == actor) &&
			(q.ID == governance.EventID{} || r.ID == q.ID) &&
			(q.Kind == "" || r.Kind == q.Kind) &&
			(operation == "" || r.Operation == operation) &&
			(action == "" || r.Action == action) &&
			(category == "" || slices.Contains(r.Categories, category)) &&
			(q.From.IsZero() || !r.Time.Before(q.From)) &&
			(q.To.IsZero() || r.Time.Before(q.To)) &&
			(q.After.Kind == "" || order(*r, q.After) > 0)
	}
}

// searchSQL returns the select of the places of one page. It has only the conditions that q asks for, each a constant with
// one parameter: with all of them in one text and "$1 IS NULL OR", PostgreSQL may settle on a plan that reads every row.
func (s *Sink) searchSQL(q Query, size int) (sql string, args []any) {
	var where []string
	add := func(condition string, values ...any) {
		marks := make([]any, len(values))
		for i, value := range values {
			args = append(args, value)
			marks[i] = len(args)
		}
		where = append(where, fmt.Sprintf(condition, marks...))
	}
	if q.Subject != "" {
		add(`"subject" = $%d::text::uuid`, string(s.pseudonyms.Of(q.Subject)))
	}
	if q.Actor != "" {
		add(`"actor" = $%d::text::uuid`, string(s.pseudonyms.Of(q.Actor)))
	}
	if q.ID != (governance.EventID{}) {
		add(`"id" = $%d::text::uuid`, q.ID.String())
	}
	if q.Kind != "" {
		add(`"kind" = $%d::smallint`, kindNumber(q.Kind))
	}
	if q.Operation != "" {
		add(`"operation" = $%d`, leaf.Clean(q.Operation))
	}
	if q.Action != "" {
		add(`"action" = $%d`, leaf.Clean(string(q.Action)))
	}
	if q.Category != "" {
		add(`"categories" @> ARRAY[$%d::text]`, leaf.Clean(string(q.Category)))
	}
	if !q.From.IsZero() {
		add(`"decided_at" >= $%d`, ceil(q.From))
	}
	if !q.To.IsZero() {
		add(`"decided_at" < $%d`, ceil(q.To))
	}
	order, beyond := "DESC", "<"
	if q.OldestFirst {
		order, beyond = "ASC", ">"
	}
	if q.After.Kind != "" {
		add(`("decided_at", "id", "kind") `+beyond+` ($%d, $%d::text::uuid, $%d::smallint)`,
			q.After.Time, q.After.ID.String(), kindNumber(q.After.Kind))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT \"era\", \"tx\", \"seq\" FROM %s.\"audit_index\"", quote(s.schema))
	for i, condition := range where {
		b.WriteString([]string{"\nWHERE ", "\n\tAND "}[min(i, 1)] + condition)
	}
	args = append(args, size)
	fmt.Fprintf(&b, "\nORDER BY \"decided_at\" %[1]s, \"id\" %[1]s, \"kind\" %[1]s\nLIMIT $%[2]d", order, len(args))
	return b.String(), args
}

// ceil returns t at the precision of the trail; of two bounds between the same two microseconds neither may cut one off.
func ceil(t time.Time) time.Time {
	if whole := t.Truncate(time.Microsecond); !whole.Equal(t) {
		return whole.Add(time.Microsecond)
	}
	return t
}
