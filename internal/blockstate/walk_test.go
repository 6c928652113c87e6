package blockstate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestWalk changes a table at random in every way, and after each step refreshes and compares with a scan.
func TestWalk(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			newWalk(t, newDatabase(t, itemsSQL), seed).steps(t, servertest.Count(80, 5_000))
		})
	}
}

// TestWalkHints walks on a server that logs hint bits, as one with checksums does: the positions of pages are moved by more than
// changes. Transactions in progress are prepared there, and outlive their sessions.
func TestWalkHints(t *testing.T) {
	t.Parallel()
	cluster := servertest.NewCluster(t)
	pool := servertest.Pool(t, cluster.URL, 8)
	run(t, pool, Schema(), itemsSQL, "ALTER SYSTEM SET wal_log_hints = on", "ALTER SYSTEM SET fsync = off")
	cluster.StopImmediate(t)
	cluster.Start(t)
	pool.Reset()
	w := newWalk(t, pool, 3)
	w.prepares = true
	w.steps(t, servertest.Count(80, 5_000))
}

func (w *walk) steps(t *testing.T, n int) {
	for range n {
		if diff := w.step(t); diff != "" {
			t.Fatal(diff)
		}
	}
	t.Logf("%v", w.seen)
	if w.seen["incremental"] == 0 || w.seen["kept"] == 0 || w.seen["examined"] == 0 {
		t.Errorf("the walk did not come by every method: %v", w.seen)
	}
}

// TestWalkFinds shows that the walk finds what each condition is for.
func TestWalkFinds(t *testing.T) {
	t.Parallel()
	for name, without := range map[string]func(*conditions){
		"settled then":   func(c *conditions) { c.wasSettled = false },
		"no mark lost":   func(c *conditions) { c.isVisible = false },
		"no mark set":    func(c *conditions) { c.sameMap = false },
		"nothing logged": func(c *conditions) { c.sameHeap = false },
		"writers ended":  func(c *conditions) { c.writers = false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, newDatabase(t, itemsSQL), 1)
			without(&w.conditions)
			const enough = 1000
			for n := range enough {
				if w.step(t) != "" {
					t.Logf("found at step %d", n)
					return
				}
			}
			t.Errorf("nothing found in %d steps", enough)
		})
	}
}

// walk is a table, a transaction in progress, and the states so far.
type walk struct {
	pool   *pgxpool.Pool
	random *rand.Rand
	next   int64 // the least id not used
	added  int   // columns
	open   pgx.Tx
	held   bool // a prepared transaction is
	states [][]byte
	last   string
	seen   map[string]int

	conditions conditions
	prepares   bool
}

func newWalk(t *testing.T, pool *pgxpool.Pool, seed uint64) *walk {
	run(t, pool, "SELECT fill(1, 4000)")
	w := &walk{pool: pool, random: rand.New(rand.NewPCG(seed, 7)), next: 4001, seen: map[string]int{},
		conditions: everyCondition()}
	t.Cleanup(func() {
		if w.open != nil {
			_ = w.open.Rollback(context.Background())
		}
	})
	return w
}

// step makes a change or some, at times while the table is refreshed, and returns how the result
// differs from a scan.
func (w *walk) step(t *testing.T) string {
	for range w.random.IntN(3) {
		w.change(t)
	}
	tx := begin(t, w.pool)
	done := make(chan error, 1)
	if w.random.IntN(4) == 0 {
		sql := w.statement()
		if w.random.IntN(3) == 0 {
			sql = "VACUUM (TRUNCATE off) items"
		}
		w.last += "; meanwhile " + sql
		go func() {
			_, err := w.pool.Exec(context.Background(), "SET lock_timeout = 100; "+sql)
			if sql == "VACUUM (TRUNCATE off) items" { // which is no part of a list of statements
				_, err = w.pool.Exec(context.Background(), sql)
			}
			done <- err
		}()
	} else {
		done <- nil
	}
	diff := w.refresh(t, tx)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil && !refused(t.Context(), err) {
		t.Fatal(err)
	}
	return diff
}

// refresh goes on from the last state, at times from an older one.
func (w *walk) refresh(t *testing.T, tx pgx.Tx) string {
	var previous []byte
	if n := len(w.states); n > 0 {
		previous = w.states[n-1]
		if w.random.IntN(5) == 0 {
			previous = w.states[max(0, n-1-w.random.IntN(10))]
		}
	}
	totals, next, account, err := refresh(t.Context(), tx, itemsRequest(), previous, w.conditions)
	if err != nil {
		t.Fatalf("after %s: %v", w.last, err)
	}
	if diff := cmp.Diff(scan(t, tx, itemsRequest()), totals, bitwise()); diff != "" {
		return fmt.Sprintf("after %s: %+v: not what a scan gives (-scan +refresh):\n%s", w.last, account, diff)
	}
	if next != nil {
		w.states = append(w.states[max(0, len(w.states)-20):], next)
	}
	w.count(account)
	w.last = ""
	return ""
}

func (w *walk) count(a Account) {
	if !a.Incremental {
		w.seen[string(a.Reason)]++
		return
	}
	w.seen["incremental"]++
	if a.RangesRead < a.Ranges {
		w.seen["kept"]++
	}
	if a.PagesExamined > 0 {
		w.seen["examined"]++
	}
}

