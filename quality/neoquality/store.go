package neoquality

import (
	"context"
	"fmt"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// store is the one read transaction of an assessment.
type store struct {
	tx neo4j.ExplicitTransaction
}

// statement is a query with its parameters, and what it is for.
type statement struct {
	stage  string
	cypher string
	params map[string]any
}

// each calls a function for every record of an answer, which is streamed: memory is that of the driver's fetch size.
func (s store) each(ctx context.Context, q statement, use func(cells []any) error) error {
	result, err := s.tx.Run(ctx, q.cypher, q.params)
	if err != nil {
		return failure(ctx, q.stage, err)
	}
	for result.Next(ctx) {
		if err := use(result.Record().Values); err != nil {
			return err
		}
	}
	if err := result.Err(); err != nil {
		return failure(ctx, q.stage, err)
	}
	return nil
}

// only returns the one record of an answer.
func (s store) only(ctx context.Context, q statement) ([]any, error) {
	var found [][]any
	err := s.each(ctx, q, func(cells []any) error {
		found = append(found, cells)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, unexpected(q.stage, found, "one record")
	}
	return found[0], nil
}

// counts returns the one record of an answer that consists of whole numbers.
func (s store) counts(ctx context.Context, q statement) ([]int64, error) {
	cells, err := s.only(ctx, q)
	if err != nil {
		return nil, err
	}
	list := make([]int64, len(cells))
	for i, cell := range cells {
		n, ok := cell.(int64)
		if !ok {
			return nil, unexpected(q.stage, cell, "a whole number")
		}
		list[i] = n
	}
	return list, nil
}

// server is what evidence says about where figures come from.
type server struct {
	now      time.Time
	snapshot string
}

// server asks the store for its time, name and version.
func (s store) server(ctx context.Context) (server, error) {
	const cypher = `CALL db.info() YIELD id, name
		CALL dbms.components() YIELD name AS component, versions, edition WITH * WHERE component = 'Neo4j Kernel'
		RETURN datetime() AS now, id, name, versions[0] AS version, edition`
	cells, err := s.only(ctx, statement{stage: "time and version of the server", cypher: cypher})
	if err != nil {
		return server{}, err
	}
	now, ok := cells[0].(time.Time)
	if !ok {
		return server{}, unexpected("time of the server", cells[0], "a time")
	}
	return server{now: now.UTC(), snapshot: fmt.Sprintf("Neo4j %v %v, database %v (%v): one read transaction, read committed, which is "+
		"not a snapshot: what was written meanwhile is seen or not", cells[3], cells[4], cells[2], cells[1])}, nil
}

// count returns the number of records of an element, which Neo4j keeps.
func (s store) count(ctx context.Context, e element) (int64, error) {
	list, err := s.counts(ctx, statement{stage: "count of records", cypher: "MATCH " + e.counted() + " RETURN count(n)"})
	if err != nil {
		return 0, err
	}
	return list[0], nil
}
