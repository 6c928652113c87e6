package pgsink_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/internal/leaf"
	"github.com/shugo-data/shugo/internal/servertest"
)

// benchEntries returns entries as a host has them, by position: one second and one of 10,000 persons after the other.
func benchEntries(tb testing.TB, from, to int) [][]byte {
	tb.Helper()
	p := pseudonyms(tb)
	all := make([][]byte, 0, to-from)
	for i := from; i < to; i++ {
		r := governance.Record{
			Facts: governance.Facts{
				Kind: governance.Attempt, Time: start().Add(time.Duration(i) * time.Second), Operation: "messages.list",
				Store: "postgresql", Dataset: "conversation_messages", Action: governance.Read, Purpose: "tutoring",
				Version: "sha256:0123456789abcdef", Rule: "learners-read", Rows: governance.NotCounted,
				Categories: []governance.Category{"conversation_data"},
			},
			Actor: p.Of(governance.Subject(fmt.Sprint("person ", i%10_000))),
		}
		r.Subject = r.Actor
		binary.BigEndian.PutUint64(r.ID[:], uint64(r.Time.UnixMilli())<<16|0x7000)
		binary.BigEndian.PutUint64(r.ID[8:], 1<<63|uint64(i))
		all = append(all, leaf.New(r).Marshal(nil))
	}
	return all
}

// BenchmarkTake takes entries in pieces of 5000, and reports how many in a second.
func BenchmarkTake(b *testing.B) {
	const piece = 5000
	bench := newBench(b, 2)
	all := benchEntries(b, 0, piece)
	taken := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		if err := bench.sink.Take(context.Background(), "bench", taken, all); err != nil {
			b.Fatal(err)
		}
		taken += piece
	}
	b.ReportMetric(float64(taken)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkIndex indexes 10,000 records at a time, and reports how many in a second.
func BenchmarkIndex(b *testing.B) {
	const piece = 10_000
	bench := newBench(b, 2)
	indexed := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if err := bench.sink.Take(context.Background(), "bench", int64(indexed), benchEntries(b, indexed, indexed+piece)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for end := indexed + piece; indexed < end; {
			n, err := bench.sink.Index(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			indexed += n
		}
	}
	b.ReportMetric(float64(indexed)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkSearch looks for the 50 latest records of one person among 10,000 persons, in a log of a million records
// (20,000 without SHUGO_LONG=1), with as many as named not in the index.
func BenchmarkSearch(b *testing.B) {
	total := servertest.Count(20_000, 1_000_000)
	bench := newBench(b, 2)
	at := 0
	take := func(to int) {
		for at < to {
			next := min(at+5000, to)
			if err := bench.sink.Take(context.Background(), "bench", int64(at), benchEntries(b, at, next)); err != nil {
				b.Fatal(err)
			}
			at = next
		}
	}
	take(total)
	bench.index(b)
	bench.exec(b, `ANALYZE {s}.audit_record`)
	bench.exec(b, `ANALYZE {s}.audit_index`)
	for _, tail := range []int{0, 1000, 10_000} {
		take(total + tail)
		b.Run(fmt.Sprint("behind ", tail), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				who := governance.Subject(fmt.Sprint("person ", n*7919%10_000))
				found := 0
				for _, err := range bench.sink.Search(context.Background(), pgsink.Query{Subject: who, Limit: 50}) {
					if err != nil {
						b.Fatal(err)
					}
					found++
				}
				if found < min(50, total/10_000) {
					b.Fatalf("%d records of one person", found)
				}
			}
		})
	}
}
