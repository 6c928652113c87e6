// Package neo4j is the form of the real one, without its doings.
package neo4j

import "context"

type Record struct{}

type EagerResult struct{ Records []*Record }

type SessionConfig struct{}

type TransactionConfig struct{}

type ResultWithContext interface {
	Next(ctx context.Context) bool
	Err() error
}

type Result interface{ Next() bool }

type DriverWithContext interface {
	NewSession(ctx context.Context, config SessionConfig) SessionWithContext
	VerifyConnectivity(ctx context.Context) error
	Close(ctx context.Context) error
}

type Driver interface {
	NewSession(config SessionConfig) Session
}

type Session interface {
	Run(cypher string, params map[string]any, configurers ...func(*TransactionConfig)) (Result, error)
	ReadTransaction(work TransactionWork) (any, error)
}

type Transaction interface {
	Run(cypher string, params map[string]any) (Result, error)
}

type TransactionWork func(tx Transaction) (any, error)

type ManagedTransaction interface {
	Run(ctx context.Context, cypher string, params map[string]any) (ResultWithContext, error)
}

type ManagedTransactionWork func(tx ManagedTransaction) (any, error)

type ManagedTransactionWorkT[T any] func(tx ManagedTransaction) (T, error)

type ExplicitTransaction interface {
	Run(ctx context.Context, cypher string, params map[string]any) (ResultWithContext, error)
	Commit(ctx context.Context) error
	Close(ctx context.Context) error
}

type SessionWithContext interface {
	BeginTransaction(ctx context.Context, configurers ...func(*TransactionConfig)) (ExplicitTransaction, error)
	ExecuteRead(ctx context.Context, work ManagedTransactionWork, configurers ...func(*TransactionConfig)) (any, error)
	ExecuteWrite(ctx context.Context, work ManagedTransactionWork, configurers ...func(*TransactionConfig)) (any, error)
	Run(ctx context.Context, cypher string, params map[string]any, configurers ...func(*TransactionConfig)) (ResultWithContext, error)
	Close(ctx context.Context) error
}

func NewDriverWithContext(target string) (DriverWithContext, error) { return nil, nil }

func EagerResultTransformer() EagerResult { return EagerResult{} }

func ExecuteQuery[T any](ctx context.Context, driver DriverWithContext, query string, params map[string]any, transform func() T) (T, error) {
	var t T
	return t, nil
}

func ExecuteRead[T any](ctx context.Context, session SessionWithContext, work ManagedTransactionWorkT[T]) (T, error) {
	var t T
	return t, nil
}

func CollectWithContext(ctx context.Context, result ResultWithContext, err error) ([]*Record, error) {
	return nil, nil
}
