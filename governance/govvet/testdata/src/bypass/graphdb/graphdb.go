// Package graphdb goes around the guard to Neo4j.
package graphdb

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

type Graph struct {
	driver  neo4j.DriverWithContext
	session neo4j.SessionWithContext
}

func (g Graph) Execute(ctx context.Context) error {
	_, err := neo4j.ExecuteQuery(ctx, g.driver, "MATCH (n) DELETE n", nil, neo4j.EagerResultTransformer) // want `neo4j.ExecuteQuery is not governed`
	return err
}

func (g Graph) Instantiated(ctx context.Context) error {
	_, err := neo4j.ExecuteQuery[neo4j.EagerResult](ctx, g.driver, "MATCH (n) RETURN n", nil, neo4j.EagerResultTransformer) // want `ExecuteQuery is not governed`
	return err
}

func (g Graph) Value() {
	execute := neo4j.ExecuteQuery[neo4j.EagerResult] // want `ExecuteQuery is not governed`
	_, _ = execute(context.Background(), g.driver, "MATCH (n) RETURN n", nil, neo4j.EagerResultTransformer)
}

func (g Graph) Auto(ctx context.Context) error {
	_, err := g.session.Run(ctx, "MATCH (n) DELETE n", nil) // want `neo4j.SessionWithContext.Run is not governed`
	return err
}

func (g Graph) Opened(ctx context.Context) error {
	_, err := g.driver.NewSession(ctx, neo4j.SessionConfig{}).Run(ctx, "MATCH (n) DELETE n", nil) // want `Run is not governed`
	return err
}

func (g Graph) Collected(ctx context.Context) ([]*neo4j.Record, error) {
	result, err := g.session.Run(ctx, "MATCH (n) RETURN n", nil) // want `Run is not governed`
	return neo4j.CollectWithContext(ctx, result, err)
}

func (g Graph) Managed(ctx context.Context) error {
	_, err := g.session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		return tx.Run(ctx, "MATCH (n) DELETE n", nil) // want `neo4j.ManagedTransaction.Run is not governed`
	})
	return err
}

func (g Graph) ManagedRead(ctx context.Context) error {
	work := func(tx neo4j.ManagedTransaction) (any, error) {
		return tx.Run(ctx, "MATCH (n) RETURN n", nil) // want `ManagedTransaction.Run is not governed`
	}
	_, err := g.session.ExecuteRead(ctx, work)
	return err
}

func (g Graph) Named(ctx context.Context) error {
	_, err := g.session.ExecuteRead(ctx, count)
	return err
}

func count(tx neo4j.ManagedTransaction) (any, error) {
	return tx.Run(context.Background(), "MATCH (n) RETURN count(n)", nil) // want `Run is not governed: graphdb.count is reached from graphdb.Graph.Named`
}

func (g Graph) Typed(ctx context.Context) (int, error) {
	return neo4j.ExecuteRead(ctx, g.session, func(tx neo4j.ManagedTransaction) (int, error) {
		_, err := tx.Run(ctx, "MATCH (n) RETURN n", nil) // want `Run is not governed`
		return 1, err
	})
}

func (g Graph) Explicit(ctx context.Context) error {
	tx, err := g.session.BeginTransaction(ctx)
	if err != nil {
		return err
	}
	defer tx.Close(ctx)
	_, err = tx.Run(ctx, "MATCH (n) DELETE n", nil) // want `neo4j.ExplicitTransaction.Run is not governed`
	return err
}

func Old(d neo4j.Driver) error {
	_, err := d.NewSession(neo4j.SessionConfig{}).Run("MATCH (n) RETURN n", nil) // want `neo4j.Session.Run is not governed`
	return err
}

func OldManaged(s neo4j.Session) {
	s.ReadTransaction(func(tx neo4j.Transaction) (any, error) {
		return tx.Run("MATCH (n) RETURN n", nil) // want `neo4j.Transaction.Run is not governed`
	})
}

type runner interface {
	Run(ctx context.Context, cypher string, params map[string]any) (neo4j.ResultWithContext, error)
}

func Structural(ctx context.Context, r runner) {
	_, _ = r.Run(ctx, "MATCH (n) DELETE n", nil) // want `graphdb.runner.Run is not governed`
}

func Generic[R runner](ctx context.Context, r R) {
	_, _ = r.Run(ctx, "MATCH (n) DELETE n", nil) // want `Run is not governed`
}
