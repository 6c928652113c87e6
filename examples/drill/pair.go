package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/examples/internal/data"
)

// pair is a database and a graph, whose writes the journal makes one: user_learning_progress refers to learners and what they know by the
// stable ids of their nodes.
type pair struct {
	pool   *pgxpool.Pool
	driver neo4j.DriverWithContext
	*journal.Journal
}

// connect connects a database with a graph, and changes neither.
func connect(ctx context.Context, url string, graph neo4j.DriverWithContext) (*pair, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, err
	}
	j, err := journal.New(journal.Config{Pool: pool, Driver: graph})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &pair{pool, graph, j}, nil
}

// adopt makes the pair ready for writes. A journal that is there already, such as a restored one, goes on.
func (p *pair) adopt(ctx context.Context) error {
	if err := errors.Join(journal.Migrate(ctx, p.pool, ""), p.Prepare(ctx)); err != nil {
		return err
	}
	_, err := p.Settle(ctx)
	return err
}

// message is what a learner writes, and an item that it shows the learner to know.
type message struct{ id, session, learner, text, item string }

const (
	insertMessage  = `INSERT INTO conversation_messages VALUES ($1, $2, $3, $4, $5, $6::text::vector, $7)`
	insertProgress = `INSERT INTO user_learning_progress VALUES ($1, $2, $3, $4, $5)`
)

// say writes a message: two rows, two nodes and a relationship, all or none.
//
//shugo:ungoverned the example is about backups: examples/tutor governs its calls
func (p *pair) say(ctx context.Context, m message) error {
	return p.Do(ctx, func(ctx context.Context, tx pgx.Tx, graph *journal.Graph) error {
		now := time.Now()
		_, err := tx.Exec(ctx, insertMessage, m.id, m.session, m.learner, string(data.RoleLearner), m.text, vector(m.text), now)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertProgress, m.learner, m.item, 0.1, 1, now); err != nil {
			return err
		}
		there, err := graph.Lock(ctx, m.learner)
		if err != nil {
			return err
		}
		said, _ := there[m.learner].Properties["messages"].(int64)
		return learned(ctx, graph, learner(m.learner, said+1), item(m.item), now)
	})
}

// learned puts a learner, an item, and that the one knows the other.
func learned(ctx context.Context, graph *journal.Graph, who, what journal.Node, since time.Time) error {
	if err := graph.PutNodes(ctx, who, what); err != nil {
		return err
	}
	return graph.PutRelationships(ctx, journal.Relationship{GID: knows(who.GID, what.GID), Type: "KNOWS", From: who.GID, To: what.GID,
		Properties: map[string]any{"since": since.UTC()}})
}

func learner(id string, messages int64) journal.Node {
	return journal.Node{GID: id, Labels: []string{"Learner"}, Properties: map[string]any{"messages": messages}}
}

// item is a word, a kanji or a point of grammar. The kind is before the colon of its id.
func item(id string) journal.Node {
	kind, name, _ := strings.Cut(id, ":")
	label := map[string]string{"word": "Word", "kanji": "Kanji", "grammar": "GrammarPoint"}[kind]
	return journal.Node{GID: id, Labels: []string{label}, Properties: map[string]any{"name": name}}
}

// knows is the stable id of a relationship.
func knows(learner, item string) string { return learner + " knows " + item }

// teach gives learners what they know in a set.
//
//shugo:ungoverned sets the example up
func (p *pair) teach(ctx context.Context, set data.Set) error {
	return p.Do(ctx, func(ctx context.Context, tx pgx.Tx, graph *journal.Graph) error {
		for _, k := range set.Progress {
			if _, err := tx.Exec(ctx, insertProgress, k.Learner, k.Item, k.Mastery, k.Reviews, k.LastReviewed); err != nil {
				return err
			}
			if err := learned(ctx, graph, learner(k.Learner, 0), item(k.Item), k.LastReviewed); err != nil {
				return err
			}
		}
		return nil
	})
}
