package governancetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
)

var errFull = errors.New("the disk is full")

// event returns an event of the call with number n.
func event(n byte, kind governance.Kind) governance.Event {
	e := governance.Event{Actor: "learner-7", Subject: "learner-7"}
	e.ID[15], e.Kind, e.Action, e.Version = n, kind, governance.Read, "sha256:0"
	e.Masked = []string{"content", "email"}
	return e
}

// TestSinkFaults shows for each fault what Record returns for three events, and which of them are stored.
func TestSinkFaults(t *testing.T) {
	t.Parallel()
	on := true
	cases := []struct {
		name   string
		fault  governancetest.Fault
		err    string // of each call: x where it fails
		stored string // number of each stored event
	}{
		{"none", governancetest.Fault{}, "...", "123"},
		{"always", governancetest.Fault{Err: errFull}, "xxx", ""},
		{"second call", governancetest.Fault{Call: 2, Err: errFull}, ".x.", "13"},
		{"denials", governancetest.Fault{Kind: governance.Denial, Err: errFull}, "..x", "12"},
		{"when", governancetest.Fault{When: func() bool { on = !on; return on }, Err: errFull}, ".x.", "13"},
		{"kept", governancetest.Fault{Call: 1, Err: errFull, Kept: true}, "x..", "123"},
		{"lie", governancetest.Fault{Call: 3, Lie: true}, "...", "12"},
		{"twice", governancetest.Fault{Call: 2, Twice: true}, "...", "1223"},
		{"cut", governancetest.Fault{Call: 2, Cut: func(e *governance.Event) { e.ID[15], e.Masked[0] = 9, "" }}, "...", "193"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sink := &governancetest.Sink{Faults: []governancetest.Fault{c.fault}}
			var outcome, stored strings.Builder
			for i, kind := range []governance.Kind{governance.Attempt, governance.Effect, governance.Denial} {
				e := event(byte(i+1), kind)
				err := sink.Record(t.Context(), e)
				outcome.WriteByte(".x"[b2i(errors.Is(err, errFull))])
				if e.Masked[0] != "content" {
					t.Error("the caller's event was changed")
				}
			}
			for _, e := range sink.Events() {
				stored.WriteByte('0' + e.ID[15])
			}
			if outcome.String() != c.err || stored.String() != c.stored || sink.Calls() != 3 {
				t.Errorf("got %s %q after %d calls, want %s %q", &outcome, &stored, sink.Calls(), c.err, c.stored)
			}
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSinkStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until := make(chan struct{})
		sink := &governancetest.Sink{Faults: []governancetest.Fault{{Call: 1, Stall: true}, {Call: 2, Until: until}}}
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- sink.Record(ctx, event(1, governance.Attempt)) }()
		synctest.Wait()
		go func() { second <- sink.Record(t.Context(), event(2, governance.Attempt)) }()
		synctest.Wait()
		if n := len(sink.Events()); n != 0 {
			t.Fatalf("%d events stored while both calls stall", n)
		}
		cancel()
		close(until)
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("stalled call: got %v, want %v", err, context.Canceled)
		}
		if err := <-second; err != nil {
			t.Errorf("released call: %v", err)
		}
		if got := sink.Events(); len(got) != 1 || got[0].ID[15] != 2 {
			t.Errorf("got %v, want the released event alone", got)
		}
	})
}

func TestSinkReset(t *testing.T) {
	t.Parallel()
	var sink governancetest.Sink
	for range 2 {
		if err := sink.Record(t.Context(), event(1, governance.Attempt)); err != nil {
			t.Fatal(err)
		}
		if events, calls := len(sink.Events()), sink.Calls(); events != 1 || calls != 1 {
			t.Errorf("got %d events of %d calls, want 1 of 1", events, calls)
		}
		sink.Reset()
	}
}
