package pgsink

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// Query says which records to find: those that fit all fields that are set. The zero Query finds all.
type Query struct {
	ID        governance.EventID  // of one call
	Kind      governance.Kind     // of event
	Subject   governance.Subject  // whom the data is about; the sink looks for the pseudonym
	Actor     governance.Subject  // who called; likewise
	Category  governance.Category // one of those that the call touched
	Action    governance.Action   // what it did
	Operation string              // the name under which it was wrapped
	From      time.Time           // decided at or after
	To        time.Time           // decided before
	Oldest    bool                // oldest first; otherwise newest first
	Limit     int                 // at most; 0: all
}

// check reports a query that can find nothing by mistake.
func (q Query) check() error {
	var err error
	if q.Limit < 0 {
		err = fmt.Errorf("limit %d is negative", q.Limit)
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		err = both(err, errors.New("from is not before to"))
	}
	if err != nil {
		return fmt.Errorf("pgsink: query: %w", err)
	}
	return nil
}

const selectRecords = `
	SELECT id, kind, decided_at, operation, store, dataset, categories, action, purpose, version, stage, rule, reason,
	       coalesce(row_count, -1), masked, coalesce(actor, ''), coalesce(subject, '')
	FROM shugo.audit`

// Search returns the records that fit a query. Rows are read as they are consumed; a consumer that stops early releases
// the connection. An error is the last pair.
//
// Who may read the trail is for the host's own rules to say: bind Search with governance.WrapSeq like any other read.
func (s *Sink) Search(ctx context.Context, q Query) iter.Seq2[governance.Record, error] {
	return func(yield func(governance.Record, error) bool) {
		if err := s.search(ctx, q, yield); err != nil {
			yield(governance.Record{}, err)
		}
	}
}

func (s *Sink) search(ctx context.Context, q Query, yield func(governance.Record, error) bool) error {
	if err := q.check(); err != nil {
		return err
	}
	sql, args := s.statement(q)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return wrap("search", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return wrap("search", err)
		}
		if !yield(r, nil) {
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return wrap("search", err)
	}
	return nil
}

// statement adds a condition for each field that is set, so that each has its index. Values are parameters.
func (s *Sink) statement(q Query) (string, []any) {
	var conditions []string
	var args []any
	where := func(set bool, condition string, value any) {
		if set {
			args = append(args, value)
			conditions = append(conditions, fmt.Sprintf(condition, len(args)))
		}
	}
	where(q.ID != governance.EventID{}, "id = $%d", [16]byte(q.ID))
	where(q.Kind != "", "kind = $%d", string(q.Kind))
	where(q.Subject != "", "subject = $%d", string(s.pseudonyms.Of(q.Subject)))
	where(q.Actor != "", "actor = $%d", string(s.pseudonyms.Of(q.Actor)))
	where(q.Category != "", "categories @> $%d", []string{string(q.Category)})
	where(q.Action != "", "action = $%d", string(q.Action))
	where(q.Operation != "", "operation = $%d", q.Operation)
	where(!q.From.IsZero(), "decided_at >= $%d", q.From)
	where(!q.To.IsZero(), "decided_at < $%d", q.To)
	var b strings.Builder
	b.WriteString(selectRecords)
	for i, condition := range conditions {
		b.WriteString([]string{"\n\tWHERE ", "\n\tAND "}[min(i, 1)] + condition)
	}
	if q.Oldest {
		b.WriteString("\n\tORDER BY decided_at, seq")
	} else {
		b.WriteString("\n\tORDER BY decided_at DESC, seq DESC")
	}
	if q.Limit > 0 {
		args = append(args, q.Limit)
		fmt.Fprintf(&b, "\n\tLIMIT $%d", len(args))
	}
	return b.String(), args
}

func scan(rows pgx.Rows) (governance.Record, error) {
	var r governance.Record
	err := rows.Scan((*[16]byte)(&r.ID), &r.Kind, &r.Time, &r.Operation, &r.Store, &r.Dataset, &r.Categories, &r.Action,
		&r.Purpose, &r.Version, &r.Stage, &r.Rule, &r.Reason, &r.Rows, &r.Masked, &r.Actor, &r.Subject)
	r.Time = r.Time.UTC()
	if len(r.Masked) == 0 {
		r.Masked = nil
	}
	if len(r.Categories) == 0 {
		r.Categories = nil
	}
	return r, err
}
