package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// Write implements backup.Repository. Chunks are hashed, compressed, sealed and put while the source goes on reading;
// at most Concurrency+2 packs of 8 MiB (of 16 MiB once chunks exceed 8 MiB) are in memory, with the chunks at work.
func (r *Repository) Write(ctx context.Context, source string, write func(context.Context, backup.Writer) (backup.Cut, error)) (backup.Snapshot, error) {
	if !segment(source) {
		return backup.Snapshot{}, fmt.Errorf("repository: source of %d bytes: %w", len(source), backup.ErrName)
	}
	base, err := r.load(ctx)
	if err != nil {
		return backup.Snapshot{}, err
	}
	if r.now().Before(base.Time.Add(-tolerance)) {
		return backup.Snapshot{}, fmt.Errorf("repository: the newest commit record is %s ahead: %w", base.Time.Sub(r.now()), backup.ErrClock)
	}
	r.catchUp(ctx, base)
	l, err := r.newLease(ctx, base)
	if err != nil {
		return backup.Snapshot{}, err
	}
	defer l.end(context.WithoutCancel(ctx))
	w, err := r.newWriter(ctx, source, base, l)
	if err != nil {
		return backup.Snapshot{}, err
	}
	done := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() { l.keep(ctx, done) })
	defer keeping.Wait()
	defer close(done)
	defer w.close()
	cut, err := write(w.ctx, w)
	if err != nil {
		w.cancel(err)
		return backup.Snapshot{}, err
	}
	return w.commit(ctx, cut)
}

// writer implements backup.Writer.
type writer struct {
	r        *Repository
	source   string
	base     *head
	lease    *lease
	table    *table
	previous *reader
	started  time.Time
	packer   *packer
	ctx      context.Context
	cancel   context.CancelCauseFunc
	work     chan job
	workers  sync.WaitGroup
	progress *meter.Meter

	mu    sync.Mutex
	ended bool
	names map[string]bool
	lines []line
	fresh map[id]bool     // chunks that this writer stores
	used  map[id]location // chunks that it found in the table
}

// job is a chunk on its way into a pack.
type job struct {
	chunk backup.Chunk
	to    *ref
	done  *sync.WaitGroup
}

func (r *Repository) newWriter(ctx context.Context, source string, base *head, l *lease) (*writer, error) {
	t, err := r.tableOf(ctx, base)
	if err != nil {
		return nil, err
	}
	w := &writer{r: r, source: source, base: base, lease: l, table: t, started: r.now(), work: make(chan job),
		names: map[string]bool{}, fresh: map[id]bool{}, used: map[id]location{}, progress: meter.New("backup "+source, 0, r.config.Progress)}
	for _, e := range slices.Backward(base.Snapshots) {
		if e.Source == source {
			if w.previous, err = r.newReader(ctx, base, e); err != nil {
				return nil, err
			}
			break
		}
	}
	if w.packer, err = r.newPacker(l.name); err != nil {
		return nil, err
	}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	for range r.config.Concurrency {
		h, err := r.keys.hasher()
		if err != nil {
			return nil, err
		}
		w.workers.Go(func() {
			for j := range w.work {
				i := sum(h, j.chunk.Data)
				j.to.id, j.to.size = i, uint32(len(j.chunk.Data))
				if err := w.store(i, j.chunk); err != nil {
					w.cancel(err)
				}
				w.progress.Add("", int64(len(j.chunk.Data)))
				if j.chunk.Release != nil {
					j.chunk.Release()
				}
				j.done.Done()
			}
		})
	}
	return w, nil
}

// store puts a chunk into a pack, unless the repository has it.
func (w *writer) store(i id, c backup.Chunk) error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	if w.known(i) {
		return nil
	}
	return w.packer.add(w.ctx, i, c.Data, c.Encoded)
}

// known reports whether a chunk needs no storing, and takes note of it either way.
func (w *writer) known(i id) bool {
	l, found := w.table.find(i)
	w.mu.Lock()
	defer w.mu.Unlock()
	if found {
		w.used[i] = l
		return true
	}
	if w.fresh[i] {
		return true
	}
	w.fresh[i] = true
	return false
}

// close ends the goroutines.
func (w *writer) close() {
	w.mu.Lock()
	ended := w.ended
	w.ended = true
	w.mu.Unlock()
	if !ended {
		close(w.work)
	}
	w.workers.Wait()
	w.cancel(nil)
	w.packer.close()
}

// Previous implements backup.Writer.
func (w *writer) Previous() backup.Reader {
	if w.previous == nil {
		return nil
	}
	return w.previous
}

// take reserves the name of an item.
func (w *writer) take(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.ended:
		return fmt.Errorf("repository: item of %d bytes: the snapshot is written", len(name))
	case name == "":
		return fmt.Errorf("repository: item without a name: %w", backup.ErrName)
	case w.names[name]:
		return fmt.Errorf("repository: item of %d bytes: %w", len(name), backup.ErrExists)
	}
	w.names[name] = true
	return nil
}

