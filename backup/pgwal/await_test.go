package pgwal

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// TestAwaitNextQueue has another queue begin, which has what is awaited, while somebody looks at the one before.
func TestAwaitNextQueue(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var repository backuptest.Repository
	for range 5000 {
		r, err := NewReceiver(ReceiverConfig{Connection: "host=one", Repository: &repository})
		if err != nil {
			t.Fatal(err)
		}
		r.begin(newQueue(r.config))
		next := newQueue(r.config)
		next.resume(1, backup.LogState{Last: 100})
		var work sync.WaitGroup
		work.Go(func() { r.begin(next) })
		if err := r.Await(ctx, backup.Cut{Timeline: 1, LSN: 100}); err != nil {
			t.Fatal(err)
		}
		work.Wait()
	}
}
