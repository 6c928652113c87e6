package neosource_test

import (
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
)

// A graph is backed up to a cut of the database that its journal is in, and restored to the moment to which another such
// database was restored.
func Example() {
	run := func(ctx context.Context, repository backup.Repository, live *journal.Journal, from, to neo4j.DriverWithContext, restored *journal.History) error {
		source, err := neosource.New(neosource.Config{Name: "graph", Driver: from, Journal: live})
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
		graph, err := neosource.NewGraph(neosource.GraphConfig{Driver: to,
			History: func(context.Context) (*journal.History, error) { return restored, nil }})
		if err != nil {
			return err
		}
		return graph.Restore(ctx, reader, backup.Goal{})
	}
	_ = run // with servers at hand

	// All problems of a configuration come at once.
	_, err := neosource.New(neosource.Config{Name: "the graph", Workers: -1})
	fmt.Println(err)
	// Output:
	// neosource: Name: backup: not a name: byte 0x20 at 3, expected segments of a to z, 0 to 9, '.', '-' and '_' that do not begin with '.'
	// neosource: no Driver
	// neosource: -1 Workers, expected 0 or more
}
