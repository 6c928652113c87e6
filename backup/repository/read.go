package repository

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/backup"
)

// Snapshots implements backup.Repository.
func (r *Repository) Snapshots(ctx context.Context) ([]backup.Snapshot, error) {
	h, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	var all []backup.Snapshot
	for _, e := range h.Snapshots {
		all = append(all, e.Snapshot)
	}
	return all, nil
}

// Open implements backup.Repository.
func (r *Repository) Open(ctx context.Context, snapshot backup.SnapshotID) (backup.Reader, error) {
	h, err := r.load(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range h.Snapshots {
		if e.ID == snapshot {
			return r.newReader(ctx, h, e)
		}
	}
	return nil, fmt.Errorf("repository: snapshot of %d characters: %w", len(snapshot), backup.ErrNotFound)
}

// reader implements backup.Reader.
type reader struct {
	r       *Repository
	entry   entry
	table   *table
	lines   []line // ordered by name
	decoder *zstd.Decoder

	mu    sync.Mutex
	lists map[id][]ref // some that were read lately
}

func (r *Repository) newReader(ctx context.Context, h *head, e entry) (*reader, error) {
	t, err := r.tableOf(ctx, h)
	if err != nil {
		return nil, err
	}
	d, err := newDecoder()
	if err != nil {
		return nil, err
	}
	reader := &reader{r: r, entry: e, table: t, decoder: d, lists: map[id][]ref{}}
	refs, err := reader.refs(ctx, e.Manifest)
	if err != nil {
		return nil, err
	}
	var text []byte
	for _, ref := range refs {
		part, err := reader.chunk(ctx, ref.id)
		if err != nil {
			return nil, err
		}
		text = append(text, part...)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		l, err := decodeLine(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("repository: snapshot %s: %w", e.ID, err)
		}
		reader.lines = append(reader.lines, l)
	}
	if len(reader.lines) != e.Items {
		return nil, &backup.CorruptError{Object: "manifest of " + string(e.ID), Text: fmt.Sprintf("has %d items, expected %d", len(reader.lines), e.Items)}
	}
	return reader, lines.Err()
}

// Snapshot implements backup.Reader.
func (r *reader) Snapshot() backup.Snapshot { return r.entry.Snapshot }

// Items implements backup.Reader.
func (r *reader) Items() []backup.Item {
	all := make([]backup.Item, 0, len(r.lines))
	for _, l := range r.lines {
		all = append(all, backup.Item{Name: l.Name, Kind: l.Kind, Meta: l.Meta, Chunks: l.Chunks, Size: l.Size})
	}
	return all
}

// Log implements backup.Reader.
func (r *reader) Log(name string) backup.Log { return r.r.Log(name) }

func (r *reader) line(name string) (line, bool) {
	at, found := slices.BinarySearchFunc(r.lines, name, func(l line, name string) int { return strings.Compare(l.Name, name) })
	if !found {
		return line{}, false
	}
	return r.lines[at], true
}

// Chunk implements backup.Reader.
func (r *reader) Chunk(ctx context.Context, item string, number int) ([]byte, error) {
	l, found := r.line(item)
	if !found || number < 0 || number >= l.Chunks {
		return nil, fmt.Errorf("repository: chunk %d of an item: %w", number, backup.ErrNotFound)
	}
	ref, err := r.refAt(ctx, l.List, number)
	if err != nil {
		return nil, err
	}
	data, err := r.chunk(ctx, ref.id)
	if err == nil && len(data) != int(ref.size) {
		err = &backup.CorruptError{Object: "chunk", Text: fmt.Sprintf("has %d bytes, expected %d", len(data), ref.size)}
	}
	return data, err
}

// refAt returns one ref of a list.
func (r *reader) refAt(ctx context.Context, l list, number int) (ref, error) {
	refs, err := decodeRefs(l.Refs)
	if len(l.Lists) > 0 && err == nil {
		var ids []id
		if ids, err = l.ids(); err == nil && number/listRefs < len(ids) {
			refs, err = r.listed(ctx, ids[number/listRefs])
			number %= listRefs
		}
	}
	if err != nil {
		return ref{}, err
	}
	if number >= len(refs) {
		return ref{}, &backup.CorruptError{Object: "list of an item", Text: fmt.Sprintf("has no chunk %d", number)}
	}
	return refs[number], nil
}

// listed reads a chunk that is a list, and keeps a few.
func (r *reader) listed(ctx context.Context, i id) ([]ref, error) {
	r.mu.Lock()
	refs, found := r.lists[i]
	r.mu.Unlock()
	if found {
		return refs, nil
	}
	text, err := r.chunk(ctx, i)
	if err != nil {
		return nil, err
	}
	if refs, err = decodeRefs(text); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lists) >= 8 {
		clear(r.lists)
	}
	r.lists[i] = refs
	return refs, nil
}

