package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/examples/tutor/internal/data"
	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// Addresses name the servers.
type Addresses struct{ Postgres, Neo4j, Neo4jUser, Neo4jPassword string }

// Open makes a schema and a part of the graph for this run, fills them, and returns the place. Its Close removes them.
//
//shugo:ungoverned sets the example up before the rules begin to hold, and takes it down after
func Open(ctx context.Context, at Addresses, set data.Set, pseudonyms governance.Pseudonyms) (p day.Place, err error) {
	run := "tutor_" + strings.ToLower(rand.Text())
	var closers []func(context.Context) error
	p.Close = func(ctx context.Context) error {
		var errs []error
		for i := len(closers) - 1; i >= 0; i-- {
			errs = append(errs, closers[i](ctx))
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close(context.WithoutCancel(ctx)))
		}
	}()

	config, err := pgxpool.ParseConfig(at.Postgres)
	if err != nil {
		return p, errors.New("SHUGO_POSTGRES_URL is not an address that PostgreSQL's driver understands")
	}
	config.ConnConfig.RuntimeParams["search_path"] = run + ",public"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return p, fmt.Errorf("PostgreSQL: %w", err)
	}
	closers = append(closers, func(context.Context) error { pool.Close(); return nil })
	if _, err := pool.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{run}.Sanitize()); err != nil {
		return p, fmt.Errorf("PostgreSQL: %w", err)
	}
	closers = append(closers, func(ctx context.Context) error {
		_, err := pool.Exec(ctx, "DROP SCHEMA "+pgx.Identifier{run}.Sanitize()+" CASCADE")
		return err
	})
	if err := fill(ctx, pool, run, set); err != nil {
		return p, fmt.Errorf("PostgreSQL: %w", err)
	}
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Schema: run, Pseudonyms: pseudonyms})
	if err != nil {
		return p, err
	}

	driver, err := neo4j.NewDriverWithContext(at.Neo4j, neo4j.BasicAuth(at.Neo4jUser, at.Neo4jPassword, ""))
	if err != nil {
		return p, errors.New("SHUGO_NEO4J_URL is not an address that Neo4j's driver understands")
	}
	closers = append(closers, driver.Close)
	graph := &Graph{driver: driver, run: run}
	closers = append(closers, func(ctx context.Context) error {
		return graph.execute(ctx, deleteRun, map[string]any{"run": run})
	})
	if err := graph.load(ctx, set); err != nil {
		return p, fmt.Errorf("Neo4j: %w", err)
	}

	p.Name = "PostgreSQL with pgvector, and Neo4j"
	p.Records, p.Graph, p.Trail = &Records{pool}, graph, trail{sink}
	p.InUnit = func(call func(context.Context, backend.Message) error) func(context.Context, backend.Message) error {
		return pgsink.InTxErr(sink, call)
	}
	return p, nil
}

// fill makes the tables of the run and its audit trail.
func fill(ctx context.Context, pool *pgxpool.Pool, run string, set data.Set) error {
	if _, err := pool.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS vector SCHEMA public"); err != nil {
		return err
	}
	if err := pgsink.Migrate(ctx, pool, run); err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return loadRecords(ctx, conn.Conn(), set)
}

// trail is the audit trail of pgsink in the words of the day.
type trail struct{ *pgsink.Sink }

// Find implements day.Trail.
func (t trail) Find(ctx context.Context, q day.Query) ([]governance.Record, error) {
	var found []governance.Record
	for r, err := range t.Search(ctx, pgsink.Query{
		Subject: q.Subject, Actor: q.Actor, Category: q.Category, Action: q.Action, Kind: q.Kind, OldestFirst: true,
	}) {
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}
