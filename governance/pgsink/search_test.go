package pgsink_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// start returns the time of the first event that fill makes.
func start() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// fill records n events, three at each second, and returns their records, oldest first.
func (b *bench) fill(tb testing.TB, n int) []governance.Record {
	tb.Helper()
	return b.fillFrom(tb, 0, n)
}

// fillFrom records the events from one number to another in one transaction.
func (b *bench) fillFrom(tb testing.TB, from, to int) []governance.Record {
	tb.Helper()
	want := make([]governance.Record, to-from)
	unit := pgsink.InTxErr(b.sink, func(ctx context.Context, _ int) error {
		if tx, _ := pgsink.TxFrom(ctx); tx.Conn() == nil { // begins the transaction
			return errHost
		}
		for i := from; i < to; i++ {
			e := governance.Event{
				Facts: governance.Facts{
					ID: governance.EventID{byte(i >> 16), byte(i >> 8), byte(i)}, Kind: governance.Effect,
					Time:      start().Add(time.Duration(i/3) * time.Second),
					Operation: fmt.Sprint("operation ", i%2), Action: governance.Create, Version: "v", Rows: int64(i),
					Categories: []governance.Category{governance.Category(fmt.Sprint("category ", i%7)), "all"},
				},
				Actor: governance.Subject(fmt.Sprint("actor ", i%50)), Subject: governance.Subject(fmt.Sprint("subject ", i%100)),
			}
			if err := b.sink.Record(ctx, e); err != nil {
				return err
			}
			want[i-from] = e.Record(pseudonyms(tb))
		}
		return nil
	})
	if err := unit(context.Background(), 0); err != nil {
		tb.Fatal(err)
	}
	return want
}

// TestSearch searches a log of which all, a part, or nothing is in the index, with and without events that are in the log
// twice.
func TestSearch(t *testing.T) {
	t.Parallel()
	for name, indexed := range map[string]int{"nothing indexed": 0, "a part indexed": 700, "all indexed": 1200} {
		for _, twice := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", twice ", twice), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, 2)
				all := b.fillFrom(t, 0, indexed)
				if twice {
					b.fillFrom(t, max(0, indexed-100), indexed)
				}
				b.index(t)
				all = append(all, b.fillFrom(t, indexed, 1200)...)
				if twice {
					b.fillFrom(t, max(0, indexed-50), min(1200, indexed+50))
				}
				b.searchEverything(t, all)
				if n := b.count(t, `SELECT count(*) FROM {s}.audit_index`); n != indexed {
					t.Errorf("%d records in the index: want %d", n, indexed)
				}
			})
		}
	}
}

// index brings the index up to date, which has to wait for transactions of other tests, and returns how many records it
// took.
func (b *bench) index(tb testing.TB) int {
	tb.Helper()
	for total := 0; ; {
		n, err := b.sink.Index(context.Background())
		if err != nil {
			tb.Fatalf("Index: %v", err)
		}
		if total += n; b.unindexed(tb) == 0 {
			return total
		}
	}
}

