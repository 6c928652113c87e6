package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/internal/neoerror"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Names are the names by which governed entities are known in the graph.
type Names struct {
	Label   string // that every governed node has; empty: "Governed"
	GID     string // property with the host's own stable id; empty: "gid"
	Version string // property with the version; empty: "gseq"
}

// Complete returns the names with those that are used in place of empty ones.
func (n Names) Complete() Names {
	for name, usual := range map[*string]string{&n.Label: "Governed", &n.GID: "gid", &n.Version: "gseq"} {
		if *name == "" {
			*name = usual
		}
	}
	return n
}

// Config says where the two stores are.
type Config struct {
	Pool     *pgxpool.Pool           // of the database whose transactions the graph's writes belong to
	Schema   string                  // of the journal; empty: DefaultSchema
	Driver   neo4j.DriverWithContext // of the graph
	Database string                  // of the graph; empty: the server's default

	Names Names // in the graph

	Timeout time.Duration // of a graph transaction, kept by the server: it ends a wait that crosses both stores, which neither sees; 0: 30 s
	Tries   int           // of a write that Do may repeat; 0: 20
}

// Journal makes writes of a graph part of transactions of PostgreSQL.
type Journal struct {
	pool     *pgxpool.Pool
	schema   schemaName
	driver   neo4j.DriverWithContext
	database string
	names    Names
	quoted   Names
	timeout  time.Duration
	tries    int
}

// New returns a journal, or all problems of its configuration in one error. It asks nobody; see Migrate and Prepare.
func New(c Config) (*Journal, error) {
	var problems []error
	fault := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("journal: "+format, values...))
	}
	if c.Pool == nil {
		fault("no Pool")
	}
	if c.Driver == nil {
		fault("no Driver")
	}
	if c.Timeout < 0 || c.Tries < 0 {
		fault("Timeout %s, Tries %d: expected 0 or more", c.Timeout, c.Tries)
	}
	n := c.Names.Complete()
	if n.GID == n.Version {
		fault("the same property for the stable id and the version")
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Tries == 0 {
		c.Tries = 20
	}
	quoted := Names{Label: cypher.Quote(n.Label), GID: cypher.Quote(n.GID), Version: cypher.Quote(n.Version)}
	return &Journal{pool: c.Pool, schema: schemaOf(c.Schema), driver: c.Driver, database: c.Database, names: n, quoted: quoted,
		timeout: c.Timeout, tries: c.Tries}, errors.Join(problems...)
}

// History returns the part of the journal that needs no graph.
func (j *Journal) History() *History { return &History{pool: j.pool, schema: j.schema} }

// Names returns the names in the graph.
func (j *Journal) Names() Names { return j.names }

// Prepare makes the constraint that no two governed nodes share a stable id, which is also how they are found.
func (j *Journal) Prepare(ctx context.Context) error {
	const cypherConstraint = "CREATE CONSTRAINT shugo_governed IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE"
	_, err := neo4j.ExecuteQuery(ctx, j.driver, fmt.Sprintf(cypherConstraint, j.quoted.Label, j.quoted.GID), nil,
		neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(j.database))
	return neoerror.Within(ctx, "journal: constraint of governed nodes", err)
}

// Do runs write within a transaction of PostgreSQL and one of the graph, and commits both: first PostgreSQL, with the images of
// what was touched in the graph, then the graph. When write or a commit before PostgreSQL's fails, neither has changed.
//
// What only comes in the way of others, such as a deadlock, is tried again with fresh transactions: write must have no other
// effects than those on tx and graph. An error of the class ErrUnsettled means that the write is committed.
func (j *Journal) Do(ctx context.Context, write func(ctx context.Context, tx pgx.Tx, graph *Graph) error) error {
	var err error
	for try := range j.tries {
		if try > 0 {
			if stop := pause(ctx, try); stop != nil {
				return stop
			}
		}
		var tx pgx.Tx
		if tx, err = j.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}); err != nil {
			return pgerror.Wrap("journal: begin", err)
		}
		err = j.commit(ctx, tx, func(ctx context.Context, graph *Graph) error { return write(ctx, tx, graph) })
		if err == nil || errors.Is(err, ErrUnsettled) || !passing(err) {
			return err
		}
	}
	return err
}

// Commit is Do within a transaction of the host's, which it ends: committed after nil and after an error of the class
// ErrUnsettled, rolled back after another. It tries once; an error of the class ErrStale is worth another try. The
// transaction must be read committed, or the error is ErrIsolation.
func (j *Journal) Commit(ctx context.Context, tx pgx.Tx, write func(ctx context.Context, graph *Graph) error) error {
	var level string
	if err := tx.QueryRow(ctx, `SELECT current_setting('transaction_isolation')`).Scan(&level); err != nil {
		return errors.Join(pgerror.Wrap("journal: isolation", err), rollback(ctx, tx))
	}
	if level != "read committed" {
		return errors.Join(ErrIsolation, rollback(ctx, tx))
	}
	return j.commit(ctx, tx, write)
}

func (j *Journal) commit(ctx context.Context, tx pgx.Tx, write func(context.Context, *Graph) error) (err error) {
	g := &Graph{journal: j, sql: tx, touched: map[key]*touch{}}
	committed := false
	defer func() {
		if !committed { // also when write panics
			err = errors.Join(err, rollback(ctx, tx))
		}
		g.close(ctx)
	}()
	if err = write(ctx, g); err == nil {
		err = g.record(ctx)
	}
	if err != nil {
		g.close(ctx) // before what was stale is settled: its locks are in the way
		return j.refresh(ctx, err)
	}
	if err = tx.Commit(ctx); err != nil {
		return pgerror.Wrap("journal: commit", err)
	}
	committed = true
	if err = g.commit(ctx); err == nil {
		return nil
	}
	g.close(ctx)
	if again := j.settleKeys(context.WithoutCancel(ctx), g.keys()); again != nil {
		return &UnsettledError{Entities: len(g.touched), Err: errors.Join(err, again)}
	}
	return nil
}

// refresh settles what an error says to be stale.
func (j *Journal) refresh(ctx context.Context, err error) error {
	stale := (*staleError)(nil)
	if !errors.As(err, &stale) {
		return err
	}
	if failed := j.settleKeys(ctx, stale.keys); failed != nil {
		return failed
	}
	return err
}

func rollback(ctx context.Context, tx pgx.Tx) error {
	if err := tx.Rollback(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		return pgerror.Wrap("journal: roll back", err)
	}
	return nil
}

// pause waits for a random time that grows with the tries, up to a fifth of a second.
func pause(ctx context.Context, try int) error {
	most := min(time.Millisecond<<min(try, 8), 200*time.Millisecond)
	timer := time.NewTimer(rand.N(most))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (j *Journal) session(ctx context.Context) neo4j.SessionWithContext {
	return j.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: j.database, NotificationsMinSeverity: notifications.DisabledLevel})
}
