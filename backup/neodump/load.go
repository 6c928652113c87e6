package neodump

import (
	"context"
	"fmt"
	"io"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// load has the tool load the dump.
func (s *Store) load(ctx context.Context, r backup.Reader, to folders, done *meter.Meter) error {
	item, err := dumpOf(r)
	if err != nil {
		return err
	}
	option, err := to.option(to.data)
	if err != nil {
		return err
	}
	done.Expect(item.Size)
	done.Say("load of " + s.tool.database)
	running, stop := context.WithCancel(ctx)
	defer stop()
	cmd := s.tool.command(running, "database", "load", s.tool.database, "--from-stdin", option)
	var said notes
	cmd.Stdout, cmd.Stderr = &said, &said
	input, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("neodump: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return s.tool.failure(ctx, "load", &said, err)
	}
	defer context.AfterFunc(running, func() { input.Close() })() //nolint:errcheck // writing says so
	unread, deaf := feed(ctx, r, item, input, done)
	if unread != nil {
		stop()
	}
	failed := s.tool.failure(ctx, "load", &said, cmd.Wait())
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case unread != nil:
		return unread
	case failed != nil:
		return failed
	case deaf != nil:
		return fmt.Errorf("neodump: the tool did not read the dump to its end: %w", deaf)
	}
	return nil
}

// feed writes the dump to the tool. It returns what went wrong with reading, or with writing.
func feed(ctx context.Context, r backup.Reader, item backup.Item, to io.WriteCloser, done *meter.Meter) (unread, deaf error) {
	for n := range item.Chunks {
		data, err := r.Chunk(ctx, dumpItem, n)
		if err != nil {
			return err, nil
		}
		if _, err := to.Write(data); err != nil {
			return nil, err
		}
		done.Add("", int64(len(data)))
	}
	return ctx.Err(), to.Close()
}

// dumpOf finds the dump in a snapshot.
func dumpOf(r backup.Reader) (backup.Item, error) {
	for _, item := range r.Items() {
		if item.Name == dumpItem && item.Kind == dumpKind {
			return item, nil
		}
	}
	return backup.Item{}, &backup.CorruptError{Object: "snapshot " + string(r.Snapshot().ID), Text: "it has no dump of Neo4j"}
}
