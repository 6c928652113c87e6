package pgseal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance/pgseal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestNothingUnsigned looks at what is committed after each batch: another reader sees no sealed record without a checkpoint.
func TestNothingUnsigned(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 95)
	batches := 0
	s := b.sealer(t, func(c *pgseal.Config) {
		c.Batch = 10
		c.Progress = func(done pgseal.Sealed) {
			batches++
			if r := b.passes(t); r.Logs[0].Signed != done.Size || r.Logs[0].Size != done.Size {
				t.Errorf("%d sealed, %d of them signed: want %d", r.Logs[0].Size, r.Logs[0].Signed, done.Size)
			}
		}
	})
	b.seal(t, s)
	if batches < 10 {
		t.Errorf("%d batches", batches)
	}
}

// TestStoppedBetweenBatches ends a sealer after each batch; the next one goes on where it was.
func TestStoppedBetweenBatches(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 300)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		s := b.sealer(t, func(c *pgseal.Config) { c.Batch, c.Progress = 70, func(pgseal.Sealed) { cancel() } })
		if done, err := s.Seal(ctx); err == nil && done.Records > 70 {
			t.Errorf("%d sealed after the context had ended", done.Records)
		}
		cancel()
		b.passes(t)
	}
	b.seal(t, b.sealer(t))
	if r := b.passes(t); r.Records != 300 || r.Unsealed != 0 {
		t.Errorf("%d records, %d unsealed: want 300, 0", r.Records, r.Unsealed)
	}
}

// TestClocksDiffer lets two replicas seal by turns whose clocks are a minute apart.
func TestClocksDiffer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	ahead := b.sealer(t, func(c *pgseal.Config) { c.Clock = func() time.Time { return now.Add(time.Minute) } })
	behind := b.sealer(t, func(c *pgseal.Config) { c.Clock = func() time.Time { return now } })
	for _, s := range []*pgseal.Sealer{ahead, behind, ahead, behind} {
		b.record(t, 3)
		if done := b.seal(t, s); !done.Checkpoint.Time.Equal(now.Add(time.Minute)) {
			t.Errorf("time %v: want that of the clock that is ahead", done.Checkpoint.Time)
		}
	}
	b.passes(t)
}

// TestStalledPublisher has a publisher that never answers.
func TestStalledPublisher(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stalled := pgseal.PublisherFunc{Place: "stalled", Put: func(ctx context.Context, _ pgseal.Checkpoint) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	folder := pgseal.Folder(t.TempDir())
	s := b.sealer(t, func(c *pgseal.Config) {
		c.Publishers, c.PublishTimeout = []pgseal.Publisher{stalled, folder}, time.Millisecond
	})
	b.record(t, 10)
	done := b.seal(t, s)
	if done.Size != 10 || len(done.Unpublished) != 1 || !errors.Is(done.Unpublished[0].Err, context.DeadlineExceeded) {
		t.Errorf("%+v: want ten records, and the publisher reported", done)
	}
	if outside, err := folder.Checkpoints(b.keys); err != nil || len(outside) == 0 {
		t.Errorf("%d checkpoints in the folder behind it (%v)", len(outside), err)
	}
}

// TestStoredCheckpointBinds rewrites the seals in the database beside a checkpoint that stays: a new sealer, which knows
// nothing from before, signs nothing.
func TestStoredCheckpointBinds(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"another root":   `UPDATE {s}.audit_record SET leaf = set_bit(leaf, 0, 0) WHERE seq = (SELECT max(seq) FROM {s}.audit_record)`,
		"fewer records":  `DELETE FROM {s}.audit_record WHERE seq = (SELECT max(seq) FROM {s}.audit_record)`,
		"the log anew":   `SELECT 1`,
		"tiles deleted":  `DELETE FROM {s}.audit_tile`,
		"another number": `UPDATE {s}.audit_checkpoint SET number = number + 1000`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.record(t, 20)
			b.seal(t, b.sealer(t))
			b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
			b.exec(t, change)
			want := pgseal.ErrDamaged
			if name != "tiles deleted" && name != "another number" {
				want = pgseal.ErrRolledBack
				b.exec(t, `TRUNCATE {s}.audit_log, {s}.audit_tile`)
			}
			if _, err := b.sealer(t).Seal(t.Context()); !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
		})
	}
}

// TestLaterLogPublished sets a database back to before it was linked.
func TestLaterLogPublished(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.record(t, 3)
	for origin, want := range map[string]error{"tutor.example/audit/2": pgseal.ErrRolledBack, "tutor.example/audit/02": nil, "other/2": nil} {
		s := b.sealer(t, func(c *pgseal.Config) {
			c.Published = func(context.Context) (pgseal.Checkpoint, error) { return pgseal.Checkpoint{Origin: origin}, nil }
		})
		if _, err := s.Seal(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s published: %v, want %v", origin, err, want)
		}
	}
}

// TestPreparedHoldsBack forgets a prepared transaction, which no session has any more.
func TestPreparedHoldsBack(t *testing.T) {
	t.Parallel()
	cluster := servertest.NewCluster(t)
	b := openTrail(t, cluster.URL)
	b.exec(t, `BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'forgotten'`)
	b.record(t, 5)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var lag pgseal.Lag
	s := b.sealer(t, func(c *pgseal.Config) { c.Lagging = func(l pgseal.Lag) { lag = l; cancel() } })
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if lag.Records != 5 || lag.Holder == nil || lag.Holder.Prepared != "forgotten" || lag.Holder.PID != 0 {
		t.Errorf("lag %+v: want five records behind the prepared transaction", lag)
	}
	b.exec(t, `ROLLBACK PREPARED 'forgotten'`)
	b.seal(t, s)
	if r := b.passes(t); r.Records != 5 {
		t.Errorf("%d records: want 5", r.Records)
	}
}

// TestHostErrorsAreShown fails in what the host gave, and in the database: only the first is shown in words.
func TestHostErrorsAreShown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	unreachable := errors.New("the store is unreachable")
	s := b.sealer(t, func(c *pgseal.Config) {
		c.Published = func(context.Context) (pgseal.Checkpoint, error) { return pgseal.Checkpoint{}, unreachable }
	})
	if _, err := s.Seal(t.Context()); !errors.Is(err, unreachable) || err.Error() != "pgseal: the last published checkpoint: the store is unreachable" {
		t.Errorf("error %v", err)
	}
}

// TestPublishedIsForged makes the database say that a publisher has everything that is still to come.
func TestPublishedIsForged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	folder := pgseal.Folder(t.TempDir())
	s := b.sealer(t, func(c *pgseal.Config) { c.Publishers = []pgseal.Publisher{folder} })
	b.record(t, 3)
	b.seal(t, s)
	b.exec(t, `UPDATE {s}.audit_published SET number = 1000000`)
	b.record(t, 3)
	if done := b.seal(t, s); len(done.Unpublished) != 1 || !errors.Is(done.Unpublished[0].Err, pgseal.ErrRolledBack) {
		t.Errorf("%+v: want it reported", done)
	}
}

// TestNothingToLink links where no log has begun.
func TestNothingToLink(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.sealer(t).Link(t.Context()); !errors.Is(err, pgseal.ErrForeign) {
		t.Errorf("error %v, want ErrForeign", err)
	}
}
