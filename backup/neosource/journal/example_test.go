package journal_test

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup/neosource/journal"
)

// A row and the node that it refers to are written in one transaction.
func Example() {
	learn := func(ctx context.Context, j *journal.Journal, learner, word string) error {
		return j.Do(ctx, func(ctx context.Context, tx pgx.Tx, graph *journal.Graph) error {
			card := learner + "/" + word
			if _, err := tx.Exec(ctx, `INSERT INTO card (id, learner) VALUES ($1, $2)`, card, learner); err != nil {
				return err
			}
			if err := graph.PutNodes(ctx, journal.Node{GID: card, Labels: []string{"Card"}}); err != nil {
				return err
			}
			return graph.PutRelationships(ctx, journal.Relationship{GID: card, Type: "OF", From: card, To: word})
		})
	}
	_ = learn // with servers at hand

	// All problems of a configuration come at once.
	_, err := journal.New(journal.Config{Names: journal.Names{GID: "id", Version: "id"}, Tries: -1})
	fmt.Println(err)
	// Output:
	// journal: no Pool
	// journal: no Driver
	// journal: Timeout 0s, Tries -1: expected 0 or more
	// journal: the same property for the stable id and the version
}
