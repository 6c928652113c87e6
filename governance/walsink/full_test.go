package walsink_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

func openLying(t *testing.T, c walsink.Config, d *walsink.Lying) *walsink.Sink {
	t.Helper()
	c.Pseudonyms = pseudonyms(t)
	sink, err := walsink.NewLying(c, d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Shutdown(context.Background()) })
	return sink
}

func learner() context.Context {
	return governance.WithCaller(context.Background(), governance.Caller{ID: "learner-7", Roles: []string{"learner"}})
}

// TestFull refuses attempts while too much waits to be shipped, still takes effects of calls that run, and goes on when
// there is room again. The calls are those of a guard.
func TestFull(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	got := &receiver{}
	sink := open(t, walsink.Config{Dir: t.TempDir(), MaxBytes: 2 << 20, Interval: 1, MaxBackoff: 1,
		Ship: func(ctx context.Context, origin string, first int64, entries [][]byte) error {
			if down.Load() {
				return errDown
			}
			return got.take(ctx, origin, first, entries)
		}})
	reads := 0
	read := governance.Wrap(newGuard(t, sink), readMessage(), func(context.Context, query) (string, error) {
		reads++
		return "content", nil
	})
	var err error
	for err == nil {
		_, err = read(learner(), query{Owner: "learner-7"})
	}
	var full *walsink.FullError
	if !errors.Is(err, governance.ErrDenied) || !errors.Is(err, walsink.ErrFull) || !errors.As(err, &full) || full.Max != 2<<20 {
		t.Fatalf("error %v, want a refusal that wraps ErrFull", err)
	}
	if !strings.Contains(err.Error(), "FullError") {
		t.Errorf("the refusal %q does not say why", err)
	}
	if n := sink.Status().Recorded; n != int64(2*reads) {
		t.Errorf("%d entries of %d calls that ran, want 2 of each", n, reads)
	}
	if err := sink.Record(learner(), event(governance.Effect, 1)); err != nil {
		t.Errorf("effect of a call that runs: %v", err)
	}
	down.Store(false)
	runUntilShipped(t, sink)
	if out, err := read(learner(), query{Owner: "learner-7"}); err != nil || out != "content" {
		t.Errorf("when there is room again: %q, %v", out, err)
	}
}

// TestDiskFull fills the disk: whoever was refused is not on record, whoever was not is, and the sink goes on by itself.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	var room atomic.Int64
	room.Store(1 << 62)
	dir := t.TempDir()
	sink := openLying(t, walsink.Config{Dir: dir, SegmentBytes: 8192}, &walsink.Lying{Write: func(size int64) error {
		if size > room.Load() {
			return syscall.ENOSPC
		}
		return nil
	}})
	var want []uint64
	for i := range uint64(300) {
		if i%50 == 20 {
			room.Store(1000)
		} else if i%50 == 40 {
			room.Store(1 << 62)
		}
		switch err := sink.Record(learner(), event(governance.Denial, i)); {
		case err == nil:
			want = append(want, i)
		case !errors.Is(err, walsink.ErrFull) || !errors.Is(err, syscall.ENOSPC):
			t.Fatalf("event %d: %v, want ErrFull and ENOSPC", i, err)
		}
	}
	if len(want) >= 300 || len(want) < 150 {
		t.Fatalf("%d events were taken of 300", len(want))
	}
	if diff := cmp.Diff(want, numbers(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, err := reopen(t, dir); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("opened again: %d records, want %d, %v", len(got), len(want), err)
	}
}

