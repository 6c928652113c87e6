package pgsink

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// Query says which records Search finds: those that meet every field that is set. The zero Query finds all.
type Query struct {
	// Subject is whom the data was about. It is replaced by its pseudonym before anything is sent.
	Subject governance.Subject
	// Actor is who called; likewise.
	Actor governance.Subject
	// ID is of one call: its attempt, and its effect or failure; or its denial.
	ID governance.EventID
	// Kind, Operation and Action are those of the record.
	Kind      governance.Kind
	Operation string
	Action    governance.Action
	// Category is one of those that the call touched.
	Category governance.Category
	// From and To bound the time of the decision: From <= time < To. The zero time is no bound.
	From, To time.Time
	// OldestFirst turns the order round, which is newest first.
	OldestFirst bool
	// Limit is the most records to return; 0: all.
	Limit int
	// After continues after a record: the last one of the page before. Only its Time, ID and Kind matter. The zero Record:
	// from the start.
	After governance.Record
}

// pageSize is how many records Search reads at once.
const pageSize = 500

// Search returns the records that meet q, in the order of their time, ID and kind. It reads them in pages, each by a query
// of its own, and holds no connection while the caller works on a record; a record that is committed meanwhile may or may
// not be among them. To page by hand, set Limit, and After to the last record of the page before.
//
// The trail tells who did what to whose data, so reading it is an operation to govern: see the example of Sink.Search.
//
// Errors are the last pair of the sequence: ErrQuery, ErrNotMigrated, or what the driver returns, wrapped.
func (s *Sink) Search(ctx context.Context, q Query) iter.Seq2[governance.Record, error] {
	return func(yield func(governance.Record, error) bool) {
		if err := q.check(); err != nil {
			yield(governance.Record{}, err)
			return
		}
		for left := q.Limit; ; {
			size := pageSize
			if q.Limit > 0 {
				size = min(size, left)
			}
			page, err := s.page(ctx, q, size)
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			left -= len(page)
			switch {
			case err != nil:
				yield(governance.Record{}, err)
				return
			case len(page) < size, q.Limit > 0 && left == 0:
				return
			}
			q.After = page[len(page)-1]
		}
	}
}

// check reports what contradicts itself in q.
func (q *Query) check() error {
	var faults []string
	if q.Limit < 0 {
		faults = append(faults, fmt.Sprintf("limit %d is negative", q.Limit))
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.From.After(q.To) {
		faults = append(faults, "from is after to")
	}
	switch q.After.Kind {
	case "", governance.Attempt, governance.Denial, governance.Effect, governance.Failure:
	default:
		faults = append(faults, "the kind of after is none of the four")
	}
	if (q.After.ID == governance.EventID{}) != (q.After.Kind == "") {
		faults = append(faults, "after has an ID without a kind, or a kind without an ID")
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s", ErrQuery, strings.Join(faults, "; "))
	}
	return nil
}

// page reads the next records. What was read before an error is returned with it.
func (s *Sink) page(ctx context.Context, q Query, size int) ([]governance.Record, error) {
	sql, args := s.searchSQL(q, size)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, searchFailed(err)
	}
	defer rows.Close()
	page := make([]governance.Record, 0, min(size, 64))
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return page, searchFailed(err)
		}
		page = append(page, r)
	}
	return page, searchFailed(rows.Err())
}

// searchSQL returns the statement of one page. It has only the conditions that q asks for, each a constant with one
// parameter: with all of them in one text and "$1 IS NULL OR", PostgreSQL may settle on a plan that reads every row.
func (s *Sink) searchSQL(q Query, size int) (sql string, args []any) {
	var where []string
	kind := quote(s.schema) + `."audit_kind"`
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
		add(`"kind"::text = $%d`, clean(q.Kind))
	}
	if q.Operation != "" {
		add(`"operation" = $%d`, clean(q.Operation))
	}
	if q.Action != "" {
		add(`"action" = $%d`, clean(q.Action))
	}
	if q.Category != "" {
		add(`"categories" @> ARRAY[$%d::text]`, clean(q.Category))
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
		add(`("decided_at", "id", "kind") `+beyond+` ($%d, $%d::text::uuid, $%d::text::`+kind+`)`,
			q.After.Time, q.After.ID.String(), clean(q.After.Kind))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT %s\nFROM %s.\"audit_event\"", columns, quote(s.schema))
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

// searchFailed returns err as a failure to search, or nil.
func searchFailed(err error) error {
	if err == nil {
		return nil
	}
	return &failure{what: "search", class: missing(err), cause: err}
}
