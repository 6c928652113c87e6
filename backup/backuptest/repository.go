package backuptest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// Repository is a backup.Repository in memory, for tests of sources, destinations and hosts. The zero value is empty and
// ready. It keeps what it is given as it is, unsealed, in no place.
type Repository struct {
	mu        sync.Mutex
	snapshots []*reader
	written   int // snapshots, those included that were given up since
	logs      map[string]*log
}

var _ backup.Repository = (*Repository)(nil)

// Write implements backup.Repository.
func (r *Repository) Write(ctx context.Context, source string, write func(context.Context, backup.Writer) (backup.Cut, error)) (backup.Snapshot, error) {
	w := &writer{at: &reader{in: r, items: map[string]*item{}}, previous: r.previous(source)}
	started := time.Now().UTC()
	cut, err := write(ctx, w)
	if err != nil {
		return backup.Snapshot{}, err
	}
	if err := ctx.Err(); err != nil {
		return backup.Snapshot{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	r.written++
	s := backup.Snapshot{ID: backup.SnapshotID(fmt.Sprintf("%08d", r.written)), Source: source, Cut: cut,
		Started: started, Finished: time.Now().UTC(), Items: len(w.at.items)}
	for _, i := range w.at.items {
		s.Size += i.Size
	}
	s.Stored = s.Size
	w.at.snapshot = s
	r.snapshots = append(r.snapshots, w.at)
	return s, nil
}

func (r *Repository) previous(source string) *reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range slices.Backward(r.snapshots) {
		if s.snapshot.Source == source {
			return s
		}
	}
	return nil
}

// Snapshots implements backup.Repository.
func (r *Repository) Snapshots(context.Context) ([]backup.Snapshot, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []backup.Snapshot
	for _, s := range r.snapshots {
		all = append(all, s.snapshot)
	}
	return all, nil
}

// Open implements backup.Repository.
func (r *Repository) Open(_ context.Context, id backup.SnapshotID) (backup.Reader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.snapshots {
		if s.snapshot.ID == id {
			return s, nil
		}
	}
	return nil, fmt.Errorf("snapshot %s: %w", id, backup.ErrNotFound)
}

// Log implements backup.Repository.
func (r *Repository) Log(name string) backup.Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.logs == nil {
		r.logs = map[string]*log{}
	}
	if r.logs[name] == nil {
		r.logs[name] = &log{name: name}
	}
	return r.logs[name]
}

