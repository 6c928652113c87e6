package blockstate

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

// TestWriters refreshes while others write without end, and VACUUM comes by without end.
func TestWriters(t *testing.T) {
	t.Parallel()
	pool := newDatabase(t, itemsSQL)
	w := newWalk(t, pool, 5)
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	defer writers.Wait()
	defer stop()
	forEver := func(statement func() string) {
		writers.Go(func() {
			for ctx.Err() == nil {
				if _, err := pool.Exec(ctx, statement()); err != nil && ctx.Err() == nil && !refused(ctx, err) {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range uint64(3) {
		// Each adds rows of its own, and changes those of all.
		writer := &walk{random: rand.New(rand.NewPCG(n, 9)), next: 4001 + 1_000_000*int64(n)}
		forEver(func() string {
			if writer.random.IntN(3) == 0 {
				return "BEGIN; " + writer.statement() + "; " + writer.statement() + "; ROLLBACK"
			}
			return writer.statement()
		})
	}
	forEver(func() string { return "VACUUM items" })

	for range servertest.Count(40, 400) {
		tx := begin(t, pool)
		if diff := w.refresh(t, tx); diff != "" {
			t.Fatal(diff)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v", w.seen)
	if w.seen["kept"] == 0 || w.seen["examined"] == 0 {
		t.Errorf("nothing was kept, or examined: %v", w.seen)
	}
}
