package servers

import (
	"context"
	"errors"
	"fmt"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
	"github.com/shugo-data/shugo/japanese/neokb"
)

// Addresses name the servers.
type Addresses struct{ Postgres, Neo4j, Neo4jUser, Neo4jPassword string }

// closers undo what was made, the last thing first.
type closers []func(context.Context) error

func (c *closers) add(f func(context.Context) error) { *c = append(*c, f) }

func (c *closers) close(ctx context.Context) error {
	var errs []error
	for i := len(*c) - 1; i >= 0; i-- {
		errs = append(errs, (*c)[i](ctx))
	}
	return errors.Join(errs...)
}

// Open makes schemas, roles and a part of the graph for this run, fills them, lays the rules down in PostgreSQL, and returns
// the place. Its Close removes all of it.
func Open(ctx context.Context, at Addresses, set data.Set, pseudonyms governance.Pseudonyms) (p day.Place, err error) {
	var undo closers
	p.Close = undo.close
	defer func() {
		if err != nil {
			err = errors.Join(err, undo.close(context.WithoutCancel(ctx)))
		}
	}()
	db, err := openDatabase(ctx, at.Postgres, set, &undo)
	if err != nil {
		return p, fmt.Errorf("PostgreSQL: %w", err)
	}
	t, err := openTrail(ctx, db, pseudonyms, &undo)
	if err != nil {
		return p, fmt.Errorf("the audit trail: %w", err)
	}
	graph, err := openGraph(ctx, at, db.run, set, &undo)
	if err != nil {
		return p, fmt.Errorf("Neo4j: %w", err)
	}
	knowledge, err := neokb.New(graph.driver, neokb.Config{Labels: neokb.TutorLabels(), Scope: map[string]string{"run": db.run}})
	if err != nil {
		return p, fmt.Errorf("the knowledge base: %w", err)
	}
	records := &Records{pool: db.application, schemas: db.schemas}
	auditor := &auditor{database: db, trail: t, graph: graph, learners: set.LearnerIDs()}
	return day.Place{
		Name: "PostgreSQL with pgvector, and Neo4j", Records: records, Graph: graph, Knowledge: knowledge, Trail: t, Register: &register{db.admin, db.schemas},
		InUnit: func(call func(context.Context, backend.Message) error) func(context.Context, backend.Message) error {
			return pgsink.InBatchErr(t.writes, call)
		},
		Bind:   func(g *governance.Guard) { records.guard = g },
		Settle: t.settle, Prove: auditor.prove, Assess: auditor.assess, Close: undo.close,
	}, nil
}
