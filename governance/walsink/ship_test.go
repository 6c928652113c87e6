package walsink_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
	"github.com/shugo-data/shugo/internal/leaf"
)

var (
	errDown = errors.New("the receiver is down")
	errGap  = errors.New("a gap")
)

// receiver takes entries as pgsink does: it skips what it has and refuses a gap. It is safe for concurrent use.
type receiver struct {
	mu      sync.Mutex
	next    int64
	numbers []uint64
	batches int
	origin  string
}

func (r *receiver) take(_ context.Context, origin string, first int64, entries [][]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.origin != "" && r.origin != origin {
		return fmt.Errorf("origin %s after %s", origin, r.origin)
	}
	r.origin = origin
	r.batches++
	for i, b := range entries {
		switch position := first + int64(i); {
		case position > r.next:
			return errGap
		case position < r.next:
			continue
		}
		e, err := leaf.Unmarshal(b)
		if err != nil {
			return err
		}
		record, err := e.Record()
		if err != nil {
			return err
		}
		r.numbers = append(r.numbers, number(record.ID))
		r.next++
	}
	return nil
}

// runUntilShipped runs the sink until nothing waits.
func runUntilShipped(t *testing.T, sink *walsink.Sink) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- sink.Run(ctx) }()
	for sink.Status().Entries > 0 {
		select {
		case err := <-done:
			t.Fatalf("Run ended: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatalf("Run: %v", err)
	}
}

// TestShip ships in order through an outage, in batches of their size, and removes the files that are shipped.
func TestShip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		dir := t.TempDir()
		var got receiver
		var tries []time.Time
		var told []walsink.Status
		begin := time.Now()
		sink := open(t, walsink.Config{Dir: dir, SegmentBytes: 16 << 10, BatchEntries: 64, Interval: 100 * time.Millisecond,
			MaxBackoff: time.Second, Progress: func(s walsink.Status) { told = append(told, s) },
			Ship: func(ctx context.Context, origin string, first int64, entries [][]byte) error {
				if len(entries) > 64 {
					t.Errorf("a batch of %d", len(entries))
				}
				if tries = append(tries, time.Now()); time.Since(begin) < 10*time.Second {
					return errDown
				}
				return got.take(ctx, origin, first, entries)
			}})
		for i := range n {
			if err := sink.Record(t.Context(), event(governance.Denial, uint64(i))); err != nil {
				t.Fatal(err)
			}
		}
		if s := sink.Status(); s.Entries != n || s.Bytes < n*100 || !s.Oldest.Equal(event(governance.Denial, 0).Time) || s.Free == 0 {
			t.Errorf("status before shipping: %+v", s)
		}
		before := len(segments(t, dir))
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		if err := sink.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(upTo(n), got.numbers); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if s := sink.Status(); s.Entries != 0 || s.Bytes != 0 || s.Shipped != n || !s.Oldest.IsZero() || s.ShipError != nil {
			t.Errorf("status after shipping: %+v", s)
		}
		if after := len(segments(t, dir)); before < 5 || after != 1 {
			t.Errorf("%d files before, %d after", before, after)
		}
		failures := 0
		for _, s := range told {
			if errors.Is(s.ShipError, errDown) && !s.ShipTried.IsZero() {
				failures++
			}
		}
		if failures < 8 || failures > 60 || len(told) != len(tries) {
			t.Errorf("%d tries in 10 s of outage, %d told of %d", failures, len(told), len(tries))
		}
	})
}

// TestShipsAgainAfterRestart ships a part, opens the directory again, and ships the rest to the same receiver.
func TestShipsAgainAfterRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var got receiver
	for round := range 4 {
		left := 5
		sink := open(t, walsink.Config{Dir: dir, SegmentBytes: 8 << 10, BatchEntries: 10,
			Ship: func(ctx context.Context, origin string, first int64, entries [][]byte) error {
				if left--; left < 0 {
					return errDown
				}
				return got.take(ctx, origin, first, entries)
			}})
		for i := range 100 {
			if err := sink.Record(t.Context(), event(governance.Denial, uint64(round*100+i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := sink.Record(t.Context(), event(governance.Denial, uint64(round*100+99))); err != nil { // again
			t.Fatal(err)
		}
		if err := sink.Shutdown(t.Context()); !errors.Is(err, errDown) {
			t.Fatalf("shutdown: %v, want what Ship returned", err)
		}
		if err := sink.Record(t.Context(), event(governance.Denial, 9999)); !errors.Is(err, walsink.ErrClosed) {
			t.Errorf("after shutdown: %v, want ErrClosed", err)
		}
		if err := sink.Run(t.Context()); err != nil {
			t.Errorf("run after shutdown: %v", err)
		}
	}
	sink := open(t, walsink.Config{Dir: dir, Ship: got.take})
	if err := sink.Record(t.Context(), event(governance.Denial, 399)); err != nil { // on record since before the restart
		t.Fatal(err)
	}
	if err := sink.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(upTo(400), got.numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRunWritesHeldAttempts shows that an attempt whose call takes long reaches the disk meanwhile.
func TestRunWritesHeldAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := open(t, walsink.Config{Dir: t.TempDir()})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- sink.Run(ctx) }()
		e := event(governance.Attempt, 1)
		e.Held = true
		if err := sink.Record(ctx, e); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		synctest.Wait()
		if n := sink.Status().Recorded; n != 1 {
			t.Errorf("%d entries on the disk", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
