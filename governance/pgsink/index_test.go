package pgsink_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/leaf"
)

// checkListed checks that every record of the log is in the index or beside it, once.
func (b *bench) checkListed(tb testing.TB) {
	tb.Helper()
	missing := b.count(tb, `SELECT count(*) FROM {s}.audit_record AS r FULL JOIN
		(SELECT "era", "tx", "seq" FROM {s}.audit_index UNION ALL SELECT "era", "tx", "seq" FROM {s}.audit_aside) AS p
		ON (r."era", r."tx", r."seq") = (p."era", p."tx", p."seq") WHERE r."era" IS NULL OR p."era" IS NULL`)
	twice := b.count(tb, `SELECT count(*) FROM {s}.audit_index JOIN {s}.audit_aside USING ("era", "tx", "seq")`)
	if missing != 0 || twice != 0 {
		tb.Errorf("%d places are only in the log or only in the index, %d are in the index twice", missing, twice)
	}
}

// TestIndexInEachMode indexes with each query mode of pgx.
func TestIndexInEachMode(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 6, func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode })
			want := b.fill(t, 10)
			b.fill(t, 5)
			for _, e := range []governance.Event{event(1), event(2)} { // every field, hostile names; later than all
				if err := b.sink.Record(context.Background(), e); err != nil {
					t.Fatal(err)
				}
				want = append(want, e.Record(pseudonyms(t)))
			}
			b.exec(t, `INSERT INTO {s}.audit_record ("leaf", "actor") VALUES ('x', '0123456789abcdef')`)
			if n := b.index(t); n != 18 {
				t.Errorf("%d records taken: want 18", n)
			}
			if n := b.index(t); n != 0 {
				t.Errorf("%d records taken again", n)
			}
			got := collect(t, b.sink.Search(context.Background(), pgsink.Query{OldestFirst: true}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			if n := b.count(t, `SELECT count(*) FROM {s}.audit_aside WHERE "reason" = 'again'`); n != 5 {
				t.Errorf("%d records put aside as there already: want 5", n)
			}
			lag, err := b.sink.Lag(context.Background())
			if err != nil || lag.Records != 0 || lag.Malformed != 1 || lag.Behind != 0 {
				t.Errorf("lag %+v, error %v: want 1 malformed and nothing else", lag, err)
			}
			if erased, err := b.sink.Erase(context.Background(), "alice"); err != nil || erased.Records != 2 {
				t.Errorf("%d records erased, error %v: want 2", erased.Records, err)
			}
		})
	}
}

