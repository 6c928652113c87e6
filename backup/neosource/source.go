package neosource

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
	"github.com/shugo-data/shugo/internal/meter"
)

// Config says what is backed up. Name and Driver are required.
type Config struct {
	Name     string                  // of the source
	Driver   neo4j.DriverWithContext // of the server
	Database string                  // empty: the server's default

	// Journal has the writes of the graph. Without it a snapshot is of one moment only if nobody writes meanwhile.
	Journal *journal.Journal

	Patience time.Duration         // that writers, who wait while the cut is taken, must have at most; 0: 10 s
	Workers  int                   // sessions that read at once; 0: 2, and 1 where this program has one processor
	Progress func(backup.Progress) // told how far a backup is; may be nil
}

// Source backs a graph up. It implements backup.Source.
type Source struct {
	server
	config Config
	names  journal.Names
}

var _ backup.Source = (*Source)(nil)

// New returns a Source, or all that is wrong with its Config in one error. It asks nobody.
func New(config Config) (*Source, error) {
	var problems []error
	wrong := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("neosource: "+format, values...))
	}
	if err := backup.CheckSegment(config.Name); err != nil {
		wrong("Name: %w", err)
	}
	if config.Driver == nil {
		wrong("no Driver")
	}
	if config.Workers < 0 {
		wrong("%d Workers, expected 0 or more", config.Workers)
	}
	if config.Patience < 0 {
		wrong("Patience %s, expected 0 or more", config.Patience)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	config.Workers = sessions(config.Workers)
	if config.Patience == 0 {
		config.Patience = 10 * time.Second
	}
	s := &Source{server: server{driver: config.Driver, database: config.Database}, config: config, names: journal.Names{}.Complete()}
	if config.Journal != nil {
		s.names = config.Journal.Names()
	}
	return s, nil
}

// sessions returns how many are used at once: more than two do not make one server faster.
func sessions(wanted int) int {
	if wanted > 0 {
		return wanted
	}
	return min(2, runtime.GOMAXPROCS(0))
}

// Name implements backup.Source.
func (s *Source) Name() string { return s.config.Name }

// Backup implements backup.Source. The cut has the position of PostgreSQL's log at which the journal was read. An error is
// ErrVersion where the server is older than 5.26, and ErrChanged where governed entities were changed past the journal while
// they were read.
func (s *Source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	b := run{Source: s, writer: w, meter: meter.New("backup "+s.config.Name, 0, s.config.Progress)}
	cut, err := b.backUp(ctx)
	if err == nil {
		b.meter.End()
	}
	return cut, err
}

// run is one backup.
type run struct {
	*Source
	writer backup.Writer
	meter  *meter.Meter
	about  about
	census *census
	drops  dropped
}

func (b *run) backUp(ctx context.Context) (cut backup.Cut, err error) {
	cut.Time = time.Now().UTC()
	b.about = about{Format: format, Names: b.names}
	if b.about.Server, err = b.version(ctx); err != nil {
		return cut, err
	}
	var settled journal.Mark
	if b.config.Journal != nil {
		b.meter.Say("settling")
		if settled, err = b.config.Journal.Settled(ctx); err != nil {
			return cut, err
		}
	}
	if err := b.read(ctx); err != nil {
		return cut, err
	}
	if b.config.Journal != nil {
		b.meter.Say("changes")
		if cut, err = b.complete(ctx, settled); err != nil {
			return cut, err
		}
	}
	elements, err := b.schema(ctx)
	if err != nil {
		return cut, err
	}
	b.about.Dropped = b.drops.others
	return cut, errors.Join(writeText(ctx, b.writer, schemaItem, elements), writeText(ctx, b.writer, aboutItem, b.about),
		backup.WriteFacts(ctx, b.writer, b.census.facts(elements)))
}

// read exports the graph as it is found.
func (b *run) read(ctx context.Context) (err error) {
	s := survey{server: &b.server, names: b.names, workers: b.config.Workers, keep: b.keep}
	b.census, err = s.run(ctx)
	b.drops = s.dropped
	return err
}

// keep writes the records of a window as an item.
func (b *run) keep(ctx context.Context, kind graphimage.Kind, window int64, pieces [][]byte) error {
	item, err := b.writer.Create(ctx, fmt.Sprintf("%s-%d", kindOf(kind), window), kindOf(kind))
	if err != nil {
		return err
	}
	if err := b.append(ctx, item, kindOf(kind), pieces); err != nil {
		return err
	}
	return item.Commit(ctx, nil)
}

func (b *run) append(ctx context.Context, item backup.ItemWriter, kind string, pieces [][]byte) error {
	for _, piece := range pieces {
		if err := item.Append(ctx, backup.Chunk{Data: piece}); err != nil {
			return err
		}
		b.meter.Add(kind, int64(len(piece)))
	}
	return nil
}

// complete takes the cut, and adds what changed between a mark and it.
func (b *run) complete(ctx context.Context, since journal.Mark) (backup.Cut, error) {
	view, err := b.config.Journal.History().Cut(ctx, b.config.Patience)
	if err != nil {
		return backup.Cut{}, err
	}
	defer view.Close(ctx)
	if since.Lineage != view.Lineage {
		return view.Cut, fmt.Errorf("neosource: the journal was adopted by another cluster: %w", backup.ErrChanged)
	}
	b.about.Mark = &view.Mark
	item, err := b.writer.Create(ctx, changesItem, changesKind)
	if err != nil {
		return view.Cut, err
	}
	changes, by := newCensus(), newChanged()
	var found pieces
	for c, err := range view.Changes(ctx, since) {
		if err != nil {
			return view.Cut, err
		}
		if err := changes.addChange(c, b.names.Label, by); err != nil {
			return view.Cut, err
		}
		if err := found.add(recordOf(c)); err != nil {
			return view.Cut, err
		}
		if err := b.append(ctx, item, changesKind, found.take()); err != nil {
			return view.Cut, err
		}
	}
	found.cut()
	if err := b.append(ctx, item, changesKind, found.take()); err != nil {
		return view.Cut, err
	}
	for _, key := range b.drops.governed {
		if !by.relationships[key] {
			return view.Cut, fmt.Errorf("neosource: a governed relationship whose end was not there, and that the journal says did not change: %w", backup.ErrChanged)
		}
	}
	b.census.supersede(by)
	b.census.merge(changes)
	return view.Cut, item.Commit(ctx, nil)
}