// Reuse implements backup.Writer.
func (w *writer) Reuse(ctx context.Context, name string) error {
	if w.previous == nil {
		return fmt.Errorf("repository: there is no previous snapshot: %w", backup.ErrNotFound)
	}
	l, found := w.previous.line(name)
	if !found {
		return fmt.Errorf("repository: item of %d bytes of the previous snapshot: %w", len(name), backup.ErrNotFound)
	}
	ids, err := w.previous.reachable(ctx, l.List)
	if err != nil {
		return err
	}
	if err := w.take(name); err != nil {
		return err
	}
	for _, i := range ids {
		if !w.known(i) {
			return &backup.CorruptError{Object: "chunk of a reused item", Text: "is in no index"}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, l)
	return nil
}

// Create implements backup.Writer.
func (w *writer) Create(_ context.Context, name, kind string) (backup.ItemWriter, error) {
	if err := w.take(name); err != nil {
		return nil, err
	}
	return &itemWriter{to: w, line: line{Name: name, Kind: kind}}, nil
}

// commit stores the manifest and the index, and puts the record.
func (w *writer) commit(ctx context.Context, cut backup.Cut) (backup.Snapshot, error) {
	w.mu.Lock()
	lines := w.lines
	w.mu.Unlock()
	slices.SortFunc(lines, func(a, b line) int { return strings.Compare(a.Name, b.Name) })
	s := backup.Snapshot{Source: w.source, Cut: cut, Started: w.started, Items: len(lines)}
	manifest := &itemWriter{to: w}
	out := &chunker{ctx: ctx, to: manifest}
	encoder := json.NewEncoder(out)
	for _, l := range lines {
		s.Size += l.Size
		if err := encoder.Encode(l); err != nil {
			return backup.Snapshot{}, err
		}
	}
	if err := out.end(); err != nil {
		return backup.Snapshot{}, err
	}
	all, err := manifest.list(ctx)
	if err != nil {
		return backup.Snapshot{}, err
	}
	if err := w.packer.flush(w.ctx); err != nil {
		return backup.Snapshot{}, err
	}
	indexes, err := w.packer.index(w.ctx, w.packer.packs)
	if err != nil {
		return backup.Snapshot{}, err
	}
	s.Stored = w.packer.stored
	w.complete(ctx, indexes)
	h, err := w.r.commit(ctx, w.base, func(next *record, since []*head) error {
		if err := w.lease.check(); err != nil {
			return err
		}
		if err := w.still(ctx, next, since); err != nil {
			return err
		}
		s.ID, s.Finished = backup.SnapshotID(fmt.Sprintf("%012d", next.Sequence+1)), w.r.now()
		next.Writer = w.lease.name
		next.Snapshots = append(next.Snapshots, entry{s, all})
		next.Indexes = append(next.Indexes, indexes...)
		return w.r.markLogs(next)
	}, w.packer.use)
	if err != nil {
		return backup.Snapshot{}, err
	}
	w.progress.End()
	return h.Snapshots[len(h.Snapshots)-1].Snapshot, nil
}

// complete gives places that missed some of what was written what they missed, so that they get the record too.
func (w *writer) complete(ctx context.Context, indexes []string) {
	names := slices.Clone(indexes)
	for _, p := range w.packer.packs {
		names = append(names, p.name)
	}
	for i, all := range w.packer.use {
		if !all {
			w.packer.use[i] = w.r.fill(ctx, i, names) == nil
		}
	}
}

// still makes sure that everything this writer found and stored is there, though others pruned meanwhile: what they found to
// be garbage becomes part of the repository again, and what they removed fails the commit.
func (w *writer) still(ctx context.Context, next *record, since []*head) error {
	if !slices.ContainsFunc(since, func(h *head) bool { return len(h.Removed) > 0 || len(h.Garbage) > 0 }) {
		return nil
	}
	removed := map[string]bool{}
	for _, h := range since {
		for _, name := range h.Removed {
			if owner(name) == w.lease.name {
				return fmt.Errorf("repository: what was written was pruned: %w", ErrLease)
			}
			removed[name] = true
		}
	}
	next.Garbage = slices.DeleteFunc(next.Garbage, func(g garbage) bool { return owner(g.Name) == w.lease.name })
	packs, err := w.r.packsOf(ctx, next.Indexes)
	if err != nil {
		return err
	}
	now := newTable(packs)
	again := map[string]bool{}
	for i, l := range w.used {
		if _, found := now.find(i); !found {
			again[w.table.packs[l.pack].name] = true
		}
	}
	if len(again) == 0 {
		return nil
	}
	marked := map[string]bool{}
	for _, g := range next.Garbage {
		marked[g.Name] = true
	}
	for name := range again {
		if !marked[name] || removed[name] { // what was removed and is listed again may be removed any moment
			return fmt.Errorf("repository: a chunk that was found was pruned: %w", ErrLease)
		}
	}
	next.Garbage = slices.DeleteFunc(next.Garbage, func(g garbage) bool { return again[g.Name] })
	old, err := w.r.packsOf(ctx, w.base.Indexes)
	if err != nil {
		return err
	}
	old = slices.DeleteFunc(old, func(p packed) bool { return !again[p.name] })
	names, err := w.packer.index(ctx, old)
	next.Indexes = append(next.Indexes, names...)
	return err
}

// itemWriter implements backup.ItemWriter.
type itemWriter struct {
	to      *writer
	line    line
	refs    []*ref         // of the list at hand, in order
	pending sync.WaitGroup // chunks whose ref is not known yet
	lists   []byte
	ended   bool
}

// Append implements backup.ItemWriter.
func (i *itemWriter) Append(ctx context.Context, c backup.Chunk) error {
	if len(c.Data) == 0 || len(c.Data) > backup.MaxChunk || i.ended {
		if c.Release != nil {
			c.Release()
		}
		return fmt.Errorf("repository: a chunk of %d bytes, expected 1 to %d in an item that is not committed", len(c.Data), backup.MaxChunk)
	}
	i.line.Chunks++
	i.line.Size += int64(len(c.Data))
	if len(i.refs) == listRefs {
		if err := i.cutList(ctx); err != nil {
			return err
		}
	}
	return i.send(ctx, c)
}

// send gives a chunk to the workers.
func (i *itemWriter) send(ctx context.Context, c backup.Chunk) error {
	to := &ref{}
	i.pending.Add(1)
	i.to.mu.Lock()
	ended := i.to.ended
	i.to.mu.Unlock()
	err := error(nil)
	if ended {
		err = fmt.Errorf("repository: the snapshot is written")
	} else {
		select {
		case i.to.work <- job{c, to, &i.pending}:
			i.refs = append(i.refs, to)
			return nil
		case <-ctx.Done():
			err = ctx.Err()
		case <-i.to.ctx.Done():
			err = context.Cause(i.to.ctx)
		}
	}
	i.pending.Done()
	if c.Release != nil {
		c.Release()
	}
	return err
}

// encoded returns the refs at hand, once all are known.
func (i *itemWriter) encoded() ([]byte, error) {
	i.pending.Wait()
	if i.to.ctx.Err() != nil {
		return nil, context.Cause(i.to.ctx)
	}
	var b []byte
	for _, r := range i.refs {
		b = appendRef(b, *r)
	}
	i.refs = i.refs[:0]
	return b, nil
}

// cutList stores the refs at hand as a chunk.
func (i *itemWriter) cutList(ctx context.Context) error {
	b, err := i.encoded()
	if err != nil {
		return err
	}
	if err := i.send(ctx, backup.Chunk{Data: b}); err != nil {
		return err
	}
	i.pending.Wait()
	i.lists = append(i.lists, i.refs[0].id[:]...)
	i.refs = i.refs[:0]
	return nil
}

// list ends the item.
func (i *itemWriter) list(ctx context.Context) (list, error) {
	if len(i.lists) == 0 && len(i.refs) <= inlineRefs {
		b, err := i.encoded()
		return list{Refs: b}, err
	}
	if len(i.refs) > 0 {
		if err := i.cutList(ctx); err != nil {
			return list{}, err
		}
	}
	return list{Lists: i.lists}, nil
}

// Commit implements backup.ItemWriter.
func (i *itemWriter) Commit(ctx context.Context, meta []byte) error {
	if len(meta) > 1<<20 || i.ended {
		return fmt.Errorf("repository: meta of %d bytes, expected at most %d, once", len(meta), 1<<20)
	}
	i.ended = true
	all, err := i.list(ctx)
	if err != nil {
		return err
	}
	i.line.Meta, i.line.List = slices.Clone(meta), all
	i.to.mu.Lock()
	defer i.to.mu.Unlock()
	if i.to.ended {
		return fmt.Errorf("repository: the snapshot is written")
	}
	i.to.lines = append(i.to.lines, i.line)
	return nil
}

// chunker makes chunks of what is written to it.
type chunker struct {
	ctx context.Context
	to  *itemWriter
	buf []byte
}

var _ io.Writer = (*chunker)(nil)

func (c *chunker) Write(b []byte) (int, error) {
	c.buf = append(c.buf, b...)
	if len(c.buf) >= 1<<20 {
		return len(b), c.end()
	}
	return len(b), nil
}

// end gives on what is left.
func (c *chunker) end() error {
	for len(c.buf) > 0 {
		n := min(len(c.buf), 4<<20)
		if err := c.to.Append(c.ctx, backup.Chunk{Data: slices.Clone(c.buf[:n])}); err != nil {
			return err
		}
		c.buf = c.buf[n:]
	}
	c.buf = nil
	return nil
}

// maxSegment bounds the names of sources and logs, which are within those of objects.
const maxSegment = 100

// segment reports whether a name can be that of a source or a log.
func segment(name string) bool { return len(name) <= maxSegment && backup.CheckSegment(name) == nil }