// TestIndexWhileWritersCommit indexes from several sides while transactions commit in an order of their own: nothing is
// passed over, and nothing comes twice.
func TestIndexWhileWritersCommit(t *testing.T) {
	t.Parallel()
	b := newBench(t, 16, repeatableRead)
	forms := b.writers(b.guard(t))
	var writers, indexers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		indexers.Go(func() {
			for {
				if _, err := b.sink.Index(context.Background()); err != nil {
					t.Errorf("Index: %v", err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for w := range 12 {
		writers.Go(func() {
			for i := range 60 {
				if _, err := forms[i%2](writer(), note{fmt.Sprintf("note %d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	indexers.Wait()
	b.index(t)
	b.checkListed(t)
	b.checkTrail(t)
}

// repeatableRead is a default that a host may have set.
func repeatableRead(c *pgxpool.Config) {
	c.ConnConfig.RuntimeParams["default_transaction_isolation"] = "repeatable read"
}

func (b *bench) unindexed(tb testing.TB) int64 {
	tb.Helper()
	lag, err := b.sink.Lag(context.Background())
	if err != nil {
		tb.Fatalf("Lag: %v", err)
	}
	return lag.Records
}

// TestIndexWaitsForOlderTransactions holds a transaction open: nothing after it is taken, Lag says what holds it back, and
// everything is found nevertheless.
func TestIndexWaitsForOlderTransactions(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	ctx := context.Background()
	tx, err := b.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if err := b.sink.Record(pgsink.WithTx(ctx, tx), event(1)); err != nil {
		t.Fatal(err)
	}
	if err := b.sink.Record(ctx, event(2)); err != nil {
		t.Fatal(err)
	}
	if n, err := b.sink.Index(ctx); err != nil || n != 0 {
		t.Errorf("%d records taken, error %v: want none before the older transaction has ended", n, err)
	}
	if n := len(collect(t, b.sink.Search(ctx, pgsink.Query{}))); n != 1 {
		t.Errorf("%d records found: want 1", n)
	}
	lag, err := b.sink.Lag(ctx)
	if err != nil || lag.Records != 1 || lag.Behind < 24*time.Hour || lag.Oldest == nil {
		t.Fatalf("lag %+v, error %v: want one record, decided long ago, and a transaction", lag, err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	b.index(t)
	got := collect(t, b.sink.Search(ctx, pgsink.Query{OldestFirst: true}))
	if len(got) != 2 || got[0].ID != event(1).ID {
		t.Errorf("%d records: want both", len(got))
	}
}

// TestNextEra indexes a log that was copied to a server whose transactions have lower numbers.
func TestNextEra(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	want := b.fill(t, 3)
	b.exec(t, `CREATE TABLE {s}.copy AS TABLE {s}.audit_record`)
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	b.exec(t, `DELETE FROM {s}.audit_record`)
	b.exec(t, `INSERT INTO {s}.audit_record OVERRIDING SYSTEM VALUE
		SELECT "era", ("tx"::text::bigint + 1000000000)::text::xid8, "seq", "leaf", "actor", "subject" FROM {s}.copy`)
	b.exec(t, `ALTER TABLE {s}.audit_record ALTER "era" SET DEFAULT 2`)
	want = append(want, b.fillFrom(t, 3, 6)...)
	b.index(t)
	b.checkListed(t)
	if diff := cmp.Diff(want, collect(t, b.sink.Search(t.Context(), pgsink.Query{OldestFirst: true}))); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// TestMalformedRecords are written by hand, as a role that may record could: they are put aside, and stop nothing.
func TestMalformedRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	var events [5]governance.Event
	for i := range events {
		events[i] = event(byte(i))
	}
	events[0].Kind = "rumour"
	events[1].Time = time.Date(200_000, 1, 1, 0, 0, 0, 0, time.UTC)
	var long strings.Builder // does not compress
	for long.Len() < 10_000 {
		long.WriteString(rand.Text())
	}
	events[2].Action = governance.Action(long.String())
	events[3].Categories = []governance.Category{"notes", governance.Category(long.String())}
	for i, e := range events[:4] {
		if err := b.sink.Record(t.Context(), e); err == nil {
			t.Errorf("event %d: no error", i)
		}
	}
	for _, e := range events {
		entry := leaf.New(e.Record(pseudonyms(t)))
		b.exec(t, `INSERT INTO {s}.audit_record ("leaf", "actor", "subject") VALUES ($1, $2, $3)`,
			entry.Leaf, entry.Actor, entry.Subject)
	}
	b.exec(t, `INSERT INTO {s}.audit_record ("leaf", "actor") VALUES ('', 'short')`)
	for _, state := range []string{"not indexed", "indexed"} {
		got := collect(t, b.sink.Search(t.Context(), pgsink.Query{}))
		if diff := cmp.Diff([]governance.Record{events[4].Record(pseudonyms(t))}, got); diff != "" {
			t.Errorf("%s: records (-want +got):\n%s", state, diff)
		}
		b.index(t)
	}
	lag, err := b.sink.Lag(t.Context())
	if err != nil || lag.Malformed != 5 {
		t.Errorf("lag %+v, error %v: want 5 malformed", lag, err)
	}
	b.checkListed(t)
	if erased, err := b.sink.Erase(t.Context(), "alice"); err != nil || erased.Records != 5 {
		t.Errorf("%d records erased, error %v: want 5", erased.Records, err)
	}
}

// TestIndexIsMadeAgain empties the index as the documentation of the package says.
func TestIndexIsMadeAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	want := b.fill(t, 50)
	b.fill(t, 7)
	b.index(t)
	b.exec(t, `TRUNCATE {s}.audit_index, {s}.audit_aside`)
	b.exec(t, `UPDATE {s}.audit_indexed SET era = 0, tx = '0', seq = 0`)
	for _, state := range []string{"emptied", "made again"} {
		if diff := cmp.Diff(want, collect(t, b.sink.Search(t.Context(), pgsink.Query{OldestFirst: true}))); diff != "" {
			t.Errorf("%s: records (-want +got):\n%s", state, diff)
		}
		b.index(t)
	}
	b.checkListed(t)
}

// TestRun has two replicas at work, ends one, and looks for what they do.
func TestRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, 6)
	sink, err := pgsink.New(pgsink.Config{
		Pool: b.pool, Schema: b.schema, Pseudonyms: pseudonyms(t), IndexEvery: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.exec(t, `INSERT INTO {s}.audit_once VALUES ('01890000-0000-7000-8000-000000000000', 1),
		('7fffffff-ffff-7000-8000-000000000000', 1)`) // of 2023, and of a time to come
	first, cancelFirst := context.WithCancel(context.Background())
	second, cancelSecond := context.WithCancel(context.Background())
	defer cancelSecond()
	var group sync.WaitGroup
	for _, ctx := range []context.Context{first, second} {
		group.Go(func() {
			if err := sink.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	b.fill(t, 5000)
	for b.unindexed(t) > 0 {
	}
	cancelFirst()
	b.fillFrom(t, 5000, 5100)
	for b.unindexed(t) > 0 {
	}
	for b.count(t, `SELECT count(*) FROM {s}.audit_once`) != 1 {
	}
	cancelSecond()
	group.Wait()
	b.checkListed(t)
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_index`); n != 5100 {
		t.Errorf("%d records in the index: want 5100", n)
	}
}

// TestRunReturnsWhatStays takes away what Run needs: it does not try for ever.
func TestRunReturnsWhatStays(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{`DROP TABLE {s}.audit_index`, `DROP TABLE {s}.audit_once`} {
		b := newBench(t, 2)
		b.fill(t, 1)
		b.exec(t, broken)
		if err := b.sink.Run(t.Context()); err == nil || t.Context().Err() != nil {
			t.Errorf("%s: no error", broken)
		}
	}
}

// TestSearchUsesIndexes explains the statements that Search sends, on 10,000 records of which 100 are not in the index.
func TestSearchUsesIndexes(t *testing.T) {
	t.Parallel()
	var spy statementSpy
	b := newBench(t, 2, func(c *pgxpool.Config) { c.ConnConfig.Tracer = &spy })
	b.fill(t, 10_000)
	b.index(t)
	b.fillFrom(t, 10_000, 10_100)
	b.exec(t, `ANALYZE {s}.audit_record`)
	b.exec(t, `ANALYZE {s}.audit_index`)
	for _, test := range []struct {
		index string
		q     pgsink.Query
	}{
		{"audit_index_by_subject", pgsink.Query{Subject: "subject 7"}},
		{"audit_index_by_subject", pgsink.Query{Subject: "subject 7", Limit: 10}},
		{"audit_index_by_actor", pgsink.Query{Actor: "actor 1"}},
		{"audit_index_by_action", pgsink.Query{Action: governance.Erase}},
		{"audit_index_by_category", pgsink.Query{Category: "no such category"}},
		{"audit_index_by_time", pgsink.Query{Limit: 10}},
		{"audit_index_by_time", pgsink.Query{From: start(), To: start().Add(5 * time.Second)}},
		{"audit_index_once", pgsink.Query{ID: governance.EventID{0, 1, 1}}},
	} {
		spy.reset()
		collect(t, b.sink.Search(context.Background(), test.q))
		plans := b.plans(t, spy.statements)
		if len(plans) < 2 || !strings.Contains(plans[0], test.index) || !strings.Contains(plans[1], "audit_record_order") {
			t.Errorf("%+v: want index %s, and that of the log, in\n%s", test.q, test.index, strings.Join(plans, "\n\n"))
		}
		for _, plan := range plans {
			if strings.Contains(plan, "Seq Scan") {
				t.Errorf("%+v: a table is read whole in\n%s", test.q, plan)
			}
		}
	}
}

// plans explains the selects among statements as Search runs them.
func (b *bench) plans(tb testing.TB, statements []pgx.TraceBatchQueryData) []string {
	tb.Helper()
	ctx := context.Background()
	var plans []string
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
			return err
		}
		for _, s := range statements {
			if !strings.Contains(s.SQL, "SELECT \"") {
				continue
			}
			rows, err := tx.Query(ctx, "EXPLAIN "+s.SQL, s.Args...)
			if err != nil {
				return err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			plans = append(plans, strings.Join(lines, "\n"))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return plans
}

// statementSpy keeps the statements of the batches of one goroutine.
type statementSpy struct{ statements []pgx.TraceBatchQueryData }

func (s *statementSpy) reset() { s.statements = nil }

func (s *statementSpy) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (s *statementSpy) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.statements = append(s.statements, d)
}

func (s *statementSpy) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (s *statementSpy) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (s *statementSpy) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestIndexOrder has transactions whose numbers have more and more digits: their order is that of numbers.
func TestIndexOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	b.fill(t, 4)
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	b.exec(t, `UPDATE {s}.audit_record AS r SET "tx" = p."tx"::xid8 FROM (
		SELECT "seq", (ARRAY['9', '10', '99', '100'])[row_number() OVER (ORDER BY "seq")] AS "tx" FROM {s}.audit_record
	) AS p WHERE r."seq" = p."seq"`)
	if n := b.index(t); n != 4 {
		t.Errorf("%d records taken: want 4", n)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_indexed WHERE "tx" = '100'`); n != 1 {
		t.Error("the watermark is not at the last transaction")
	}
}
