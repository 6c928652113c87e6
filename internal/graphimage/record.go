package graphimage

import (
	"encoding/binary"
	"fmt"
	"iter"
)

// Record is an entity as a snapshot keeps it.
type Record struct {
	Kind    Kind   // of the entity
	GID     string // stable id; empty: it is not governed
	Version int64  // of a governed entity
	Gone    bool   // a governed entity was deleted: there is nothing else of it
	ID      int64  // the server's id of a node, by which relationships of the same snapshot name it
	Image   []byte // see Append
}

// The flags of a record.
const (
	flagRelationship = 1 << iota
	flagGoverned
	flagGone
)

// AppendRecord appends a record to others.
func AppendRecord(b []byte, r Record) []byte {
	flags := byte(0)
	if r.Kind == Relationship {
		flags |= flagRelationship
	}
	if r.GID != "" {
		flags |= flagGoverned
	}
	if r.Gone {
		flags |= flagGone
	}
	b = append(b, flags)
	if r.GID != "" {
		b = binary.AppendVarint(appendString(b, r.GID), r.Version)
	}
	if r.Kind == Node {
		b = binary.AppendVarint(b, r.ID)
	}
	return append(binary.AppendUvarint(b, uint64(len(r.Image))), r.Image...)
}

// Records yields the records in b, whose images are parts of it. It stops after an error, which is ErrImage.
func Records(b []byte) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		d := decoder{rest: b}
		for at := 0; len(d.rest) > 0; at++ {
			r := d.record()
			if d.bad {
				yield(Record{}, fmt.Errorf("record %d: %w", at, ErrImage))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (d *decoder) record() Record {
	flags := d.byte()
	r := Record{Kind: Node, Gone: flags&flagGone != 0}
	if flags&flagRelationship != 0 {
		r.Kind = Relationship
	}
	if flags > flagRelationship|flagGoverned|flagGone || r.Gone && flags&flagGoverned == 0 {
		d.fail()
	}
	if flags&flagGoverned != 0 {
		if r.GID, r.Version = d.string(), d.varint(); r.GID == "" {
			d.fail()
		}
	}
	if r.Kind == Node {
		r.ID = d.varint()
	}
	r.Image = d.bytes()
	return r
}