func (b *bench) searchEverything(t *testing.T, all []governance.Record) {
	t.Helper()
	for _, e := range []governance.Event{event(1), event(2)} { // later than all
		e.Kind, e.Action = governance.Denial, governance.Erase
		if err := b.sink.Record(context.Background(), e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Record(pseudonyms(t)))
	}
	p := pseudonyms(t)
	type record = governance.Record
	tests := []struct {
		name string
		q    pgsink.Query
		want func(record) bool
	}{
		{"everything", pgsink.Query{}, func(record) bool { return true }},
		{"subject", pgsink.Query{Subject: "subject 42"}, func(r record) bool { return r.Subject == p.Of("subject 42") }},
		{"nobody", pgsink.Query{Subject: "nobody known"}, func(record) bool { return false }},
		{"actor", pgsink.Query{Actor: "actor 3"}, func(r record) bool { return r.Actor == p.Of("actor 3") }},
		{"kind", pgsink.Query{Kind: governance.Denial}, func(r record) bool { return r.Kind == governance.Denial }},
		{"operation", pgsink.Query{Operation: "operation 1"}, func(r record) bool { return r.Operation == "operation 1" }},
		{"action", pgsink.Query{Action: governance.Erase}, func(r record) bool { return r.Action == governance.Erase }},
		{"category", pgsink.Query{Category: "category 3"},
			func(r record) bool { return slices.Contains(r.Categories, "category 3") }},
		{"hostile category", pgsink.Query{Category: `a "quoted", {braced} \ one`},
			func(r record) bool { return r.Kind == governance.Denial }},
		{"id", pgsink.Query{ID: all[5].ID}, func(r record) bool { return r.ID == all[5].ID }},
		{"from", pgsink.Query{From: start().Add(time.Minute)},
			func(r record) bool { return !r.Time.Before(start().Add(time.Minute)) }},
		{"to", pgsink.Query{To: start().Add(time.Minute)}, func(r record) bool { return r.Time.Before(start().Add(time.Minute)) }},
		{"from and to a nanosecond after", pgsink.Query{From: start().Add(1), To: start().Add(time.Second + 1)},
			func(r record) bool { return r.Time.Equal(start().Add(time.Second)) }},
		{"all of them", pgsink.Query{Actor: "actor 8", Subject: "subject 8", Category: "category 1",
			From: start(), To: start().Add(time.Hour), Kind: governance.Effect, Action: governance.Create, Operation: "operation 0"},
			func(r record) bool {
				return r.Rows%50 == 8 && r.Rows%100 == 8 && r.Rows%7 == 1 && r.Kind == governance.Effect
			}},
		{"injection", pgsink.Query{Operation: `' OR true --`, Kind: `$1`}, func(record) bool { return false }},
	}
	for _, test := range tests {
		for _, oldest := range []bool{true, false} {
			for _, limit := range []int{0, 1, 7, 500, 501} {
				test.q.OldestFirst, test.q.Limit = oldest, limit
				want := matching(all, test.want, oldest, limit)
				if diff := cmp.Diff(want, collect(t, b.sink.Search(context.Background(), test.q))); diff != "" {
					t.Errorf("%s, oldest first %t, limit %d (-want +got):\n%s", test.name, oldest, limit, diff)
				}
			}
		}
	}
}

func matching(all []governance.Record, want func(governance.Record) bool, oldest bool, limit int) []governance.Record {
	var found []governance.Record
	for _, r := range all {
		if want(r) {
			found = append(found, r)
		}
	}
	if !oldest {
		slices.Reverse(found)
	}
	if limit > 0 {
		found = found[:min(limit, len(found))]
	}
	return found
}

func TestSearchByPages(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	want := b.fill(t, 100)
	for _, oldest := range []bool{true, false} {
		q := pgsink.Query{Limit: 7, OldestFirst: oldest}
		var got []governance.Record
		for {
			page := collect(t, b.sink.Search(context.Background(), q))
			got = append(got, page...)
			if len(page) < q.Limit {
				break
			}
			q.After = page[len(page)-1]
		}
		if diff := cmp.Diff(matching(want, func(governance.Record) bool { return true }, oldest, 0), got); diff != "" {
			t.Errorf("oldest first %t (-want +got):\n%s", oldest, diff)
		}
	}
}

func TestSearchHoldsNoConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.fill(t, 1200)
	n := 0
	for _, err := range b.sink.Search(context.Background(), pgsink.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if held := b.pool.Stat().AcquiredConns(); held != 0 {
			t.Fatalf("record %d: %d connections held", n, held)
		}
		if n++; n == 700 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n = 0
	var last error
	for _, err := range b.sink.Search(ctx, pgsink.Query{}) {
		n++
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) || n != 501 {
		t.Errorf("%d pairs, the last with %v: want the page that was read, then canceled", n, last)
	}
}

func TestBadQuery(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	for _, q := range []pgsink.Query{
		{Limit: -1}, {From: start().Add(1), To: start()},
		{After: governance.Record{Facts: governance.Facts{ID: governance.EventID{1}}}},
		{After: governance.Record{Facts: governance.Facts{ID: governance.EventID{1}, Kind: "x"}}},
	} {
		n := 0
		for _, err := range b.sink.Search(context.Background(), q) {
			n++
			if !errors.Is(err, pgsink.ErrQuery) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v: want ErrQuery", err)
			}
		}
		if n != 1 {
			t.Errorf("%d pairs: want 1", n)
		}
	}
}
