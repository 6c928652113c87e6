package walsink_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/walsink"
)

// event returns an event as a guard hands it over, numbered.
func event(kind governance.Kind, n uint64) governance.Event {
	var id governance.EventID
	binary.BigEndian.PutUint64(id[:], n)
	return governance.Event{
		Facts: governance.Facts{
			ID: id, Kind: kind, Time: time.Date(2026, 11, 24, 3, 4, 5, 6000, time.UTC), Operation: "messages.list",
			Store: "postgresql", Dataset: "conversation_messages", Categories: []governance.Category{"conversation_data"},
			Action: governance.Read, Purpose: "tutoring", Rows: 1, Rule: "learners-have-their-own-data",
			Version: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		},
		Actor: "learner-7", Subject: "learner-7",
	}
}

// number is the number that an event was made with.
func number(id governance.EventID) uint64 { return binary.BigEndian.Uint64(id[:]) }

// BenchmarkRecordWaiters measures durable records with a number of goroutines that each wait for theirs.
func BenchmarkRecordWaiters(b *testing.B) {
	for _, waiters := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(waiters), func(b *testing.B) {
			sink := open(b, walsink.Config{Dir: b.TempDir()})
			var next atomic.Uint64
			var group sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range waiters {
				group.Go(func() {
					for {
						n := next.Add(1)
						if n > uint64(b.N) {
							return
						}
						if err := sink.Record(context.Background(), event(governance.Denial, n)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