// Logs implements backup.Repository.
func (r *Repository) Logs(context.Context) ([]backup.LogState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []backup.LogState
	for _, l := range r.logs {
		if s, any := l.state(); any {
			all = append(all, s)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// Verify implements backup.Repository: it counts the items, which memory does not damage.
func (r *Repository) Verify(context.Context) (backup.Verification, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := backup.Verification{Started: time.Now().UTC()}
	for _, s := range r.snapshots {
		v.Objects += len(s.items)
		v.Bytes += s.snapshot.Size
	}
	v.Finished = time.Now().UTC()
	return v, nil
}

// Prune implements backup.Repository: it removes at once.
func (r *Repository) Prune(_ context.Context, keep backup.Keep) (backup.Pruned, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var p backup.Pruned
	r.snapshots = slices.DeleteFunc(r.snapshots, func(s *reader) bool {
		gone := !slices.Contains(keep.Snapshots, s.snapshot.ID)
		if gone {
			p.Removed += len(s.items)
			p.Freed += s.snapshot.Size
		}
		return gone
	})
	for name, before := range keep.Logs {
		if l := r.logs[name]; l != nil {
			l.trim(before, &p)
		}
	}
	return p, nil
}

// Places implements backup.Repository: it has none.
func (r *Repository) Places(context.Context) ([]backup.PlaceState, error) { return nil, nil }

// item is an item with its chunks.
type item struct {
	backup.Item
	chunks [][]byte
}

// reader is a snapshot.
type reader struct {
	in       *Repository
	snapshot backup.Snapshot
	items    map[string]*item
}

func (r *reader) Snapshot() backup.Snapshot { return r.snapshot }

func (r *reader) Items() []backup.Item {
	var all []backup.Item
	for _, i := range r.items {
		all = append(all, i.Item)
	}
	slices.SortFunc(all, func(a, b backup.Item) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (r *reader) Chunk(_ context.Context, name string, number int) ([]byte, error) {
	i := r.items[name]
	if i == nil || number < 0 || number >= len(i.chunks) {
		return nil, fmt.Errorf("chunk %d of item %q: %w", number, name, backup.ErrNotFound)
	}
	return slices.Clone(i.chunks[number]), nil
}

func (r *reader) Log(name string) backup.Log { return r.in.Log(name) }

// writer writes a snapshot.
type writer struct {
	at       *reader
	previous *reader

	mu    sync.Mutex
	names map[string]bool
	ended bool
}

func (w *writer) take(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.ended:
		return fmt.Errorf("item %q: the snapshot is written", name)
	case name == "":
		return fmt.Errorf("item %q: %w", name, backup.ErrName)
	case w.names[name]:
		return fmt.Errorf("item %q: %w", name, backup.ErrExists)
	case w.names == nil:
		w.names = map[string]bool{}
	}
	w.names[name] = true
	return nil
}

func (w *writer) Create(_ context.Context, name, kind string) (backup.ItemWriter, error) {
	if err := w.take(name); err != nil {
		return nil, err
	}
	return &itemWriter{to: w, item: &item{Item: backup.Item{Name: name, Kind: kind}}}, nil
}

func (w *writer) Previous() backup.Reader {
	if w.previous == nil {
		return nil
	}
	return w.previous
}

func (w *writer) Reuse(_ context.Context, name string) error {
	if w.previous == nil || w.previous.items[name] == nil {
		return fmt.Errorf("item %q of the previous snapshot: %w", name, backup.ErrNotFound)
	}
	if err := w.take(name); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at.items[name] = w.previous.items[name]
	return nil
}

// itemWriter writes an item.
type itemWriter struct {
	to   *writer
	item *item
}

func (w *itemWriter) Append(ctx context.Context, c backup.Chunk) error {
	if c.Release != nil {
		defer c.Release()
	}
	if len(c.Data) == 0 || len(c.Data) > backup.MaxChunk {
		return fmt.Errorf("item %q: a chunk of %d bytes, expected 1 to %d", w.item.Name, len(c.Data), backup.MaxChunk)
	}
	w.item.chunks = append(w.item.chunks, slices.Clone(c.Data))
	w.item.Chunks++
	w.item.Size += int64(len(c.Data))
	return ctx.Err()
}

func (w *itemWriter) Commit(ctx context.Context, meta []byte) error {
	w.to.mu.Lock()
	defer w.to.mu.Unlock()
	if w.to.ended {
		return fmt.Errorf("item %q: the snapshot is written", w.item.Name)
	}
	w.item.Meta = slices.Clone(meta)
	w.to.at.items[w.item.Name] = w.item
	return ctx.Err()
}

// log is a log.
type log struct {
	name string

	mu      sync.Mutex
	entries []backup.Entry
}

func (l *log) Append(ctx context.Context, entries ...backup.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		if e.End < e.Start || len(e.Data) > backup.MaxChunk {
			return fmt.Errorf("log %s: an entry from %d to %d of %d bytes", l.name, e.Start, e.End, len(e.Data))
		}
		e.Data = slices.Clone(e.Data)
		at, found := slices.BinarySearchFunc(l.entries, e.Start, func(e backup.Entry, start uint64) int {
			switch {
			case e.Start < start:
				return -1
			case e.Start > start:
				return 1
			}
			return 0
		})
		if found {
			if l.entries[at].End == e.End && slices.Equal(l.entries[at].Data, e.Data) {
				continue
			}
			return fmt.Errorf("log %s: entry at %d: %w", l.name, e.Start, backup.ErrExists)
		}
		l.entries = slices.Insert(l.entries, at, e)
	}
	return ctx.Err()
}

func (l *log) Entries(ctx context.Context, from uint64) iter.Seq2[backup.Entry, error] {
	return func(yield func(backup.Entry, error) bool) {
		l.mu.Lock()
		entries := slices.Clone(l.entries)
		l.mu.Unlock()
		var last *backup.Entry
		for i := range entries {
			e := entries[i]
			if e.End <= from {
				continue
			}
			if last != nil && last.End < e.Start &&
				!yield(backup.Entry{}, &backup.GapError{Log: l.name, From: last.End, To: e.Start}) {
				return
			}
			e.Data = slices.Clone(e.Data)
			if err := ctx.Err(); err != nil {
				yield(backup.Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
			last = &entries[i]
		}
	}
}

func (l *log) state() (backup.LogState, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := backup.LogState{Name: l.name}
	for i, e := range l.entries {
		if i == 0 {
			s.First = e.Start
		} else if e.Start > s.Last {
			s.Gaps = append(s.Gaps, backup.Span{From: s.Last, To: e.Start})
		}
		s.Last, s.Time = e.End, e.Time
		s.Size += int64(len(e.Data))
	}
	return s, len(l.entries) > 0
}

func (l *log) trim(before uint64, p *backup.Pruned) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = slices.DeleteFunc(l.entries, func(e backup.Entry) bool {
		if e.End > before {
			return false
		}
		p.Removed++
		p.Freed += int64(len(e.Data))
		return true
	})
}
