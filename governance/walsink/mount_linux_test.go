package walsink_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// smallDisk mounts a file system of a few bytes.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		if os.Geteuid() != 0 || errors.Is(err, syscall.EPERM) {
			t.Skip("mounting needs root, which no SHUGO_ variable gives")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestSmallDisk fills a real file system through a guard: calls are refused, none of those that ran is missing, and when
// the receiver is back, the files that are shipped make room.
func TestSmallDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(smallDisk(t, "size=2m"), "wal")
	var down atomic.Bool
	down.Store(true)
	var got receiver
	sink := open(t, walsink.Config{Dir: dir, SegmentBytes: 256 << 10, Interval: 1, MaxBackoff: 1,
		Ship: func(ctx context.Context, origin string, first int64, entries [][]byte) error {
			if down.Load() {
				return errDown
			}
			return got.take(ctx, origin, first, entries)
		}})
	ran := 0
	read := governance.Wrap(newGuard(t, sink), readMessage(), func(context.Context, query) (string, error) {
		ran++
		return "content", nil
	})
	released, refused := 0, 0
	for refused < 5 {
		switch out, err := read(learner(), query{Owner: "learner-7"}); {
		case err == nil:
			released++
		case out != "" || !errors.Is(err, walsink.ErrFull) || !errors.Is(err, syscall.ENOSPC):
			t.Fatalf("released %q, error %v: want ErrFull and ENOSPC", out, err)
		default:
			refused++
		}
	}
	records, err := collect(dir)
	if err != nil {
		t.Fatal(err)
	}
	effects := 0
	for _, r := range records {
		if r.Kind == governance.Effect {
			effects++
		}
	}
	if effects != released || len(records) != 2*released {
		t.Errorf("%d calls released, %d effects and %d events on record", released, effects, len(records))
	}
	if s := sink.Status(); s.Free > 1<<20 || s.Broken != nil {
		t.Errorf("status %+v", s)
	}
	down.Store(false)
	runUntilShipped(t, sink)
	if out, err := read(learner(), query{Owner: "learner-7"}); err != nil || out != "content" {
		t.Errorf("when there is room again: %q, %v", out, err)
	}
	if err := sink.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(2*(released+1), len(got.numbers)); diff != "" {
		t.Errorf("shipped (-want +got):\n%s", diff)
	}
}
