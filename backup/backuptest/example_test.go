package backuptest_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// A log yields what is missing as an error, and goes on.
func ExampleRepository_log() {
	ctx := context.Background()
	var repository backuptest.Repository
	log := repository.Log("wal")
	for _, start := range []uint64{0, 100, 300} {
		if err := log.Append(ctx, backup.Entry{Start: start, End: start + 100}); err != nil {
			fmt.Println(err)
		}
	}
	for entry, err := range log.Entries(ctx, 100) {
		fmt.Println(entry.Start, entry.End, err)
	}
	// Output:
	// 100 200 <nil>
	// 0 0 backup: gap in log wal from 0/C8 to 0/12C
	// 300 400 <nil>
}

// A place that is full, and one that loses what it says it has.
func ExampleFaulty() {
	ctx := context.Background()
	place := backuptest.Faulty{Target: new(backuptest.Target), Faults: []backuptest.Fault{
		{Method: backuptest.Put, Call: 1, Err: backup.ErrFull},
		{Method: backuptest.Put, Call: 2, Lie: true},
	}}
	fmt.Println(place.Put(ctx, "a", []byte("data")))
	fmt.Println(place.Put(ctx, "a", []byte("data")))
	fmt.Println(place.Get(ctx, "a", 0, -1))
	// Output:
	// backup: no space left
	// <nil>
	// [] object a: backup: not found
}
