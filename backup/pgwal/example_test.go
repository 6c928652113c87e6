package pgwal_test

import (
	"fmt"

	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
)

// A receiver keeps the log of a cluster of two nodes; with an application_name that synchronous_standby_names knows, no
// acknowledged commit is ever lost.
func ExampleNewReceiver() {
	var repository backuptest.Repository
	receiver, err := pgwal.NewReceiver(pgwal.ReceiverConfig{
		Connection:  "host=one,two user=backup application_name=shugo",
		Repository:  &repository,
		Synchronous: true,
		OnStatus:    func(s pgwal.Status) { fmt.Println(s.Durable, s.Age) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// receiver.Run(ctx) receives until ctx ends.
	fmt.Println(receiver.Status().Slot.Name, receiver.Status().Slot.Health)
	// Output: shugo green
}

// The log of each timeline has a name.
func ExampleLogName() {
	fmt.Println(pgwal.LogName("7012345678901234567", 1))
	// Output: wal.7012345678901234567.1
}
