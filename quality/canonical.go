package quality

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"time"
)

// appendValue appends bytes that are equal for equal values, and differ for others: numbers compare as numbers of whatever type, times
// by their moment. It says whether the value has one of the types of a row.
func appendValue(b []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return append(b, 'n'), true
	case string:
		return append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...), true
	case []byte:
		return append(binary.AppendUvarint(append(b, 'x'), uint64(len(v))), v...), true
	case bool:
		return append(b, 'b', byte(bit(v))), true
	case time.Time:
		b = binary.LittleEndian.AppendUint64(append(b, 't'), uint64(v.Unix()))
		return binary.LittleEndian.AppendUint32(b, uint32(v.Nanosecond())), true
	case []float32:
		b = binary.AppendUvarint(append(b, 'v'), uint64(len(v)))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x+0)) // minus zero is zero
		}
		return b, true
	}
	return appendNumber(b, v)
}

// appendNumber writes a whole number as such, whatever its type; another as a float64 where that is exact, and as a fraction otherwise.
func appendNumber(b []byte, v any) ([]byte, bool) {
	n, ok := numberOf(v)
	if !ok {
		return b, false
	}
	if i, ok := whole(v); ok {
		return binary.LittleEndian.AppendUint64(append(b, 'i'), uint64(i)), true
	}
	f := n.float
	if n.kind == rational {
		nearest, _ := n.exact.Float64()
		if d := tenths(nearest); d == nil || d.Cmp(n.exact) != 0 {
			text := n.exact.String()
			return append(binary.AppendUvarint(append(b, 'r'), uint64(len(text))), text...), true
		}
		f = nearest
	}
	if math.IsNaN(f) {
		f = math.NaN() // one of the many
	}
	return binary.LittleEndian.AppendUint64(append(b, 'f'), math.Float64bits(f)), true
}

// set holds values to be looked up.
type set struct{ members map[string]struct{} }

func setOf(values []any) set {
	s := newSet(len(values))
	for _, v := range values {
		s.add(v)
	}
	return s
}

func newSet(size int) set { return set{members: make(map[string]struct{}, size)} }

func (s set) add(values ...any) {
	var b []byte
	for _, v := range values {
		b, _ = appendValue(b, v)
	}
	s.members[string(b)] = struct{}{}
}

// has says whether a value is in the set. NaN is in none.
func (s set) has(v any) bool {
	if f, ok := v.(float64); ok && f != f {
		return false
	}
	var room [128]byte
	b, ok := appendValue(room[:0], v)
	_, found := s.members[string(b)]
	return ok && found
}

// fingerprint is a hash of values of 128 bits: among a million, two that differ collide with a probability of 10^-27.
type fingerprint struct{ low, high uint64 }

// hasher makes fingerprints. Its seeds are random, so that nobody can prepare values that collide.
type hasher struct {
	one, two maphash.Seed
	room     []byte
}

func newHasher() *hasher { return &hasher{one: maphash.MakeSeed(), two: maphash.MakeSeed()} }

// of returns the fingerprint of the fields of a row, and what they are like.
func (h *hasher) of(row Row, fields []string) (fingerprint, readable) {
	h.room = h.room[:0]
	for _, f := range fields {
		v := row.Value(f)
		if v == nil {
			return fingerprint{}, isNull
		}
		var ok bool
		if h.room, ok = appendValue(h.room, v); !ok {
			return fingerprint{}, isUnreadable
		}
	}
	return h.sum(), isReadable
}

// value returns the fingerprint of a value that is not NULL.
func (h *hasher) value(v any) (fingerprint, bool) {
	var ok bool
	h.room, ok = appendValue(h.room[:0], v)
	return h.sum(), ok
}

func (h *hasher) sum() fingerprint {
	return fingerprint{low: maphash.Bytes(h.one, h.room), high: maphash.Bytes(h.two, h.room)}
}

// readable says what the fields of a row are like, taken together.
type readable uint8

const (
	isReadable   readable = iota
	isNull                // one is NULL
	isUnreadable          // one has a type that no row has
)
