package walsink_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// TestConfig gives New faults, one by one and all at once.
func TestConfig(t *testing.T) {
	t.Parallel()
	sound := func() walsink.Config {
		return walsink.Config{Dir: t.TempDir(), Pseudonyms: pseudonyms(t)}
	}
	everything := []string{"no directory", "no pseudonyms", "promises best effort", "max bytes of -1", "segment bytes of 10",
		"recent of -1", "batch entries of -1", "interval of -1", "max backoff of -1"}
	for name, test := range map[string]struct {
		change func(*walsink.Config)
		want   []string
	}{
		"nothing": {func(*walsink.Config) {}, nil},
		"unit":    {func(c *walsink.Config) { c.Unit = func(context.Context) bool { return true } }, []string{"without a sink of writes"}},
		"everything": {func(c *walsink.Config) {
			*c = walsink.Config{MaxBytes: -1, SegmentBytes: 10, Recent: -1, BatchEntries: -1, Interval: -1, MaxBackoff: -1,
				Writes: governance.AuditSinkFunc(func(context.Context, governance.Event) error { return nil })}
		}, everything},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sound()
			test.change(&c)
			sink, err := walsink.New(c)
			if test.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				if g := sink.Guarantee(); g != governance.Durable {
					t.Errorf("guarantee %s", g)
				}
				if err := sink.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				return
			}
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q", err, want)
				}
			}
		})
	}
	c := sound()
	c.Writes = &trail{}
	if g := open(t, c).Guarantee(); g != governance.Transactional {
		t.Errorf("guarantee with a transactional sink of writes: %s", g)
	}
}

// TestWrites hands effects of writes on, and nothing else.
func TestWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var writes trail
	sink := open(t, walsink.Config{Dir: dir, Writes: &writes})
	var handed, kept []uint64
	n := uint64(0)
	for _, kind := range []governance.Kind{governance.Attempt, governance.Denial, governance.Effect, governance.Failure} {
		for _, action := range governance.Actions() {
			n++
			e := event(kind, n)
			e.Action = action
			if err := sink.Record(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			if kind == governance.Effect && action != governance.Read && action != governance.Export {
				handed = append(handed, n)
			} else {
				kept = append(kept, n)
			}
		}
	}
	var got []uint64
	for _, e := range writes.events {
		got = append(got, number(e.ID))
	}
	if diff := cmp.Diff(handed, got); diff != "" {
		t.Errorf("handed on (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(kept, numbers(t, dir)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

// TestAbandoned ends the contexts of events while a write is under way, which returns them at once, and hands the events
// over again, before and after a restart.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sink := open(t, walsink.Config{Dir: dir})
	release := sink.Stall()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := sink.Record(ctx, event(governance.Denial, uint64(i))); !errors.Is(err, context.Canceled) {
				t.Errorf("event %d: %v, want the context's error", i, err)
			}
		})
	}
	cancel()
	group.Wait()
	release()
	for range 2 {
		for i := range 20 {
			if err := sink.Record(t.Context(), event(governance.Denial, uint64(i))); err != nil {
				t.Error(err)
			}
		}
		if n := len(numbers(t, dir)); n != 20 {
			t.Errorf("%d records of 20 events", n)
		}
		if err := sink.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		sink = open(t, walsink.Config{Dir: dir})
	}
}

// TestEventTooLarge refuses an event that no frame holds.
func TestEventTooLarge(t *testing.T) {
	t.Parallel()
	sink := open(t, walsink.Config{Dir: t.TempDir()})
	e := event(governance.Denial, 1)
	e.Rule = strings.Repeat("r", 1<<20)
	if err := sink.Record(t.Context(), e); err == nil || !strings.Contains(err.Error(), "want at most 1048576") {
		t.Errorf("error %v", err)
	}
	e.Rule = strings.Repeat("r", 1<<19)
	if err := sink.Record(t.Context(), e); err != nil {
		t.Error(err)
	}
}

// TestShutdownIsBounded shuts down while the receiver gives no answer: it returns when its context ends, and what was not
// shipped is there for the next sink.
func TestShutdownIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		sink := open(t, walsink.Config{Dir: dir, Ship: func(ctx context.Context, _ string, _ int64, _ [][]byte) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		for i := range 3 {
			if err := sink.Record(t.Context(), event(governance.Denial, uint64(i))); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		if err := sink.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "3 entries") {
			t.Errorf("error %v, want the context's, and what is left", err)
		}
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("took %s", took)
		}
		var got receiver
		next := open(t, walsink.Config{Dir: dir, Ship: got.take})
		if err := next.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(upTo(3), got.numbers); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