// TestBroken fails one sync: nobody is told that an event is on record which may not be, and the sink takes nothing more
// until the directory is opened again.
func TestBroken(t *testing.T) {
	t.Parallel()
	var fails atomic.Bool
	dir := t.TempDir()
	sink := openLying(t, walsink.Config{Dir: dir}, &walsink.Lying{Sync: func() error {
		if fails.Swap(false) {
			return syscall.EIO
		}
		return nil
	}})
	if err := sink.Record(learner(), event(governance.Denial, 0)); err != nil {
		t.Fatal(err)
	}
	fails.Store(true)
	for i := range uint64(3) {
		if err := sink.Record(learner(), event(governance.Denial, 1+i)); !errors.Is(err, walsink.ErrBroken) || !errors.Is(err, syscall.EIO) {
			t.Errorf("event %d: %v, want ErrBroken and EIO", 1+i, err)
		}
	}
	if s := sink.Status(); !errors.Is(s.Broken, walsink.ErrBroken) || s.Recorded != 1 {
		t.Errorf("status %+v", s)
	}
	if err := sink.Shutdown(context.Background()); !errors.Is(err, walsink.ErrBroken) {
		t.Errorf("shutdown: %v, want ErrBroken", err)
	}
	again := open(t, walsink.Config{Dir: dir})
	for i := range uint64(3) {
		if err := again.Record(learner(), event(governance.Denial, i)); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(upTo(3), numbers(t, dir)); diff != "" {
		t.Errorf("handed over again (-want +got):\n%s", diff)
	}
}

// TestHeld shows that the sync of a read's attempt overlaps with the read, that of another call does not, and that
// nothing is released when the attempt cannot be written after all.
func TestHeld(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		action  governance.Action
		unit    bool
		overlap bool
	}{
		"read":                 {governance.Read, false, true},
		"export":               {governance.Export, false, false},
		"write":                {governance.Create, false, false},
		"write in a unit":      {governance.Create, true, true},
		"export beside a unit": {governance.Export, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fails atomic.Bool
			var writes trail
			dir := t.TempDir()
			sink := openLying(t, walsink.Config{Dir: dir, Writes: &writes, Unit: func(context.Context) bool { return test.unit }},
				&walsink.Lying{Sync: func() error {
					if fails.Load() {
						return syscall.EIO
					}
					return nil
				}})
			op := readMessage()
			op.Action = test.action
			durable := int64(-1)
			call := governance.Wrap(newGuard(t, sink), op, func(context.Context, query) (string, error) {
				durable = sink.Status().Recorded
				return "content", nil
			})
			if out, err := call(learner(), query{Owner: "learner-7"}); err != nil || out != "content" {
				t.Fatal(out, err)
			}
			if want := map[bool]int64{true: 0, false: 1}[test.overlap]; durable != want {
				t.Errorf("%d entries were on the disk when the call ran, want %d", durable, want)
			}
			if got := len(numbers(t, dir)) + len(writes.events); got != 2 {
				t.Errorf("%d events on record, want attempt and effect", got)
			}
			fails.Store(true)
			durable = -1
			out, err := call(learner(), query{Owner: "learner-7"})
			if ran := durable >= 0; ran != test.overlap || out != "" || !errors.Is(err, walsink.ErrBroken) {
				t.Errorf("on a broken disk: ran %v, released %q, error %v", ran, out, err)
			}
			if want := map[bool]error{true: governance.ErrUnrecorded, false: governance.ErrDenied}[test.overlap]; !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
			if n := len(writes.events); n > 1 {
				t.Errorf("%d effects of writes, want none of a call without its attempt", n)
			}
		})
	}
}

// TestHeldAttemptLost fills the disk while the call runs whose attempt is queued: its effect is refused, though there is
// room again by then.
func TestHeldAttemptLost(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	dir := t.TempDir()
	sink := openLying(t, walsink.Config{Dir: dir}, &walsink.Lying{Write: func(int64) error {
		if full.Load() {
			return syscall.ENOSPC
		}
		return nil
	}})
	call := governance.Wrap(newGuard(t, sink), readMessage(), func(context.Context, query) (string, error) {
		full.Store(true)
		if err := sink.Record(learner(), event(governance.Denial, 1)); !errors.Is(err, walsink.ErrFull) {
			t.Errorf("another event: %v, want ErrFull", err)
		}
		full.Store(false)
		return "content", nil
	})
	out, err := call(learner(), query{Owner: "learner-7"})
	if out != "" || !errors.Is(err, governance.ErrUnrecorded) || !errors.Is(err, walsink.ErrFull) {
		t.Errorf("released %q, error %v: want ErrUnrecorded and ErrFull", out, err)
	}
	if n := len(numbers(t, dir)); n != 0 {
		t.Errorf("%d records, want none", n)
	}
}

// trail is a sink that keeps what it takes.
type trail struct{ events []governance.Event }

func (t *trail) Record(_ context.Context, e governance.Event) error {
	t.events = append(t.events, e)
	return nil
}

func (*trail) Guarantee() governance.Guarantee { return governance.Transactional }

// TestEffectOfReadFollows shows what a held read waits for: its attempt, and not its effect, which is on the disk with the
// next sync.
func TestEffectOfReadFollows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sink := open(t, walsink.Config{Dir: dir})
	call := governance.Wrap(newGuard(t, sink), readMessage(), func(ctx context.Context, _ query) (string, error) {
		return "content", sink.Record(ctx, event(governance.Denial, 1)) // its sync covers the attempt
	})
	if out, err := call(learner(), query{Owner: "learner-7"}); err != nil || out != "content" {
		t.Fatal(out, err)
	}
	if n := sink.Status().Recorded; n != 2 {
		t.Errorf("%d entries on the disk when the rows were released: want attempt and denial", n)
	}
	if err := sink.Record(learner(), event(governance.Denial, 2)); err != nil {
		t.Fatal(err)
	}
	if n := sink.Status().Recorded; n != 4 {
		t.Errorf("%d entries on the disk after the next sync: want the effect too", n)
	}
	if _, err := call(learner(), query{Owner: "learner-7"}); err != nil { // hands the same denial over again
		t.Fatal(err)
	}
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := len(numbers(t, dir)); n != 6 {
		t.Errorf("%d records after Shutdown: want 6", n)
	}
}
