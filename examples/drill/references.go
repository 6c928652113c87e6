package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// references compares the two stores by stable ids: each row of user_learning_progress refers to a learner, an item, and what joins
// them, and nothing else is in the graph.
type references struct {
	held     int // in both
	dangling int // of SQL, that lead to nothing in the graph
	orphans  int // in the graph, that nothing of SQL refers to
}

// String says how many there are.
func (r references) String() string {
	return fmt.Sprintf("%d references from SQL are in the graph; dangling: %d that lead to nothing, and %d in the graph that no row refers to", r.held, r.dangling, r.orphans)
}

// references is an error where something dangles.
//
//shugo:ungoverned compares two stores
func (p *pair) references(ctx context.Context) (r references, err error) {
	const ofSQL = `
SELECT user_id FROM user_learning_progress UNION SELECT item FROM user_learning_progress
UNION SELECT user_id || ' knows ' || item FROM user_learning_progress`
	const ofGraph = `MATCH (n) RETURN n.gid AS id UNION ALL MATCH ()-[r]->() RETURN r.gid AS id`
	rows, err := p.pool.Query(ctx, ofSQL)
	if err != nil {
		return r, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return r, err
	}
	found, err := neo4j.ExecuteQuery(ctx, p.driver, ofGraph, nil, neo4j.EagerResultTransformer)
	if err != nil {
		return r, err
	}
	var entities []string
	for _, record := range found.Records {
		id, _ := record.Values[0].(string) // empty: it was written past the journal
		entities = append(entities, id)
	}
	if r = compare(ids, entities); r.dangling+r.orphans > 0 || r.held == 0 {
		err = errors.New(r.String())
	}
	return r, err
}

// compare compares stable ids of both stores, each of which is in a store once.
func compare(ofSQL, ofGraph []string) (r references) {
	there := map[string]bool{}
	for _, id := range ofGraph {
		there[id] = true
	}
	for _, id := range ofSQL {
		if there[id] {
			r.held++
		} else {
			r.dangling++
		}
	}
	r.orphans = len(ofGraph) - r.held
	return r
}

// known returns how much learners know, as the graph says.
//
//shugo:ungoverned asks what was restored
func (p *pair) known(ctx context.Context) (int, error) {
	r, err := neo4j.ExecuteQuery(ctx, p.driver, `MATCH (:Learner)-[k:KNOWS]->() RETURN count(k)`, nil, neo4j.EagerResultTransformer)
	if err != nil {
		return 0, err
	}
	n, _, err := neo4j.GetRecordValue[int64](r.Records[0], "count(k)")
	return int(n), err
}
