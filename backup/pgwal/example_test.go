package pgwal_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgwal"
)

// A base backup waits until the receiver of the log has what it needs, and is restored to a moment into an empty directory.
func Example() {
	run := func(ctx context.Context, repository backup.Repository, connection string, to backup.Goal) error {
		receiver, err := pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: connection, Repository: repository})
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go receiver.Run(ctx) // in a host, for as long as it runs

		source, err := pgwal.NewSource(pgwal.SourceConfig{Connection: connection, Await: receiver.Await})
		if err != nil {
			return err
		}
		snapshot, err := repository.Write(ctx, source.Name(), source.Backup)
		if err != nil {
			return err
		}
		reader, err := repository.Open(ctx, snapshot.ID)
		if err != nil {
			return err
		}
		directory, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: "restored"})
		if err != nil {
			return err
		}
		return directory.Restore(ctx, reader, to)
	}
	_ = run // with a server at hand

	// All problems of a configuration come at once.
	_, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Action: "stop", Workers: -1})
	fmt.Println(err)
	// Output:
	// pgwal: DirectoryConfig.Path is empty, expected a directory
	// pgwal: DirectoryConfig.Action is "stop", expected promote or pause
	// pgwal: DirectoryConfig.Workers is -1, expected 0 or more
}
