package pgsink_test

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/leaf"
)

// entries returns n entries as a local file has them, and their records.
func entries(tb testing.TB, n int) (all [][]byte, records []governance.Record) {
	tb.Helper()
	for i := range n {
		e := event(byte(i))
		e.ID[14], e.ID[15], e.Kind, e.Rows = byte(i>>8), byte(i), governance.Attempt, int64(i)
		r := e.Record(pseudonyms(tb))
		all, records = append(all, leaf.New(r).Marshal(nil)), append(records, r)
	}
	return all, records
}

// rows returns how often each number of rows is in the log.
func (b *bench) rows(tb testing.TB) map[int64]int {
	tb.Helper()
	got := map[int64]int{}
	for _, r := range collect(tb, b.sink.Search(context.Background(), pgsink.Query{})) {
		got[r.Rows]++
	}
	if n := b.count(tb, `SELECT count(*) FROM {s}.audit_record`); n != len(got) {
		tb.Errorf("%d records in the log, %d are found", n, len(got))
	}
	return got
}

func TestTake(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	all, records := entries(t, 100)
	ctx := context.Background()
	for _, step := range []struct {
		from, to int
		err      error
	}{
		{10, 20, pgsink.ErrGap}, {0, 0, nil}, {0, 30, nil}, {0, 30, nil}, {10, 20, nil}, {20, 60, nil}, {61, 70, pgsink.ErrGap},
		{60, 61, nil}, {0, 100, nil}, {100, 100, nil},
	} {
		err := b.sink.Take(ctx, "origin", int64(step.from), all[step.from:step.to])
		if !errors.Is(err, step.err) {
			t.Errorf("%d to %d: error %v: want %v", step.from, step.to, err, step.err)
		}
	}
	gap := (*pgsink.GapError)(nil)
	if err := b.sink.Take(ctx, "another", 7, all[7:]); !errors.As(err, &gap) {
		t.Errorf("error %v: want a gap", err)
	} else if diff := cmp.Diff(&pgsink.GapError{Origin: "another", Next: 0, First: 7}, gap); diff != "" {
		t.Errorf("gap (-want +got):\n%s", diff)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_record`); n != len(all) {
		t.Errorf("%d records in the log: want %d", n, len(all))
	}
	got := collect(t, b.sink.Search(ctx, pgsink.Query{OldestFirst: true}))
	if diff := cmp.Diff(records, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	b.index(t)
	b.checkListed(t)
}

// TestTakeRefusesWhatIsNoEntry hands over bad bytes among good ones: nothing of them is taken.
func TestTakeRefusesWhatIsNoEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	good, _ := entries(t, 3)
	wrongOpening := leaf.New(event(1).Record(pseudonyms(t)))
	wrongOpening.Actor[20] ^= 1
	rumour := event(1)
	rumour.Kind = "rumour"
	endless := event(1)
	endless.Action = governance.Action(rand.Text() + strings.Repeat("x", 10_000))
	late := event(1)
	late.Time = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, bad := range map[string][]byte{
		"empty": nil, "short": {0, 0, 0, 9, 1}, "cut": good[1][:len(good[1])-1], "long": append(good[1][:len(good[1]):len(good[1])], 0),
		"no leaf":            leaf.Entry{Leaf: []byte("no leaf")}.Marshal(nil),
		"a wrong opening":    wrongOpening.Marshal(nil),
		"an action too long": leaf.New(endless.Record(pseudonyms(t))).Marshal(nil),
		"a time too late":    leaf.New(late.Record(pseudonyms(t))).Marshal(nil),
		"a kind of its own":  leaf.New(rumour.Record(pseudonyms(t))).Marshal(nil),
	} {
		err := b.sink.Take(t.Context(), "origin", 0, [][]byte{good[0], bad, good[2]})
		entry := (*pgsink.EntryError)(nil)
		if !errors.Is(err, pgsink.ErrEntry) || !errors.As(err, &entry) || entry.Position != 1 {
			t.Errorf("%s: error %v: want an EntryError for position 1", name, err)
		}
	}
	for _, first := range []int64{-1, math.MaxInt64 - 1} {
		if err := b.sink.Take(t.Context(), "origin", first, good); !errors.Is(err, pgsink.ErrEntry) {
			t.Errorf("first %d: error %v: want ErrEntry", first, err)
		}
	}
	if err := b.sink.Take(t.Context(), "a\x00b", 0, good); !errors.Is(err, pgsink.ErrEntry) {
		t.Errorf("a bad origin: error %v: want ErrEntry", err)
	}
	if n := b.count(t, `SELECT (SELECT count(*) FROM {s}.audit_record) + (SELECT count(*) FROM {s}.audit_origin)`); n != 0 {
		t.Errorf("%d rows: want none", n)
	}
}

// TestTakeFromSeveralSides hands the same entries over from several sides, in pieces that overlap: each is
// in the log once.
func TestTakeFromSeveralSides(t *testing.T) {
	t.Parallel()
	b := newBench(t, 8, repeatableRead)
	all, _ := entries(t, 400)
	ctx := context.Background()
	var group sync.WaitGroup
	for w := range 6 {
		group.Go(func() {
			for from := 0; from < len(all); {
				to := min(len(all), from+7+w)
				err := b.sink.Take(ctx, "origin", int64(from), all[from:to])
				gap := (*pgsink.GapError)(nil)
				switch {
				case errors.As(err, &gap):
					from = int(gap.Next)
				case err != nil:
					t.Errorf("Take: %v", err)
					return
				default:
					from = max(0, to-w)
					if to == len(all) {
						return
					}
				}
			}
		})
	}
	group.Wait()
	if n := len(b.rows(t)); n != len(all) {
		t.Errorf("%d records: want %d", n, len(all))
	}
}
