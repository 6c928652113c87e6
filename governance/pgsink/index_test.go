package pgsink_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestSearchWithAndWithoutIndex asks the same before anything is indexed, when half is, and when all is.
func TestSearchWithAndWithoutIndex(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	queries := []pgsink.Query{
		{}, {Subject: "subject 7"}, {Actor: "actor 1", Limit: 3}, {Kind: governance.Effect, OldestFirst: true},
		{Action: governance.Erase}, {Category: "c1"}, {From: start(), Limit: 7}, {Operation: "none"},
	}
	ask := func() (all [][]governance.Record) {
		for _, q := range queries {
			all = append(all, collect(t, b.sink.Search(context.Background(), q)))
		}
		return all
	}
	b.fill(t, 300)
	want := ask()
	b.index(t)
	if diff := cmp.Diff(want, ask()); diff != "" {
		t.Errorf("without (-) and with the index (+):\n%s", diff)
	}
	e := event(1)
	e.Subject = "subject 7"
	if err := b.sink.Record(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	mixed := collect(t, b.sink.Search(context.Background(), pgsink.Query{Subject: "subject 7"}))
	if len(mixed) != len(want[1])+1 {
		t.Errorf("%d records: want one more than %d", len(mixed), len(want[1]))
	}
	b.index(t)
	if diff := cmp.Diff(mixed, collect(t, b.sink.Search(context.Background(), pgsink.Query{Subject: "subject 7"}))); diff != "" {
		t.Errorf("half (-) and all indexed (+):\n%s", diff)
	}
}

// TestIndexAtOnce lets many indexers work while others write: everything is indexed once.
func TestIndexAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 12)
	ctx, cancel := context.WithCancel(context.Background())
	var runs, group sync.WaitGroup
	for range 3 {
		runs.Go(func() {
			if err := b.sink.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	forms := b.writers(b.guard(t))
	for w := range 8 {
		group.Go(func() {
			for i := range 25 {
				if _, err := forms[i%2](writer(), note{string(rune('a'+w)) + string(rune('a'+i))}); err != nil {
					t.Error(err)
				}
				if _, err := b.sink.Index(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	cancel()
	runs.Wait()
	b.index(t)
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_index`); n != 400 {
		t.Errorf("%d records indexed: want 400", n)
	}
}

// TestLagNamesTheHolder keeps a transaction open that began before a record was committed.
func TestLagNamesTheHolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	ctx := context.Background()
	tx, err := b.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, `SELECT pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	if err := b.sink.Record(ctx, event(1)); err != nil {
		t.Fatal(err)
	}
	if n, err := b.sink.Index(ctx); err != nil || n != 0 {
		t.Errorf("%d indexed beside an older transaction (%v)", n, err)
	}
	if l, err := b.sink.Lag(ctx); err != nil || l.Records != 1 || l.Holder == nil || l.Age < 0 {
		t.Errorf("lag %+v (%v)", l, err)
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	b.index(t)
}

// TestErase takes one person out of a trail of which a part is indexed.
func TestErase(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	ctx := context.Background()
	record := func(n byte, actor, subject governance.Subject) {
		e := event(n)
		e.Actor, e.Subject = actor, subject
		if err := b.sink.Record(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	record(1, "mika", "mika")
	record(2, "sato", "mika")
	record(3, "mika", "jun")
	b.index(t)
	record(4, "jun", "jun")
	record(5, "mika", "sato")
	before := leaves(t, b)
	n, err := b.sink.Erase(ctx, "mika")
	if err != nil || n != 4 {
		t.Errorf("%d records erased (%v): want 4", n, err)
	}
	if n, err := b.sink.Erase(ctx, "mika"); err != nil || n != 0 {
		t.Errorf("erased again: %d (%v)", n, err)
	}
	if _, err := b.sink.Erase(ctx, ""); err == nil {
		t.Error("nobody was erased")
	}
	if diff := cmp.Diff(before, leaves(t, b)); diff != "" {
		t.Errorf("the leaves changed:\n%s", diff)
	}
	for _, test := range []struct {
		q    pgsink.Query
		want int
	}{{pgsink.Query{Subject: "mika"}, 0}, {pgsink.Query{Actor: "mika"}, 0}, {pgsink.Query{Subject: "jun"}, 2},
		{pgsink.Query{Actor: "sato"}, 1}, {pgsink.Query{}, 5}} {
		if got := collect(t, b.sink.Search(ctx, test.q)); len(got) != test.want {
			t.Errorf("%d records for %+v: want %d", len(got), test.q, test.want)
		}
	}
	p := string(pseudonyms(t).Of("mika"))
	for _, dump := range [][]byte{dumpOf(t, b), programDump(t, b)} {
		if strings.Contains(string(dump), p) || strings.Contains(string(dump), p[:8]+"-"+p[8:12]) {
			t.Error("a dump still has the pseudonym")
		}
		if other := string(pseudonyms(t).Of("jun")); !strings.Contains(string(dump), other) {
			t.Error("the dump does not have what stays either")
		}
	}
}

func leaves(t *testing.T, b *bench) (all []string) {
	t.Helper()
	rows, err := b.pool.Query(context.Background(), b.sql(`SELECT encode("leaf", 'hex') FROM {s}.audit_record ORDER BY "tx", "seq"`))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

func dumpOf(t *testing.T, b *bench) []byte {
	t.Helper()
	dump, err := b.dump(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return dump
}

// programDump returns what the server's own pg_dump writes of the schema.
func programDump(t *testing.T, b *bench) []byte {
	t.Helper()
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if found, err := exec.LookPath("pg_dump"); err == nil {
		programs = append(programs, found)
	}
	if len(programs) == 0 {
		t.Fatal("no pg_dump: it comes with the server")
	}
	out, err := exec.Command(programs[len(programs)-1], "--dbname="+os.Getenv("SHUGO_POSTGRES_URL"), `--schema="`+b.schema+`"`).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return out
}

// TestErasedByAnotherRole needs rights that an application does not have.
func TestErasedByAnotherRole(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	role := "eraser " + b.schema[len(b.schema)-8:]
	b.exec(t, `CREATE ROLE "`+role+`"`)
	t.Cleanup(func() { b.exec(t, `DROP OWNED BY "`+role+`"; DROP ROLE "`+role+`"`) })
	b.exec(t, `GRANT USAGE ON SCHEMA {s} TO "`+role+`"`)
	b.exec(t, `GRANT INSERT ON {s}.audit_record TO "`+role+`"`)
	b.exec(t, `GRANT SELECT, INSERT ON {s}.audit_once TO "`+role+`"`)
	pool := newPool(t, 2, func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams["role"] = role })
	application := openBench(t, pool, b.schema)
	if err := application.sink.Record(context.Background(), event(1)); err != nil {
		t.Fatalf("an application records: %v", err)
	}
	_, err := application.sink.Erase(context.Background(), "actor 1")
	if err == nil || !strings.Contains(err.Error(), "42501") {
		t.Errorf("error %v: want SQLSTATE 42501", err)
	}
}

// TestTake ships the same entries in overlapping batches, from many goroutines.
func TestTake(t *testing.T) {
	t.Parallel()
	b := newBench(t, 8)
	ctx := context.Background()
	entries := entriesOf(t, 100)
	var group sync.WaitGroup
	for from := range 10 {
		group.Go(func() {
			for at := from; at < 100; at += 10 {
				for {
					err := b.sink.Take(ctx, "file", int64(at), entries[at:min(at+25, 100)])
					var gap *pgsink.GapError
					if err == nil {
						break
					}
					if !errors.As(err, &gap) || gap.First != int64(at) || gap.Next >= int64(at) || !errors.Is(err, pgsink.ErrGap) {
						t.Errorf("at %d: %v", at, err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_record`); n != 100 {
		t.Errorf("%d records: want 100", n)
	}
	if err := b.sink.Take(ctx, "another file", 0, entries[:1]); err != nil {
		t.Error(err)
	}
	if err := b.sink.Take(ctx, "file", 101, nil); !errors.Is(err, pgsink.ErrGap) {
		t.Errorf("an empty batch beyond the end: %v", err)
	}
	bad := [][]byte{entries[0], entries[1][:40]}
	if err := b.sink.Take(ctx, "file", 100, bad); !errors.Is(err, pgsink.ErrEntry) || !strings.Contains(err.Error(), "position 101") {
		t.Errorf("a bad entry: %v", err)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.audit_record`); n != 101 {
		t.Errorf("%d records: want 101", n)
	}
}

func entriesOf(tb testing.TB, n int) [][]byte {
	tb.Helper()
	entries := make([][]byte, n)
	for i := range entries {
		e := event(byte(i))
		e.ID[1], e.ID[2] = byte(i>>8), byte(i>>16)
		entries[i] = leaf.New(e.Record(pseudonyms(tb))).Marshal(nil)
	}
	return entries
}

// TestDamaged reads a log in which a leaf was overwritten.
func TestDamaged(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	if err := b.sink.Record(context.Background(), event(1)); err != nil {
		t.Fatal(err)
	}
	b.exec(t, `ALTER TABLE {s}.audit_record DISABLE TRIGGER ALL`)
	b.exec(t, `UPDATE {s}.audit_record SET "leaf" = '\x`+hex.EncodeToString([]byte("nonsense"))+`'`)
	if _, err := b.sink.Lag(context.Background()); !errors.Is(err, pgsink.ErrDamaged) {
		t.Errorf("Lag: %v", err)
	}
	for _, err := range b.sink.Search(context.Background(), pgsink.Query{}) {
		if !errors.Is(err, pgsink.ErrDamaged) {
			t.Errorf("Search: %v", err)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	t := newBench(b, 4)
	entries := entriesOf(b, 10_000)
	next := int64(0)
	for b.Loop() {
		if err := t.sink.Take(context.Background(), "bench", next, entries); err != nil {
			b.Fatal(err)
		}
		next += int64(len(entries))
	}
	b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkIndex(b *testing.B) {
	t := newBench(b, 4)
	entries := entriesOf(b, 20_000)
	if err := t.sink.Take(context.Background(), "bench", 0, entries); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		t.exec(b, `TRUNCATE {s}.audit_index; UPDATE {s}.audit_indexed SET "era" = 0`)
		t.index(b)
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkSearch finds one person among many records.
func BenchmarkSearch(b *testing.B) {
	t := newBench(b, 4)
	n := servertest.Count(50_000, 1_000_000)
	for at := 0; at < n; at += 10_000 {
		entries := make([][]byte, 10_000)
		for i := range entries {
			e := event(0)
			e.ID = governance.EventID{byte((at + i) >> 16), byte((at + i) >> 8), byte(at + i)}
			e.Time, e.Subject = start().Add(time.Duration(at+i)*time.Second), governance.Subject(fmt.Sprint("subject ", (at+i)%1000))
			entries[i] = leaf.New(e.Record(pseudonyms(b))).Marshal(nil)
		}
		if err := t.sink.Take(context.Background(), "bench", int64(at), entries); err != nil {
			b.Fatal(err)
		}
	}
	t.index(b)
	t.exec(b, `ANALYZE {s}.audit_record, {s}.audit_index`)
	for b.Loop() {
		if got := collect(b, t.sink.Search(context.Background(), pgsink.Query{Subject: "subject 7", Limit: 50})); len(got) != 50 {
			b.Fatalf("%d records", len(got))
		}
	}
	b.ReportMetric(float64(n), "records")
}
