package repository

import (
	"bytes"
	"context"
	"slices"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// reach is what can be reached from snapshots: one bit a chunk of a table.
type reach struct {
	table  *table
	chunks []uint64    // bit i%64 of word i/64 is of table.chunks[i]
	packs  []bool      // of table.packs: has a chunk that is reached
	lists  map[id]bool // chunks that are lists, and were followed
}

// reach follows snapshots of a record.
func (r *Repository) reach(ctx context.Context, h *head, snapshots []entry, progress *meter.Meter) (*reach, error) {
	t, err := r.tableOf(ctx, h)
	if err != nil {
		return nil, err
	}
	to := &reach{table: t, chunks: make([]uint64, (len(t.chunks)+63)/64), packs: make([]bool, len(t.packs)), lists: map[id]bool{}}
	for _, e := range snapshots {
		if err := to.snapshot(ctx, r, h, e); err != nil {
			return nil, err
		}
		progress.Add(string(e.ID), e.Size)
	}
	return to, nil
}

func (to *reach) snapshot(ctx context.Context, r *Repository, h *head, e entry) error {
	reader, err := r.newReader(ctx, h, e)
	if err != nil {
		return err
	}
	defer reader.decoder.Close()
	if err := to.list(ctx, reader, e.Manifest); err != nil {
		return err
	}
	for _, l := range reader.lines {
		if err := to.list(ctx, reader, l.List); err != nil {
			return err
		}
	}
	return nil
}

// list follows a list. Lists that snapshots share are read once.
func (to *reach) list(ctx context.Context, reader *reader, l list) error {
	refs, err := decodeRefs(l.Refs)
	if err != nil {
		return err
	}
	ids, err := l.ids()
	if err != nil {
		return err
	}
	if err := to.refs(refs); err != nil {
		return err
	}
	for _, i := range ids {
		if to.lists[i] {
			continue
		}
		if err := to.chunk(i); err != nil {
			return err
		}
		refs, err := reader.listed(ctx, i)
		if err != nil {
			return err
		}
		if err := to.refs(refs); err != nil {
			return err
		}
		to.lists[i] = true
	}
	return nil
}

func (to *reach) refs(refs []ref) error {
	for _, ref := range refs {
		if err := to.chunk(ref.id); err != nil {
			return err
		}
	}
	return nil
}

func (to *reach) chunk(i id) error {
	at, found := slices.BinarySearchFunc(to.table.chunks, i, func(l location, i id) int { return bytes.Compare(l.id[:], i[:]) })
	if !found {
		return &backup.CorruptError{Object: "chunk", Text: "is in no index"}
	}
	to.chunks[at/64] |= 1 << (at % 64)
	to.packs[to.table.chunks[at].pack] = true
	return nil
}

// names returns the packs that have a chunk that is reached.
func (to *reach) names() map[string]bool {
	names := map[string]bool{}
	for i, reached := range to.packs {
		if reached {
			names[to.table.packs[i].name] = true
		}
	}
	return names
}

// proven returns an error unless another table has all chunks that are reached.
func (to *reach) proven(other *table) error {
	for i, l := range to.table.chunks {
		if to.chunks[i/64]&(1<<(i%64)) == 0 {
			continue
		}
		at, found := other.find(l.id)
		if !found || at.size != l.size {
			return &backup.CorruptError{Object: "chunk", Text: "would be in no index"}
		}
	}
	return nil
}