// refs returns all refs of a list.
func (r *reader) refs(ctx context.Context, l list) ([]ref, error) {
	all, err := decodeRefs(l.Refs)
	if err != nil {
		return nil, err
	}
	ids, err := l.ids()
	if err != nil {
		return nil, err
	}
	for _, i := range ids {
		refs, err := r.listed(ctx, i)
		if err != nil {
			return nil, err
		}
		all = append(all, refs...)
	}
	return all, nil
}

// reachable returns all chunks that a list needs, with those of the list itself.
func (r *reader) reachable(ctx context.Context, l list) ([]id, error) {
	all, err := l.ids()
	if err != nil {
		return nil, err
	}
	refs, err := r.refs(ctx, l)
	for _, ref := range refs {
		all = append(all, ref.id)
	}
	return all, err
}

// chunk reads a chunk from the first place that has it intact. The caller owns it.
func (r *reader) chunk(ctx context.Context, i id) ([]byte, error) {
	l, found := r.table.find(i)
	if !found {
		return nil, &backup.CorruptError{Object: "chunk", Text: "is in no index"}
	}
	p := r.table.packs[l.pack]
	front := int64(r.r.code.front())
	for _, place := range r.r.places.all {
		text, err := place.Target.Get(ctx, p.name, front+int64(l.offset), int64(l.stored))
		if err != nil || len(text) != int(l.stored) {
			continue
		}
		if data, err := r.open(p, l, text); err == nil {
			return data, nil
		}
	}
	var data []byte
	err := r.r.places.candidates(ctx, p.name, func(_ int, object []byte) error {
		for _, whole := range variants(object) {
			if int(l.offset+l.stored) > len(whole) {
				continue
			}
			var err error
			if data, err = r.open(p, l, whole[l.offset:][:l.stored]); err == nil {
				return nil
			}
		}
		return fmt.Errorf("chunk %d: %w", l.frame, errSeal)
	})
	return data, err
}

// variants returns an object as it is, and as parity mends it.
func variants(data []byte) [][]byte {
	if _, wrapped := tableOf(data); !wrapped {
		return [][]byte{data}
	}
	all := [][]byte{bytes.Clone(unwrap(data))}
	if object, _, err := mend(data); err == nil {
		all = append(all, object)
	}
	return all
}

// open authenticates a frame and decodes the chunk in it.
func (r *reader) open(p packed, l location, text []byte) ([]byte, error) {
	sealed, rest, err := cut(text)
	if err != nil || len(rest) > 0 {
		return nil, errors.New("a frame of another length")
	}
	plain, err := r.r.keys.frame(p.salt[:], p.name, l.frame, false, sealed)
	if err != nil {
		return nil, err
	}
	data, err := decode(r.decoder, plain)
	if err == nil && len(data) != int(l.size) {
		err = fmt.Errorf("a chunk of %d bytes, expected %d", len(data), l.size)
	}
	return data, err
}
