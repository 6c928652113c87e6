package neosource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/meter"
)

// GraphConfig says where a graph is restored to. Driver is required.
type GraphConfig struct {
	Driver   neo4j.DriverWithContext // of the server
	Database string                  // empty: the server's default

	// History returns the journal of the database to whose state the graph is carried on from the snapshot's: the one that
	// was restored to the cut that both are to share. It is called once, when a restore begins. Where that database is a cluster
	// that was restored from its files, its role may execute pg_read_file, as a superuser may: see journal.View.Follows. Nil: the
	// graph is restored to the cut of the snapshot.
	History func(ctx context.Context) (*journal.History, error)

	// Audit is the journal that was there when the snapshot was taken, or a copy of it: Examine compares every governed
	// entity with what it says was there at the cut. Nil: with that of History, if there is one.
	Audit *journal.History

	// Ungoverned says that there may be entities that no journal knows. They are restored as they were read. Otherwise
	// Examine finds fault with them.
	Ungoverned bool

	Names    journal.Names         // of governed entities, where Examine is called without Restore
	Workers  int                   // sessions that write or read at once; 0: 2, and 1 where this program has one processor
	Progress func(backup.Progress) // told how far a restore is; may be nil
}

// Graph restores a snapshot into an empty database. It implements backup.Destination.
//
// While a restore goes on, the database has a node with the label of UnfinishedLabel. After an error, what was written is
// deleted again; a restore whose process or server was killed leaves the node, which no later restore and no examination
// takes for a restored graph. Nobody else may write to the database meanwhile.
type Graph struct {
	server
	config GraphConfig

	mu       sync.Mutex
	restored *restored
}

// UnfinishedLabel marks a database whose restore is not over.
const UnfinishedLabel = "ShugoUnfinishedRestore"

var _ backup.Destination = (*Graph)(nil)

// restored is what Examine knows of a restore.
type restored struct {
	about  about
	on     *journal.History // that carried it on; nil: none
	before []element        // constraints and indexes that the empty database had
}

// NewGraph returns a destination, or all that is wrong with its configuration in one error. It asks nobody.
func NewGraph(config GraphConfig) (*Graph, error) {
	var problems []error
	if config.Driver == nil {
		problems = append(problems, errors.New("neosource: no Driver"))
	}
	if config.Workers < 0 {
		problems = append(problems, fmt.Errorf("neosource: %d Workers, expected 0 or more", config.Workers))
	}
	config.Workers = sessions(config.Workers)
	return &Graph{server: server{driver: config.Driver, database: config.Database}, config: config}, errors.Join(problems...)
}

// Restore implements backup.Destination. With a History the graph is carried on to what it says, whatever the goal: the goal
// is that of the database it belongs to. An error is ErrUnreachable where the snapshot is not of a moment that the database
// has in its past, and ErrNotEmpty where there is a node, a constraint or an index.
func (g *Graph) Restore(ctx context.Context, r backup.Reader, to backup.Goal) (err error) {
	if to.LSN != 0 && to.LSN < r.Snapshot().Cut.LSN {
		return fmt.Errorf("neosource: position %s is before the snapshot, which is of %s: %w", to.LSN, r.Snapshot().Cut.LSN, backup.ErrUnreachable)
	}
	from, err := readAbout(ctx, r)
	if err != nil {
		return err
	}
	var elements []element
	if err := readText(ctx, r, schemaItem, &elements); err != nil {
		return err
	}
	if _, err := g.version(ctx); err != nil {
		return err
	}
	done := restored{about: from}
	view, err := g.open(ctx, r, &done)
	if err != nil {
		return err
	}
	if view != nil {
		defer view.Close(context.WithoutCancel(ctx))
	}
	l := loader{server: &g.server, reader: r, names: from.Names, mark: from.Mark, view: view, workers: g.config.Workers,
		meter: meter.New("restore "+r.Snapshot().Source, r.Snapshot().Size, g.config.Progress)}
	if done.before, err = l.begin(ctx); err != nil {
		return err
	}
	if err := l.load(ctx, elements); err != nil {
		return errors.Join(err, g.clear(context.WithoutCancel(ctx), done.before))
	}
	l.meter.End()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.restored = &done
	return nil
}

// open opens the journal that the graph is carried on by, and refuses one that does not lead on from the snapshot.
func (g *Graph) open(ctx context.Context, r backup.Reader, done *restored) (*journal.View, error) {
	if g.config.History == nil {
		return nil, nil
	}
	if done.about.Mark == nil {
		return nil, fmt.Errorf("neosource: the snapshot was taken without a journal, so that none carries it on: %w", backup.ErrUnreachable)
	}
	history, err := g.config.History(ctx)
	if err != nil {
		return nil, err
	}
	view, err := history.View(ctx)
	if err != nil {
		return nil, err
	}
	if err := view.Follows(ctx, *done.about.Mark, r.Snapshot().Cut); err != nil {
		view.Close(ctx)
		return nil, err
	}
	done.on = history
	return view, nil
}

// Discard empties the database that Restore filled, so that another snapshot can be restored into it: for scratch databases that
// are used again. Where nothing was restored it does nothing. What others wrote to the database since then goes too.
func (g *Graph) Discard(ctx context.Context) error {
	g.mu.Lock()
	of := g.restored
	g.restored = nil
	g.mu.Unlock()
	if of == nil {
		return nil
	}
	return g.clear(ctx, of.before)
}

// clear deletes what a restore made.
func (g *Graph) clear(ctx context.Context, before []element) error {
	const nodes = `MATCH (n) WHERE NOT n:` + UnfinishedLabel + ` CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS`
	elements, err := g.schema(ctx)
	if err != nil {
		return err
	}
	for _, e := range elements {
		if !slices.Contains(before, e) {
			if err := g.drop(ctx, e); err != nil {
				return err
			}
		}
	}
	if _, err := g.ask(ctx, "clear", nodes, nil); err != nil {
		return err
	}
	_, err = g.ask(ctx, "clear", deleteMark, nil)
	return err
}
