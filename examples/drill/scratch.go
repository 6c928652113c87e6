package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/pgcluster"
)

// scratchPair is where drills restore the cluster, and the graph: beside the cluster while one is restored there, and otherwise to
// the cut of its own snapshot.
type scratchPair struct {
	work, bin string
	receiver  *pgwal.Receiver
	spare     *graphServer     // that is kept for it, and emptied again
	live      *journal.History // says what is in the graph at the cut of a snapshot

	mu  sync.Mutex
	url string // of the cluster; empty: none is restored
}

// cluster is the backup.Scratch of the leader.
func (s *scratchPair) cluster() backup.Scratch {
	return scratchFunc(func(context.Context) (backup.Destination, func(context.Context) error, error) {
		d, closed, err := restoring(s.work, s.bin, s.receiver, s.set)
		if err != nil {
			return nil, nil, err
		}
		return d, func(context.Context) error { s.set(""); return closed() }, nil
	})
}

// graph is the backup.Scratch of what follows.
func (s *scratchPair) graph() backup.Scratch {
	return scratchFunc(func(context.Context) (backup.Destination, func(context.Context) error, error) {
		config := neosource.GraphConfig{Driver: s.spare.driver, Audit: s.live}
		var p *pair
		if url := s.at(); url != "" {
			config.History = func(ctx context.Context) (_ *journal.History, err error) {
				if p, err = connect(ctx, url, s.spare.driver); err != nil {
					return nil, err
				}
				return p.History(), nil
			}
		}
		g, err := neosource.NewGraph(config)
		if err != nil {
			return nil, nil, err
		}
		return g, func(ctx context.Context) error {
			if p != nil {
				p.pool.Close()
			}
			return g.Discard(ctx)
		}, nil
	})
}

// resolves is a backup.Invariant: where both are restored, each reference between them leads somewhere.
func (s *scratchPair) resolves(ctx context.Context, _ backup.Destination) ([]backup.Finding, error) {
	url := s.at()
	if url == "" {
		return nil, nil
	}
	p, err := connect(ctx, url, s.spare.driver)
	if err != nil {
		return nil, err
	}
	defer p.pool.Close()
	r, err := p.references(ctx)
	if err != nil && r == (references{}) {
		return nil, err
	}
	return []backup.Finding{{Check: "every reference resolves", Passed: err == nil, Detail: r.String()}}, nil
}

func (s *scratchPair) set(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url = url
}

func (s *scratchPair) at() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// scratchFunc is a backup.Scratch.
type scratchFunc func(context.Context) (backup.Destination, func(context.Context) error, error)

// Open implements backup.Scratch.
func (f scratchFunc) Open(ctx context.Context) (backup.Destination, func(context.Context) error, error) {
	return f(ctx)
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
		started(c.URL())
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
