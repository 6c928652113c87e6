package blockstate

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConditions shows what each condition of a range is for: without it, the same history gives a wrong answer.
func TestConditions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		without func(*conditions)
		// open is done in a transaction in progress while the state is taken, which is then committed.
		open, then string
		vacuum     bool
	}{
		"visible to all now": {
			without: func(c *conditions) { c.isVisible = false },
			then:    "UPDATE items SET x = 1000 WHERE id = 500",
		},
		"visible to all then": {
			without: func(c *conditions) { c.wasVisible = false },
			open:    "SELECT fill(100000, 100000)", vacuum: true,
		},
		"no mark set in the map": {
			without: func(c *conditions) { c.sameMap = false },
			then:    "UPDATE items SET x = 1000 WHERE id = 500", vacuum: true,
		},
		"no record about the pages": {
			without: func(c *conditions) { c.sameHeap = false },
			then:    "UPDATE items SET x = 1000 WHERE id = 500", vacuum: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Room on the first page lets the row of the transaction in progress go there, and no page is added.
			pool := newDatabase(t, itemsSQL+"SELECT fill(1, 3000); DELETE FROM items WHERE id = 3")
			run(t, pool, "VACUUM items")
			writer, err := pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = writer.Rollback(context.Background()) })
			if _, err := writer.Exec(t.Context(), test.open); err != nil {
				t.Fatal(err)
			}
			previous, _ := refreshed(t, pool, itemsRequest(), nil)
			if err := writer.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			run(t, pool, test.then)
			if test.vacuum {
				run(t, pool, "VACUUM items")
			}
			_, account := refreshed(t, pool, itemsRequest(), previous)
			if !account.Incremental || account.RangesRead == 0 || account.RangesRead == account.Ranges {
				t.Errorf("the history is not of the kind wanted: %+v", account)
			}

			tx := begin(t, pool)
			broken := everyCondition()
			test.without(&broken)
			totals, _, _, err := refresh(t.Context(), tx, itemsRequest(), previous, broken)
			if err != nil {
				t.Fatal(err)
			}
			if cmp.Equal(scan(t, tx, itemsRequest()), totals, bitwise()) {
				t.Error("the answer is right without the condition")
			}
		})
	}
}
