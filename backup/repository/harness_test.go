package repository_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/repository"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// places returns places in memory.
func memories(n int) (places []backup.Place, targets []*backuptest.Target) {
	for i := range n {
		t := &backuptest.Target{}
		targets = append(targets, t)
		places = append(places, backup.Place{Name: fmt.Sprintf("place-%d", i), Target: t})
	}
	return places, targets
}

func create(t testing.TB, config repository.Config) *repository.Repository {
	t.Helper()
	if config.Key == (repository.Key{}) {
		config.Key = repository.Key{1}
	}
	r, err := repository.Create(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// content is what a snapshot of tests holds: chunks by item.
type content map[string][][]byte

// random returns the content that a seed stands for.
func random(seed uint64) content {
	source := rand.New(rand.NewPCG(seed, 1))
	c := content{}
	for i := range 1 + source.IntN(5) {
		var chunks [][]byte
		for range source.IntN(6) {
			chunk := make([]byte, 1+source.IntN(200_000))
			for at := range chunk {
				chunk[at] = byte(source.IntN(1 + source.IntN(256)))
			}
			chunks = append(chunks, chunk)
		}
		c[fmt.Sprintf("item/%d", i)] = chunks
	}
	return c
}

// source writes a content.
func (c content) write(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	for name, chunks := range c {
		item, err := w.Create(ctx, name, "bytes")
		if err != nil {
			return backup.Cut{}, err
		}
		for _, chunk := range chunks {
			if err := item.Append(ctx, backup.Chunk{Data: bytes.Clone(chunk)}); err != nil {
				return backup.Cut{}, err
			}
		}
		if err := item.Commit(ctx, []byte(name)); err != nil {
			return backup.Cut{}, err
		}
	}
	return backup.Cut{Time: time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)}, nil
}

// check returns what of a snapshot is not the content.
func (c content) check(ctx context.Context, r backup.Repository, id backup.SnapshotID) error {
	reader, err := r.Open(ctx, id)
	if err != nil {
		return err
	}
	items := reader.Items()
	if len(items) != len(c) {
		return fmt.Errorf("%d items, expected %d", len(items), len(c))
	}
	for _, item := range items {
		chunks := c[item.Name]
		if item.Chunks != len(chunks) || string(item.Meta) != item.Name {
			return fmt.Errorf("item %s has %d chunks, expected %d", item.Name, item.Chunks, len(chunks))
		}
		for n, want := range chunks {
			got, err := reader.Chunk(ctx, item.Name, n)
			if err != nil {
				return err
			}
			if !bytes.Equal(got, want) {
				return fmt.Errorf("chunk %d of item %s is another one", n, item.Name)
			}
		}
	}
	return nil
}

func write(t testing.TB, r *repository.Repository, source string, c content) backup.Snapshot {
	t.Helper()
	s, err := r.Write(t.Context(), source, c.write)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func holds(t testing.TB, r backup.Repository, s backup.Snapshot, c content) {
	t.Helper()
	if err := c.check(t.Context(), r, s.ID); err != nil {
		t.Errorf("snapshot %s: %v", s.ID, err)
	}
}
