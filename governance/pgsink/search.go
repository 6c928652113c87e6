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

// Search returns the records that meet q, in the order of their time, ID and kind. It reads them in pages, each from one
// snapshot in one round trip, and holds no connection while the caller works on a record; a record that is committed
// meanwhile may or may not be among them. To page by hand, set Limit, and After to the last record of the page before.
//
// A record is found from its commit on: a page is answered from the index, and from the part of the log that is not in
// the index yet, which is read whole and compared here. So the price of a page grows with what Run has left to do: see Lag.
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
