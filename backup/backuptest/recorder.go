package backuptest

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/backup"
)

// recorder is a writer that looks at how a source uses it, and fails where it is told to.
type recorder struct {
	backup.Writer
	create, append, commit error  // what these calls return
	met                    *bool  // set when one of them did
	begun                  func() // called by the first Create

	running sync.WaitGroup // releases
	mu      sync.Mutex
	names   map[string]bool
	ended   bool
	first   error
	looks   []func() // at the chunks without Release
}

func (r *recorder) complain(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil {
		r.first = fmt.Errorf(format, args...)
	}
}

func (r *recorder) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.met != nil {
		*r.met = true
	}
	return err
}

func (r *recorder) used(what string) {
	r.mu.Lock()
	ended := r.ended
	r.mu.Unlock()
	if ended {
		r.complain("%s after Backup has returned", what)
	}
}

// end says that Backup has returned.
func (r *recorder) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.running.Wait()
	for _, look := range r.looks {
		look()
	}
}

func (r *recorder) wrong() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first
}

func (r *recorder) take(name string) {
	r.mu.Lock()
	twice := r.names[name]
	r.names[name] = true
	r.mu.Unlock()
	if twice {
		r.complain("an item's name is given twice, want it once")
	}
}

// Create implements backup.Writer.
func (r *recorder) Create(ctx context.Context, name, kind string) (backup.ItemWriter, error) {
	r.used("Create")
	r.take(name)
	if r.begun != nil {
		r.begun()
	}
	if err := r.fail(r.create); err != nil {
		return nil, err
	}
	// What the source's context says is not the repository's business: the source is to look at it.
	to, err := r.Writer.Create(context.WithoutCancel(ctx), name, kind)
	return &itemRecorder{r, to}, err
}

// Reuse implements backup.Writer.
func (r *recorder) Reuse(ctx context.Context, name string) error {
	r.used("Reuse")
	r.take(name)
	return r.Writer.Reuse(ctx, name)
}

type itemRecorder struct {
	in *recorder
	to backup.ItemWriter
}

// Append implements backup.ItemWriter. It keeps the data for some time after it has returned.
func (i *itemRecorder) Append(ctx context.Context, c backup.Chunk) error {
	i.in.used("Append")
	if len(c.Data) == 0 || len(c.Data) > backup.MaxChunk {
		i.in.complain("a chunk has %d bytes, want 1 to %d", len(c.Data), backup.MaxChunk)
	}
	given := slices.Clone(c.Data)
	look := func() {
		if !bytes.Equal(given, c.Data) {
			i.in.complain("a chunk's data is changed before its release")
		}
	}
	if c.Release == nil {
		i.in.mu.Lock()
		i.in.looks = append(i.in.looks, look) // the data is never the source's again
		i.in.mu.Unlock()
	} else {
		i.in.running.Go(func() {
			for range 100 {
				runtime.Gosched() // so that a source that uses its buffer again comes to it
			}
			look()
			c.Release()
		})
	}
	if err := i.in.fail(i.in.append); err != nil {
		return err
	}
	return i.to.Append(context.WithoutCancel(ctx), backup.Chunk{Data: given, Encoded: c.Encoded})
}

// Commit implements backup.ItemWriter.
func (i *itemRecorder) Commit(ctx context.Context, meta []byte) error {
	i.in.used("Commit")
	const limit = 1 << 20
	if len(meta) > limit {
		i.in.complain("an item's meta has %d bytes, want at most %d", len(meta), limit)
	}
	if err := i.in.fail(i.in.commit); err != nil {
		return err
	}
	return i.to.Commit(context.WithoutCancel(ctx), meta)
}