// change makes one change: by a statement of its own, within a transaction that may be rolled back in part or whole, within
// the one in progress, or to the table as a whole.
func (w *walk) change(t *testing.T) {
	switch n := w.random.IntN(100); {
	case n < 35:
		w.exec(t, nil, w.statement())
	case n < 45:
		end := []string{"COMMIT", "ROLLBACK"}[w.random.IntN(2)]
		w.exec(t, nil, fmt.Sprintf("BEGIN; %s; SAVEPOINT a; %s; ROLLBACK TO a; %s; %s", w.statement(), w.statement(), w.statement(), end))
	case n < 60:
		w.inProgress(t)
	case n < 80:
		w.exec(t, nil, []string{"VACUUM items", "VACUUM items", "VACUUM (FREEZE) items", "VACUUM (DISABLE_PAGE_SKIPPING) items",
			"ANALYZE items"}[w.random.IntN(5)])
	case n < 92:
		w.exec(t, nil, []string{"SELECT count(*) FROM items WHERE pad <> ''", "CHECKPOINT",
			"SELECT FROM items WHERE id % 7 = 0 FOR SHARE", "SELECT FROM items WHERE id % 17 = 0 FOR UPDATE"}[w.random.IntN(4)])
	default:
		w.whole(t)
	}
}

// inProgress begins the long transaction, goes on with it, or ends it.
func (w *walk) inProgress(t *testing.T) {
	if w.open == nil {
		tx, err := w.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.open = tx
	}
	if w.held && w.random.IntN(2) == 0 {
		w.exec(t, nil, []string{"COMMIT", "ROLLBACK"}[w.random.IntN(2)]+" PREPARED 'held'")
		w.held = false
	}
	switch w.random.IntN(6) {
	case 0:
		if w.prepares && !w.held {
			w.exec(t, w.open, "PREPARE TRANSACTION 'held'")
			w.held = true
		}
		w.last += "; commit"
		_ = w.open.Commit(t.Context()) // rolled back if a statement of it failed
		w.open = nil
	case 1:
		w.last += "; rollback"
		_ = w.open.Rollback(t.Context())
		w.open = nil
	default:
		w.exec(t, w.open, "SET LOCAL lock_timeout = 1; SAVEPOINT b; "+w.statement()+"; RELEASE b")
	}
}

// whole changes the file or the definition of the table; the transaction in progress must be out of the way.
func (w *walk) whole(t *testing.T) {
	if w.open != nil {
		_ = w.open.Commit(t.Context())
		w.open = nil
	}
	if w.held {
		w.exec(t, nil, "COMMIT PREPARED 'held'")
		w.held = false
	}
	switch w.random.IntN(8) {
	case 0, 1:
		w.exec(t, nil, "VACUUM FULL items")
	case 2, 3:
		w.exec(t, nil, "CLUSTER items USING items_pkey")
	case 4:
		w.exec(t, nil, fmt.Sprintf("TRUNCATE items; SELECT fill(%d, %d)", w.next, w.next+3500))
		w.next += 3501
	case 5:
		w.added++
		w.exec(t, nil, fmt.Sprintf("ALTER TABLE items ADD COLUMN added%d int DEFAULT 7", w.added))
	case 6:
		w.exec(t, nil, "ALTER TABLE items DROP COLUMN x, ADD COLUMN x bigint DEFAULT 6")
	case 7: // the end of the table is cut off
		w.exec(t, nil, fmt.Sprintf("DELETE FROM items WHERE id > %d", w.next-900))
		w.exec(t, nil, "VACUUM items")
	}
}

// statement is one that changes rows, near a random place.
func (w *walk) statement() string {
	at := 1 + w.random.Int64N(w.next)
	if w.next > 4000 && w.random.IntN(3) > 0 {
		at = w.next - 1 - w.random.Int64N(4000)
	}
	switch w.random.IntN(9) {
	case 0, 1:
		low := w.next
		w.next += 1 + w.random.Int64N(40)
		return fmt.Sprintf("SELECT fill(%d, %d)", low, w.next-1)
	case 2, 3:
		return fmt.Sprintf("UPDATE items SET n = n + 0.001, at = at + interval '1 s' WHERE id BETWEEN %d AND %d", at, at+3) // HOT
	case 4:
		return fmt.Sprintf("UPDATE items SET id = -id WHERE id BETWEEN %d AND %d", at, at+3) // not HOT
	case 5:
		return fmt.Sprintf("UPDATE items SET v = 'NaN', n = 'NaN', at = 'infinity' WHERE id = %d", at)
	case 6:
		return "UPDATE items SET v = 1, n = -0.5, at = now() WHERE v = 'NaN' OR n = 'NaN'"
	case 7:
		return fmt.Sprintf("INSERT INTO items (id, pad) VALUES (%d, 'y') ON CONFLICT (id) DO UPDATE SET x = 8", at)
	default:
		return fmt.Sprintf("DELETE FROM items WHERE id BETWEEN %d AND %d", at, at+w.random.Int64N(20))
	}
}

// exec runs statements, which may wait for the transaction in progress: then they fail, which changes nothing.
func (w *walk) exec(t *testing.T, tx pgx.Tx, sql string) {
	w.last += "; " + sql
	var err error
	if tx != nil {
		_, err = tx.Exec(t.Context(), sql)
	} else {
		err = w.pool.AcquireFunc(t.Context(), func(c *pgxpool.Conn) error {
			if _, err := c.Exec(t.Context(), "SET lock_timeout = 20"); err != nil {
				return err
			}
			_, err := c.Exec(t.Context(), sql)
			if c.Conn().PgConn().TxStatus() != 'I' {
				_, _ = c.Exec(t.Context(), "ROLLBACK")
			}
			return err
		})
	}
	if err != nil && !refused(t.Context(), err) {
		t.Fatalf("%s: %v", sql, err)
	}
	if err != nil {
		w.seen["statements refused"]++
	}
}
