package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/pgcluster"
)

// scratchGraph restores the graph into a server that is kept for it, compares it with the live journal, and empties the server again.
type scratchGraph struct {
	server *graphServer
	live   *journal.History
}

// Open implements backup.Scratch.
func (s scratchGraph) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	g, err := neosource.NewGraph(neosource.GraphConfig{Driver: s.server.driver, Audit: s.live})
	if err != nil {
		return nil, nil, err
	}
	return g, g.Discard, nil
}

// scratchDatabase restores rows into the database of a cluster of its own.
type scratchDatabase struct{ bin string }

// Open implements backup.Scratch.
func (s scratchDatabase) Open(ctx context.Context) (backup.Destination, func(context.Context) error, error) {
	c, err := pgcluster.New(ctx, pgcluster.Config{Bin: s.bin})
	if err != nil {
		return nil, nil, err
	}
	d, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: c.URL()})
	if err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	return d, func(context.Context) error { return c.Close() }, nil
}

// scratch starts what a drill restores as a cluster of its own.
type scratch struct {
	work, bin string
	receiver  *pgwal.Receiver
}

// Open implements backup.Scratch.
func (s scratch) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	d, closed, err := restoring(s.work, s.bin, s.receiver, nil)
	if err != nil {
		return nil, nil, err
	}
	return d, func(context.Context) error { return closed() }, nil
}

// restoring returns a destination that starts a cluster on what it restored, tells its address, and how it is given up.
func restoring(work, bin string, receiver *pgwal.Receiver, started func(url string)) (*pgwal.Directory, func() error, error) {
	dir, err := os.MkdirTemp(work, "restored-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the account of the server passes through it
		return nil, nil, err
	}
	data := filepath.Join(dir, "data")
	start := func(ctx context.Context, data string) (string, func(), error) {
		c, err := pgcluster.New(ctx, pgcluster.Config{Bin: bin, Data: data, Beside: []string{data + ".wal"}})
		if err != nil {
			return "", nil, err
		}
		if started != nil {
			started(c.URL())
		}
		return c.URL(), func() { _ = c.Close() }, nil
	}
	d, err := pgwal.NewDirectory(pgwal.DirectoryConfig{Path: data, Start: start,
		Complete: func() time.Time { return receiver.Durable().Time }})
	if err != nil {
		return nil, nil, err
	}
	return d, func() error {
		if err := d.Close(); err != nil {
			return fmt.Errorf("stopping what was restored: %w", err)
		}
		return os.RemoveAll(dir)
	}, nil
}
