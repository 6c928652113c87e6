package neodump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

const (
	dumpItem  = "dump"
	dumpKind  = "neo4j-dump"
	chunkSize = 1 << 20 // bytes
)

// Config is what a Source needs. Name and Admin are required.
type Config struct {
	Name        string   // of the source
	Admin       []string // command line of the tool of the server's release, such as {"/usr/bin/neo4j-admin"}
	Environment []string // variables of the tool besides those of this process, such as "NEO4J_CONF=/etc/neo4j"
	Database    string   // which, in any case of letters; "": DefaultDatabase

	// SkipCheck has the database dumped unchecked. The tool dumps a damaged one without a word, so that the damage is found when
	// a Store is examined.
	SkipCheck bool

	// CheckOptions are options of the tool's check, such as "--max-off-heap-memory=2G" and "--threads=1": without them it takes
	// nine tenths of the memory that is free, and all processors.
	CheckOptions []string

	Progress func(backup.Progress) // nil: nobody is told
}

// Source dumps a database whose server is stopped. It implements backup.Source. It is safe for concurrent use, but only one
// backup at a time gets the database: the tool locks it.
type Source struct {
	name      string
	tool      tool
	skipCheck bool
	progress  func(backup.Progress)
	buffers   sync.Pool // of *[chunkSize]byte
}

var _ backup.Source = (*Source)(nil)

// New returns a Source, or all that is wrong with its Config in one error. It runs nothing.
func New(config Config) (*Source, error) {
	wrong := backup.CheckSegment(config.Name)
	if wrong != nil {
		wrong = fmt.Errorf("neodump: Name: %w", wrong)
	}
	t, err := newTool(config.Admin, config.Environment, config.CheckOptions, config.Database)
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	s := &Source{name: config.Name, tool: t, skipCheck: config.SkipCheck, progress: config.Progress}
	s.buffers.New = func() any { return new([chunkSize]byte) }
	return s, nil
}

// Name implements backup.Source.
func (s *Source) Name() string { return s.name }

// Backup implements backup.Source. The cut has a time alone, that at which the dump begins: the database does not change from
// when its server stopped. An error is ErrRunning, ErrNoDatabase, ErrUnclean or ErrInconsistent where the tool says so, and
// backup.ErrVersion where the archive is of a format that is not known here.
func (s *Source) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	done := meter.New("backup "+s.name, 0, s.progress)
	if !s.skipCheck {
		done.Say("check of " + s.tool.database)
		if _, err := s.tool.check(ctx, nil); err != nil {
			return backup.Cut{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return backup.Cut{}, err
	}
	done.Say("dump of " + s.tool.database)
	cut := backup.Cut{Time: time.Now().UTC()}
	item, err := w.Create(ctx, dumpItem, dumpKind)
	if err != nil {
		return backup.Cut{}, err
	}
	facts, err := s.dump(ctx, item, done)
	if err != nil {
		return backup.Cut{}, err
	}
	if err := item.Commit(ctx, nil); err != nil {
		return backup.Cut{}, err
	}
	if err := backup.WriteFacts(ctx, w, facts); err != nil {
		return backup.Cut{}, err
	}
	done.End()
	return cut, ctx.Err()
}

// dump runs the tool until its archive is in the item, uncommitted, and returns what the archive holds.
func (s *Source) dump(ctx context.Context, item backup.ItemWriter, done *meter.Meter) ([]backup.Fact, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	cmd := s.tool.command(running, "database", "dump", s.tool.database, "--to-stdout")
	var said notes
	cmd.Stderr = &said
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("neodump: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, s.tool.failure(ctx, "dump", &said, err)
	}
	defer context.AfterFunc(running, func() { output.Close() })() //nolint:errcheck // reading says so
	passing := watch()
	broken := s.copy(ctx, item, output, passing, done)
	if broken != nil {
		stop()
	}
	failed := s.tool.failure(ctx, "dump", &said, cmd.Wait())
	facts, wrong := passing.end()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case broken != nil:
		return nil, broken
	case failed != nil:
		return nil, failed
	}
	return facts, wrong
}

// copy appends what the tool prints, after the archive's reader has seen it.
func (s *Source) copy(ctx context.Context, item backup.ItemWriter, output io.Reader, passing *passage, done *meter.Meter) error {
	for {
		buffer := s.buffers.Get().(*[chunkSize]byte)
		n, err := io.ReadFull(output, buffer[:])
		if n > 0 {
			if _, err := passing.Write(buffer[:n]); err != nil {
				return err
			}
			chunk := backup.Chunk{Data: buffer[:n:n], Encoded: true, Release: func() { s.buffers.Put(buffer) }}
			if err := item.Append(ctx, chunk); err != nil {
				return err
			}
			done.Add("", int64(n))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("neodump: output of the tool: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// passage reads an archive while it passes.
type passage struct {
	*io.PipeWriter
	ended chan struct{}
	facts []backup.Fact
	err   error
}

// watch begins to read, until end is called.
func watch() *passage {
	r, w := io.Pipe()
	p := &passage{PipeWriter: w, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		p.facts, p.err = readArchive(r)
		r.CloseWithError(p.err) //nolint:errcheck // it returns none
	}()
	return p
}

// end says that all has passed, and returns what it was.
func (p *passage) end() ([]backup.Fact, error) {
	p.Close() //nolint:errcheck // it returns none
	<-p.ended
	return p.facts, p.err
}
