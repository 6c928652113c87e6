package blockstate

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestConditions shows what each condition of a range is for: without it, the same history gives a wrong answer.
func TestConditions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		without func(*conditions)
		// open is done in a transaction in progress while the state is taken, which is then committed.
		open, then string
		vacuum     bool
		// marked is whether the pages in question have changed by nothing but their marks.
		marked bool
	}{
		"no mark lost": {
			without: func(c *conditions) { c.isVisible = false },
			then:    "UPDATE items SET x = 1000 WHERE id = 500",
		},
		"settled then": {
			without: func(c *conditions) { c.wasSettled = false },
			open:    "SELECT fill(100000, 100000)", vacuum: true, marked: true,
		},
		"no mark set": {
			without: func(c *conditions) { c.sameMap = false },
			then:    "UPDATE items SET x = 1000 WHERE id = 500", vacuum: true,
		},
		"nothing logged": {
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
			right := cmp.Equal(scan(t, tx, itemsRequest()), totals, bitwise())
			if want := test.marked && marksLogged(t, tx); right != want {
				t.Errorf("the answer without the condition is right: %v, want %v", right, want)
			}
		})
	}
}

// marksLogged reports whether the record of a mark is about the page as well as about its map: with checksums, which are the default
// from version 18 on, or wal_log_hints. Then a marked page is read again, whatever else is known of it.
func marksLogged(t *testing.T, tx pgx.Tx) bool {
	t.Helper()
	var logged bool
	const sql = `SELECT 'on' IN (current_setting('data_checksums'), current_setting('wal_log_hints'))`
	if err := tx.QueryRow(t.Context(), sql).Scan(&logged); err != nil {
		t.Fatal(err)
	}
	return logged
}

// TestSettled follows a table that VACUUM does not come by: what was written is read once more when its writers have
// ended, and then no longer. A transaction in progress in any database of the server would change that: it has a server of its own.
func TestSettled(t *testing.T) {
	t.Parallel()
	pool := servertest.Pool(t, servertest.NewCluster(t).URL, 8)
	run(t, pool, Schema(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
	for name, without := range map[string]func(*conditions){
		"every condition":        func(*conditions) {},
		"writers ended":          func(c *conditions) { c.writers = false },
		"ended for the snapshot": func(c *conditions) { c.snapshot = false },
	} {
		t.Run(name, func(t *testing.T) {
			run(t, pool, "DROP TABLE IF EXISTS items; DROP FUNCTION IF EXISTS fill", itemsSQL+"SELECT fill(1, 3000)")
			old := begin(t, pool)
			writer, err := pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = writer.Rollback(context.Background()) })
			if _, err := writer.Exec(t.Context(), "SELECT fill(100000, 100003)"); err != nil {
				t.Fatal(err)
			}
			c := everyCondition()
			without(&c)
			wrong := false
			var state []byte
			// The read ranges of each refresh, of which the table has fourteen.
			bring := func(tx pgx.Tx) int {
				totals, next, account, err := refresh(t.Context(), tx, itemsRequest(), state, c)
				if err != nil {
					t.Fatal(err)
				}
				state, wrong = next, wrong || !cmp.Equal(scan(t, tx, itemsRequest()), totals, bitwise())
				if err := tx.Rollback(t.Context()); err != nil {
					t.Fatal(err)
				}
				return account.RangesRead
			}
			var read []int
			read = append(read, bring(begin(t, pool)), bring(begin(t, pool)), bring(begin(t, pool)))
			if err := writer.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			read = append(read, bring(begin(t, pool)), bring(begin(t, pool)), bring(begin(t, pool)))
			run(t, pool, "UPDATE items SET x = 1000 WHERE id = 500")
			read = append(read, bring(begin(t, pool)), bring(begin(t, pool)), bring(begin(t, pool)))
			bring(old)
			want := []int{14, 14, 14, 14, 0, 0, 2, 2, 0}
			if name == "every condition" {
				if diff := cmp.Diff(want, read); diff != "" || wrong {
					t.Errorf("wrong %v, ranges read (-want +got):\n%s", wrong, diff)
				}
			} else if !wrong {
				t.Errorf("the answers are right without the condition; ranges read: %v", read)
			}
		})
	}
}
