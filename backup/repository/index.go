package repository

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// packed is a pack and its chunks, in the order of their frames.
type packed struct {
	name   string
	salt   [saltSize]byte
	chunks []placed
}

// placed is a chunk in a pack.
type placed struct {
	id     id
	stored uint32 // length of its frame, with prefix and tag
	size   uint32 // as the source gave it
}

const placedSize = len(id{}) + 4 + 4

// appendPacked encodes a pack for an index, and for the last frame of the pack itself.
func appendPacked(b []byte, p packed) []byte {
	b = append(append(b, byte(len(p.name))), p.name...)
	b = append(b, p.salt[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.chunks)))
	for _, c := range p.chunks {
		b = append(b, c.id[:]...)
		b = binary.BigEndian.AppendUint32(b, c.stored)
		b = binary.BigEndian.AppendUint32(b, c.size)
	}
	return b
}

// decodePacked reads packs until the end of b.
func decodePacked(b []byte) ([]packed, error) {
	var all []packed
	for len(b) > 0 {
		n := int(b[0])
		if len(b) < 1+n+saltSize+4 {
			return nil, fmt.Errorf("an index ends within a pack")
		}
		p := packed{name: string(b[1 : 1+n]), salt: [saltSize]byte(b[1+n:])}
		b = b[1+n+saltSize:]
		count := binary.BigEndian.Uint32(b)
		b = b[4:]
		if uint64(count)*uint64(placedSize) > uint64(len(b)) {
			return nil, fmt.Errorf("an index of %d chunks in %d bytes", count, len(b))
		}
		p.chunks = make([]placed, count)
		for i := range p.chunks {
			c := &p.chunks[i]
			c.id = id(b[:len(id{})])
			c.stored, c.size = binary.BigEndian.Uint32(b[len(id{}):]), binary.BigEndian.Uint32(b[len(id{})+4:])
			b = b[placedSize:]
		}
		all = append(all, p)
	}
	return all, nil
}

// location is where a chunk is.
type location struct {
	id     id
	pack   uint32 // in table.packs
	frame  uint32 // number in the pack
	offset uint32 // of the frame, from the beginning of the object without parity
	stored uint32
	size   uint32
}

// table says where chunks are: 52 bytes a chunk. It does not change once it is made.
type table struct {
	sequence uint64     // of the record that it belongs to
	packs    []packed   // without their chunks
	chunks   []location // ordered by id
}

// newTable returns the table of packs.
func newTable(all []packed) *table {
	t := &table{}
	total := 0
	for _, p := range all {
		total += len(p.chunks)
	}
	t.chunks = make([]location, 0, total)
	for _, p := range all {
		offset := uint32(headerSize)
		for frame, c := range p.chunks {
			t.chunks = append(t.chunks, location{c.id, uint32(len(t.packs)), uint32(frame), offset, c.stored, c.size})
			offset += c.stored
		}
		p.chunks = nil
		t.packs = append(t.packs, p)
	}
	slices.SortStableFunc(t.chunks, func(a, b location) int { return bytes.Compare(a.id[:], b.id[:]) })
	return t
}

// find returns where a chunk is.
func (t *table) find(i id) (location, bool) {
	at, found := slices.BinarySearchFunc(t.chunks, i, func(l location, i id) int { return bytes.Compare(l.id[:], i[:]) })
	if !found {
		return location{}, false
	}
	return t.chunks[at], true
}

// tableOf returns the table of a record, read once.
func (r *Repository) tableOf(ctx context.Context, h *head) (*table, error) {
	r.mu.Lock()
	t := r.table
	r.mu.Unlock()
	if t != nil && t.sequence == h.Sequence {
		return t, nil
	}
	all, err := r.packsOf(ctx, h.Indexes)
	if err != nil {
		return nil, err
	}
	t = newTable(all)
	t.sequence = h.Sequence
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.table == nil || r.table.sequence < t.sequence {
		r.table = t
	}
	return t, nil
}

// packsOf reads indexes.
func (r *Repository) packsOf(ctx context.Context, names []string) ([]packed, error) {
	var all []packed
	for _, name := range names {
		err := r.places.candidates(ctx, name, func(_ int, data []byte) error {
			text, err := openOne(r.keys, name, data)
			if err != nil {
				return err
			}
			more, err := decodePacked(text)
			if err == nil {
				all = append(all, more...)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
