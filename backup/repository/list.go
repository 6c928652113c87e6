package repository

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

const (
	refSize    = len(id{}) + 4 // of a chunk in a list: its id and its size
	listRefs   = 4096          // chunks that a chunk of a list names
	inlineRefs = 16            // a list of no more has no chunks of its own
)

// ref is a chunk in a list.
type ref struct {
	id   id
	size uint32
}

// list is the sequence of chunks of an item, or of the manifest.
type list struct {
	Refs  []byte `json:"refs,omitempty"`  // all chunks, when they are few
	Lists []byte `json:"lists,omitempty"` // otherwise ids of chunks that name 4096 each, and the last the rest
}

func appendRef(b []byte, r ref) []byte {
	return binary.BigEndian.AppendUint32(append(b, r.id[:]...), r.size)
}

// decodeRefs reads what appendRef wrote.
func decodeRefs(b []byte) ([]ref, error) {
	if len(b)%refSize != 0 {
		return nil, fmt.Errorf("a list of %d bytes, expected a multiple of %d", len(b), refSize)
	}
	refs := make([]ref, 0, len(b)/refSize)
	for ; len(b) > 0; b = b[refSize:] {
		refs = append(refs, ref{id(b[:len(id{})]), binary.BigEndian.Uint32(b[len(id{}):])})
	}
	return refs, nil
}

// ids reads Lists.
func (l list) ids() ([]id, error) {
	if len(l.Lists)%len(id{}) != 0 {
		return nil, fmt.Errorf("lists of %d bytes, expected a multiple of %d", len(l.Lists), len(id{}))
	}
	var all []id
	for b := l.Lists; len(b) > 0; b = b[len(id{}):] {
		all = append(all, id(b[:len(id{})]))
	}
	return all, nil
}

// line is an item in the manifest: one JSON object a line, ordered by name.
type line struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Meta   []byte `json:"meta,omitempty"`
	Chunks int    `json:"chunks"`
	Size   int64  `json:"size"`
	List   list   `json:"list"`
}

func decodeLine(text []byte) (line, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("an item of the manifest: %w", err)
	}
	if l.Name == "" || l.Chunks < 0 || l.Size < 0 {
		return l, fmt.Errorf("an item of the manifest without a name or of negative size")
	}
	return l, nil
}
