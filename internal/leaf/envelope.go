package leaf

import (
	"encoding/binary"
	"fmt"
)

// Marshal appends an entry to dst as one piece, for a file or a message: the length of the leaf in 4 bytes, big-endian;
// the leaf; and 1 byte that says which openings follow (1 actor, 2 subject), each of OpeningSize bytes.
func (e Entry) Marshal(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(e.Leaf)))
	dst = append(dst, e.Leaf...)
	var flags byte
	if len(e.Actor) > 0 {
		flags |= 1
	}
	if len(e.Subject) > 0 {
		flags |= 2
	}
	dst = append(dst, flags)
	dst = append(dst, e.Actor...)
	return append(dst, e.Subject...)
}

// Unmarshal reads what Marshal wrote. The entry shares the memory of b. It does not look into the leaf.
func Unmarshal(b []byte) (Entry, error) {
	if len(b) < 5 {
		return Entry{}, fmt.Errorf("%w: an entry of %d bytes", ErrFormat, len(b))
	}
	size := uint64(binary.BigEndian.Uint32(b))
	b = b[4:]
	if uint64(len(b)) < size+1 {
		return Entry{}, fmt.Errorf("%w: an entry that ends before its leaf of %d bytes", ErrFormat, size)
	}
	e := Entry{Leaf: b[:size:size]}
	flags, rest := b[size], b[size+1:]
	want := 0
	for _, flag := range []byte{1, 2} {
		if flags&flag != 0 {
			want += OpeningSize
		}
	}
	if flags > 3 || len(rest) != want {
		return Entry{}, fmt.Errorf("%w: openings of %d bytes under flags %d", ErrFormat, len(rest), flags)
	}
	if flags&1 != 0 {
		e.Actor, rest = rest[:OpeningSize:OpeningSize], rest[OpeningSize:]
	}
	if flags&2 != 0 {
		e.Subject = rest[:OpeningSize:OpeningSize]
	}
	return e, nil
}
