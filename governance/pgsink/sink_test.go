package pgsink_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// event returns an event that has every field, with hostile names.
func event(n byte) governance.Event {
	return governance.Event{
		Facts: governance.Facts{
			ID: governance.EventID{n, 1, 2}, Kind: governance.Effect,
			Time:      time.Date(2026, 2, 3, 4, 5, 6, 789_123_000, time.UTC).Add(time.Duration(n) * time.Second),
			Operation: `no"te.'add`, Store: "postgresql", Dataset: "メモ",
			Categories: []governance.Category{"notes", `a "quoted", {braced} \ one`, "NULL", ""},
			Action:     governance.Create, Purpose: "tutoring", Version: "v1", Rule: "rule", Rows: 7,
			Reason: governance.ReasonLeftEarly, Stage: governance.StageAudit, Masked: []string{"body", "%_\\"},
		},
		Actor: "alice", Subject: "bob",
	}
}

// TestRecordComesBackWhole records by each way into the table, in each query mode of pgx.
func TestRecordComesBackWhole(t *testing.T) {
	t.Parallel()
	modes := []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	}
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 6, func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode })
			events := make([]governance.Event, 40)
			for i := range events {
				events[i] = event(byte(i))
			}
			events[1] = governance.Event{Facts: governance.Facts{
				ID: events[1].ID, Kind: governance.Denial, Time: events[1].Time, Action: governance.Read, Version: "v1",
				Rows: governance.NotCounted,
			}}
			b.recordAll(t, events)
			b.recordAll(t, events) // what is on record already is no error, and no second record
			var want []governance.Record
			for _, e := range events {
				want = append(want, e.Record(pseudonyms(t)))
			}
			got := collect(t, b.sink.Search(context.Background(), pgsink.Query{OldestFirst: true}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// recordAll records events: some together by the sink's own connection, some in a unit, some on a batch.
func (b *bench) recordAll(tb testing.TB, events []governance.Event) {
	tb.Helper()
	record := func(ctx context.Context, from, to int) error {
		for _, e := range events[from:to] {
			if err := b.sink.Record(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}
	ctx := context.Background()
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := record(ctx, i, i+1); err != nil {
				tb.Errorf("Record: %v", err)
			}
		})
	}
	group.Wait()
	for _, part := range []struct{ from, to int }{{20, 21}, {21, 30}} {
		unit := pgsink.InTxErr(b.sink, func(ctx context.Context, n note) error {
			tx, _ := pgsink.TxFrom(ctx)
			if _, err := tx.Exec(ctx, `SELECT 1`); err != nil {
				return err
			}
			return record(ctx, part.from, part.to)
		})
		if err := unit(ctx, note{}); err != nil {
			tb.Errorf("InTxErr: %v", err)
		}
	}
	batch := pgsink.InBatchErr(b.sink, func(ctx context.Context, n note) error { return record(ctx, 30, 40) })
	if err := batch(ctx, note{}); err != nil {
		tb.Errorf("InBatchErr: %v", err)
	}
}

// TestOneBadEventAmongMany puts an event that the database refuses into a group of others.
func TestOneBadEventAmongMany(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.exec(t, `ALTER TABLE {s}.audit_record ADD CHECK (position('an operation refused' IN "leaf") = 0)`)
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			e := event(byte(i))
			if i == 7 {
				e.Operation = "an operation refused"
			}
			if err := b.sink.Record(context.Background(), e); (err != nil) != (i == 7) {
				t.Errorf("event %d: %v", i, err)
			}
		})
	}
	group.Wait()
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_record`); n != 63 {
		t.Errorf("%d records: want 63", n)
	}
}

// TestCallersThatGoAway ends the contexts of half of the callers at random: the others' events are on record.
func TestCallersThatGoAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if i%2 == 1 {
				go cancel()
			}
			if err := b.sink.Record(ctx, event(byte(i))); err != nil && i%2 == 0 {
				t.Errorf("event %d: %v", i, err)
			}
		})
	}
	group.Wait()
	if n := b.count(t, `SELECT count(*) FROM {s}.event WHERE get_byte(uuid_send("id"), 0) % 2 = 0`); n != 100 {
		t.Errorf("%d records of callers that stayed: want 100", n)
	}
}

// TestUnitsLeaveAConnection makes more units than the pool has connections, each of which needs a second one.
func TestUnitsLeaveAConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	inner := governance.Wrap(b.guard(t), operation("op"), b.insert)
	unit := pgsink.InTx(b.sink, func(ctx context.Context, n note) (int64, error) {
		if _, err := b.insert(ctx, note{n.body + " first"}); err != nil {
			return 0, err
		}
		return inner(ctx, n) // its attempt needs a connection while the unit holds one
	})
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if _, err := unit(writer(), note{string(rune('a' + i))}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff(kinds{governance.Attempt: 16, governance.Effect: 16}, b.kinds(t)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}
